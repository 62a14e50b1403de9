// Words of the glossary where they are used: underlined in a lesson's texts, listed under its numbers, and opened in one
// place.

import { useLang } from '../../i18n/index.tsx'
import { lessonWords } from '../../i18n/panels/lessons.ts'
import { usePanelText } from '../../i18n/panels/index.ts'
import { Button } from '../../ui/Button.tsx'
import { marksAfter, marksBefore, openWord, piecesOf, useGlossary, useOpenWord } from './glossary.ts'
import { usePlay } from './play.ts'
import styles from './Player.module.css'

const none: readonly string[] = []

/** A text whose glossary words can be pressed. */
export function Term({ children }: { children: string }) {
  const t = usePanelText(lessonWords).glossary
  const glossary = useGlossary()
  const lang = useLang()
  const ids = usePlay((s) => s.open?.lesson.glossary ?? none)
  const now = useOpenWord()
  if (!glossary) return children
  const pieces = piecesOf(children, glossary[lang], ids)
  const plain = (i: number): string => (typeof pieces[i] === 'string' ? pieces[i] : '')
  // a line may break beside a button wherever it stands: marks beside it are held to it
  return pieces.map((piece, i) => {
    if (typeof piece === 'string') {
      const from = i > 0 ? marksAfter(piece).length : 0
      return piece.slice(
        from,
        i + 1 < pieces.length ? Math.max(from, piece.length - marksBefore(piece).length) : undefined,
      )
    }
    return (
      <span key={i} className={styles.held}>
        {marksBefore(plain(i - 1))}
        <button
          type="button"
          className={styles.term}
          aria-expanded={now === piece.id}
          title={t.open(piece.text)}
          data-testid="term"
          data-term={piece.id}
          onClick={() => openWord(now === piece.id ? null : piece.id)}
        >
          {piece.text}
        </button>
        {marksAfter(plain(i + 1))}
      </span>
    )
  })
}

/** All words of this lesson. */
export function Words() {
  const t = usePanelText(lessonWords).player
  const glossary = useGlossary()
  const lang = useLang()
  const ids = usePlay((s) => s.open?.lesson.glossary ?? none)
  const now = useOpenWord()
  const here = glossary ? ids.filter((id) => Object.hasOwn(glossary[lang], id)) : []
  if (!glossary || here.length === 0) return null
  return (
    <p className={styles.words}>
      <span>{t.words}</span>
      {here.map((id) => (
        <button
          key={id}
          type="button"
          className={styles.term}
          aria-expanded={now === id}
          data-testid="word"
          data-term={id}
          onClick={() => openWord(now === id ? null : id)}
        >
          {glossary[lang][id]!.term}
        </button>
      ))}
    </p>
  )
}

/** The open word; nothing where none is. */
export function WordCard() {
  const t = usePanelText(lessonWords).glossary
  const glossary = useGlossary()
  const lang = useLang()
  const id = useOpenWord()
  const term = id !== null ? glossary?.[lang][id] : undefined
  if (!glossary || !term || id === null) return null
  const [other, otherLang] = lang === 'zh' ? ([glossary.en, 'en'] as const) : ([glossary.zh, 'zh-CN'] as const)
  return (
    <aside className={styles.word} aria-live="polite" aria-label={term.term} data-testid="word-card" data-term={id}>
      <p>
        <dfn>{term.term}</dfn> <span lang={otherLang}>{other[id]?.term}</span>
      </p>
      <Button variant="quiet" icon="close" label={t.close} onClick={() => openWord(null)} />
      <p>{term.text}</p>
      {term.see && (
        <p className={styles.words}>
          <span>{t.see}</span>
          {term.see.map((one) => (
            <button key={one} type="button" className={styles.term} onClick={() => openWord(one)}>
              {glossary[lang][one]?.term ?? one}
            </button>
          ))}
        </p>
      )}
    </aside>
  )
}
