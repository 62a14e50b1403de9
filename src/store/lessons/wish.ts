// Where a lesson wants a panel to stand, beyond what all panels share (store/inspect.ts): the panel takes the wish up when
// it is there, whether it was open before or opens for it.

import { useEffect } from 'react'
import { create } from 'zustand'

export interface Wish {
  /** id of the panel that it is for */
  panel: string
  /** the key at the other end of an edge */
  key?: number
  /** the token whose choice is looked at; as many as there are: the one to come */
  drawn?: number
  /** a part of the panel, by its own word */
  view?: string
}

export const useWish = create<{ wish: Wish | null }>()(() => ({ wish: null }))
export const wishFor = (wish: Wish | null): void => useWish.setState({ wish })

/** Fulfils the wishes for this panel, each once. @param ready the panel has what it needs to fulfil one */
export function useWishes(panel: string, ready: boolean, fulfil: (wish: Wish) => void): void {
  const wish = useWish((s) => (s.wish?.panel === panel ? s.wish : null))
  useEffect(() => {
    if (!wish || !ready) return
    wishFor(null)
    fulfil(wish)
  }, [wish, ready, fulfil])
}
