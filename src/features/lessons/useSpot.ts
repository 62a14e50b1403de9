// Outlines what is meant, in the panel itself: no veil, nothing stands over it, everything stays live. Panels draw anew as
// they like, so the mark is set again whenever they did; and what they draw above it moves it, so that it is brought back
// into sight until the learner scrolls or presses something.

import { useEffect } from 'react'

const mark = 'data-spotlight'
const hands = ['wheel', 'touchmove', 'pointerdown', 'keydown'] as const
/** At a bound: a slow move of what is looked at makes people sick. Of what is higher than its window, the beginning. */
const inSight = (meant: Element): void => {
  const room = meant.closest('main')?.clientHeight ?? innerHeight
  const block = meant.getBoundingClientRect().height > room ? 'start' : 'nearest'
  meant.scrollIntoView({ block, inline: 'nearest', behavior: 'instant' })
}

/** @param selector null: nothing is meant */
export function useSpot(selector: string | null): void {
  useEffect(() => {
    if (selector === null) return
    let asked = 0,
      seen: Element | null = null,
      left = false
    const leave = (): void => {
      left = true
    }
    const sizes = new ResizeObserver(() => !left && seen?.isConnected && inSight(seen))
    const place = (): void => {
      asked = 0
      const meant = document.querySelector(selector)
      for (const old of document.querySelectorAll(`[${mark}]`)) if (old !== meant) old.removeAttribute(mark)
      if (!meant || meant.hasAttribute(mark)) return
      meant.setAttribute(mark, '')
      if (!seen) inSight(meant)
      seen = meant
      for (let box = meant.parentElement; box; box = box.parentElement) sizes.observe(box)
    }
    const soon = (): void => {
      if (asked === 0) asked = requestAnimationFrame(place)
    }
    const watcher = new MutationObserver(soon)
    watcher.observe(document.body, { childList: true, subtree: true })
    for (const hand of hands) addEventListener(hand, leave, { capture: true, passive: true })
    place()
    return () => {
      for (const hand of hands) removeEventListener(hand, leave, { capture: true })
      watcher.disconnect()
      sizes.disconnect()
      cancelAnimationFrame(asked)
      for (const old of document.querySelectorAll(`[${mark}]`)) old.removeAttribute(mark)
    }
  }, [selector])
}

/** Brings what is meant into sight, and gives it the focus where it can have it. */
export function showSpot(selector: string): void {
  const meant = document.querySelector<HTMLElement>(selector)
  meant?.scrollIntoView({ block: 'center', inline: 'nearest' })
  meant?.focus({ preventScroll: true })
}
