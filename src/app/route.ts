// Hash routes: #/chat. Hashes work on any static host and offline.

import { useSyncExternalStore } from 'react'

/** The route of a share link (store/share/link.ts). */
export const linkRoute = 'share'
const read = (): string => /^#\/([a-z-]+)/.exec(location.hash)?.[1] ?? ''
const subscribe = (changed: () => void) => {
  addEventListener('hashchange', changed)
  return () => removeEventListener('hashchange', changed)
}

/** The panel id in the address, '' when there is none. */
export const useRoute = (): string => useSyncExternalStore(subscribe, read)
