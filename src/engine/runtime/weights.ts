// The checkpoint seen through a Plan: which format every weight is kept in, and its planes as a stream.

import { canStack, planWeight, readVector, readWeight, type WeightTarget } from '../formats/weights.ts'
import type { Checkpoint } from '../formats/types.ts'
import type { CanStack } from '../model/fuse/index.ts'
import type { WeightSpec } from '../model/plan.ts'
import type { LoadOptions } from '../types.ts'
import type { WeightProvider } from './runtime.ts'

/**
 * Float weights are quantized while loading: linears to NF4, embedding and head to i8, unless the options say
 * otherwise.
 */
function targetOf(spec: Pick<WeightSpec, 'role'>, options: Pick<LoadOptions, 'linear' | 'embedding'>): WeightTarget {
  if (spec.role === 'linear') return options.linear === 'keep' ? 'native' : 'nf4'
  return options.embedding === 'keep' ? 'native' : (options.embedding ?? 'i8')
}

export function checkpointWeights(
  checkpoint: Checkpoint,
  options: Pick<LoadOptions, 'linear' | 'embedding'>,
): WeightProvider & { canStack: CanStack } {
  return {
    canStack: (parts, cols) => canStack(checkpoint, parts, cols, targetOf({ role: 'linear' }, options)),
    layout: (spec) => planWeight(checkpoint, spec.parts, spec.cols, targetOf(spec, options)).layout,
    read: (spec, signal) => readWeight(checkpoint, spec.parts, spec.cols, targetOf(spec, options), { signal }),
    async vector(spec, signal) {
      const out = new Float32Array(spec.length)
      let offset = 0
      for (const { tensor, length, slice } of spec.parts) {
        out.set(await readVector(checkpoint, tensor, { signal, slice }), offset)
        offset += length
      }
      return out
    },
  }
}
