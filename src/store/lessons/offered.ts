// A lesson file that was dropped somewhere in the window, until the panel of lessons has read it.

import { create } from 'zustand'

export const useOffered = create<{ file: File | null }>()(() => ({ file: null }))
