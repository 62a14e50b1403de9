// The unsent text: outlives a visit to another panel, not a reload.

import { create } from 'zustand'

export const useDraft = create<{ text: string; setText: (text: string) => void }>()((set) => ({
  text: '', setText: (text) => set({ text }),
}))
