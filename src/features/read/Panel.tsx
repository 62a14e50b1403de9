// The panel of models that read a whole text: what they fill into blanks, which labels they name, how alike texts are.
// Which of these there is, the model's outputs say (info.does).

import { useRef, type KeyboardEvent } from 'react'
import { useExplain, useLang } from '../../i18n/index.tsx'
import { usePanelText } from '../../i18n/panels/index.ts'
import { read as words } from '../../i18n/panels/read.ts'
import { useChat, useModels } from '../../store/index.ts'
import { linesOf, useRead } from '../../store/read.ts'
import { triesOf } from '../../store/tiny.ts'
import { kindWords } from '../../i18n/panels/kinds.ts'
import { Button } from '../../ui/Button.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { Notice } from '../../ui/Notice.tsx'
import { examplesFor } from './examples.ts'
import { Results } from './Results.tsx'
import styles from './Panel.module.css'

/** @param onChat shows the chat that was open; absent where there is none */
export function Panel({ onChat }: { onChat?: (() => void) | undefined }) {
  const t = usePanelText(words)
  const explain = useExplain()
  const info = useModels((s) => s.active?.info ?? null)
  const lang = useLang()
  const own = useModels((s) => triesOf(s, lang))
  const { text, pair, busy, error, setText, setPair, run } = useRead()
  const area = useRef<HTMLTextAreaElement>(null)
  if (!info) return null
  const { does, mask } = info
  const [first] = does,
    kind = first === undefined || first === 'generate' ? 'embed' : first
  const spans = does.includes('span'),
    many = does.includes('embed')
  const empty = many ? linesOf(text).length === 0 : text.trim() === ''
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && !event.nativeEvent.isComposing && !empty) {
      event.preventDefault()
      void run()
    }
  }
  const insertBlank = (): void => {
    const at = area.current?.selectionStart ?? text.length,
      end = area.current?.selectionEnd ?? at
    setText(`${text.slice(0, at)}${mask}${text.slice(end)}`)
    area.current?.focus()
  }
  return (
    <div className={styles.panel} data-testid="read-panel" data-busy={busy}>
      <header>
        <h1>{t.title}</h1>
        <p>{t.intro[kind]}</p>
      </header>
      {onChat && <Kept show={onChat} />}
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault()
          void run()
        }}
        onKeyDown={onKey}
      >
        <label>
          {spans ? t.question : t.text}
          <textarea
            ref={area}
            value={text}
            rows={many ? 5 : 3}
            dir="auto"
            data-testid="read-text"
            onChange={(event) => setText(event.target.value)}
          />
        </label>
        {!many && pair !== null && (
          <label>
            {spans ? t.context : t.second}
            <textarea
              value={pair}
              rows={3}
              dir="auto"
              data-testid="read-pair"
              onChange={(event) => setPair(event.target.value)}
            />
          </label>
        )}
        <div className={styles.actions}>
          <Button type="submit" variant="primary" disabled={busy || empty} data-testid="read-run">
            {busy ? t.reading : t.read}
          </Button>
          {mask !== null && does.includes('fill') && (
            <Button onClick={insertBlank} data-testid="read-blank">
              {t.blank}
            </Button>
          )}
          {!many && (
            <Button variant="quiet" onClick={() => setPair(pair === null ? '' : null)}>
              {pair === null ? t.addSecond : t.dropSecond}
            </Button>
          )}
        </div>
        <p className={styles.keys}>{t.keys}</p>
        <div className={styles.actions} role="group" aria-label={t.examples.title}>
          <span className={styles.note}>{t.examples.title}</span>
          {examplesFor(kind, own, t.examples.general, mask).map((example) => (
            <Button
              key={example.text}
              lang={lang}
              data-testid="read-example"
              onClick={() => {
                setText(example.text)
                setPair(example.pair ?? null)
                void run()
              }}
            >
              {example.text.includes('\n') ? t.examples.lines : example.text}
            </Button>
          ))}
        </div>
      </form>
      {error && <ErrorNote {...explain(error)} code={error.code} message={error.message} details={t.details} />}
      <div role="status" aria-live="polite" className="visually-hidden">
        {busy ? t.reading : ''}
      </div>
      <Results t={t} mask={mask} />
    </div>
  )
}

/** A chat was open when this model came. */
function Kept({ show }: { show: () => void }) {
  const t = usePanelText(kindWords).reads
  const title = useChat((s) => s.title)
  return (
    <Notice
      tone="info"
      testId="chat-kept"
      actions={
        <Button onClick={show} data-testid="show-chat">
          {t.show}
        </Button>
      }
    >
      <p>
        <bdi>{t.kept(title)}</bdi>
      </p>
    </Notice>
  )
}
