// By which number answers are coloured; off until it is asked for. The scales are in coloring-scale.ts.

import { create } from 'zustand'
import { kept } from '../../store/index.ts'

export const measures = ['surprisal', 'entropy', 'rank', 'margin'] as const
export type Measure = (typeof measures)[number]

interface Coloring {
  by: Measure | 'off'
  /** the token whose card is open */
  open: { messageId: string; index: number; locked: boolean } | null
  set(change: Partial<Omit<Coloring, 'set'>>): void
}
const key = 'glassbox.colours'
const stored = (): Coloring['by'] => measures.find((measure) => measure === kept.getItem(key)) ?? 'off'
export const useColoring = create<Coloring>()((set) => ({ by: stored(), open: null, set: (change) => set(change) }))
useColoring.subscribe(({ by }, old) => {
  if (by !== old.by) kept.setItem(key, by)
})
