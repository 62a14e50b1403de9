// Labels and marks of a heatmap: token names along the axes where there is room, every n-th number where there is not.
// One list of labels feeds the canvas on screen and the drawing in files.

import type { Shape } from './export.ts'
import { seen, type HeatTile, type HeatView } from './heat-view.ts'
import { short } from './tokens.ts'

export interface Axes {
  left: number
  top: number
}
export interface HeatFrame {
  view: HeatView
  rows: number
  cols: number
  plot: { x: number; y: number; w: number; h: number }
  size: { width: number; height: number }
  cellW: number
  cellH: number
  rowLabel: (row: number) => string
  colLabel: (col: number) => string
  rowTitle: string
  colTitle: string
}
interface Cell {
  row: number
  col: number
}
interface Marks {
  cursor: Cell | null
  locked: Cell | null
  row: number | null
  marks: readonly Cell[]
}
export interface AxisColors {
  ground: string
  soft: string
  line: string
  accent: string
  role: string
  bad: string
}

/** Every n-th of a span so that labels keep this many pixels apart. */
function ticks(from: number, to: number, pixels: number, min: number): number[] {
  const step = Math.max(1, Math.ceil(min / pixels))
  const nice = step === 1 ? 1 : ([2, 5, 10, 20, 25, 50, 100, 200, 500, 1000].find((n) => n >= step) ?? step)
  const out: number[] = []
  for (let i = Math.ceil(from / nice) * nice; i < to; i += nice) out.push(i)
  return out
}

/** Names while every cell has room for one, numbers after that. */
const rowNames = (f: HeatFrame): boolean => f.cellH >= 10.5
const colNames = (f: HeatFrame): boolean => f.cellW >= 10.5

function labels(
  f: HeatFrame,
): {
  text: string
  x: number
  y: number
  rotate: number
  anchor: 'start' | 'end' | 'middle'
  row?: number
  col?: number
}[] {
  const { rows, cols } = seen(f.view, f.rows, f.cols)
  const out = []
  const fits = Math.max(3, Math.floor((f.plot.x - 12) / 6.3))
  for (const row of ticks(rows.from, rows.to, f.cellH, rowNames(f) ? 1 : 22)) {
    const y = f.plot.y + (row + 0.5 - f.view.row) * f.cellH
    if (y < f.plot.y - 1 || y > f.plot.y + f.plot.h + 1) continue
    out.push({
      text: rowNames(f) ? short(f.rowLabel(row), fits) : String(row),
      x: f.plot.x - 5,
      y: y + 3.5,
      rotate: 0,
      anchor: 'end' as const,
      row,
    })
  }
  const tall = Math.max(3, Math.floor((f.plot.y - 20) / 6.3))
  for (const col of ticks(cols.from, cols.to, f.cellW, colNames(f) ? 1 : 34)) {
    const x = f.plot.x + (col + 0.5 - f.view.col) * f.cellW
    if (x < f.plot.x - 1 || x > f.plot.x + f.plot.w + 1) continue
    out.push(
      colNames(f)
        ? {
            text: short(f.colLabel(col), tall),
            x: x + 3.5,
            y: f.plot.y - 5,
            rotate: -90,
            anchor: 'start' as const,
            col,
          }
        : { text: String(col), x, y: f.plot.y - 5, rotate: 0, anchor: 'middle' as const, col },
    )
  }
  return out
}

const mono = 'ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", "Noto Sans Mono CJK SC", monospace'

export function paintOverlay(
  ctx: CanvasRenderingContext2D,
  f: HeatFrame,
  { cursor, locked, row, marks }: Marks,
  c: AxisColors,
): void {
  const { plot, view, cellW, cellH } = f
  const lit = cursor ?? locked
  const x = (col: number): number => plot.x + (col - view.col) * cellW
  const y = (at: number): number => plot.y + (at - view.row) * cellH
  ctx.save()
  ctx.strokeStyle = c.line
  ctx.lineWidth = 1
  ctx.strokeRect(plot.x + 0.5, plot.y + 0.5, plot.w - 1, plot.h - 1)
  ctx.beginPath()
  ctx.rect(plot.x, plot.y, plot.w, plot.h)
  ctx.clip()
  const band = (r: number, alpha: number): void => {
    ctx.globalAlpha = alpha
    ctx.fillStyle = c.role
    const h = Math.max(2, cellH)
    const top = y(r) - (h - cellH) / 2
    ctx.fillRect(plot.x, top - 1, plot.w, 1)
    ctx.fillRect(plot.x, top + h, plot.w, 1)
    ctx.globalAlpha = alpha * 0.25
    ctx.fillRect(plot.x, top, plot.w, h)
    ctx.globalAlpha = 1
  }
  if (row !== null) band(row, 0.6)
  if (lit) {
    ctx.globalAlpha = 0.35
    ctx.fillStyle = c.accent
    ctx.fillRect(plot.x, y(lit.row) + cellH / 2 - 0.5, Math.max(0, x(lit.col) - plot.x), 1)
    ctx.fillRect(x(lit.col) + cellW / 2 - 0.5, plot.y, 1, Math.max(0, y(lit.row) - plot.y))
    ctx.globalAlpha = 1
  }
  const outline = (cell: Cell, stroke: string, width: number): void => {
    const w = Math.max(7, cellW),
      h = Math.max(7, cellH)
    ctx.strokeStyle = stroke
    ctx.lineWidth = width
    ctx.strokeRect(x(cell.col) + (cellW - w) / 2, y(cell.row) + (cellH - h) / 2, w, h)
  }
  for (const cell of marks) {
    outline(cell, c.bad, 1.5)
    ctx.beginPath()
    ctx.moveTo(x(cell.col), y(cell.row) + cellH)
    ctx.lineTo(x(cell.col) + cellW, y(cell.row))
    ctx.stroke()
  }
  if (locked) outline(locked, c.accent, 2)
  if (cursor) outline(cursor, c.accent, 1)
  ctx.restore()

  for (const label of labels(f)) {
    const on = lit && (label.row === lit.row || label.col === lit.col)
    text(ctx, label.text, label.x, label.y, label.rotate, label.anchor, on ? c.accent : c.soft, on ? 700 : 400)
  }
  // the cursor's own names when the axis shows numbers
  if (lit && !rowNames(f)) badge(ctx, f.rowLabel(lit.row), plot.x - 4, y(lit.row) + cellH / 2 + 3.5, 'end', 0, c, f)
  if (lit && !colNames(f)) {
    badge(
      ctx,
      f.colLabel(lit.col),
      Math.min(plot.x + plot.w - 20, x(lit.col) + cellW / 2),
      plot.y - 5,
      'middle',
      0,
      c,
      f,
    )
  }
  text(ctx, f.colTitle, plot.x + plot.w, 11, 0, 'end', c.soft, 500, true)
  text(ctx, f.rowTitle, 10, plot.y + plot.h, -90, 'start', c.soft, 500, true)
}

function text(
  ctx: CanvasRenderingContext2D,
  words: string,
  x: number,
  y: number,
  rotate: number,
  anchor: 'start' | 'end' | 'middle',
  fill: string,
  weight: number,
  sans = false,
): void {
  ctx.save()
  ctx.translate(x, y)
  ctx.rotate((rotate * Math.PI) / 180)
  ctx.font = `${weight} 10.5px ${sans ? 'system-ui, sans-serif' : mono}`
  ctx.textAlign = anchor === 'middle' ? 'center' : anchor
  ctx.fillStyle = fill
  ctx.fillText(words, 0, 0)
  ctx.restore()
}

function badge(
  ctx: CanvasRenderingContext2D,
  words: string,
  x: number,
  y: number,
  anchor: 'end' | 'middle',
  rotate: number,
  c: AxisColors,
  f: HeatFrame,
): void {
  const shown = short(words, Math.max(4, Math.floor(f.plot.x / 6.5)))
  const w = [...shown].reduce((n, char) => n + (char.codePointAt(0)! > 0x2e80 ? 10.5 : 6.4), 6)
  ctx.fillStyle = c.accent
  const left = anchor === 'end' ? x - w + 2 : x - w / 2
  ctx.beginPath()
  ctx.roundRect(Math.max(0, left), y - 11, w, 15, 3)
  ctx.fill()
  text(ctx, shown, anchor === 'end' ? Math.max(w - 2, x) - 1 : Math.max(w / 2, x), y, rotate, anchor, c.ground, 600)
}

export function axisShapes(f: HeatFrame, ink: string, locked: Cell | null): Shape[] {
  const { plot, view, cellW, cellH } = f
  return [
    { kind: 'rect', x: plot.x, y: plot.y, w: plot.w, h: plot.h, fill: 'none', stroke: ink, opacity: 0.3 },
    ...labels(f).map((l): Shape => ({
      kind: 'text',
      x: l.x,
      y: l.y,
      text: l.text,
      size: 10.5,
      fill: ink,
      rotate: l.rotate,
      anchor: l.anchor,
      mono: true,
    })),
    { kind: 'text', x: plot.x + plot.w, y: 11, text: f.colTitle, size: 10.5, fill: ink, anchor: 'end', weight: 500 },
    { kind: 'text', x: 10, y: plot.y + plot.h, text: f.rowTitle, size: 10.5, fill: ink, rotate: -90, weight: 500 },
    ...(locked
      ? [
          {
            kind: 'rect',
            x: plot.x + (locked.col - view.col) * cellW,
            y: plot.y + (locked.row - view.row) * cellH,
            w: cellW,
            h: cellH,
            fill: 'none',
            stroke: ink,
          } as Shape,
        ]
      : []),
  ]
}

/** Mean of every column of a tile over what is present in it; too few rows say nothing. */
export function columnMeans({ height, width, values }: HeatTile): Float32Array {
  const out = new Float32Array(width)
  for (let c = 0; c < width; c++) {
    let sum = 0,
      n = 0
    for (let r = 0; r < height; r++) {
      const v = values[r * width + c]!
      if (!Number.isNaN(v)) {
        sum += v
        n++
      }
    }
    out[c] = n >= 4 ? sum / n : NaN
  }
  return out
}

/** Bars above the columns, the largest as tall as there is room, where names do not fit. */
export function paintMeans(
  ctx: CanvasRenderingContext2D,
  f: HeatFrame,
  means: { title: string; values: Float32Array; from: number },
  c: { soft: string; role: string },
): void {
  if (colNames(f)) return
  const { plot, view, cellW } = f
  const bottom = plot.y - 17,
    room = bottom - 16
  const max = means.values.reduce((m, v) => Math.max(m, v || 0), 1e-9)
  if (room < 8) return
  ctx.save()
  ctx.beginPath()
  ctx.rect(plot.x, 0, plot.w, plot.y)
  ctx.clip()
  ctx.fillStyle = c.role
  ctx.globalAlpha = 0.55
  means.values.forEach((v, i) => {
    if (!(v > 0)) return
    const h = (v / max) * room
    ctx.fillRect(plot.x + (means.from + i - view.col) * cellW + cellW * 0.1, bottom - h, Math.max(0.7, cellW * 0.8), h)
  })
  ctx.restore()
  text(ctx, means.title, plot.x, 11, 0, 'start', c.soft, 400, true)
}
