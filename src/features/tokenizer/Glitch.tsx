// Tokens that never come back: pieces that no encoding of their own text gives, and pieces of characters. Found by
// encoding every token of the vocabulary, when asked for.

import { useEffect, useRef, useState } from 'react'
import { useFormats } from '../../i18n/index.tsx'
import { usePanelText } from '../../i18n/panels/index.ts'
import { tokenizer as words } from '../../i18n/panels/tokenizer.ts'
import { getClient, type Survey, type TokenizerFacts, type WhichTokenizer } from '../../store/index.ts'
import { Button } from '../../ui/Button.tsx'
import { TokenChip } from '../../ui/TokenChip.tsx'
import styles from './Glitch.module.css'
import { viewVocab } from './pieces.ts'

/** Tokens per question, and rows shown. */
const chunk = 2000,
  max = 300

export function Glitch({
  facts,
  which,
  onToken,
}: {
  facts: TokenizerFacts
  which: WhichTokenizer
  onToken: (id: number) => void
}) {
  const t = usePanelText(words).glitch
  const format = useFormats()
  const [found, setFound] = useState<Survey | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const stop = useRef<AbortController | null>(null)
  useEffect(() => () => stop.current?.abort(), [])
  const complete = found !== null && found.to >= facts.vocabSize
  const find = async (): Promise<void> => {
    const { signal } = (stop.current = new AbortController())
    let all: Survey = { to: 0, partial: [], unreachable: [] }
    setProblem(null)
    setFound(all)
    try {
      while (all.to < facts.vocabSize) {
        const next = await getClient().tokenizer.survey(which, all.to, chunk)
        if (signal.aborted) return
        all = {
          to: next.to,
          partial: [...all.partial, ...next.partial],
          unreachable: [...all.unreachable, ...next.unreachable],
        }
        setFound(all)
      }
    } catch (error) {
      if (!signal.aborted) {
        setFound(null)
        setProblem(error instanceof Error ? error.message : String(error))
      }
    }
  }
  return (
    <section
      className={styles.glitch}
      aria-label={t.title}
      data-testid="vocab-survey"
      data-complete={complete}
      data-unreachable={complete ? found.unreachable.length : undefined}
      data-partial={complete ? found.partial.length : undefined}
    >
      <h3>{t.title}</h3>
      {found === null ? (
        <>
          <Button icon="find" data-testid="survey-find" onClick={() => void find()}>
            {t.find(format.number(facts.vocabSize))}
          </Button>
          <p className={styles.note}>{t.hint}</p>
        </>
      ) : !complete ? (
        <p className={styles.note} role="status">
          {t.reading(format.percent(found.to / facts.vocabSize))}{' '}
          <Button
            variant="quiet"
            icon="stop"
            onClick={() => {
              stop.current?.abort()
              setFound(null)
            }}
          >
            {t.stop}
          </Button>
        </p>
      ) : (
        <>
          <p className={styles.note} role="status">
            {found.unreachable.length === 0 ? t.none : t.unreachable(found.unreachable.length)}{' '}
            {t.partial(found.partial.length)}
          </p>
          {found.unreachable.length > 0 && (
            <div className={styles.scroll} role="region" aria-label={t.title} tabIndex={0}>
              <table>
                <thead>
                  <tr>
                    <th scope="col">id</th>
                    <th scope="col">{t.token}</th>
                    <th scope="col">{t.instead}</th>
                  </tr>
                </thead>
                <tbody>
                  {found.unreachable.slice(0, max).map(({ token, ids }) => (
                    <tr key={token.id} data-id={token.id}>
                      <td>{token.id}</td>
                      <th scope="row">
                        <button type="button" onClick={() => onToken(token.id)}>
                          <TokenChip view={viewVocab(token, facts.model)} special={token.special} />
                        </button>
                      </th>
                      <td>
                        <code>
                          {ids.slice(0, 12).join(' ')}
                          {ids.length > 12 && ' …'}
                        </code>
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )}
        </>
      )}
      {problem !== null && (
        <p className={styles.note} role="alert">
          {problem}
        </p>
      )}
    </section>
  )
}
