// A figure as a file stands alone: its title, which model it shows, what the colours mean and what is seen go with it.

import type { DrawList, Shape } from './export.ts'

/** A colour bar in words: what it measures, its ends, and its colours from left to right. */
export interface LegendFacts {
  label: string
  min: string
  max: string
  stops: string[]
  absent?: string | undefined
  /** what absent cells are painted with, where that is not the ground */ absentFill?: string | undefined
}
export interface About {
  title: string
  lines: readonly string[]
  caption: string
  legends: readonly LegendFacts[]
}
interface Inks {
  ink: string
  soft: string
}

const margin = 16,
  bar = { width: 160, height: 10 }

/** Lines no wider than `width`; broken at spaces, and anywhere in a word that has none (Chinese). */
function wrap(text: string, width: number, measure: (text: string) => number): string[] {
  const lines: string[] = []
  let line = ''
  for (const piece of text.match(/[\u2e80-\u9fff\uff00-\uffef]|[^\s\u2e80-\u9fff\uff00-\uffef]+|\s+/g) ?? []) {
    if (line !== '' && measure(line + piece.trimEnd()) > width) {
      lines.push(line.trimEnd())
      line = piece.trimStart()
    } else line += piece
  }
  if (line.trim() !== '') lines.push(line.trimEnd())
  return lines
}

export function framed(list: DrawList, { title, lines, caption, legends }: About, { ink, soft }: Inks): DrawList {
  const ctx = new OffscreenCanvas(1, 1).getContext('2d')!
  const width = Math.max(list.width, 360) + 2 * margin
  const shapes: Shape[] = []
  let y = margin
  const write = (text: string, size: number, fill: string, weight?: number): void => {
    ctx.font = `${weight ?? 400} ${size}px system-ui, sans-serif`
    for (const part of wrap(text, width - 2 * margin, (one) => ctx.measureText(one).width)) {
      y += Math.round(size * 1.4)
      shapes.push({
        kind: 'text',
        x: margin,
        y: y - Math.round(size * 0.3),
        text: part,
        size,
        fill,
        ...(weight !== undefined && { weight }),
      })
    }
  }
  write(title, 16, ink, 600)
  for (const line of lines) write(line, 12, soft)
  y += 8
  shapes.push({ kind: 'group', x: margin, y, shapes: list.shapes })
  y += list.height + 8
  ctx.font = '400 12px system-ui, sans-serif'
  for (const { label, min, max, stops, absent, absentFill } of legends) {
    let x = margin
    const say = (text: string): void => {
      shapes.push({ kind: 'text', x, y: y + 12, text, size: 12, fill: soft })
      x += ctx.measureText(text).width + 8
    }
    say(label)
    say(min)
    stops.forEach((fill, i) =>
      shapes.push({
        kind: 'rect',
        x: x + (i * bar.width) / stops.length,
        y: y + 3,
        w: bar.width / stops.length + 0.5,
        h: bar.height,
        fill,
      }),
    )
    x += bar.width + 8
    say(max)
    if (absent !== undefined) {
      x += 8
      shapes.push({
        kind: 'rect',
        x,
        y: y + 3,
        w: 1.6 * bar.height,
        h: bar.height,
        fill: absentFill ?? list.background,
        stroke: soft,
        radius: 2,
      })
      x += 1.6 * bar.height + 6
      say(absent)
    }
    y += 20
  }
  if (caption !== '') write(caption, 12, soft)
  return { width, height: y + margin, background: list.background, shapes }
}
