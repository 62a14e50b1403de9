// Where in the pass the reader stands: a part of the model, one of its ops, one element. Layer, token and head are
// shared by all panels (store/inspect.ts); the part is this panel's own.

import { create } from 'zustand'
import type { StepTiming } from '../../store/inspect.ts'

export type Part = 'embed' | 'attn' | 'mlp' | 'head'
export type Op = 'embed' | 'norm' | 'qkv' | 'rope' | 'cache' | 'attention' | 'out' | 'swiglu' | 'softmax'
export const opsOf: Record<Part, readonly Op[]> = {
  embed: ['embed'],
  attn: ['norm', 'qkv', 'rope', 'cache', 'attention', 'out'],
  mlp: ['norm', 'swiglu', 'out'],
  head: ['norm', 'softmax'],
}

interface View {
  part: Part
  /** index into opsOf[part] */
  op: number
  /** element that the cards spell out */
  element: number
  /** the number whose operands are spelled out: a vector of the present op and an index into it */
  cell: { vector: string; index: number } | null
  /** the element of a weight that the tile card shows */
  weight: { tensor: string; row: number; col: number } | null
  /** steps of the plan as they were last timed, of one model */
  timed: { model: string; steps: StepTiming[] } | null
  pair: number
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
  op: 0,
  element: 0,
  cell: null,
  weight: null,
  timed: null,
  pair: 0,
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

/** One step of the pass; layer is 0 for embed and the last for head. */
export interface Place {
  part: Part
  layer: number
  op: number
}

export function placesOf(layers: number): Place[] {
  const parts: { part: Part; layer: number }[] = [
    { part: 'embed', layer: 0 },
    ...Array.from({ length: layers }, (_, layer) => [
      { part: 'attn' as const, layer },
      { part: 'mlp' as const, layer },
    ]).flat(),
    { part: 'head', layer: layers - 1 },
  ]
  return parts.flatMap(({ part, layer }) => opsOf[part].map((_, op) => ({ part, layer, op })))
}

export const placeIndex = (places: readonly Place[], at: Place): number =>
  Math.max(
    0,
    places.findIndex(
      (p) => p.part === at.part && p.op === at.op && (p.layer === at.layer || p.part === 'embed' || p.part === 'head'),
    ),
  )
