// A residual taken along: it outlives the run it came from, so that it can be put into another one. And how a cell is
// to be changed otherwise.

import { create } from 'zustand'
import type { ErrorData } from '../../store/index.ts'
import type { Glass, GlassInfo } from '../../store/inspect.ts'
import type { CellRef } from './view.ts'

export interface KeptResidual extends CellRef {
  model: string
  /** the tokens that had been read last, and what the model said then, '' where it is not known */
  context: string
  said: string
  /** the run it came from was itself changed */
  edited: boolean
  values: number[]
}

interface Kept {
  residual: KeptResidual | null
  /** of a direction that is added: a share of the residual's length, or of the difference */
  strength: number
  /** at every later token too */
  onward: boolean
  /** the direction is kept residual − this one, not a token's */
  difference: boolean
  /** what a token's direction is swapped for */
  other: { id: number; text: string } | null
  /** why the last attempt failed */
  problem: ErrorData | null
  set(change: Partial<Omit<Kept, 'set'>>): void
}
export const useKept = create<Kept>()((set) => ({
  residual: null,
  strength: 0.5,
  onward: false,
  difference: false,
  other: null,
  problem: null,
  set: (change) => set(change),
}))

export const fits = (kept: KeptResidual, info: GlassInfo): boolean =>
  kept.model === info.model && kept.values.length === info.hidden && kept.layer < info.layers

/** The running sum after a block, or the embedding. */
export async function residualAt(glass: Glass, { layer, position }: CellRef): Promise<Float32Array> {
  return (await glass.probe(layer < 0 ? { site: 'embed', position } : { site: 'resid_post', layer, position })).values
}
