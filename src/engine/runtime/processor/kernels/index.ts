// All kernels of one thread over one memory. Called once per thread: V8 takes what a closure that is made once closes
// over for constants, and a second instance in the same realm makes both slower by a third.

import { createAttention } from './attention.ts'
import { backKernels } from './back.ts'
import type { HeadKernel, Maker, PartsMaker, PlacedWeight, RowKernel } from './kernel.ts'
import { createMatrices, type Matrix } from './matrices.ts'
import { createPictures } from './pictures.ts'
import { createRelative } from './relative.ts'
import { createRowKernels } from './rows.ts'
import { createSums, type StoreSums } from './sums.ts'

export interface Kernels {
  matrices(weight: PlacedWeight): Matrix
  /** by op: kernels that run head by head */
  heads: Record<string, Maker<HeadKernel>>
  /** by op: kernels that run row by row */
  rows: Record<string, Maker<RowKernel>>
  /** by op: kernels of what the inspector asks for, part by part */
  parts: Record<string, PartsMaker>
  /** the arena's numbers as f64: sums */
  sums: Float64Array
  store: StoreSums
}

/** By op; called once per thread. */
export function createHeads(memory: ArrayBufferLike): Record<string, Maker<HeadKernel>> {
  const attention = createAttention(memory)
  return { attention, 'attention-masked': attention, 'attention-relative': createRelative(memory) }
}

export function createKernels(memory: ArrayBufferLike): Kernels {
  return {
    matrices: createMatrices(memory),
    heads: createHeads(memory),
    rows: createRowKernels(memory),
    parts: { ...createPictures(memory), ...backKernels },
    sums: new Float64Array(memory),
    store: createSums(memory),
  }
}
