// Every head of every layer as a small picture of its attention. One canvas for all of them: a thousand heads are a
// thousand drawImage calls, not a thousand elements. Hover previews, click selects, arrows walk.

import { useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react'
import { useInspect, type AttentionTile, type HeadStats } from '../../store/inspect.ts'
import { lut, paint, type ColorScale, type Scheme } from '../../ui/colors.ts'
import type { DrawList, Shape } from '../../ui/export.ts'
import { drawOn } from '../../ui/export.ts'
import { themeColor } from '../../ui/theme-color.ts'
import { useEnlarged } from '../../ui/useEnlarged.ts'
import { useScheme } from '../../ui/useScheme.ts'
import styles from './HeadGrid.module.css'
import { hitHead, layoutHeads, type Layout } from './grid-layout.ts'
import { useRun } from './run.ts'
import { isSilenced, rankHeads, winners, type HeadRef, type ScoreName } from './scores.ts'
import { rangeOf, useView } from './view.ts'

interface Props {
  tiles: readonly (AttentionTile | null)[]
  stats: HeadStats | null
  drawing: { current: (() => DrawList) | null }
  onMenu: (head: HeadRef) => void
}

/** The colours of a weight. */
export const attentionScale = (scheme: Scheme): ColorScale => ({
  lut: lut('attention', scheme),
  min: 0,
  max: 1,
  curve: 'sqrt',
  floor: 0.03,
})

export function HeadGrid({ tiles, stats, drawing, onMenu }: Props) {
  const { info, layer, head, t } = useRun()
  const scheme = useScheme()
  const { sort, hoverHead, set, ...view } = useView()
  const range = rangeOf(view.range, info.layers)
  const select = useInspect((s) => s.select)
  const edits = useInspect((s) => s.edits)
  const box = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const [width, setWidth] = useState(0)
  const times = useEnlarged()
  useLayoutEffect(() => {
    const element = box.current!
    const measure = () => setWidth(element.clientWidth / times)
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [times])

  const scale = useMemo(() => attentionScale(scheme), [scheme])
  const pictures = usePictures(tiles, scale)
  const order = useMemo(
    () => (sort === 'index' || !stats ? null : rankHeads(stats, sort, info.heads, range)),
    [sort, stats, info.heads, range],
  )
  const layout = useMemo(() => (width ? layoutHeads(width, info, order, range) : null), [width, info, order, range])
  const badges = useMemo(
    () => (stats ? winners(stats, info.heads, range) : new Map<number, ScoreName[]>()),
    [stats, info.heads, range],
  )

  const build = (at: Layout): DrawList => {
    const paintWith = (name: string) => themeColor(name, scheme)
    const shapes: Shape[] = [...frameShapes(at, t.grid.kvGroup, paintWith('--ink-faint'))]
    for (const cell of at.cells) {
      const { x, y, size } = cell
      const silenced = isSilenced(edits, cell)
      shapes.push({ kind: 'rect', x, y, w: size, h: size, fill: paintWith('--sunken'), radius: 2 })
      const picture = pictures[cell.layer]?.[cell.head]
      if (picture) shapes.push({ kind: 'image', x, y, w: size, h: size, pixels: picture })
      if (silenced) {
        let d = ''
        for (let i = 4; i < size * 2; i += 6) {
          d += `M${x + Math.max(0, i - size)} ${y + Math.min(i, size)}L${x + Math.min(i, size)} ${y + Math.max(0, i - size)}`
        }
        shapes.push({ kind: 'path', d, stroke: paintWith('--bad'), width: 1.2, opacity: 0.85 })
      }
      const on = cell.layer === layer && cell.head === head
      const near = hoverHead?.layer === cell.layer && hoverHead.head === cell.head
      if (on || near) {
        shapes.push({
          kind: 'rect',
          x: x - 1.5,
          y: y - 1.5,
          w: size + 3,
          h: size + 3,
          fill: 'transparent',
          stroke: paintWith(on ? '--ink' : '--role-attention'),
          radius: 3,
        })
      }
      if (on) {
        shapes.push({
          kind: 'rect',
          x: x - 0.5,
          y: y - 0.5,
          w: size + 1,
          h: size + 1,
          fill: 'transparent',
          stroke: paintWith('--ink'),
          radius: 3,
        })
      }
      const won = badges.get(cell.layer * info.heads + cell.head)
      if (won && size >= 20) {
        const text = won.map((name) => t.scores[name].badge).join('')
        const w = [...text].reduce((n, c) => n + (c.codePointAt(0)! > 0x2e80 ? 9.5 : 6.5), 5)
        shapes.push(
          { kind: 'rect', x: x + size - w, y, w, h: 12, fill: paintWith('--role-attention'), radius: 2 },
          {
            kind: 'text',
            x: x + size - w / 2,
            y: y + 9.2,
            text,
            size: 9,
            fill: paintWith('--surface'),
            anchor: 'middle',
            weight: 700,
          },
        )
      }
      if (cell.caption !== undefined) {
        shapes.push(
          {
            kind: 'text',
            x: x + size / 2,
            y: y + size + 10,
            text: `${cell.layer}·${cell.head}`,
            size: 9.5,
            fill: paintWith('--ink-soft'),
            anchor: 'middle',
          },
          {
            kind: 'text',
            x: x + size / 2,
            y: y + size + 21,
            text: cell.caption.toFixed(cell.caption >= 10 ? 0 : 2),
            size: 9.5,
            fill: paintWith('--ink'),
            anchor: 'middle',
            weight: 600,
          },
        )
      }
    }
    return { width: at.width, height: at.height, background: paintWith('--surface'), shapes }
  }

  useLayoutEffect(() => {
    const target = canvas.current
    const ctx = target?.getContext('2d')
    if (!layout || !target || !ctx) return
    const list = build(layout)
    const ratio = times * Math.min(3, devicePixelRatio || 1)
    target.width = Math.round(list.width * ratio)
    target.height = Math.round(list.height * ratio)
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0)
    drawOn(ctx, list)
    drawing.current = () => build(layout)
  })
  // the selected head stays in sight while it is walked by keys
  useLayoutEffect(() => {
    const scroller = box.current?.parentElement
    const cell = layout?.cells.find((c) => c.layer === layer && c.head === head)
    if (!scroller || !cell || scroller.scrollHeight <= scroller.clientHeight) return
    const [top, end] = [cell.y * times, (cell.y + cell.size) * times]
    if (top < scroller.scrollTop) scroller.scrollTop = top - 8
    else if (end > scroller.scrollTop + scroller.clientHeight) scroller.scrollTop = end + 12 - scroller.clientHeight
  }, [layout, layer, head, times])

  const at = (event: { clientX: number; clientY: number }): HeadRef | null => {
    const rect = box.current!.getBoundingClientRect()
    return layout && hitHead(layout, (event.clientX - rect.left) / times, (event.clientY - rect.top) / times)
  }
  /** where the pointer last really was: a grid that scrolls under a resting one previews nothing */
  const rest = useRef({ x: -1, y: -1 })
  const onMove = (event: { pointerType: string; clientX: number; clientY: number }) => {
    if (event.pointerType === 'touch' || (rest.current.x === event.clientX && rest.current.y === event.clientY)) return
    rest.current = { x: event.clientX, y: event.clientY }
    hover(at(event))
  }
  const hover = (next: HeadRef | null) => {
    if (next?.layer !== hoverHead?.layer || next?.head !== hoverHead?.head) set({ hoverHead: next })
  }
  const onKey = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !layout) return
    const now = layout.cells.findIndex((c) => c.layer === layer && c.head === head)
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: layout.perRow, ArrowUp: -layout.perRow }[event.key]
    if (step !== undefined) {
      const next = layout.cells[now + step]
      if (next) {
        hover(null)
        select({ layer: next.layer, head: next.head })
      }
    } else if (event.key === 'Enter' || event.key === ' ') onMenu({ layer, head })
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <div className={styles.scroll}>
      <div
        ref={box}
        className={styles.box}
        style={{ height: layout ? layout.height * times : undefined }}
        tabIndex={0}
        role="application"
        aria-roledescription={t.grid.title}
        aria-label={`${t.grid.label(info.layers, info.heads)} ${t.grid.now(layer, head)}`}
        data-testid="head-grid"
        data-cells={layout?.cells
          .map(
            (c) =>
              `${c.layer},${c.head},${Math.round((c.x + c.size / 2) * times)},${Math.round((c.y + c.size / 2) * times)}`,
          )
          .join(' ')}
        onPointerMove={onMove}
        onPointerLeave={() => hover(null)}
        onClick={(event) => {
          const hit = at(event)
          if (hit) select(hit)
        }}
        onKeyDown={onKey}
      >
        <canvas ref={canvas} className={styles.canvas} aria-hidden="true" />
      </div>
      <p className="visually-hidden" aria-live="polite">
        {t.grid.now(layer, head)}
      </p>
    </div>
  )
}

/** Per layer, per head: the thumbnail's pixels. A layer's are made again only when its tile changed. */
function usePictures(tiles: readonly (AttentionTile | null)[], scale: ColorScale): (OffscreenCanvas[] | null)[] {
  const [kept] = useState(() => ({
    made: new WeakMap<AttentionTile, { scale: ColorScale; pictures: OffscreenCanvas[] }>(),
  }))
  return tiles.map((tile) => {
    if (!tile || tile.rows === 0 || tile.cols === 0) return null
    const old = kept.made.get(tile)
    if (old?.scale === scale) return old.pictures
    const size = tile.rows * tile.cols
    const pictures = tile.heads.map((_, h) => {
      const canvas = new OffscreenCanvas(tile.cols, tile.rows)
      const ctx = canvas.getContext('2d')!
      const data = ctx.createImageData(tile.cols, tile.rows)
      paint(tile.values.subarray(h * size, (h + 1) * size), scale, data.data)
      ctx.putImageData(data, 0, 0)
      return canvas
    })
    kept.made.set(tile, { scale, pictures })
    return pictures
  })
}

/** Layer names, and a bracket over the heads that share one key and value. */
function frameShapes(at: Layout, group: (n: number) => string, ink: string): Shape[] {
  return [
    ...at.rows.map(({ y, text }): Shape => ({
      kind: 'text',
      x: 2,
      y: y + 3.5,
      text,
      size: 10.5,
      fill: ink,
      weight: 500,
    })),
    ...at.brackets.flatMap(({ from, to, text }): Shape[] => [
      { kind: 'path', d: `M${from} 20V16H${to}V20`, stroke: ink, width: 1 },
      ...(to - from > 24
        ? [
            {
              kind: 'text',
              x: (from + to) / 2,
              y: 11,
              text: to - from > 54 ? group(text) : String(text),
              size: 9.5,
              fill: ink,
              anchor: 'middle',
            } as Shape,
          ]
        : []),
    ]),
  ]
}
