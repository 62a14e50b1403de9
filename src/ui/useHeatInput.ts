// What pointer, wheel and keys do to a heatmap: which cell is under them, zoom, pan, walk, choose, paint. Draws nothing.

import { useRef, type KeyboardEvent, type PointerEvent, type RefObject } from 'react'
import { clampView, reveal, whole, zoomAt, type HeatView } from './heat-view.ts'
import { useWheelZoom } from './useWheelZoom.ts'

export interface Cell {
  row: number
  col: number
}
interface Hands {
  box: RefObject<HTMLDivElement | null>
  /** how many CSS pixels one of the picture's is */
  times: number
  /** where the cells lie in the box, in the picture's pixels; and the size of one */
  plot: { x: number; y: number; w: number; h: number }
  cellW: number
  cellH: number
  rows: number
  cols: number
  view: HeatView
  setView: (next: HeatView | ((old: HeatView) => HeatView)) => void
  /** the cell under pointer or keys */
  cursor: Cell | null
  hover: (cell: Cell | null) => void
  /** @param byKey the cursor is walked by keys, or not any more */
  walk: (byKey: boolean) => void
  /** where the first arrow key starts from */
  start: Cell
  choose: (cell: Cell) => void
  onBrush: ((cell: Cell, first: boolean) => void) | undefined
}

export function useHeatInput({
  box,
  times,
  plot,
  cellW,
  cellH,
  rows,
  cols,
  view,
  setView,
  cursor,
  hover,
  walk,
  start,
  choose,
  onBrush,
}: Hands) {
  const held = useRef(new Map<number, { x: number; y: number }>())
  const dragged = useRef(false)
  const toCell = (event: { clientX: number; clientY: number }): { row: number; col: number } | null => {
    const rect = box.current!.getBoundingClientRect()
    const x = (event.clientX - rect.left) / times - plot.x,
      y = (event.clientY - rect.top) / times - plot.y
    if (x < 0 || y < 0 || x >= plot.w || y >= plot.h) return null
    return {
      row: Math.min(rows - 1, Math.floor(view.row + y / cellH)),
      col: Math.min(cols - 1, Math.floor(view.col + x / cellW)),
    }
  }
  const onPointerMove = (event: PointerEvent) => {
    const before = held.current.get(event.pointerId)
    if (!before) {
      if (event.pointerType !== 'touch') hover(toCell(event))
      return
    }
    if (onBrush && event.pointerType !== 'touch') {
      const cell = toCell(event)
      if (cell && (cell.row !== cursor?.row || cell.col !== cursor.col)) {
        hover(cell)
        onBrush(cell, false)
      }
      return
    }
    const others = [...held.current].find(([id]) => id !== event.pointerId)?.[1]
    const dx = event.clientX - before.x,
      dy = event.clientY - before.y
    if (!dragged.current && !others && Math.hypot(dx, dy) < 5) return
    dragged.current = true
    held.current.set(event.pointerId, { x: event.clientX, y: event.clientY })
    if (others) {
      const rect = box.current!.getBoundingClientRect()
      const old = Math.hypot(before.x - others.x, before.y - others.y),
        now = Math.hypot(event.clientX - others.x, event.clientY - others.y)
      const cx = (((event.clientX + others.x) / 2 - rect.left) / times - plot.x) / plot.w,
        cy = (((event.clientY + others.y) / 2 - rect.top) / times - plot.y) / plot.h
      setView((v) => zoomAt(clampView(v, rows, cols), old > 0 ? now / old : 1, cx, cy, rows, cols))
    } else if (view.zoom > 1) {
      setView((v) =>
        clampView(
          { ...clampView(v, rows, cols), col: v.col - dx / times / cellW, row: v.row - dy / times / cellH },
          rows,
          cols,
        ),
      )
    }
  }
  const onPointerDown = (event: PointerEvent) => {
    if (event.button !== 0) return
    if (held.current.size === 0) dragged.current = false
    held.current.set(event.pointerId, { x: event.clientX, y: event.clientY })
    box.current!.setPointerCapture(event.pointerId)
    const cell = onBrush && event.pointerType !== 'touch' ? toCell(event) : null
    if (cell) {
      hover(cell)
      onBrush!(cell, true)
    }
  }
  const onPointerUp = (event: PointerEvent) => {
    const was = held.current.delete(event.pointerId)
    if (!was || dragged.current || event.type === 'pointercancel') return
    const cell = toCell(event)
    if (!cell || (onBrush && event.pointerType !== 'touch')) return
    hover(cell)
    choose(cell)
  }
  useWheelZoom(box, 180, (factor, at) => {
    const next = zoomAt(view, factor, (at.x / times - plot.x) / plot.w, (at.y / times - plot.y) / plot.h, rows, cols)
    if (next.zoom === view.zoom) return false
    setView(next)
    return true
  })

  const zoom = (factor: number): void =>
    setView(
      zoomAt(
        view,
        factor,
        cursor ? ((cursor.col + 0.5 - view.col) * cellW) / plot.w : 0.5,
        cursor ? ((cursor.row + 0.5 - view.row) * cellH) / plot.h : 0.5,
        rows,
        cols,
      ),
    )
  const onKey = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const step = event.shiftKey ? 10 : 1
    const moves: Record<string, [number, number]> = {
      ArrowLeft: [0, -step],
      ArrowRight: [0, step],
      ArrowUp: [-step, 0],
      ArrowDown: [step, 0],
    }
    const move = moves[event.key]
    if (move) {
      const from = cursor ?? start
      const to = {
        row: Math.max(0, Math.min(rows - 1, from.row + move[0])),
        col: Math.max(0, Math.min(cols - 1, from.col + move[1])),
      }
      walk(true)
      setView(reveal(view, to.row, to.col, rows, cols))
      hover(to)
    } else if (event.key === '+' || event.key === '=') zoom(1.5)
    else if (event.key === '-' || event.key === '_') zoom(1 / 1.5)
    else if (event.key === '0') setView(whole)
    else if (event.key === 'Enter' || event.key === ' ') {
      if (cursor) choose(cursor)
    } else return
    event.preventDefault()
    event.stopPropagation()
  }
  return {
    zoom,
    handlers: {
      onPointerMove,
      onPointerDown,
      onPointerUp,
      onPointerCancel: onPointerUp,
      onPointerLeave: () => {
        if (held.current.size === 0) hover(null)
      },
      onKeyDown: onKey,
      onBlur: () => {
        walk(false)
        hover(null)
      },
    },
  }
}
