// How this panel is set: which part is read, what colours the cells, which token is followed. Kept while other panels
// are open.

import { create } from 'zustand'
import { mirrored } from '../../store/classroom/views.ts'

export type Part = 'resid' | 'attn' | 'mlp'
export type Colour = 'p' | 'entropy' | 'kl' | 'rank'
/** the model's own answer at each position, the token that really came next, or one token everywhere */
export type Target = 'final' | 'next' | { id: number; text: string }
/** layer -1 = the embedding */
export interface CellRef {
  layer: number
  position: number
}

export interface View {
  part: Part
  colour: Colour
  target: Target
  /** under the pointer or the keyboard cursor */
  hover: CellRef | null
  /** the embedding row is selected; holds while the shared selection stays on this layer */
  embedAt: number | null
  game: boolean
  /** answers given, by cell; the choice is a token id */
  guesses: Record<string, { choice: number; right: number }>
  set(change: Partial<Omit<View, 'set'>>): void
}

export const useView = create<View>()((set) => ({
  part: 'resid',
  colour: 'p',
  target: 'final',
  hover: null,
  embedAt: null,
  game: false,
  guesses: {},
  set: (change) => set(change),
}))
mirrored('lens', useView, ['part', 'colour', 'target', 'hover', 'embedAt', 'game', 'guesses'])
