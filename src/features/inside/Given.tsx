// Cards of vectors that need no picture of their own: what a head gives (labels, or a vector of the text), the layer before
// the vocabulary, the state of a recurrent layer.

import { useAsk } from '../../store/ask.ts'
import { Card, Sums } from './Card.tsx'
import styles from './Cards.module.css'
import type { OpBox } from './outline.ts'
import { lengthOf } from './read.ts'
import { num, useRun } from './run.ts'
import { ElementField, Strip, StripTable, useStripFiles } from './Strip.tsx'
import { softmax, vectorsOf, type Vectors } from './vectors.ts'

function useVectors(box: OpBox) {
  const { info, plan, part, layer, head, position } = useRun()
  return useAsk<Vectors>(position < info.kept ? null : `${part} ${box.op} ${layer} ${position}`, (glass) =>
    vectorsOf(glass, info, plan, { part, op: box.op, layer, head, position }),
  )
}

export function VectorsCard({ box }: { box: OpBox }) {
  const files = useStripFiles()
  const { t, plan, position } = useRun()
  const answer = useVectors(box)
  const words = t.given[box.op as 'state' | 'transform' | 'vector']
  const name = (vector: string): string => t.vectors[vector as keyof typeof t.vectors] ?? vector
  const strips = (found: Vectors) => Object.entries(found).map(([key, values]) => ({ name: name(key), values }))
  const first = plan.outputs.some(({ name: one, rows }) => rows === 'first' && box.op === 'vector' && one === 'pooled')
  return (
    <Card
      op={box.op}
      title={words.title}
      caption={words.caption}
      answer={answer}
      files={(found) => files(found, strips(found))}
    >
      {(found) =>
        strips(found).length === 0 ? (
          <p className={styles.note}>{t.given.unread}</p>
        ) : (
          <>
            {strips(found).map((strip) => (
              <Strip key={strip.name} {...strip} />
            ))}
            <Sums
              rows={strips(found).map((strip) => ({
                name: `‖${strip.name}‖`,
                value: num(lengthOf(strip.values)),
                exact: lengthOf(strip.values),
              }))}
            />
            {first && position > 0 && <p className={styles.note}>{t.given.first}</p>}
            <ElementField count={strips(found)[0]!.values.length} />
            <StripTable columns={strips(found)} />
          </>
        )
      }
    </Card>
  )
}

/** Scores of labels as shares of each head. */
export function LabelsCard({ box }: { box: OpBox }) {
  const files = useStripFiles()
  const { t, plan, position, info } = useRun()
  const answer = useVectors(box)
  const outputOf = (site: string) => plan.outputs.find((output) => output.site === site)
  return (
    <Card
      op="labels"
      title={t.given.labels.title}
      caption={t.given.labels.caption}
      answer={answer}
      files={(found) =>
        files(
          found,
          Object.entries(found).map(([name, values]) => ({ name, values })),
        )
      }
    >
      {(found) => (
        <>
          {Object.entries(found).map(([site, scores]) => {
            const output = outputOf(site),
              // of a span each number is a score of its own
              shares = output?.name === 'span' ? null : softmax(scores)
            const elsewhere =
              (output?.rows === 'first' && position > 0) || (output?.rows === 'last' && position < info.length - 1)
            return (
              <div key={site}>
                <table className={styles.rows} data-testid="inside-label-rows">
                  <thead>
                    <tr>
                      <th scope="col">{t.given.labels.label}</th>
                      <th scope="col">{t.softmax.logit}</th>
                      {shares && <th scope="col">{t.softmax.p}</th>}
                    </tr>
                  </thead>
                  <tbody>
                    {Array.from(scores, (score, i) => (
                      <tr key={i}>
                        <th scope="row">{output?.labels?.[i] ?? i}</th>
                        <td>{num(score)}</td>
                        {shares && (
                          <td>
                            <span className={styles.bar} style={{ inlineSize: `${80 * shares[i]!}%` }} />
                            <b>{num(shares[i]!)}</b>
                          </td>
                        )}
                      </tr>
                    ))}
                  </tbody>
                </table>
                {elsewhere && <p className={styles.note}>{output?.rows === 'last' ? t.given.last : t.given.first}</p>}
              </div>
            )
          })}
        </>
      )}
    </Card>
  )
}
