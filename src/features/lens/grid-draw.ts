// The part of the grid that is on screen as a list of shapes, for files.

import { colorAt, css, inkOn, type ColorScale } from '../../ui/colors.ts'
import type { DrawList, Shape } from '../../ui/export.ts'
import { short } from '../../ui/tokens.ts'
import type { GridWindow } from './Grid.tsx'
import { layersOf, shade, targetId } from './read.ts'
import { candidateView, type Columns, type Run } from './run.ts'
import type { Colour, Part, Target } from './view.ts'

const side = 64,
  wide = 84,
  high = 26,
  pad = 12

export function drawGrid(
  { info, tokens, views, t, own, layerName, came }: Run,
  columns: Columns,
  part: Part,
  colour: Colour,
  target: Target,
  scale: ColorScale,
  window: GridWindow,
  paint: (name: string) => string,
): DrawList {
  const shapes: Shape[] = []
  const layers = layersOf(info, part).reverse()
  const positions = Array.from(
    { length: Math.max(0, Math.min(tokens.length, window.to) - window.from) },
    (_, i) => window.from + i,
  )
  const x = (i: number): number => pad + side + i * wide,
    y = (row: number): number => pad + row * high
  const text = (
    tx: number,
    ty: number,
    words: string,
    fill: string,
    more: Partial<Extract<Shape, { kind: 'text' }>> = {},
  ): void =>
    void shapes.push({ kind: 'text', x: tx, y: ty, text: words, size: 12, fill, anchor: 'middle', mono: true, ...more })
  const fit = (label: string): string => short(label, /[\u2e80-\uffff]/.test(label) ? 6 : 10)
  const name = (row: number, words: string): void =>
    text(pad, y(row) + 17, words, paint('--ink-soft'), { anchor: 'start', mono: false, size: 11 })
  if (!own) name(0, t.grid.nextShort)
  layers.forEach((layer, row) => name(row + 1, layerName(layer)))
  name(layers.length + 1, t.grid.readShort)
  positions.forEach((p, i) => {
    const column = columns.at(p)
    if (!own) text(x(i) + wide / 2, y(0) + 17, fit(came(p)), paint('--ink-soft'))
    text(x(i) + wide / 2, y(layers.length + 1) + 17, fit(views[p]!.label), paint('--ink-soft'))
    layers.forEach((layer, row) => {
      const cell = column?.cells.find((c) => c.layer === layer)
      if (!cell) return
      const rgb = colorAt(scale, shade(cell, colour, targetId(target, column!)))
      const first = cell.top[0]!
      shapes.push({
        kind: 'rect',
        x: x(i) + 1,
        y: y(row + 1) + 1,
        w: wide - 2,
        h: high - 2,
        fill: rgb ? css(rgb) : paint('--sunken'),
        radius: 3,
      })
      text(
        x(i) + wide / 2,
        y(row + 1) + 17,
        fit(candidateView(first.id, first.text).label),
        rgb ? inkOn(rgb) : paint('--ink'),
        { weight: first.id === column!.final ? 700 : 400 },
      )
    })
  })
  return {
    width: x(positions.length) + pad,
    height: y(layers.length + 2) + pad,
    background: paint('--surface'),
    shapes,
  }
}
