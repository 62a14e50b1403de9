// How this panel is set: which picture, which scale, what is compared. Kept while other panels are open.

import { create } from 'zustand'
import { mirrored } from '../../store/classroom/views.ts'
import type { HeadStats } from '../../store/inspect.ts'
import type { HeadRef, Range, ScoredHead, ScoreName } from './scores.ts'
import type { Sink } from './sink.ts'

export type Mode = 'matrix' | 'arcs' | 'flow' | 'product' | 'cross'
export type Compare = 'after' | 'before' | 'difference'

export interface View {
  mode: Mode
  /** the three states of a weight: q·k·scale of every pair, the same without what the mask hides, and after softmax */
  what: 'raw' | 'masked' | 'probs'
  /** the first token: shown, left out, or left out with every row divided by what remains */
  sink: Sink
  sort: ScoreName | 'index'
  /** layers of the grid, and of what is first in it */
  range: Range
  compare: Compare
  /** share of a row's weight that arcs show */
  mass: number
  /** heads of the layer laid over each other in arcs and tokens; empty: the selected one alone */
  picked: readonly number[]
  /** times the length of the value each edge carries */
  weighted: boolean
  /** least flow drawn */
  threshold: number
  rope: boolean
  /** numbers under the tokens */
  numbers: boolean
  /** the key at the other end of the selected edge */
  key: number | null
  /** the key of a source at the other end of the selected edge */
  sourceKey: number | null
  /** the selected token of a source; null: its last */
  sourceAt: number | null
  /** an answer token whose probability is watched */
  target: number | null
  /** the lookup was asked for */
  searching: boolean
  /** the first head found is to be selected as soon as it is known */
  jump: boolean
  /** what it found in the unedited run; `text` names the run */
  found: { text: string; target: number; ranked: ScoredHead[] } | null
  /** head scores as they were last read */
  stats: HeadStats | null
  /** under the pointer: a head of the grid, a token of the strip */
  hoverHead: HeadRef | null
  hoverToken: number | null
  set(change: Partial<Omit<View, 'set'>>): void
}

export const useView = create<View>()((set) => ({
  mode: 'matrix',
  what: 'probs',
  sink: 'hidden',
  sort: 'index',
  range: null,
  compare: 'after',
  mass: 0.7,
  picked: [],
  weighted: false,
  threshold: 0.006,
  rope: true,
  numbers: false,
  key: null,
  sourceKey: null,
  sourceAt: null,
  target: null,
  searching: false,
  jump: false,
  found: null,
  stats: null,
  hoverHead: null,
  hoverToken: null,
  set: (change) => set(change),
}))
mirrored('attention', useView, [
  'mode',
  'what',
  'sink',
  'sort',
  'range',
  'compare',
  'mass',
  'picked',
  'weighted',
  'threshold',
  'rope',
  'numbers',
  'key',
  'sourceKey',
  'sourceAt',
  'target',
  'hoverHead',
  'hoverToken',
])

/** The range, when this model has those layers. */
export const rangeOf = (range: Range, layers: number): Range => (range !== null && range[1] < layers ? range : null)
/** The heads, when this model has them. */
export const pickedOf = (picked: readonly number[], heads: number): readonly number[] =>
  picked.every((h) => h < heads) ? picked : []
