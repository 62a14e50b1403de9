// Files that were dropped or picked and wait for a yes: not stored, not loaded, only looked at.

import { create } from 'zustand'

interface Pending {
  files: readonly File[]
  offer: (files: readonly File[]) => void
  clear: () => void
}

export const usePending = create<Pending>()((set) => ({
  files: [],
  offer: (files) => set({ files }),
  clear: () => set({ files: [] }),
}))

/** The hidden file input lives in WindowDrop, so that it works on every panel. */
export const fileInputId = 'model-files'
export const pickFiles = (): void => {
  document.getElementById(fileInputId)?.click()
}
