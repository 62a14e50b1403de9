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

/** Sizes of what stands around a figure, in its pixels. */
interface Layout {
  margin: number
  title: number
  text: number
  bar: { width: number; height: number }
}
const page: Layout = { margin: 16, title: 16, text: 12, bar: { width: 160, height: 10 } }
/** On a picture of 1600 × 900: read from the back of a room. */
const projected: Layout = { margin: 48, title: 36, text: 20, bar: { width: 260, height: 16 } }

/** Lines no wider than `width`; broken at spaces, and anywhere in a word that has none (Chinese), but not before what closes it. */
function wrap(text: string, width: number, measure: (text: string) => number): string[] {
  const lines: string[] = []
  let line = ''
  for (const piece of text.match(
    /[\u2e80-\u9fff\uff00-\uffef][，。、；：！？）》」”]*|[^\s\u2e80-\u9fff\uff00-\uffef]+|\s+/g,
  ) ?? []) {
    if (line !== '' && measure(line + piece.trimEnd()) > width) {
      lines.push(line.trimEnd())
      line = piece.trimStart()
    } else line += piece
  }
  if (line.trim() !== '') lines.push(line.trimEnd())
  return lines
}

/** Words and colour bars, from the top down. */
function write(
  at: { x: number; y: number; width: number },
  { title: big, text: size, bar }: Layout,
  { ink, soft }: Inks,
) {
  const ctx = new OffscreenCanvas(1, 1).getContext('2d')!
  const shapes: Shape[] = []
  const font = (px: number, weight = 400): void => {
    ctx.font = `${weight} ${px}px system-ui, sans-serif`
  }
  const lines = (text: string, px: number, fill: string, weight?: number): void => {
    font(px, weight)
    for (const part of wrap(text, at.width, (one) => ctx.measureText(one).width)) {
      at.y += Math.round(px * 1.4)
      shapes.push({
        kind: 'text',
        x: at.x,
        y: at.y - Math.round(px * 0.3),
        text: part,
        size: px,
        fill,
        ...(weight !== undefined && { weight }),
      })
    }
  }
  return {
    shapes,
    at,
    title: (text: string): void => lines(text, big, ink, 600),
    line: (text: string): void => lines(text, size, soft),
    legend({ label, min, max, stops, absent, absentFill }: LegendFacts, ground: string): void {
      let x = at.x
      const gap = (size * 2) / 3,
        middle = at.y + Math.round(size * 0.25)
      font(size)
      const say = (text: string): void => {
        shapes.push({ kind: 'text', x, y: at.y + size, text, size, fill: soft })
        x += ctx.measureText(text).width + gap
      }
      say(label)
      say(min)
      stops.forEach((fill, i) =>
        shapes.push({
          kind: 'rect',
          x: x + (i * bar.width) / stops.length,
          y: middle,
          w: bar.width / stops.length + 0.5,
          h: bar.height,
          fill,
        }),
      )
      x += bar.width + gap
      say(max)
      if (absent !== undefined) {
        x += gap
        shapes.push({
          kind: 'rect',
          x,
          y: middle,
          w: 1.6 * bar.height,
          h: bar.height,
          fill: absentFill ?? ground,
          stroke: soft,
          radius: 2,
        })
        x += 1.6 * bar.height + gap / 1.3
        say(absent)
      }
      at.y += Math.round((size * 5) / 3)
    },
  }
}

export function framed(list: DrawList, { title, lines, caption, legends }: About, inks: Inks): DrawList {
  const { margin } = page
  const width = Math.max(list.width, 360) + 2 * margin
  const pen = write({ x: margin, y: margin, width: width - 2 * margin }, page, inks)
  pen.title(title)
  for (const line of lines) pen.line(line)
  pen.at.y += 8
  pen.shapes.push({ kind: 'group', x: margin, y: pen.at.y, shapes: list.shapes })
  pen.at.y += list.height + 8
  for (const legend of legends) pen.legend(legend, list.background)
  if (caption !== '') pen.line(caption)
  return { width, height: pen.at.y + margin, background: list.background, shapes: pen.shapes }
}

/**
 * The same on one slide of 16 : 9: the figure as large as the words leave room for, under and over it or beside it.
 * Nothing stands outside.
 */
export function onSlide(list: DrawList, { title, lines, caption, legends }: About, inks: Inks): DrawList {
  const [width, height] = [1600, 900],
    { margin } = projected,
    gap = margin / 3
  const words = (column: number) => {
    const top = write({ x: margin, y: margin / 2, width: column }, projected, inks)
    top.title(title)
    for (const line of lines) top.line(line)
    const below = write({ x: margin, y: 0, width: column }, projected, inks)
    for (const legend of legends) below.legend(legend, list.background)
    if (caption !== '') below.line(caption)
    return { top, below, end: height - margin / 2 - below.at.y }
  }
  /** the figure in the middle of this room */
  const placed = (x: number, y: number, w: number, h: number) => {
    const scale = Math.min(w / list.width, Math.max(1, h) / list.height, 4)
    return { scale, x: x + (w - scale * list.width) / 2, y: y + (h - scale * list.height) / 2 }
  }
  const wide = words(width - 2 * margin),
    narrow = words(420)
  const between = placed(margin, wide.top.at.y + gap, width - 2 * margin, wide.end - wide.top.at.y - 2 * gap)
  const left = 2 * margin + 420,
    beside = placed(left, margin / 2, width - margin - left, height - margin)
  // in a narrow column the words must still fit above each other
  const isBeside = beside.scale > 1.15 * between.scale && narrow.top.at.y + gap < narrow.end
  const { top, below, end } = isBeside ? narrow : wide
  return {
    width,
    height,
    background: list.background,
    shapes: [
      ...top.shapes,
      { kind: 'group', ...(isBeside ? beside : between), shapes: list.shapes },
      { kind: 'group', x: 0, y: end, shapes: below.shapes },
    ],
  }
}
