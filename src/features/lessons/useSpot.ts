// Outlines what is meant, in the panel itself: no veil, nothing stands over it, everything stays live. Panels draw anew as
// they like, so the mark is set again whenever they did.

import { useEffect } from 'react'

const mark = 'data-spotlight'

/** @param selector null: nothing is meant */
export function useSpot(selector: string | null): void {
  useEffect(() => {
    if (selector === null) return
    let asked = 0,
      seen = false
    const place = (): void => {
      asked = 0
      const meant = document.querySelector(selector)
      for (const old of document.querySelectorAll(`[${mark}]`)) if (old !== meant) old.removeAttribute(mark)
      if (!meant || meant.hasAttribute(mark)) return
      meant.setAttribute(mark, '')
      // once, at a bound: a slow move of what is looked at makes people sick
      if (!seen) meant.scrollIntoView({ block: 'nearest', inline: 'nearest', behavior: 'instant' })
      seen = true
    }
    const soon = (): void => {
      if (asked === 0) asked = requestAnimationFrame(place)
    }
    const watcher = new MutationObserver(soon)
    watcher.observe(document.body, { childList: true, subtree: true })
    place()
    return () => {
      watcher.disconnect()
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
