// Inside: the map of one token's forward pass, the ops of the chosen part with their live numbers, the weights they
// used, and the plan that the GPU follows. Step, play or scrub by op, layer and token.

import { useEffect, useMemo, useRef, type RefObject } from 'react'
import { useInspect } from '../../store/inspect.ts'
import { useWishes, type Wish } from '../../store/lessons/wish.ts'
import { Button } from '../../ui/Button.tsx'
import { useKeys } from '../../ui/keys.ts'
import { TokenStrip } from '../../ui/TokenStrip.tsx'
import { CellCard } from './Cell.tsx'
import { isEnd, placeIndex, placesOf, type Op, type Part } from './outline.ts'
import { columns } from './cards.tsx'
import { PassMap, type MapHandle } from './Map.tsx'
import styles from './Panel.module.css'
import { PlanCard } from './PlanCard.tsx'
import { RunProvider, useRun, useRunNow } from './run.ts'
import { useView } from './view.ts'
import { WeightCard } from './Weight.tsx'
import { useOpName } from './words.ts'

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
/** A lesson's view is an op of a block's attention, or "mlp." and one of its MLP: placeIn takes what the model has not for another. */
const wished = ({ view }: Wish): void => {
  if (view === undefined) return
  const [op, part = 'attn'] = view.split('.').reverse()
  useView.getState().set({ part: part as Part, op: op as Op, cell: null })
}

function Body() {
  const { tokens, t, common, layer, position, part, partBox, op: now, pick } = useRun()
  const set = useView((s) => s.set)
  const select = useInspect((s) => s.select)
  const map = useRef<MapHandle>(null)
  useWishes('inside', true, wished)
  const pass = usePass(map)
  const go = (next: Part, l: number, op?: Op) => {
    set({ part: next, op: op ?? 'norm', cell: null })
    select({ layer: l })
  }
  const [before, behind] = columns(partBox)
  return (
    <div
      className={styles.panel}
      data-testid="inside-panel"
      data-part={part}
      data-op={now}
      data-layer={layer}
      data-position={position}
    >
      <header className={styles.intro}>
        <h1>{t.title}</h1>
        <p>{t.lead}</p>
      </header>
      <TokenStrip tokens={tokens} selected={position} words={common.strip} onSelect={pick} lines={3} />
      <Transport {...pass} />
      <div className={styles.columns}>
        <div className={styles.map}>
          <PassMap go={go} handle={map} />
        </div>
        <div className={styles.cards}>
          <CellCard />
          <div className={styles.pair}>
            <div className={styles.stack}>{before}</div>
            {behind.length > 0 && <div className={styles.stack}>{behind}</div>}
          </div>
          <WeightCard />
          <PlanCard />
        </div>
      </div>
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
  const { info, tokens, layer, position, head, part, op, outline, pick } = useRun()
  const { playing, shown, set } = useView()
  const select = useInspect((s) => s.select)
  const places = useMemo(() => placesOf(outline), [outline])
  const index = placeIndex(places, { part, layer, op })
  const to = (next: number): void => {
    const place = places[Math.max(0, Math.min(places.length - 1, next))]!
    set({ part: place.part, op: place.op, cell: null })
    select({ layer: place.layer })
  }
  const byToken = (step: number): void => pick(Math.max(0, Math.min(tokens.length - 1, position + step)))
  /** to the same part of another layer; from and to the ends by the part beside them */
  const byLayer = (step: number): void => {
    const { parts } = outline
    const at = parts.findIndex((p) => p.part === part && (p.layer === layer || isEnd(part)))
    const next = isEnd(part)
      ? parts[at + step]
      : (parts.find((p) => p.part === part && p.layer === layer + step) ?? (step > 0 ? parts.at(-1) : parts[0]))
    if (next) {
      const same = next.part === part ? op : next.ops[0]!.op
      to(placeIndex(places, { part: next.part, layer: next.layer, op: same }))
    }
  }
  // the next step only after this one's numbers are on screen
  const ready = shown === `${part} ${op} ${layer} ${position}`
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
  const { t, common, layer, position, part, box } = useRun()
  const { playing, set } = useView()
  const opName = useOpName()
  const name = `${isEnd(part) ? t.part[part] : `${t.layer(layer)} ${t.part[part]}`} · ${opName(box)}`
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
