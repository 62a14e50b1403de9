// A tile of a weight as shapes: values or errors as cells, codes counted, and values beside their source.

import { paint as paintCells, signedScale, type Scheme } from '../../ui/colors.ts'
import type { DrawList, Shape } from '../../ui/export.ts'
import { themeColor } from '../../ui/theme-color.ts'
import { bins } from './quant.ts'
import { bounds } from './strip-draw.ts'

export interface Place {
  row: number
  col: number
}
type Tile = { row: number; col: number; rows: number; cols: number }

/** A phone shows each row as two lines. */
const perLine = (cols: number, width: number): number => (width / cols < 9 ? Math.ceil(cols / 2) : cols)

export function tileList(
  width: number,
  values: Float32Array,
  { row, col, rows, cols }: Tile,
  at: Place,
  scheme: Scheme,
): DrawList {
  const per = perLine(cols, width),
    s = width / per,
    lines = Math.ceil(cols / per)
  const shown = new Float32Array(per * rows * lines).fill(NaN)
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < cols; c++) shown[(Math.floor(c / per) * rows + r) * per + (c % per)] = values[r * cols + c]!
  }
  const pixels = new OffscreenCanvas(per, rows * lines),
    image = new ImageData(per, rows * lines)
  paintCells(shown, signedScale(bounds(values) || 1, scheme), image.data)
  pixels.getContext('2d')!.putImageData(image, 0, 0)
  const shapes: Shape[] = [{ kind: 'image', x: 0, y: 0, w: per * s, h: rows * lines * s, pixels }]
  for (let line = 1; line < lines; line++) {
    shapes.push({
      kind: 'path',
      d: `M0 ${line * rows * s}h${width}`,
      stroke: themeColor('--surface', scheme),
      width: 3,
    })
  }
  const c = at.col - col
  shapes.push({
    kind: 'path',
    d: `M${(c % per) * s} ${(Math.floor(c / per) * rows + at.row - row) * s}h${s}v${s}h${-s}z`,
    stroke: themeColor('--ink', scheme),
    width: 2,
  })
  return { width, height: rows * lines * s, background: themeColor('--surface', scheme), shapes }
}

export function placeAt(x: number, y: number, width: number, { row, col, rows, cols }: Tile): Place | null {
  const per = perLine(cols, width),
    s = width / per,
    line = Math.floor(y / s),
    c = Math.floor(line / rows) * per + Math.floor(x / s)
  return x >= 0 && line >= 0 && c < cols && line < rows * Math.ceil(cols / per)
    ? { row: row + (line % rows), col: col + c }
    : null
}

const high = 70

export function codesList(width: number, counts: readonly number[], scheme: Scheme): DrawList {
  const step = width / counts.length,
    max = Math.max(1, ...counts),
    color = (name: string) => themeColor(name, scheme)
  return {
    width,
    height: high + 26,
    background: color('--surface'),
    shapes: counts.flatMap((n, code): Shape[] => [
      {
        kind: 'rect',
        x: code * step + 1,
        y: 10 + high - (n / max) * (high - 6),
        w: step - 2,
        h: (n / max) * (high - 6),
        fill: color('--accent'),
        opacity: 0.75,
        radius: 2,
      },
      {
        kind: 'text',
        x: (code + 0.5) * step,
        y: high + 22,
        text: code.toString(16).toUpperCase(),
        size: 10,
        fill: color('--ink-soft'),
        anchor: 'middle',
        mono: true,
      },
    ]),
  }
}

const count = 64

/** The file's values as a filled outline, those of the codes as bars: a code book has few places, a file many. */
export function spreadList(
  width: number,
  values: Float32Array,
  source: Float32Array,
  scheme: Scheme,
  num: (v: number) => string,
): DrawList {
  const { from, to, values: own, source: theirs } = bins(values, source, count)
  const color = (name: string) => themeColor(name, scheme),
    step = width / count
  // each on its own scale: a code book piles many weights on few places
  const y = (n: number, max: number): number => 8 + high * (1 - n / max)
  const [a, b] = [Math.max(...own), Math.max(...theirs!)]
  const outline = theirs!
    .map(
      (n, i) => `L${(i * step).toFixed(1)} ${y(n, b).toFixed(1)}L${((i + 1) * step).toFixed(1)} ${y(n, b).toFixed(1)}`,
    )
    .join('')
  return {
    width,
    height: high + 28,
    background: color('--surface'),
    shapes: [
      {
        kind: 'path',
        d: `M0 ${y(0, 1)}${outline}L${width} ${y(0, 1)}Z`,
        stroke: color('--ink-faint'),
        width: 1,
        fill: color('--sunken'),
      },
      ...own.flatMap((n, i): Shape[] =>
        n
          ? [
              {
                kind: 'rect',
                x: i * step + step * 0.2,
                y: y(n, a),
                w: Math.max(1.5, step * 0.6),
                h: y(0, 1) - y(n, a),
                fill: color('--accent'),
                opacity: 0.85,
                radius: 1,
              },
            ]
          : [],
      ),
      ...[from, 0, to].map((v, i): Shape => ({
        kind: 'text',
        x: (i / 2) * width,
        y: high + 22,
        text: v === 0 ? '0' : num(v),
        size: 10,
        fill: color('--ink-faint'),
        anchor: i === 0 ? 'start' : i === 1 ? 'middle' : 'end',
        mono: true,
      })),
    ],
  }
}
