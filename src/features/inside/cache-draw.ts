// The KV cache as shapes: one layer's slots as bars, keys upwards and values downwards; and all layers as rows of
// colour.

import { cssAt, lut, type ColorScale, type Scheme } from '../../ui/colors.ts'
import type { DrawList, Shape } from '../../ui/export.ts'

type Paint = (name: string) => string
export interface Slots {
  /** position of the first slot */
  from: number
  k: Float32Array
  v: Float32Array
  evicted: (position: number) => boolean
  picked: number
  /** keys before this one lie outside the window of the newest query */
  window: number
}

// room for the longest word beside the bars
const left = 46,
  right = 4,
  high = 66,
  gap = 16

/** Slot under x. */
export const slotAt = (x: number, width: number, count: number): number =>
  Math.max(0, Math.min(count - 1, Math.floor(((x - left) / (width - left - right)) * count)))

export function barsList(
  width: number,
  { from, k, v, evicted, picked, window }: Slots,
  paint: Paint,
  t: { keys: string; values: string; position: string },
): DrawList {
  const count = k.length,
    step = (width - left - right) / count,
    top = 14
  const largestOf = (values: Float32Array): number => values.reduce((m, x) => (x > m ? x : m), 0) || 1
  const [mk, mv] = [largestOf(k), largestOf(v)],
    middle = top + high,
    under = middle + gap
  const shapes: Shape[] = [
    {
      kind: 'rect',
      x: left + (picked - from) * step - 1,
      y: top - 4,
      w: step + 2,
      h: 2 * high + gap + 8,
      fill: paint('--accent-wash'),
      radius: 2,
    },
  ]
  const small = (
    x: number,
    y: number,
    text: string,
    anchor: 'start' | 'middle' | 'end' = 'start',
    fill = '--ink-faint',
  ): void => {
    shapes.push({ kind: 'text', x, y, text, size: 10.5, fill: paint(fill), anchor })
  }
  small(0, top + 8, t.keys, 'start', '--role-k')
  small(0, top + 22, String(Number(mk.toPrecision(3))))
  small(0, under + high - 8, t.values, 'start', '--role-v')
  small(0, under + high + 6, String(Number(mv.toPrecision(3))))
  for (let p = 0; p < count; p++) {
    const x = left + p * step,
      gone = evicted(from + p),
      w = Math.max(0.8, step - (step > 3 ? 1 : 0))
    const opacity = from + p < window ? 0.3 : 1
    if (gone) {
      shapes.push({
        kind: 'path',
        d: `M${x + w / 2} ${top}V${under + high}`,
        stroke: paint('--bad'),
        width: Math.max(1, Math.min(3, w / 2)),
        dash: '2 3',
      })
      continue
    }
    if (!Number.isNaN(k[p]!)) {
      shapes.push({
        kind: 'rect',
        x,
        y: middle - (k[p]! / mk) * high,
        w,
        h: (k[p]! / mk) * high,
        fill: paint('--role-k'),
        opacity,
      })
    }
    if (!Number.isNaN(v[p]!)) {
      shapes.push({ kind: 'rect', x, y: under, w, h: (v[p]! / mv) * high, fill: paint('--role-v'), opacity })
    }
  }
  const every = Math.max(1, Math.ceil(34 / step))
  for (let p = 0; p < count; p += every) small(left + (p + 0.5) * step, middle + 12, String(from + p), 'middle')
  return { width, height: under + high + 10, background: paint('--surface'), shapes }
}

export const rowHigh = (layers: number): number => Math.max(5, Math.min(16, Math.floor(220 / layers)))

/**
 * One row of colour per layer, from its shortest vector to its longest; the first layer at the bottom as on the map.
 * Rows not read yet are empty.
 */
export function layersList(
  width: number,
  rows: readonly (Float32Array | null)[],
  selected: number,
  role: 'k' | 'v',
  scheme: Scheme,
  paint: Paint,
): DrawList {
  const h = rowHigh(rows.length),
    shapes: Shape[] = []
  rows.forEach((row, layer) => {
    const y = (rows.length - 1 - layer) * h
    if (rows.length <= 12 || layer % 5 === 0 || layer === selected) {
      shapes.push({
        kind: 'text',
        x: 0,
        y: y + h / 2 + 4,
        text: `L${layer}`,
        size: 10,
        fill: paint(layer === selected ? '--ink' : '--ink-faint'),
        weight: layer === selected ? 650 : 400,
      })
    }
    if (row) {
      const scale: ColorScale = {
        lut: lut(role === 'k' ? 'key' : 'value', scheme),
        min: row.reduce((m, v) => (v < m ? v : m), Infinity),
        max: row.reduce((m, v) => (v > m ? v : m), 0),
        floor: 0.06,
      }
      const pixels = new OffscreenCanvas(row.length, 1),
        ctx = pixels.getContext('2d')!
      row.forEach((v, p) => {
        if (!Number.isNaN(v)) {
          ctx.fillStyle = cssAt(scale, v)
          ctx.fillRect(p, 0, 1, 1)
        }
      })
      shapes.push({ kind: 'image', x: left, y, w: width - left - right, h: h - 1, pixels })
    }
    if (layer === selected) {
      shapes.push({
        kind: 'path',
        d: `M${left} ${y}H${width - right}V${y + h - 1}H${left}V${y}`,
        stroke: paint('--accent'),
        width: 1.5,
      })
    }
  })
  return { width, height: rows.length * h + 2, background: paint('--surface'), shapes }
}
export const layerAtY = (y: number, layers: number): number =>
  Math.max(0, Math.min(layers - 1, layers - 1 - Math.floor(y / rowHigh(layers))))
