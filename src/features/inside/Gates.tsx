// The card of a recurrent layer: its gates at this token, after their functions, and what the forget gate kept at the
// tokens before.

import { useAsk } from '../../store/ask.ts'
import { Card } from './Card.tsx'
import styles from './Cards.module.css'
import { probe } from './read.ts'
import { useRun } from './run.ts'
import { Strip, StripTable, useStripFiles } from './Strip.tsx'

const TOKENS = 12
/** where the forget gate stands among i, f, g, o */
const FORGET = 1

/** The gates of one token, one after the other: four of an LSTM, one of an RNN. */
export function gatesIn({ shape, values }: { shape: number[]; values: Float32Array }): Float32Array[] {
  const width = shape.at(-1)!
  return Array.from({ length: values.length / width }, (_, n) => values.slice(n * width, (n + 1) * width))
}

export function GatesCard() {
  const files = useStripFiles()
  const { info, t, layer, position, tokens, plan } = useRun()
  // an Elman network has one, the state itself: that of the tokens before has a card of its own (States.tsx)
  const many = plan.sites[`blocks.${layer}.cell.gates`]?.width !== plan.sites[`blocks.${layer}.cell.state`]?.width
  const answer = useAsk(position < info.kept ? null : `gates ${layer} ${position}`, async (glass) => {
    const at = async (p: number) => ({
      position: p,
      gates: gatesIn(await probe(glass, { site: 'gates', layer, position: p })),
    })
    const before = []
    for (let p = Math.max(info.kept, position + 1 - (many ? TOKENS : 1)); p <= position; p++) before.push(await at(p))
    return before
  })
  const names = many ? t.gates.names : [t.gates.hidden]
  const strips = (before: readonly { gates: Float32Array[] }[]) => {
    const { gates } = before.at(-1)!
    return gates.map((values, n) => ({ name: names[n]!, values, bound: 1 }))
  }
  return (
    <Card
      op="gates"
      title={many ? t.gates.title : t.gates.plain}
      caption={t.gates.caption}
      answer={answer}
      files={(data) => files(data, strips(data))}
    >
      {(before) => (
        <>
          {strips(before).map((strip) => (
            <div key={strip.name} data-testid="gate">
              <Strip {...strip} />
            </div>
          ))}
          {many && (
            <>
              <h4>{t.gates.tokens(t.gates.names[FORGET]!)}</h4>
              {before.map(({ position: p, gates }) => (
                <Strip key={p} name={`${p} ${tokens[p]!.text}`} values={gates[FORGET]!} bound={1} />
              ))}
              <p className={styles.note}>{t.gates.note}</p>
            </>
          )}
          <StripTable columns={strips(before)} />
        </>
      )}
    </Card>
  )
}
