// What lessons have the page do again and again.

import type { FigureId } from '../../../lessons/panels.ts'
import type { Act } from '../../../lessons/types.ts'

/** A run, looked at where its text goes on. @param at a figure; without it the bars */
export const seen = (run: string, at?: FigureId): Act[] => [
  { kind: 'load', run },
  { kind: 'open', panel: 'probabilities', query: 'last' },
  { kind: 'look', ...(at && { at }) },
]

/** The hand puts the adapters to where a run has them. */
export const slide = (run: string): Act[] => [
  { kind: 'load', run: 'plain' },
  { kind: 'open', panel: 'adapters' },
  { kind: 'adapt', run },
]
