// The nearest neighbours of one token in the running model's embedding, found when asked for.

import { useEffect, useRef, useState } from 'react'
import { useFormats } from '../../i18n/index.tsx'
import { usePanelText } from '../../i18n/panels/index.ts'
import { tokenizer as words } from '../../i18n/panels/tokenizer.ts'
import {
  getClient,
  useChat,
  useModels,
  type TokenizerFacts,
  type VocabPage,
  type WhichTokenizer,
} from '../../store/index.ts'
import { Button } from '../../ui/Button.tsx'
import { TokenChip } from '../../ui/TokenChip.tsx'
import { nearest, type Neighbour } from './neighbours.ts'
import { viewVocab } from './pieces.ts'
import styles from './Vocabulary.module.css'

type Row = VocabPage['rows'][number]
interface Found extends Neighbour {
  row: Row
}
const shown = 10

export function Near({
  row,
  model,
  which,
  onToken,
}: {
  row: Row
  model: TokenizerFacts['model']
  which: WhichTokenizer
  onToken: (id: number) => void
}) {
  const t = usePanelText(words).vocab
  const format = useFormats()
  const info = useModels((s) => s.active?.info ?? null)
  const writing = useChat((s) => s.status !== 'idle')
  const [fraction, setFraction] = useState<number | null>(null)
  const [list, setList] = useState<Found[] | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const stop = useRef<AbortController | null>(null)
  useEffect(() => () => stop.current?.abort(), [])
  if (which === 'other' || !info) return <p className={styles.note}>{t.onlyLoaded}</p>

  const find = async (): Promise<void> => {
    const mine = (stop.current = new AbortController())
    setProblem(null)
    setFraction(0)
    try {
      const { glass, tokenizer } = getClient()
      if (row.id >= info.vocab) {
        setProblem(t.outside)
        return
      }
      const near = await nearest(glass, info, row.id, shown, setFraction, mine.signal)
      const rows = await Promise.all(
        near.map(async (n) => ({ ...n, row: (await tokenizer.vocabulary('loaded', `#${n.id}`, 0, 1)).rows[0] })),
      )
      if (!mine.signal.aborted) setList(rows.filter((n): n is Found => n.row !== undefined))
    } catch (error) {
      if (!mine.signal.aborted) setProblem(`${t.failed} ${error instanceof Error ? error.message : String(error)}`)
    } finally {
      setFraction(null)
    }
  }
  return (
    <section className={styles.near} data-testid="vocab-near" data-ready={list !== null}>
      {list === null ? (
        <>
          {fraction === null ? (
            <Button icon="find" disabled={writing} onClick={() => void find()} data-testid="vocab-near-find">
              {t.near}
            </Button>
          ) : (
            <Button icon="stop" onClick={() => stop.current?.abort()}>
              {t.stop}
            </Button>
          )}
          <p className={styles.note} role="status">
            {writing
              ? t.writing
              : fraction === null
                ? t.nearHint(format.number(info.vocab), format.number(info.hidden))
                : t.reading(format.percent(fraction))}
          </p>
        </>
      ) : (
        <>
          <h3>{t.nearTitle}</h3>
          <table>
            <tbody>
              {list.map(({ id, cosine, row: near }) => (
                <tr key={id} data-id={id} data-cosine={cosine}>
                  <th scope="row">
                    <button type="button" title={`#${id}`} onClick={() => onToken(id)}>
                      <TokenChip view={viewVocab(near, model)} special={near.special} />
                    </button>
                  </th>
                  <td>
                    <span className={styles.bar} style={{ inlineSize: `${Math.max(0, cosine) * 100}%` }} />
                    <output>{cosine.toFixed(3)}</output>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
      {problem && (
        <p className={styles.note} role="alert">
          {problem}
        </p>
      )}
    </section>
  )
}
