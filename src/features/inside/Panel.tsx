// Inside: the map of one token's forward pass, the ops of the chosen part with their live numbers, the weights they
// used, and the plan that the GPU follows. Step, play or scrub by op, layer and token.

import { useEffect, useMemo, useRef, type RefObject } from 'react'
import { useInspect } from '../../store/inspect.ts'
import { Button } from '../../ui/Button.tsx'
import { useKeys } from '../../ui/keys.ts'
import { TokenStrip } from '../../ui/TokenStrip.tsx'
import { AttentionCard } from './Attention.tsx'
import { CacheCard } from './Cache.tsx'
import { CellCard } from './Cell.tsx'
import { DistanceCard } from './Distance.tsx'
import { PassMap, type MapHandle } from './Map.tsx'
import styles from './Panel.module.css'
import { PlanCard } from './PlanCard.tsx'
import { GatesCard } from './Gates.tsx'
import { RopeCard } from './Rope.tsx'
import { RouterCard } from './Router.tsx'
import { RunProvider, useRun, useRunNow } from './run.ts'
import { siteOf } from './sites.ts'
import { PlainMlpCard } from './PlainMlp.tsx'
import { EmbedCard, SoftmaxCard } from './Ends.tsx'
import { NormCard, OutCard, QkvCard, SwigluCard } from './Sums.tsx'
import { opsOf, placeIndex, placesOf, useView, type Part } from './view.ts'
import { WeightCard } from './Weight.tsx'

export function Panel() {
  const run = useRunNow()
  return (
    run && (
      <RunProvider value={run}>
        <Body />
      </RunProvider>
    )
  )
}

/** milliseconds a step stays on screen while playing, after its numbers have come */
const pace = 1400

function Body() {
  const { tokens, t, common, layer, position, plan } = useRun()
  const { part, op, set } = useView()
  const select = useInspect((s) => s.select)
  // a card stands where the model has the numbers it shows
  const has = (site: string): boolean => !plan || siteOf(plan, site, layer) !== null
  const map = useRef<MapHandle>(null)
  const pass = usePass(map)
  const go = (next: Part, l: number, nth = 0) => {
    set({ part: next, op: nth, cell: null })
    select({ layer: l })
  }
  return (
    <div
      className={styles.panel}
      data-testid="inside-panel"
      data-part={part}
      data-op={opsOf[part][op]}
      data-layer={layer}
      data-position={position}
    >
      <header className={styles.intro}>
        <h1>{t.title}</h1>
        <p>{t.lead}</p>
      </header>
      <TokenStrip
        tokens={tokens}
        selected={position}
        words={common.strip}
        onSelect={(p) => select({ position: p })}
        lines={3}
      />
      <Transport {...pass} />
      {has('cell.gates') && plan ? (
        <div className={styles.cards}>
          <GatesCard />
          <PlanCard />
        </div>
      ) : (
        <div className={styles.columns}>
          <div className={styles.map}>
            <PassMap go={go} handle={map} />
          </div>
          <div className={styles.cards}>
            <CellCard />
            <div className={styles.pair}>
              <div className={styles.stack}>
                {part === 'embed' ? <EmbedCard /> : <NormCard part={part} />}
                {part === 'attn' && (
                  <>
                    <QkvCard />
                    {has('attn.q_rope') && (
                      <>
                        <RopeCard />
                        <DistanceCard />
                      </>
                    )}
                  </>
                )}
                {part === 'mlp' && has('mlp.router') && <RouterCard />}
                {part === 'mlp' && (has('mlp.gate') ? <SwigluCard /> : <PlainMlpCard />)}
              </div>
              {part !== 'embed' && (
                <div className={styles.stack}>
                  {part === 'attn' && (
                    <>
                      <CacheCard />
                      <AttentionCard />
                    </>
                  )}
                  {part === 'head' ? <SoftmaxCard /> : <OutCard part={part} />}
                </div>
              )}
            </div>
            <WeightCard />
            <PlanCard />
          </div>
        </div>
      )}
      <p className={styles.keys}>{t.keys}</p>
    </div>
  )
}

interface Pass {
  index: number
  count: number
  to: (index: number) => void
  byLayer: (step: number) => void
  byToken: (step: number) => void
}

/** Moving through the pass, by buttons, slider, keys and play. */
function usePass(map: RefObject<MapHandle | null>): Pass {
  const { info, tokens, layer, position, head } = useRun()
  const { part, op, playing, shown, set } = useView()
  const select = useInspect((s) => s.select)
  const places = useMemo(() => placesOf(info.layers), [info.layers])
  const index = placeIndex(places, { part, layer, op })
  const to = (next: number): void => {
    const place = places[Math.max(0, Math.min(places.length - 1, next))]!
    set({ part: place.part, op: place.op, cell: null })
    select({ layer: place.layer })
  }
  const byToken = (step: number): void =>
    select({ position: Math.max(0, Math.min(tokens.length - 1, position + step)) })
  const byLayer = (step: number): void => {
    if (part === 'embed' || part === 'head') {
      to(part === 'embed' && step > 0 ? 1 : part === 'head' && step < 0 ? places.length - 1 - opsOf.head.length : index)
    } else if (layer + step < 0) to(0)
    else if (layer + step >= info.layers) to(places.length - opsOf.head.length)
    else select({ layer: layer + step })
  }
  // the next step only after this one's numbers are on screen
  const ready = shown === `${part} ${opsOf[part][op]} ${layer} ${position}`
  useEffect(() => {
    if (!playing || !ready) return
    const timer = setTimeout(() => {
      if (index + 1 < places.length) to(index + 1)
      else if (position + 1 < tokens.length) {
        byToken(1)
        to(0)
      } else set({ playing: false })
    }, pace)
    return () => clearTimeout(timer)
  })
  useEffect(() => () => useView.getState().set({ playing: false }), [])
  useKeys('inside', () => ({
    ' ': () => set({ playing: !playing }),
    '.': () => to(index + 1),
    ',': () => to(index - 1),
    l: () => byLayer(1),
    L: () => byLayer(-1),
    j: () => byToken(1),
    k: () => byToken(-1),
    h: () => select({ head: (head + 1) % info.heads }),
    H: () => select({ head: (head + info.heads - 1) % info.heads }),
    '+': () => map.current?.by(1.6),
    '-': () => map.current?.by(1 / 1.6),
    Escape: () => map.current?.closer(-1),
    Backspace: () => map.current?.closer(-1),
  }))
  return { index, count: places.length, to, byLayer, byToken }
}

function Transport({ index, count, to, byLayer, byToken }: Pass) {
  const { t, common, layer, position } = useRun()
  const { part, op, playing, set } = useView()
  const name = `${part === 'embed' || part === 'head' ? t.part[part] : `${t.layer(layer)} ${t.part[part]}`} · ${t.step.ops[opsOf[part][op]!]}`
  return (
    <div className={styles.transport} role="group" aria-label={t.step.label} data-testid="transport">
      <Button label={t.step.tokenBack} onClick={() => byToken(-1)}>
        «
      </Button>
      <Button label={t.step.layerBack} onClick={() => byLayer(-1)}>
        ↓
      </Button>
      <Button label={t.step.back} onClick={() => to(index - 1)}>
        ‹
      </Button>
      <Button variant="primary" aria-pressed={playing} onClick={() => set({ playing: !playing })} data-testid="play">
        {playing ? t.step.pause : t.step.play}
      </Button>
      <Button label={t.step.next} onClick={() => to(index + 1)} data-testid="next-step">
        ›
      </Button>
      <Button label={t.step.layer} onClick={() => byLayer(1)}>
        ↑
      </Button>
      <Button label={t.step.token} onClick={() => byToken(1)}>
        »
      </Button>
      <input
        type="range"
        aria-label={t.step.place}
        aria-valuetext={name}
        min={0}
        max={count - 1}
        step={1}
        value={index}
        onChange={(event) => to(event.target.valueAsNumber)}
      />
      <output className={styles.where}>
        {common.strip.token(position)} · {name} <small>{t.step.at(index + 1, count)}</small>
      </output>
    </div>
  )
}
