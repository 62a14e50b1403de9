// The memory card of an LSTM: how much of what each token wrote into the cell is still there, from the gates of the run
// itself. An Elman network has no cell that comes apart so (States.tsx).

import { useAsk } from '../../store/ask.ts'
import { drawBars } from '../../ui/bars.ts'
import { useScheme } from '../../ui/useScheme.ts'
import { Card, Sums } from './Card.tsx'
import styles from './Cards.module.css'
import { gatesIn } from './Gates.tsx'
import { memoryOf, type Gates } from './memory.ts'
import { probe } from './read.ts'
import { num, useRun } from './run.ts'

/** tokens before the one that is looked at: each is a question to the run */
const TOKENS = 48
/** i, f, g, o */
const COUNT = 4

export function MemoryCard() {
  const { info, t, layer, position, tokens, plan } = useRun()
  const scheme = useScheme()
  const width = plan.sites[`blocks.${layer}.cell.state`]?.width ?? 0
  const lstm = plan.sites[`blocks.${layer}.cell.gates`]?.width === (COUNT * width) / 2
  const answer = useAsk(lstm && position >= info.kept ? `memory ${layer} ${position}` : null, async (glass) => {
    const from = Math.max(info.kept, position + 1 - TOKENS)
    const all: Gates[] = []
    for (let p = from; p <= position; p++) {
      all.push(gatesIn(await probe(glass, { site: 'gates', layer, position: p })) as unknown as Gates)
    }
    // h, then c
    const { values } = await probe(glass, { site: `blocks.${layer}.cell.state`, position })
    return { from, ...memoryOf(all, values.slice(values.length / 2), from === 0) }
  })
  if (!lstm) return null
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`
  return (
    <Card
      op="state"
      id="memory"
      title={t.memory.title}
      caption={t.memory.caption}
      answer={answer}
      files={(data) => ({
        numbers: () => data,
        array: () => ({
          shape: [data.tokens.length, 2],
          data: Float64Array.from(data.tokens.flatMap(({ norm, kept }) => [norm, kept])),
        }),
        drawing: () =>
          drawBars(
            null,
            [],
            data.tokens.map(({ kept }, n) => ({
              name: `${data.from + n} ${tokens[data.from + n]!.text}`,
              bars: [{ fraction: kept, value: percent(kept), colour: '--accent' }],
            })),
            [],
            scheme,
          ),
      })}
    >
      {(data) => (
        <>
          <table className={styles.rows} data-testid="memory-rows">
            <thead>
              <tr>
                <th scope="col">{t.memory.token}</th>
                <th scope="col">{t.memory.kept}</th>
                <th scope="col">{t.memory.norm}</th>
              </tr>
            </thead>
            <tbody>
              {data.tokens.map(({ norm, kept }, n) => (
                <tr key={data.from + n} data-kept={kept}>
                  <th scope="row">
                    {data.from + n} {tokens[data.from + n]!.text}
                  </th>
                  <td>
                    <span className={styles.bar} data-sign="plus" style={{ inlineSize: `${60 * kept}%` }} />
                    <b>{percent(kept)}</b>
                  </td>
                  <td>{num(norm)}</td>
                </tr>
              ))}
            </tbody>
          </table>
          <Sums
            rows={
              data.off === null
                ? [{ name: t.memory.older, value: num(data.older), exact: data.older }]
                : [{ name: t.memory.off, value: num(data.off), exact: data.off, testId: 'memory-off' }]
            }
          />
        </>
      )}
    </Card>
  )
}
