// A mouse wheel or a trackpad pinch over an element, as a factor to zoom by.

import { useEffect, type RefObject } from 'react'

/**
 * @param pace wheel pixels for a factor of e
 * @param zoom takes the factor and the place in px from the element's corner; false when there is nothing to zoom: then
 *   the page scrolls
 */
export function useWheelZoom(
  element: RefObject<HTMLElement | null>,
  pace: number,
  zoom: (factor: number, at: { x: number; y: number }) => boolean,
): void {
  // React listens passively to wheels; this one must be able to keep the page still
  useEffect(() => {
    const box = element.current
    if (!box) return
    const onWheel = (event: WheelEvent): void => {
      const rect = box.getBoundingClientRect()
      const pixels = event.deltaY * (event.deltaMode === 1 ? 20 : 1)
      const zoomed = zoom(Math.exp(-Math.max(-60, Math.min(60, pixels)) / pace), {
        x: event.clientX - rect.left,
        y: event.clientY - rect.top,
      })
      if (zoomed || event.ctrlKey) event.preventDefault()
    }
    box.addEventListener('wheel', onWheel, { passive: false })
    return () => box.removeEventListener('wheel', onWheel)
  })
}
