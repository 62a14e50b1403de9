// Keeps a scrolling list at its end while it grows, until the reader scrolls up;
// going back to the end sticks again.

import { useCallback, useEffect, useRef, useState } from 'react'

const near = 48

/** @param on false: leaves the scroll position alone (nothing to follow) */
export function useStickToBottom(on: boolean) {
  const scroller = useRef<HTMLDivElement>(null)
  const content = useRef<HTMLDivElement>(null)
  const sticky = useRef(true)
  const [atBottom, setAtBottom] = useState(true)

  const toBottom = useCallback(() => {
    sticky.current = true
    const box = scroller.current
    if (box) box.scrollTop = box.scrollHeight
  }, [])

  /** Growth moves nothing any more, until the end is reached again. */
  const leave = useCallback(() => {
    sticky.current = false
  }, [])

  useEffect(() => {
    const box = scroller.current
    const inner = content.current
    if (!box || !inner || !on) return
    let last = box.scrollTop
    const onScroll = () => {
      const end = box.scrollHeight - box.scrollTop - box.clientHeight < near
      // growth also fires scroll events: only an upward move is the reader's wish to leave
      if (end) sticky.current = true
      else if (box.scrollTop < last) sticky.current = false
      last = box.scrollTop
      setAtBottom(end)
    }
    const observer = new ResizeObserver(() => {
      if (sticky.current) box.scrollTop = box.scrollHeight
    })
    observer.observe(inner)
    observer.observe(box)
    box.addEventListener('scroll', onScroll, { passive: true })
    return () => {
      observer.disconnect()
      box.removeEventListener('scroll', onScroll)
    }
  }, [on])

  return { scroller, content, atBottom, toBottom, leave }
}
