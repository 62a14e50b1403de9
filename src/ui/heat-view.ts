// The window of a heatmap onto its grid: which cells are seen, and how zoom and pan move it. Pure numbers.

export interface Span {
  from: number
  to: number
}
/** Top left corner in cells, and how many times larger than "all". Zoom is shared by both axes. */
export interface HeatView {
  row: number
  col: number
  zoom: number
}

export const whole: HeatView = { row: 0, col: 0, zoom: 1 }
/** Fewest cells that fill the longer side. */
const fewest = 6

const limit = (value: number, min: number, max: number): number => Math.max(min, Math.min(max, value))

export function clampView(view: HeatView, rows: number, cols: number): HeatView {
  const zoom = limit(view.zoom, 1, Math.max(1, Math.max(rows, cols) / fewest))
  return { zoom, row: limit(view.row, 0, rows - rows / zoom), col: limit(view.col, 0, cols - cols / zoom) }
}

/** Zooms by a factor and keeps the cell at (fx, fy) of the picture (0..1) in place. */
export function zoomAt(view: HeatView, factor: number, fx: number, fy: number, rows: number, cols: number): HeatView {
  const zoom = clampView({ ...view, zoom: view.zoom * factor }, rows, cols).zoom
  return clampView(
    {
      zoom,
      col: view.col + fx * (cols / view.zoom - cols / zoom),
      row: view.row + fy * (rows / view.zoom - rows / zoom),
    },
    rows,
    cols,
  )
}

/** Brings a cell into the window, moving no more than needed. */
export function reveal(view: HeatView, row: number, col: number, rows: number, cols: number): HeatView {
  const h = rows / view.zoom,
    w = cols / view.zoom
  return clampView(
    { zoom: view.zoom, row: limit(view.row, row + 1 - h, row), col: limit(view.col, col + 1 - w, col) },
    rows,
    cols,
  )
}

/** The cells that are at least partly seen. */
export function seen(view: HeatView, rows: number, cols: number): { rows: Span; cols: Span } {
  return {
    rows: { from: Math.floor(view.row), to: Math.min(rows, Math.ceil(view.row + rows / view.zoom - 1e-9)) },
    cols: { from: Math.floor(view.col), to: Math.min(cols, Math.ceil(view.col + cols / view.zoom - 1e-9)) },
  }
}

/** What a heatmap asks for: these cells, in at most so many samples. */
export interface TileRequest {
  rows: Span
  cols: Span
  maxRows: number
  maxCols: number
}
/**
 * What it is given: (height, width) samples of these cells, each the largest of its pool; NaN = absent. `pool`: cells
 * per sample, when known.
 */
export interface HeatTile {
  rows: Span
  cols: Span
  height: number
  width: number
  values: Float32Array
  pool?: readonly [rows: number, cols: number]
}

/** Cells per sample, told by their number: the last one may hold fewer. */
const poolOf = (span: Span, samples: number): number => Math.ceil((span.to - span.from) / Math.max(1, samples))
export const poolsOf = (tile: HeatTile): readonly [rows: number, cols: number] =>
  tile.pool ?? [poolOf(tile.rows, tile.height), poolOf(tile.cols, tile.width)]

/** The sample that holds a cell, or undefined when the tile does not cover it. */
export function sampleAt(
  tile: HeatTile,
  row: number,
  col: number,
): { value: number; rows: Span; cols: Span } | undefined {
  if (row < tile.rows.from || row >= tile.rows.to || col < tile.cols.from || col >= tile.cols.to) return undefined
  const [pr, pc] = poolsOf(tile)
  const r = Math.floor((row - tile.rows.from) / pr),
    c = Math.floor((col - tile.cols.from) / pc)
  const span = (at: number, pool: number, all: Span): Span => ({
    from: all.from + at * pool,
    to: Math.min(all.to, all.from + (at + 1) * pool),
  })
  return { value: tile.values[r * tile.width + c]!, rows: span(r, pr, tile.rows), cols: span(c, pc, tile.cols) }
}

/**
 * A margin around what is seen, rounded out to coarse steps: small pans need no new tile, and long ones ask now and
 * then, not at every pixel. Never more than there is.
 */
export function withMargin(
  { rows, cols }: { rows: Span; cols: Span },
  height: number,
  width: number,
  fraction: number,
): { rows: Span; cols: Span } {
  const grow = (span: Span, all: number): Span => {
    const seen = span.to - span.from,
      by = Math.ceil(seen * fraction)
    const step = fraction > 0 ? 2 ** Math.max(0, Math.floor(Math.log2(seen / 4))) : 1
    return {
      from: Math.max(0, Math.floor((span.from - by) / step) * step),
      to: Math.min(all, Math.ceil((span.to + by) / step) * step),
    }
  }
  return { rows: grow(rows, height), cols: grow(cols, width) }
}
