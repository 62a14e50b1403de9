// The coloured text as a list of shapes: what the strip of chips shows, for files.

import type { DrawList, Shape } from '../../ui/export.ts'

export interface ChipShape {
  text: string
  fill: { background: string; color: string } | undefined
  selected: boolean
  faint: boolean
}

const size = 12,
  advance = 7.3,
  pad = 4,
  lineHeight = 24

/** Width in pixels: a wide character takes two columns of the monospaced face. */
const widthOf = (text: string): number =>
  [...text].reduce((n, c) => n + (c.codePointAt(0)! > 0x2e80 ? 2 : 1), 0) * advance + 2 * pad

/** Chips in reading order, wrapped at `width`. */
export function chipDrawing(width: number, chips: readonly ChipShape[], colour: (name: string) => string): DrawList {
  const shapes: Shape[] = []
  let x = 4,
    y = 4
  for (const { text, fill, selected, faint } of chips) {
    const w = widthOf(text)
    if (x > 4 && x + w > width - 4) {
      x = 4
      y += lineHeight
    }
    shapes.push(
      {
        kind: 'rect',
        x,
        y,
        w,
        h: lineHeight - 4,
        fill: fill?.background ?? 'transparent',
        stroke: colour(selected ? '--ink' : '--line'),
        radius: 3,
      },
      {
        kind: 'text',
        x: x + pad,
        y: y + 14,
        text,
        size,
        fill: fill?.color ?? colour(faint ? '--ink-faint' : '--ink'),
        mono: true,
        weight: selected ? 700 : 400,
      },
    )
    x += w + 3
  }
  return { width, height: y + lineHeight + 2, background: colour('--surface'), shapes }
}
