// The message that is to come into sight, from wherever it is asked for.

import { create } from 'zustand'

/** A new object for every wish, so that the same message can be asked for again. */
export const useSought = create<{ sought: { turn: string } | null }>()(() => ({ sought: null }))
export const seek = (turn: string): void => useSought.setState({ sought: { turn } })
