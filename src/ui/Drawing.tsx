// A canvas that shows a list of shapes, sharp on every screen, redrawn when its width, the list or the theme changes.
// The same list goes into files (export.ts). It knows nothing of what it shows; hit-testing is the caller's.

import { useLayoutEffect, useRef, useState, type PointerEvent } from 'react'
import { drawOn, type DrawList } from './export.ts'
import styles from './Drawing.module.css'
import { useEnlarged } from './useEnlarged.ts'

interface Props {
  /** what to show at this width in CSS pixels, fewer where pictures are enlarged; the list's height is the canvas's */
  draw: (width: number) => DrawList
  label: string
  /** where the pointer is in the drawing, null when it left */
  onPoint?: (at: { x: number; y: number } | null) => void
  onPick?: (at: { x: number; y: number; width: number }) => void
  pointer?: boolean
  /** false: never larger, because it has a zoom of its own */
  enlarge?: boolean
  testId?: string
}

export function Drawing({ draw, label, onPoint, onPick, pointer = false, enlarge = true, testId }: Props) {
  const box = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const [width, setWidth] = useState(0)
  const larger = useEnlarged(),
    times = enlarge ? larger : 1
  useLayoutEffect(() => {
    const element = box.current!
    const measure = () => setWidth(element.clientWidth)
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  const list = width > 0 ? draw(width / times) : null
  useLayoutEffect(() => {
    const target = canvas.current
    const ctx = target?.getContext('2d')
    if (!target || !ctx || !list) return
    const ratio = times * Math.min(3, devicePixelRatio || 1)
    target.width = Math.round(list.width * ratio)
    target.height = Math.round(list.height * ratio)
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0)
    drawOn(ctx, list)
  })
  const at = (event: { clientX: number; clientY: number }) => {
    const rect = box.current!.getBoundingClientRect()
    return { x: (event.clientX - rect.left) / times, y: (event.clientY - rect.top) / times, width: width / times }
  }
  return (
    <div
      ref={box}
      className={styles.drawing}
      style={{ height: list ? list.height * times : undefined, cursor: pointer ? 'pointer' : undefined }}
      role="img"
      aria-label={label}
      data-testid={testId}
      onPointerMove={
        onPoint &&
        ((event: PointerEvent) => {
          if (event.pointerType !== 'touch') onPoint(at(event))
        })
      }
      onPointerLeave={onPoint && (() => onPoint(null))}
      onClick={onPick && ((event) => onPick(at(event)))}
    >
      <canvas ref={canvas} aria-hidden="true" />
    </div>
  )
}
