// Bars of one dot product, and the three states of a row, as lists of shapes.

import type { DrawList, Shape } from '../../ui/export.ts'
import type { Pair } from './read.ts'

type Colour = (name: string) => string
interface Words {
  q: string
  k: string
  product: string
  dimension: string
  raw: string
  masked: string
  softmax: string
  hidden: string
}

const left = 64,
  right = 8

/** q, k and their product in every dimension: three strips on one axis, each on its own scale, zero in the middle. */
export function pairBars(width: number, { q, k, product }: Pair, colour: Colour, t: Words): DrawList {
  const strip = 62,
    shapes: Shape[] = []
  const step = (width - left - right) / q.length
  const strips = [
    [t.q, q, '--role-q'],
    [t.k, k, '--role-k'],
    [t.product, product, '--role-attention'],
  ] as const
  strips.forEach(([name, values, role], n) => {
    const middle = n * (strip + 10) + strip / 2 + 4
    const max = values.reduce((m, v) => Math.max(m, Math.abs(v)), 1e-9)
    shapes.push(
      { kind: 'text', x: 2, y: middle - 2, text: name, size: 11, fill: colour(role), weight: 650 },
      { kind: 'text', x: 2, y: middle + 12, text: `±${max.toPrecision(2)}`, size: 9.5, fill: colour('--ink-faint') },
      { kind: 'rect', x: left, y: middle - 0.5, w: width - left - right, h: 1, fill: colour('--line') },
    )
    values.forEach((v, i) => {
      const h = (Math.abs(v) / max) * (strip / 2)
      shapes.push({
        kind: 'rect',
        x: left + i * step + step * 0.1,
        y: v >= 0 ? middle - h : middle,
        w: Math.max(0.8, step * 0.8),
        h: Math.max(0.5, h),
        fill: colour(role),
        opacity: v >= 0 ? 1 : 0.55,
      })
    })
  })
  const bottom = 3 * (strip + 10) + 6
  for (let i = 0; i < q.length; i += Math.max(1, Math.ceil(36 / step / 4) * 4)) {
    shapes.push({
      kind: 'text',
      x: left + (i + 0.5) * step,
      y: bottom + 6,
      text: String(i),
      size: 9.5,
      fill: colour('--ink-faint'),
      anchor: 'middle',
    })
  }
  shapes.push({
    kind: 'text',
    x: width - right,
    y: bottom + 19,
    text: t.dimension,
    size: 10,
    fill: colour('--ink-faint'),
    anchor: 'end',
  })
  return { width, height: bottom + 24, background: colour('--surface'), shapes }
}

interface Steps {
  raw: Float32Array
  scores: Float32Array
  later: Float32Array
  probs: Float32Array
  key: number | null
  sink: boolean
}

/**
 * One row: raw scores of every key, the same without the keys that come later, and what softmax makes of them. `above`:
 * pixels left free on top.
 */
export function rowSteps(
  width: number,
  { raw, scores, later, probs, key, sink }: Steps,
  colour: Colour,
  t: Words,
  above = 0,
): DrawList {
  const strip = 60,
    shapes: Shape[] = []
  const count = scores.length + later.length,
    step = (width - left - right) / count
  const x = (i: number): number => left + i * step
  const max = Math.max(1e-6, ...Array.from(raw, Math.abs), ...Array.from(later, Math.abs))
  const shown = sink ? probs : probs.subarray(1)
  // as tall as there is room: beside a sink all weights may be small
  const tallest = shown.reduce((m, v) => Math.max(m, v || 0), 1e-9)
  const names = [t.raw, t.masked, t.softmax],
    sizes = [`±${max.toPrecision(2)}`, `±${max.toPrecision(2)}`, `≤ ${tallest.toPrecision(2)}`]
  for (let n = 0; n < 3; n++) {
    const top = above + n * (strip + 14) + 4,
      middle = n < 2 ? top + strip / 2 : top + strip
    shapes.push(
      { kind: 'text', x: 2, y: top + 12, text: names[n]!, size: 10.5, fill: colour('--ink-soft'), weight: 550 },
      { kind: 'text', x: 2, y: top + 26, text: sizes[n]!, size: 9.5, fill: colour('--ink-faint') },
      { kind: 'rect', x: left, y: middle - 0.5, w: width - left - right, h: 1, fill: colour('--line') },
    )
    if (key !== null) {
      shapes.push({
        kind: 'rect',
        x: x(key) - 1,
        y: top,
        w: Math.max(3, step + 2),
        h: strip,
        fill: colour('--role-attention'),
        opacity: 0.16,
        radius: 2,
      })
    }
    if (n > 0 && later.length) {
      shapes.push({
        kind: 'rect',
        x: x(scores.length),
        y: top,
        w: later.length * step,
        h: strip,
        fill: colour('--sunken'),
      })
      let d = ''
      for (let at = x(scores.length) - strip; at < x(count); at += 7) {
        d += `M${Math.max(at, x(scores.length))} ${top + Math.min(strip, strip - (Math.max(at, x(scores.length)) - at))}L${Math.min(at + strip, x(count))} ${top + strip - (Math.min(at + strip, x(count)) - at)}`
      }
      shapes.push({ kind: 'path', d, stroke: colour('--line-strong'), width: 0.6, opacity: 0.6 })
    }
    const bar = (i: number, fraction: number, role: string, opacity: number): void => {
      const h = Math.abs(fraction) * (n < 2 ? strip / 2 : strip)
      shapes.push({
        kind: 'rect',
        x: x(i) + step * 0.08,
        y: fraction >= 0 ? middle - h : middle,
        w: Math.max(0.7, step * 0.84),
        h: Math.max(0.5, h),
        fill: colour(role),
        opacity,
      })
    }
    for (let i = 0; i < scores.length; i++) {
      if (n === 2 && i === 0 && !sink) continue
      const value = n === 0 ? raw[i]! / max : n === 1 ? scores[i]! / max : probs[i]! / tallest
      if (Number.isNaN(value)) continue // masked
      bar(
        i,
        value,
        n === 2 ? '--role-attention' : n === 0 && Number.isNaN(scores[i]!) ? '--bad' : '--ink-soft',
        n === 2 ? 1 : value >= 0 ? 0.9 : 0.5,
      )
    }
    if (n === 0) later.forEach((v, i) => bar(scores.length + i, v / max, '--bad', v >= 0 ? 0.75 : 0.45))
  }
  const bottom = above + 3 * (strip + 14)
  if (later.length) {
    shapes.push({
      kind: 'text',
      x: width - right,
      y: bottom + 8,
      text: t.hidden,
      size: 10,
      fill: colour('--ink-faint'),
      anchor: 'end',
    })
  }
  return { width, height: bottom + 14, background: colour('--surface'), shapes }
}

/** Both drawings, one under the other. */
export function pairAndRow(width: number, pair: Pair, steps: Steps | null, colour: Colour, t: Words): DrawList {
  const top = pairBars(width, pair, colour, t)
  if (!steps) return top
  const below = rowSteps(width, steps, colour, t, top.height + 12)
  return { ...below, shapes: [...top.shapes, ...below.shapes] }
}
