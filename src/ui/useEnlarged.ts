// How many times larger pictures are painted than usual, so that their letters can be read from the back of a room.
// Everything else grows with the page's type (app/theme.css); letters on a canvas know no rem.

import { useSyncExternalStore } from 'react'

const read = (): number => (document.documentElement.dataset['theme'] === 'projector' ? 1.25 : 1)
function subscribe(changed: () => void): () => void {
  const observer = new MutationObserver(changed)
  observer.observe(document.documentElement, { attributeFilter: ['data-theme'] })
  return () => observer.disconnect()
}

export const useEnlarged = (): number => useSyncExternalStore(subscribe, read)
