// How answers are coloured: by which number, on which scale. Off until it is asked for.

import { create } from 'zustand'
import { kept, type TokenEvent } from '../../store/index.ts'
import { lut, type ColorScale, type Scheme } from '../../ui/colors.ts'

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
useColoring.subscribe(({ by }, old) => { if (by !== old.by) kept.setItem(key, by) })

const bits = (nats: number): number => nats / Math.LN2

export function measure(event: TokenEvent, by: Measure): number | null {
  switch (by) {
    case 'surprisal': return bits(-event.logprob)
    case 'entropy': return bits(event.entropy)
    case 'rank': return event.rank + 1
    case 'margin': return event.top.length < 2 ? null : event.top[0]!.logprob - event.top[1]!.logprob
  }
}

/** Much colour is much of the number; nothing is the page's ground. */
export function scaleOf(by: Measure, scheme: Scheme): ColorScale {
  switch (by) {
    case 'surprisal': return { lut: lut('heat', scheme), min: 0, max: 10 }
    case 'entropy': return { lut: lut('attention', scheme), min: 0, max: 8 }
    case 'rank': return { lut: lut('heat', scheme), min: 1, max: 50, curve: 'log' }
    case 'margin': return { lut: lut('accent', scheme), min: 0, max: 10 }
  }
}

/** Chance in the draw: the last stage says how much it left behind. Null when nothing was drawn. */
export function drawnChance(event: TokenEvent): number | null {
  const pick = event.stages.find((s) => s.stage === 'pick')
  return pick ? 1 - pick.removedMass : null
}
