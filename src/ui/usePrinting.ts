// Whether the page is being put on paper now: nothing is folded or cut there, and pictures are painted on white.

import { useSyncExternalStore } from 'react'

const query = () => matchMedia('print')
const subscribe = (changed: () => void) => {
  const media = query()
  media.addEventListener('change', changed)
  return () => media.removeEventListener('change', changed)
}
export const usePrinting = (): boolean => useSyncExternalStore(subscribe, () => query().matches)
