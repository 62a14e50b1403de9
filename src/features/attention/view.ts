// How this panel is set: which picture, which scale, what is compared. Kept while other panels are open.

import { create } from 'zustand'
import type { HeadStats } from '../../store/inspect.ts'
import type { HeadRef, ScoredHead, ScoreName } from './scores.ts'

export type Mode = 'matrix' | 'arcs' | 'flow' | 'product'
export type Compare = 'after' | 'before' | 'difference'

export interface View {
  mode: Mode
  /** the three states of a weight: q·k·scale of every pair, the same without what the mask hides, and after softmax */
  what: 'raw' | 'masked' | 'probs'
  /** the first token is shown */
  sink: boolean
  sort: ScoreName | 'index'
  compare: Compare
  /** share of a row's weight that arcs show */
  mass: number
  /** arcs of every head of the layer, each in its hue */
  everyHead: boolean
  /** times the length of the value each edge carries */
  weighted: boolean
  /** least flow drawn */
  threshold: number
  rope: boolean
  /** numbers under the tokens */
  numbers: boolean
  /** the key at the other end of the selected look */
  key: number | null
  /** an answer token whose probability is watched */
  target: number | null
  /** the lookup was asked for */
  searching: boolean
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
  mode: 'matrix', what: 'probs', sink: false, sort: 'index', compare: 'after', mass: 0.7, everyHead: false, weighted: false, threshold: 0.006,
  rope: true, numbers: false, key: null, target: null, searching: false, found: null, stats: null, hoverHead: null, hoverToken: null,
  set: (change) => set(change),
}))
