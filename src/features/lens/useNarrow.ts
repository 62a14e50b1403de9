// Whether the window is a phone's: columns of the grid are narrower there.

import { useSyncExternalStore } from 'react'

const query = () => matchMedia('(width < 40rem)')
const subscribe = (changed: () => void) => {
  const media = query()
  media.addEventListener('change', changed)
  return () => media.removeEventListener('change', changed)
}
export const useNarrow = (): boolean => useSyncExternalStore(subscribe, () => query().matches)
