// One bar per layer: the highest of the chosen score among its heads. A click goes to that layer, a drag keeps the grid
// to a range of layers; two lists do the same for keys and screen readers.

import { useMemo, useRef, useState, type PointerEvent } from 'react'
import { useInspect, type HeadStats } from '../../store/inspect.ts'
import { Button } from '../../ui/Button.tsx'
import styles from './LayerStrip.module.css'
import { useRun } from './run.ts'
import type { ScoreName } from './scores.ts'
import { rangeOf, useView } from './view.ts'

export function LayerStrip({ stats }: { stats: HeadStats | null }) {
  const { info, t, layer } = useRun()
  const { sort, set, ...view } = useView()
  const range = rangeOf(view.range, info.layers)
  const select = useInspect((s) => s.select)
  const box = useRef<HTMLDivElement>(null)
  const [drag, setDrag] = useState<{ from: number; to: number } | null>(null)
  const name: ScoreName = sort === 'index' ? 'induction' : sort
  const best = useMemo(
    () =>
      Array.from({ length: info.layers }, (_, l) =>
        stats ? Math.max(...stats[name].subarray(l * info.heads, (l + 1) * info.heads)) : 0,
      ),
    [stats, name, info.layers, info.heads],
  )
  const top = Math.max(1e-9, ...best)
  const [from, to] = drag
    ? [Math.min(drag.from, drag.to), Math.max(drag.from, drag.to)]
    : (range ?? [0, info.layers - 1])
  const keep = (a: number, b: number): void => set({ range: a === 0 && b === info.layers - 1 ? null : [a, b] })
  const at = (event: PointerEvent): number => {
    const { left, width } = box.current!.getBoundingClientRect()
    return Math.max(0, Math.min(info.layers - 1, Math.floor(((event.clientX - left) / width) * info.layers)))
  }
  const list = (value: number, min: number, max: number, label: string, change: (n: number) => void) => (
    <select value={value} aria-label={label} onChange={(event) => change(Number(event.target.value))}>
      {Array.from({ length: max - min + 1 }, (_, i) => (
        <option key={i} value={min + i}>{`L${min + i}`}</option>
      ))}
    </select>
  )
  return (
    <div
      className={styles.strip}
      role="group"
      aria-label={t.layers.label}
      data-testid="layer-strip"
      data-range={`${from}-${to}`}
    >
      <div
        ref={box}
        className={styles.bars}
        aria-hidden="true"
        onPointerDown={(event) => {
          if (event.button === 0) {
            box.current!.setPointerCapture(event.pointerId)
            setDrag({ from: at(event), to: at(event) })
          }
        }}
        onPointerMove={(event) => {
          if (drag && drag.to !== at(event)) setDrag({ ...drag, to: at(event) })
        }}
        onPointerCancel={() => setDrag(null)}
        onPointerUp={() => {
          if (!drag) return
          setDrag(null)
          if (drag.from === drag.to) {
            select({ layer: drag.to })
            if (range && (drag.to < range[0] || drag.to > range[1])) set({ range: null })
          } else keep(from, to)
        }}
      >
        {best.map((value, l) => (
          <i
            key={l}
            data-in={l >= from && l <= to}
            data-on={l === layer}
            title={`L${l}: ${t.scores[name].name} ${value.toFixed(2)}`}
          >
            <b style={{ height: `${(100 * value) / top}%` }} />
          </i>
        ))}
      </div>
      <p className={styles.words}>
        <span>{t.layers.bars(t.scores[name].name)}</span>
        <span className={styles.range}>
          {list(from, 0, to, t.layers.from, (n) => keep(n, to))} –{' '}
          {list(to, from, info.layers - 1, t.layers.to, (n) => keep(from, n))}
          {range && <Button variant="quiet" icon="fit" label={t.layers.all} onClick={() => set({ range: null })} />}
        </span>
      </p>
    </div>
  )
}
