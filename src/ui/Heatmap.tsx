// A grid of numbers as pixels: zoom by wheel, pinch or + and -, pan by drag, walk by arrows, hover, lock.
// It draws the tile it is given and says through onViewport which cells it would like to have: a grid of millions
// of cells costs only what is on screen. While a tile is on its way the coarse picture of the whole shows through, so
// that a pan never waits. The pixels are one putImageData of the tile; labels, cursor and crosshair lie on a second
// canvas. A table of the focused row stands in for the picture where it is asked for.

import { useEffect, useLayoutEffect, useMemo, useRef, useState, type ReactNode } from 'react'
import { Button } from './Button.tsx'
import type { ColorScale } from './colors.ts'
import type { DrawList, Shape } from './export.ts'
import {
  clampView,
  poolsOf,
  sampleAt,
  seen,
  whole,
  withMargin,
  type HeatTile,
  type HeatView,
  type Span,
  type TileRequest,
} from './heat-view.ts'
import { axisShapes, columnMeans, paintMeans, paintOverlay, type Axes } from './heat-axes.ts'
import { fit, hatchPattern, imageOf, type Canvas2D } from './heat-pixels.ts'
import { HeatTable } from './HeatTable.tsx'
import styles from './Heatmap.module.css'
import { themeColor } from './theme-color.ts'
import { useEnlarged } from './useEnlarged.ts'
import { useScheme } from './useScheme.ts'
import { useHeatInput } from './useHeatInput.ts'

export type { HeatTile, TileRequest } from './heat-view.ts'

/**
 * known: the tile covers the cell; then a value of NaN means that nothing is there. pooled: the value is the largest of
 * several cells, not this one's
 */
export interface HeatCell {
  row: number
  col: number
  value: number
  known: boolean
  pooled: boolean
}
export interface HeatWords {
  keys: string
  zoomIn: string
  zoomOut: string
  all: string
  table: string
  picture: string
  absent: string
  column: string
  value: string
  row: string
  more: (n: number) => string
}

interface Props {
  rows: number
  cols: number
  tile: HeatTile | null
  /** a picture of everything in few samples, seen where the tile is not */
  coarse?: HeatTile | null | undefined
  /** the value of one cell by itself, for cells that a pooled tile holds only together with others */
  single?: { row: number; col: number; value: number } | null | undefined
  scale: ColorScale
  words: HeatWords
  /** what this is, for those who cannot see it */
  label: string
  rowLabel: (row: number) => string
  colLabel: (col: number) => string
  /** what rows and columns are, written at the axes */
  rowTitle: string
  colTitle: string
  format: (value: number) => string
  /** asks for the cells on screen, a little more around them, in at most this many samples */
  onViewport?: (request: TileRequest) => void
  /** the cell under the pointer or cursor */
  onHover?: (cell: HeatCell | null) => void
  onLock?: (cell: HeatCell) => void
  /**
   * dragging paints instead of panning: every cell passed, `first` where the brush was set down. A finger taps, so that
   * the page still scrolls
   */
  onBrush?: (cell: { row: number; col: number }, first: boolean) => void
  locked?: { row: number; col: number } | null
  /** this row is marked even without a locked cell */
  row?: number | null
  /** drawn over a cell that is cut or changed */
  marks?: readonly { row: number; col: number }[]
  /** width / height of the picture; default: square */
  aspect?: number
  /** pixels above the columns, where their names are long */
  headroom?: number
  /** absent cells are hatched; false leaves the ground */
  hatch?: boolean
  /**
   * names the bars above the columns: their means. Shown where column names do not fit and no cells are pooled; for
   * values from zero up
   */
  marginal?: string
  /** beside the zoom buttons */
  tools?: ReactNode
  testId?: string
  /** gives the drawing of what is on screen, for files */
  drawing?: { current: (() => DrawList) | null }
}

export function Heatmap(props: Props) {
  const {
    rows,
    cols,
    tile,
    coarse = null,
    single,
    scale,
    words,
    label,
    format,
    onViewport,
    onHover,
    onLock,
    onBrush,
    locked,
    row: markedRow,
    aspect = 1,
    headroom,
    hatch = true,
    tools,
    testId,
    drawing,
  } = props
  const scheme = useScheme(),
    times = useEnlarged()
  const box = useRef<HTMLDivElement>(null)
  const pixels = useRef<HTMLCanvasElement>(null)
  const overlay = useRef<HTMLCanvasElement>(null)
  const [size, setSize] = useState({ width: 0, height: 0, ratio: 1 })
  const [viewState, setView] = useState<HeatView>(whole)
  const [cursor, setCursor] = useState<{ row: number; col: number } | null>(null)
  const [table, setTable] = useState(false)
  /** the cursor is walked by keys: say what is under it */
  const [byKey, setByKey] = useState(false)
  const view = clampView(viewState, rows, cols)
  const axes: Axes = { left: size.width < 420 ? 40 : 78, top: headroom ?? (size.width < 420 ? 40 : 68) }
  const plot = {
    x: axes.left,
    y: axes.top,
    w: Math.max(1, size.width - axes.left),
    h: Math.max(1, size.height - axes.top),
  }

  useLayoutEffect(() => {
    const element = box.current
    if (!element || table) return
    const measure = () => {
      const width = element.clientWidth / times
      const full = document.fullscreenElement?.contains(element)
        ? roomOf(element, document.fullscreenElement) / times
        : Infinity
      setSize({
        width,
        height: Math.min(full, Math.round((width - axes.left) / aspect) + axes.top),
        ratio: times * Math.min(3, devicePixelRatio || 1),
      })
    }
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [aspect, axes.left, axes.top, table, times])

  // ---- what is wanted ----
  const window_ = seen(view, rows, cols)
  const shown = cursor ?? locked ?? null
  const tableRow = Math.min(rows - 1, shown?.row ?? markedRow ?? rows - 1)
  // a table wants its one row cell by cell
  const want = table
    ? { rows: { from: tableRow, to: tableRow + 1 }, cols: window_.cols }
    : withMargin(window_, rows, cols, view.zoom > 1 ? 0.25 : 0)
  const samples = (span: Span, all: number, pixels: number): number =>
    table
      ? span.to - span.from
      : Math.max(1, Math.ceil(Math.min(2048, (pixels * view.zoom * (span.to - span.from)) / Math.max(1, all))))
  const wantKey = JSON.stringify([want, samples(want.cols, cols, plot.w), samples(want.rows, rows, plot.h)])
  const ask = useRef(onViewport)
  useEffect(() => {
    ask.current = onViewport
  })
  useEffect(() => {
    if (size.width === 0 || rows === 0 || cols === 0) return
    const [spans, maxCols, maxRows] = JSON.parse(wantKey) as [Omit<TileRequest, 'maxRows' | 'maxCols'>, number, number]
    ask.current?.({ ...spans, maxRows, maxCols })
  }, [wantKey, size.width, rows, cols])

  // ---- pixels ----
  const image = useMemo(() => imageOf(tile, scale), [tile, scale])
  const coarseImage = useMemo(() => imageOf(coarse, scale), [coarse, scale])
  // the mean of largest values of pools would be no mean of anything
  const means = useMemo(
    () =>
      tile && props.marginal !== undefined && poolsOf(tile).every((cells) => cells === 1) ? columnMeans(tile) : null,
    [tile, props.marginal],
  )

  const cellW = plot.w / (cols / view.zoom),
    cellH = plot.h / (rows / view.zoom)
  /** Both pictures at this place of a canvas, the tile on its own ground. */
  const paintTiles = (ctx: Canvas2D, x: number, y: number): void => {
    ctx.imageSmoothingEnabled = false
    for (const [t, pixels_] of [
      [coarse, coarseImage],
      [tile, image],
    ] as const) {
      if (!t || !pixels_) continue
      const [pr, pc] = poolsOf(t),
        height = t.rows.to - t.rows.from,
        width = t.cols.to - t.cols.from
      const rect = [
        x + (t.cols.from - view.col) * cellW,
        y + (t.rows.from - view.row) * cellH,
        width * cellW,
        height * cellH,
      ] as const
      if (t === tile && coarseImage) {
        ctx.clearRect(...rect)
        ground(ctx, rect)
      }
      // the last sample may stand for fewer cells than the others
      ctx.drawImage(pixels_, 0, 0, width / pc, height / pr, ...rect)
    }
  }
  const ground = (ctx: Canvas2D, rect: readonly [x: number, y: number, w: number, h: number]): void => {
    if (!hatch) return
    ctx.fillStyle = hatchPattern(ctx, scheme === 'dark')
    ctx.fillRect(...rect)
  }
  useLayoutEffect(() => {
    const canvas = pixels.current
    const ctx = canvas?.getContext('2d')
    if (!canvas || !ctx || size.width === 0) return
    fit(canvas, size)
    ctx.setTransform(size.ratio, 0, 0, size.ratio, 0, 0)
    ctx.clearRect(0, 0, size.width, size.height)
    ctx.save()
    ctx.beginPath()
    ctx.rect(plot.x, plot.y, plot.w, plot.h)
    ctx.clip()
    ground(ctx, [plot.x, plot.y, plot.w, plot.h])
    paintTiles(ctx, plot.x, plot.y)
    ctx.restore()
  })

  // ---- labels, crosshair, cursor ----
  const paintWith = (name: string) => themeColor(name, scheme)
  const frame = {
    view,
    rows,
    cols,
    plot,
    size,
    cellW,
    cellH,
    rowLabel: props.rowLabel,
    colLabel: props.colLabel,
    rowTitle: props.rowTitle,
    colTitle: props.colTitle,
  }
  useLayoutEffect(() => {
    const canvas = overlay.current
    const ctx = canvas?.getContext('2d')
    if (!canvas || !ctx || size.width === 0) return
    fit(canvas, size)
    ctx.setTransform(size.ratio, 0, 0, size.ratio, 0, 0)
    ctx.clearRect(0, 0, size.width, size.height)
    if (means && tile) {
      paintMeans(
        ctx,
        frame,
        { title: props.marginal!, values: means, from: tile.cols.from },
        { soft: paintWith('--ink-faint'), role: paintWith('--role-attention') },
      )
    }
    paintOverlay(
      ctx,
      frame,
      { cursor, locked: locked ?? null, row: markedRow ?? null, marks: props.marks ?? [] },
      {
        ground: paintWith('--surface'),
        soft: paintWith('--ink-soft'),
        line: paintWith('--line'),
        accent: paintWith('--ink'),
        role: paintWith('--role-attention'),
        bad: paintWith('--bad'),
      },
    )
  })

  useEffect(() => {
    if (!drawing) return
    drawing.current = () => {
      const shapes: Shape[] = []
      if (image || coarseImage) {
        // what is on screen, cut to the plot
        const cut = new OffscreenCanvas(Math.ceil(plot.w * 2), Math.ceil(plot.h * 2))
        const ctx = cut.getContext('2d')!
        ctx.scale(2, 2)
        paintTiles(ctx, 0, 0)
        shapes.push({ kind: 'image', x: plot.x, y: plot.y, w: plot.w, h: plot.h, pixels: cut })
      }
      return {
        width: size.width,
        height: size.height,
        background: paintWith('--surface'),
        shapes: [...shapes, ...axisShapes(frame, paintWith('--ink'), locked ?? null)],
      }
    }
    return () => {
      drawing.current = null
    }
  })

  // ---- cells, and what is done with them ----
  const valueAt = (cell: { row: number; col: number }): HeatCell => {
    const sample = tile && sampleAt(tile, cell.row, cell.col)
    const pooled =
      Boolean(sample) && (sample!.rows.to - sample!.rows.from > 1 || sample!.cols.to - sample!.cols.from > 1)
    if (pooled && single?.row === cell.row && single.col === cell.col) {
      return { ...cell, value: single.value, known: true, pooled: false }
    }
    return { ...cell, value: sample?.value ?? NaN, known: Boolean(sample), pooled }
  }
  const choose = (cell: { row: number; col: number }): void => {
    if (onBrush) onBrush(cell, true)
    else onLock?.(valueAt(cell))
  }
  const hover = (cell: { row: number; col: number } | null) => {
    if (cell?.row !== cursor?.row || cell?.col !== cursor?.col) setCursor(cell)
  }
  // told again when its tile comes later than the pointer
  const tell = useRef<() => void>(() => undefined)
  useEffect(() => {
    tell.current = () => onHover?.(cursor && valueAt(cursor))
  })
  useEffect(() => {
    tell.current()
  }, [cursor, tile, single])
  const { zoom, handlers } = useHeatInput({
    ...{ box, times, plot, cellW, cellH, rows, cols, view, setView, cursor, hover, choose, onBrush },
    walk: setByKey,
    start: locked ?? { row: markedRow ?? rows - 1, col: 0 },
  })

  const spoken = shown && valueAt(shown)
  return (
    <div className={styles.heatmap} data-testid={testId}>
      <div className={styles.bar} data-controls>
        <span className={styles.tools}>{tools}</span>
        <Button
          variant="quiet"
          icon="minus"
          label={words.zoomOut}
          disabled={view.zoom <= 1}
          onClick={() => zoom(1 / 1.6)}
        />
        <Button variant="quiet" icon="plus" label={words.zoomIn} onClick={() => zoom(1.6)} />
        <Button variant="quiet" icon="fit" label={words.all} disabled={view.zoom <= 1} onClick={() => setView(whole)} />
        <Button
          variant="quiet"
          icon="table"
          label={table ? words.picture : words.table}
          aria-pressed={table}
          onClick={() => setTable(!table)}
        />
      </div>
      {table ? (
        <HeatTable
          tile={tile}
          row={tableRow}
          words={words}
          rowLabel={props.rowLabel}
          colLabel={props.colLabel}
          format={format}
        />
      ) : (
        <div
          ref={box}
          className={styles.box}
          tabIndex={0}
          role="application"
          aria-roledescription={words.picture}
          aria-label={`${label} ${words.keys}`}
          style={{ height: size.height * times || undefined, touchAction: view.zoom > 1 ? 'none' : 'pan-x pan-y' }}
          data-plot={[plot.x, plot.y, plot.w, plot.h].map((n) => n * times).join(' ')}
          data-zoom={view.zoom.toFixed(2)}
          {...handlers}
        >
          <canvas ref={pixels} className={styles.canvas} aria-hidden="true" />
          <canvas ref={overlay} className={styles.canvas} aria-hidden="true" />
        </div>
      )}
      <p className="visually-hidden" aria-live="polite">
        {spoken && byKey
          ? `${words.row} ${props.rowLabel(spoken.row)}, ${words.column} ${props.colLabel(spoken.col)}: ${spoken.pooled || !spoken.known ? '…' : Number.isNaN(spoken.value) ? words.absent : format(spoken.value)}`
          : ''}
      </p>
    </div>
  )
}

/** Height that a picture in full screen may take, so that what stands under it stays in sight. */
function roomOf(element: Element, screen: Element): number {
  const { top, bottom } = element.getBoundingClientRect()
  const end = Math.max(bottom, ...Array.from(screen.children, (child) => child.getBoundingClientRect().bottom))
  return Math.max(240, innerHeight - top - (end - bottom) - 16)
}
