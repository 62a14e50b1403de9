// What lessons have the page do again and again.

import type { Act } from '../../../lessons/types.ts'

/** A run, looked at where its text goes on. */
export const seen = (run: string): Act[] => [
  { kind: 'load', run },
  { kind: 'open', panel: 'probabilities', query: 'last' },
  { kind: 'look' },
]

/** The hand puts the adapters to where a run has them. */
export const slide = (run: string): Act[] => [
  { kind: 'load', run: 'plain' },
  { kind: 'open', panel: 'adapters' },
  { kind: 'adapt', run },
]
