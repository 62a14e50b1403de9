// The ops that work on one row at a time, as kernels of one thread. Adding one: its function in one of the files below, or
// a file and a line here.

import { createExpertRows } from './experts.ts'
import { createGates } from './gates.ts'
import type { Maker, RowKernel } from './kernel.ts'
import { createNorms } from './norms.ts'
import { createResidual } from './residual.ts'
import { createRotations } from './rotations.ts'

export type { RowContext, RowKernel } from './kernel.ts'

/**
 * What makes the kernel of a step, by the name of its op; a maker's answer is null where the step's parameters do not
 * fit. Called once per thread, the makers once per step and again when its parameters change.
 */
export const createRowKernels = (memory: ArrayBufferLike): Record<string, Maker<RowKernel>> => ({
  ...createResidual(memory),
  ...createNorms(memory),
  ...createRotations(memory),
  ...createGates(memory),
  ...createExpertRows(memory),
})
