// How many edits change the model now, and whether a recording stands in for it. Apart from inspect.ts, so that the rest of
// the page can tell without loading what looks inside.

import { create } from 'zustand'

export const useEdited = create<{ edits: number; recorded: boolean }>()(() => ({ edits: 0, recorded: false }))
