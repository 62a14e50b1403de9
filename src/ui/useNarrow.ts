// Whether the window is a phone's.

import { useSyncExternalStore } from 'react'

const query = () => matchMedia('(width < 40rem)')
const subscribe = (changed: () => void) => {
  const media = query()
  media.addEventListener('change', changed)
  return () => media.removeEventListener('change', changed)
}
export const useNarrow = (): boolean => useSyncExternalStore(subscribe, () => query().matches)
