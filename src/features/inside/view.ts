// Where in the pass the reader stands: a part of the model, one of its ops, one element. Layer, token and head are
// shared by all panels (store/inspect.ts); the part is this panel's own. What of it the present model has is said by
// placeIn (outline.ts).

import { create } from 'zustand'
import { mirrored } from '../../store/classroom/views.ts'
import type { StepTiming } from '../../store/inspect.ts'
import type { Op, Part } from './outline.ts'

interface View {
  part: Part
  op: Op
  /** element that the cards spell out */
  element: number
  /** the number whose operands are spelled out: a vector of the present op and an index into it */
  cell: { vector: string; index: number } | null
  /** the element of a weight that the tile card shows */
  weight: { tensor: string; row: number; col: number } | null
  /** steps of the plan as they were last timed, of one model */
  timed: { model: string; steps: StepTiming[] } | null
  pair: number
  /** token of an encoder–decoder's source, null = its last */
  sourceAt: number | null
  /** key token held against the query, null = the one that weighs most */
  key: number | null
  /** distance on the slider, null = the one in the run */
  distance: number | null
  /** frequency pairs before this one count as fast, null = those that come round at least once */
  split: number | null
  reach: 'text' | 'far'
  /** slot of the cache, null = the selected token's */
  slot: number | null
  /** read the cache of every layer */
  everyLayer: boolean
  plane: 'k' | 'v'
  vector: 'q' | 'k'
  playing: boolean
  /** the op whose numbers are on screen: playing waits for it */
  shown: string
  set(change: Partial<Omit<View, 'set'>>): void
}

export const useView = create<View>()((set) => ({
  part: 'attn',
  op: 'norm',
  element: 0,
  cell: null,
  weight: null,
  timed: null,
  pair: 0,
  sourceAt: null,
  key: null,
  distance: null,
  split: null,
  reach: 'text',
  slot: null,
  everyLayer: false,
  plane: 'k',
  vector: 'q',
  playing: false,
  shown: '',
  set: (change) => set(change),
}))
mirrored('inside', useView, [
  'part',
  'op',
  'element',
  'cell',
  'weight',
  'pair',
  'sourceAt',
  'key',
  'distance',
  'split',
  'reach',
  'slot',
  'everyLayer',
  'plane',
  'vector',
])
