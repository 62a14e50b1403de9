// Attention edges as lines: on the left the tokens that look, on the right the tokens they look at. Only the strongest edges of
// every row, up to the chosen share of its weight, of one head or of several laid over each other. What is drawn is
// what is in sight: any length of text scrolls.

import { useLayoutEffect, useRef, useState } from 'react'
import { useAsk } from '../../store/ask.ts'
import { Drawing } from '../../ui/Drawing.tsx'
import type { DrawList, Shape } from '../../ui/export.ts'
import { Figure } from '../../ui/Figure.tsx'
import { themeColor } from '../../ui/theme-color.ts'
import { short } from '../../ui/tokens.ts'
import { useScheme } from '../../ui/useScheme.ts'
import { useLatest } from '../../ui/useLatest.ts'
import styles from './Arcs.module.css'
import { headHue, HeadPicks } from './HeadPicks.tsx'
import { Numbers, useTable } from './Numbers.tsx'
import { exact } from './read.ts'
import { useRun } from './run.ts'
import { strongest } from './scores.ts'
import { rowWithout } from './sink.ts'
import { pickedOf, useView } from './view.ts'

const line = 18,
  sight = 520,
  max = 60

export function Arcs() {
  const run = useRun()
  const { info, tokens, t, common, layer, head, position, name, percent, value } = run
  const { mass, sink, key, set, ...view } = useView()
  const picked = pickedOf(view.picked, info.heads),
    several = picked.length > 1
  const [table, tableButton] = useTable()
  const scheme = useScheme()
  const scroller = useRef<HTMLDivElement>(null)
  const [top, setTop] = useState(0)
  const [hover, setHover] = useState<{ side: 'left' | 'right'; token: number } | null>(null)
  const width = useRef(600)

  // the selected token is in sight, a little below the middle: what it looks at stands above it
  useLayoutEffect(() => {
    const box = scroller.current
    const y = position * line
    if (box && (y < box.scrollTop || y > box.scrollTop + box.clientHeight - 2 * line)) {
      box.scrollTop = y - box.clientHeight * 0.72
    }
  }, [position])

  const from = Math.max(info.kept, Math.floor(top / line) - 8),
    to = Math.min(tokens.length, from + max)
  const heads = picked.length ? picked : [head]
  const rows = useAsk(
    to > from ? `arcs ${layer} ${heads.join()} ${from} ${to} ${run.end(to - 1)}` : null,
    async (glass) => ({
      from,
      to,
      heads,
      layer,
      cols: run.end(to - 1),
      values: await exact(glass, layer, heads, [from, to], [0, run.end(to - 1)]),
    }),
  )
  const known = rows.data

  const draw = (w: number): DrawList => {
    width.current = w
    const paint = (n: string) => themeColor(n, scheme)
    const side = Math.min(170, Math.max(92, w * 0.27))
    const shapes: Shape[] = []
    const y = (p: number): number => (p + 0.5) * line - top
    const lit = hover ?? { side: 'left' as const, token: position }
    if (known && known.layer === layer) {
      const { cols } = known
      for (let p = known.from; p < Math.min(known.to, tokens.length); p++) {
        known.heads.forEach((h, n) => {
          const at = (n * (known.to - known.from) + p - known.from) * cols
          for (const { key: k, weight } of strongest(
            rowWithout(known.values.subarray(at, at + Math.min(run.end(p), known.cols)), sink),
            mass,
            sink !== 'shown',
          )) {
            const on = lit.side === 'left' ? p === lit.token : k === lit.token
            const x0 = side,
              x1 = w - side,
              bend = (x1 - x0) * 0.45
            const colour = several
              ? headHue(h, info.heads, scheme)
              : lit.side === 'left'
                ? paint('--role-attention')
                : paint('--ink-soft')
            shapes.push({
              kind: 'path',
              d: `M${x0} ${y(p)}C${x0 + bend} ${y(p)} ${x1 - bend} ${y(k)} ${x1} ${y(k)}`,
              stroke: colour,
              width: on ? 1 + 3 * weight : 1,
              opacity: on ? 0.25 + 0.75 * weight : Math.min(0.3, 0.02 + (0.02 + 0.3 * weight) / known.heads.length),
            })
          }
        })
      }
    }
    for (
      let p = Math.max(0, Math.floor(top / line));
      p < Math.min(tokens.length, Math.ceil((top + sight) / line));
      p++
    ) {
      const left = lit.side === 'left' && p === lit.token,
        right = lit.side === 'right' && p === lit.token
      const ink = tokens[p]!.special ? '--ink-faint' : tokens[p]!.generated ? '--role-attention' : '--ink'
      if (p === position) {
        shapes.push({
          kind: 'rect',
          x: 2,
          y: y(p) - line / 2 + 1,
          w: side - 8,
          h: line - 2,
          fill: paint('--sunken'),
          radius: 3,
        })
      }
      if (left || right) {
        shapes.push({
          kind: 'rect',
          x: left ? 2 : w - side + 6,
          y: y(p) - line / 2 + 1,
          w: side - 8,
          h: line - 2,
          fill: 'transparent',
          stroke: paint('--role-attention'),
          radius: 3,
        })
      }
      const text = short(name(p), Math.floor((side - 48) / 7.4))
      shapes.push(
        { kind: 'text', x: side - 10, y: y(p) + 4, text, size: 12, fill: paint(ink), anchor: 'end', mono: true },
        { kind: 'text', x: 6, y: y(p) + 3.5, text: String(p), size: 9.5, fill: paint('--ink-faint') },
        { kind: 'text', x: w - side + 10, y: y(p) + 4, text, size: 12, fill: paint(ink), mono: true },
      )
    }
    return { width: w, height: Math.min(sight, tokens.length * line + 4), background: paint('--surface'), shapes }
  }
  const list = useLatest(draw)

  const hit = ({ x, y }: { x: number; y: number }): { side: 'left' | 'right'; token: number } | null => {
    const token = Math.floor((y + top) / line)
    if (token < 0 || token >= tokens.length) return null
    return { side: x < width.current / 2 ? 'left' : 'right', token }
  }
  const rowOf = (p: number, h: number): Float32Array | null => {
    if (!known || known.layer !== layer || !known.heads.includes(h) || p < known.from || p >= known.to) return null
    const at = (known.heads.indexOf(h) * (known.to - known.from) + p - known.from) * known.cols
    return rowWithout(known.values.subarray(at, at + Math.min(run.end(p), known.cols)), sink)
  }
  const shown = hover?.side === 'left' ? hover.token : position
  const own = heads.includes(head) ? head : heads[0]!
  const row = rowOf(shown, own)
  /**
   * for the table: keys that any of the heads looks at most, also those whose lines are too weak to draw, and what each
   * gives them
   */
  const edges = (): string[][] => {
    const each = heads.map((h) => rowOf(shown, h))
    const keys = [...new Set(each.flatMap((r) => (r ? strongest(r, 1, sink !== 'shown').map((e) => e.key) : [])))].sort(
      (a, b) => Math.max(...each.map((r) => r?.[b] ?? 0)) - Math.max(...each.map((r) => r?.[a] ?? 0)),
    )
    return keys.map((k) => [`${k} ${name(k)}`, ...each.map((r) => (r ? value(r[k]!) : '…'))])
  }
  return (
    <Figure
      title={
        several ? t.arcs.titleSome(heads.map((h) => `H${h}`).join(' '), layer) : t.arcs.title(t.headName(layer, own))
      }
      words={common.figure}
      source={info.source}
      testId="figure-arcs"
      caption={t.arcs.caption}
      tools={tableButton}
      files={{
        name: `attention-arcs-${layer}-${heads.join('-')}`,
        drawing: () => list.current(width.current),
        numbers: () => ({ model: info.model, layer, heads, rows: [from, to], weights: known?.values }),
        array: () => ({
          shape: known ? [known.heads.length, known.to - known.from, known.cols] : [0],
          data: known?.values ?? new Float32Array(0),
        }),
      }}
    >
      <div className={styles.tools}>
        <label className={styles.slider}>
          {t.arcs.mass}
          <input
            type="range"
            min={0.1}
            max={0.99}
            step={0.01}
            value={mass}
            onChange={(event) => set({ mass: event.target.valueAsNumber })}
          />
          <output>{percent(mass)}</output>
        </label>
        <HeadPicks />
      </div>
      {sink === 'renormalised' && <p className={styles.warn}>{t.sink.label}</p>}
      {table ? (
        <Numbers
          caption={t.arcs.table(name(shown), shown)}
          head={[t.table.key, ...heads.map((h) => t.headName(layer, h))]}
          rows={edges()}
        />
      ) : (
        <div
          ref={scroller}
          className={styles.scroll}
          style={{ maxHeight: sight }}
          tabIndex={0}
          role="region"
          aria-label={t.arcs.title(t.headName(layer, own))}
          onScroll={(event) => setTop(event.currentTarget.scrollTop)}
        >
          <div style={{ height: tokens.length * line + 4 }}>
            <div className={styles.sticky}>
              <Drawing
                draw={draw}
                label={t.arcs.caption}
                pointer
                testId="arcs"
                onPoint={(at) => {
                  const h = at && hit(at)
                  if (h?.token !== hover?.token || h?.side !== hover?.side) setHover(h)
                }}
                onPick={(at) => {
                  const h = hit(at)
                  if (h?.side === 'left') {
                    run.pick(h.token)
                    set({ key: null })
                  } else if (h && h.token < run.end(position)) set({ key: h.token })
                }}
              />
            </div>
          </div>
        </div>
      )}
      <p className={styles.read}>
        <code>{name(shown)}</code> → {several && <b>{t.headName(layer, own)}</b>}
        {row
          ? strongest(row, mass, sink !== 'shown', 6).map(({ key: k, weight }) => (
              <span key={k} data-on={k === key}>
                <code>{name(k)}</code> {percent(weight)}
              </span>
            ))
          : '…'}
      </p>
    </Figure>
  )
}
