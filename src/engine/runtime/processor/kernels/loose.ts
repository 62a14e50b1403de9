// Ops with a kernel over tensors that lie anywhere, for steps that the arena's do not reach.

import type { PartsMaker } from './kernel.ts'
import { attentionKernels } from './loose-attention.ts'
import { rotationKernels } from './loose-rotations.ts'
import { rowKernels } from './loose-rows.ts'

export const looseKernels: Record<string, PartsMaker> = { ...attentionKernels, ...rotationKernels, ...rowKernels }
