// The window of the map: wheel, pinch, drag and keys move it, and it glides to places. What is under the fingers is the
// caller's business; a drag is no click.

import { useCallback, useLayoutEffect, useRef, useState, type PointerEvent, type RefObject } from 'react'
import { useWheelZoom } from '../../ui/useWheelZoom.ts'
import { clampCamera, scaleX, wholeOf, zoomAt, type Camera, type Size, type World } from './world.ts'

const glide = 280
const still = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches

export interface CameraTools {
  camera: Camera
  size: Size
  /** goes there, gliding unless the reader wants no motion */
  to(camera: Camera): void
  by(factor: number, at?: { x: number; y: number }): void
  pan(dx: number, dy: number): void
  pointers: {
    onPointerDown: (event: PointerEvent) => void
    onPointerMove: (event: PointerEvent) => void
    onPointerUp: (event: PointerEvent) => void
    onPointerCancel: (event: PointerEvent) => void
  }
  /** the last press moved the map: not a click */
  dragged: RefObject<boolean>
}

/** @param moved called after the reader moved the window by hand, with where the pointer was */
export function useCamera(
  box: RefObject<HTMLElement | null>,
  world: World,
  moved: (camera: Camera, size: Size, at: { x: number; y: number }) => void,
): CameraTools {
  const [size, setSize] = useState<Size>({ width: 0, height: 0 })
  const [held, setHeld] = useState<Camera | null>(null)
  const frame = useRef(0)
  const fingers = useRef(new Map<number, { x: number; y: number }>())
  const dragged = useRef(false)
  const camera =
    held && size.width > 0
      ? clampCamera(held, world, size)
      : wholeOf(world, size.width > 0 ? size : { width: 400, height: 600 })

  useLayoutEffect(() => {
    const element = box.current!
    const measure = () => setSize({ width: element.clientWidth, height: element.clientHeight })
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => {
      observer.disconnect()
      cancelAnimationFrame(frame.current)
    }
  }, [box])

  // two fingers move between two renders: the second must go on from where the first has led
  const now = useRef(camera)
  useLayoutEffect(() => {
    now.current = camera
  })
  const jump = useCallback((next: Camera): void => {
    cancelAnimationFrame(frame.current)
    now.current = next
    setHeld(next)
  }, [])
  const to = (target: Camera): void => {
    cancelAnimationFrame(frame.current)
    const goal = clampCamera(target, world, size),
      from = camera,
      start = performance.now()
    if (still()) {
      setHeld(goal)
      return
    }
    const step = (now: number): void => {
      const t = Math.min(1, (now - start) / glide),
        eased = t < 0.5 ? 2 * t * t : 1 - (2 - 2 * t) ** 2 / 2
      const scale = from.scale * (goal.scale / from.scale) ** eased
      // the centre travels with the change of scale, so that zooming in does not swing past its goal
      const fraction =
        Math.abs(goal.scale - from.scale) < 1e-9
          ? eased
          : (1 / from.scale - 1 / scale) / (1 / from.scale - 1 / goal.scale)
      setHeld({ scale, x: from.x + (goal.x - from.x) * fraction, y: from.y + (goal.y - from.y) * fraction })
      if (t < 1) frame.current = requestAnimationFrame(step)
    }
    frame.current = requestAnimationFrame(step)
  }
  const by = (factor: number, at = { x: size.width / 2, y: size.height / 2 }): void => {
    const next = zoomAt(now.current, factor, at.x, at.y, world, size)
    jump(next)
    moved(next, size, at)
  }
  const pan = (dx: number, dy: number): void => {
    const from = now.current
    jump(clampCamera({ ...from, x: from.x - dx / scaleX(from, size), y: from.y - dy / from.scale }, world, size))
  }

  useWheelZoom(box, 140, (factor, at) => {
    const next = zoomAt(now.current, factor, at.x, at.y, world, size)
    if (next.scale === now.current.scale) return false
    jump(next)
    moved(next, size, at)
    return true
  })

  const end = (event: PointerEvent): void => {
    fingers.current.delete(event.pointerId)
  }
  return {
    camera,
    size,
    to,
    by,
    pan,
    dragged,
    pointers: {
      onPointerDown: (event) => {
        if (event.button !== 0) return
        if (fingers.current.size === 0) dragged.current = false
        fingers.current.set(event.pointerId, { x: event.clientX, y: event.clientY })
      },
      onPointerMove: (event) => {
        const before = fingers.current.get(event.pointerId)
        if (!before) return
        if (event.pointerType === 'mouse' && event.buttons === 0) {
          end(event)
          return
        }
        const other = [...fingers.current].find(([id]) => id !== event.pointerId)?.[1]
        const dx = event.clientX - before.x,
          dy = event.clientY - before.y
        if (!dragged.current && !other && Math.hypot(dx, dy) < 5) return
        dragged.current = true
        if (!event.currentTarget.hasPointerCapture(event.pointerId)) {
          event.currentTarget.setPointerCapture(event.pointerId)
        }
        fingers.current.set(event.pointerId, { x: event.clientX, y: event.clientY })
        if (other) {
          const rect = box.current!.getBoundingClientRect()
          const old = Math.hypot(before.x - other.x, before.y - other.y),
            now = Math.hypot(event.clientX - other.x, event.clientY - other.y)
          by(old > 0 ? now / old : 1, {
            x: (event.clientX + other.x) / 2 - rect.left,
            y: (event.clientY + other.y) / 2 - rect.top,
          })
        } else pan(dx, dy)
      },
      onPointerUp: end,
      onPointerCancel: end,
    },
  }
}
