// Files that were dropped or picked and wait for a yes: not stored, not loaded, only looked at.

import { create } from 'zustand'
import type { Packing } from '../../store/index.ts'

interface Pending {
  files: readonly File[]
  /** what their weights shall become */
  packing: Packing
  setPacking: (packing: Packing) => void
  offer: (files: readonly File[]) => void
  clear: () => void
}

export const usePending = create<Pending>()((set) => ({
  files: [],
  packing: {},
  setPacking: (packing) => set({ packing }),
  offer: (files) => set({ files, packing: {} }),
  clear: () => set({ files: [], packing: {} }),
}))

/** The hidden file input lives in WindowDrop, so that it works on every panel. */
export const fileInputId = 'model-files'
export const pickFiles = (): void => {
  document.getElementById(fileInputId)?.click()
}

/** Files of adapters go where adapters are, without a question: nothing is loaded by it. */
export function addAdapters(files: readonly File[], show = true): void {
  void import('../../store/adapters.ts').then(({ useAdapters }) => useAdapters.getState().import(files))
  if (show) location.hash = '#/adapters'
}
