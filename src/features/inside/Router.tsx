// The card of a router: how much each expert was wanted, at this token in every layer, and in this layer at the last
// tokens. What it chose stands beside it.

import { useAsk } from '../../store/ask.ts'
import type { Glass } from '../../store/inspect.ts'
import { Card } from './Card.tsx'
import styles from './Cards.module.css'
import { probe } from './read.ts'
import { num, useRun } from './run.ts'
import { siteOf } from './sites.ts'
import { Strip, StripTable, useStripFiles } from './Strip.tsx'

/** tokens that are read back for one layer */
const TOKENS = 12

export interface Routed {
  layer: number
  position: number
  probs: Float32Array
  /** most wanted first */
  chosen: number[]
}

/** One token in one layer. */
export async function routed(glass: Glass, layer: number, position: number): Promise<Routed> {
  const { values } = await probe(glass, { site: 'router', layer, position })
  const chosen = await probe(glass, { site: 'chosen', layer, position })
  return { layer, position, probs: values, chosen: [...chosen.values] }
}

export function RouterCard() {
  const files = useStripFiles()
  const { info, t, common, layer, position, plan, tokens } = useRun()
  const answer = useAsk(position < info.kept ? null : `router ${layer} ${position}`, async (glass) => {
    const layers = plan.blocks.flatMap((_, l) => (siteOf(plan, 'mlp.router', l) ? [l] : []))
    const first = Math.max(info.kept, position + 1 - TOKENS)
    const here: Routed[] = [],
      before: Routed[] = []
    for (const l of layers) here.push(await routed(glass, l, position))
    for (let p = first; p <= position; p++) before.push(await routed(glass, layer, p))
    return { here, before }
  })
  const wanted = ({ probs, chosen }: Routed): string => chosen.map((e) => `${e} (${num(probs[e]!)})`).join(', ')
  return (
    <Card
      op="router"
      title={t.router.title}
      caption={t.router.caption}
      answer={answer}
      files={({ here, before }) =>
        files(
          { here, before },
          here.map((one) => ({ name: t.layer(one.layer), values: one.probs, bound: 1 })),
        )
      }
    >
      {({ here, before }) => (
        <>
          <h4>{t.router.layers(common.strip.token(position))}</h4>
          {here.map((one) => (
            <div key={one.layer} data-testid="router-layer" data-chosen={one.chosen.join(' ')}>
              <Strip
                name={`${t.layer(one.layer)} · ${wanted(one)}`}
                values={one.probs}
                bound={1}
                pick={one.chosen[0] ?? null}
              />
            </div>
          ))}
          <h4>{t.router.tokens(t.layer(layer))}</h4>
          {before.map((one) => (
            <div key={one.position} data-testid="router-token">
              <Strip
                name={`${one.position} ${tokens[one.position]!.text} · ${wanted(one)}`}
                values={one.probs}
                bound={1}
                pick={one.chosen[0] ?? null}
              />
            </div>
          ))}
          <p className={styles.note}>{t.router.note}</p>
          <StripTable columns={here.map((one) => ({ name: t.layer(one.layer), values: one.probs }))} />
        </>
      )}
    </Card>
  )
}
