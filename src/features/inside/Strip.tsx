// A vector as coloured cells, wrapped to the width. A press names one element; the number field does the same by keyboard.

import { useId, useMemo } from 'react'
import { extent, paint, signedScale } from '../../ui/colors.ts'
import { Drawing } from '../../ui/Drawing.tsx'
import type { DrawList, Shape } from '../../ui/export.ts'
import { themeColor } from '../../ui/theme-color.ts'
import { useScheme } from '../../ui/useScheme.ts'
import styles from './Cards.module.css'
import { largest } from './read.ts'
import { num, useRun } from './run.ts'
import { useView } from './view.ts'

const cell = 8

export function Strip({ name, values, bound, pick, onPick }: { name: string; values: Float32Array; bound?: number; pick?: number | null; onPick?: (i: number) => void }) {
  const { t } = useRun()
  const { element, set } = useView()
  const scheme = useScheme()
  const at = pick === undefined ? Math.min(element, values.length - 1) : pick
  const limit = bound ?? bounds(values)
  const perRow = (width: number) => Math.max(8, Math.min(values.length, Math.floor(width / cell)))
  const pixels = useMemo(() => {
    const made = new Map<number, OffscreenCanvas>()
    return (cols: number): OffscreenCanvas => {
      let canvas = made.get(cols)
      if (!canvas) {
        const rows = Math.ceil(values.length / cols)
        canvas = new OffscreenCanvas(cols, rows)
        const padded = new Float32Array(cols * rows).fill(NaN)
        padded.set(values)
        const image = new ImageData(cols, rows)
        paint(padded, signedScale(limit || 1, scheme), image.data)
        canvas.getContext('2d')!.putImageData(image, 0, 0)
        made.set(cols, canvas)
      }
      return canvas
    }
  }, [values, limit, scheme])
  const draw = (width: number): DrawList => {
    const cols = perRow(width), rows = Math.ceil(values.length / cols)
    const shapes: Shape[] = [{ kind: 'image', x: 0, y: 0, w: cols * cell, h: rows * cell, pixels: pixels(cols) }]
    if (at !== null) shapes.push({ kind: 'path', d: `M${(at % cols) * cell} ${Math.floor(at / cols) * cell}h${cell}v${cell}h${-cell}z`, stroke: themeColor('--ink', scheme), width: 1.5 })
    return { width, height: rows * cell, background: themeColor('--surface', scheme), shapes }
  }
  const box = useId()
  return (
    <div className={styles.strip} id={box}>
      <span className={styles.stripName}>{name}<small>±{num(limit)}</small></span>
      <Drawing draw={draw} label={t.strip.label(name, values.length)} pointer onPick={({ x, y }) => {
        const cols = perRow(document.getElementById(box)!.querySelector('[role=img]')!.clientWidth)
        const i = Math.floor(y / cell) * cols + Math.floor(x / cell)
        if (x < cols * cell && i >= 0 && i < values.length) { if (onPick) onPick(i); else set({ element: i }) }
      }} />
    </div>
  )
}

/** Largest magnitude: colours are comparable inside one strip, or wherever the same bound is given. */
export const bounds = (...all: Float32Array[]): number => all.reduce((max, values) => { const [low, high] = extent(values); return Math.max(max, -low, high) }, 0)

/** The field that chooses the element the cards spell out. */
export function ElementField({ count, value, label, onChange }: { count: number; value?: number; label?: string; onChange?: (i: number) => void }) {
  const { t } = useRun()
  const { element, set } = useView()
  return (
    <label className={styles.field}>{label ?? t.strip.element}
      <input type="number" min={0} max={count - 1} step={1} value={value ?? Math.min(element, count - 1)}
        onChange={(event) => { const i = Math.round(event.target.valueAsNumber); if (i >= 0 && i < count) { if (onChange) onChange(i); else set({ element: i }) } }} />
    </label>
  )
}

/** What a screen reader gets of strips: the largest elements of each. */
export function StripTable({ columns }: { columns: { name: string; values: Float32Array }[] }) {
  const { t } = useRun()
  const rows = largest(columns.at(-1)!.values, 12)
  return (
    <details className={styles.table}>
      <summary>{t.strip.table}</summary>
      <div className={styles.scroll} tabIndex={0} role="region" aria-label={t.strip.table}>
        <table>
          <thead><tr><th scope="col">{t.strip.element}</th>{columns.map((c) => <th key={c.name} scope="col">{c.name}</th>)}</tr></thead>
          <tbody>{rows.map((i) => <tr key={i}><th scope="row">{i}</th>{columns.map((c) => <td key={c.name}>{num(c.values[i]!)}</td>)}</tr>)}</tbody>
        </table>
      </div>
    </details>
  )
}
