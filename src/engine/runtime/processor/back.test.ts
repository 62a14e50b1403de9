// What training runs on the processor against the ops' references: parts from the last to the first, tokens in slices (to the
// bit), and the way back through matrices in every format, with little room and with enough.

import { describe, expect, it } from 'vitest'
import { fitsFormat, makeInputs, nmse } from '../../ops/inputs.ts'
import { ops } from '../../ops/index.ts'
import type { Op, ReferenceArgs } from '../../ops/op.ts'
import '../../ops/training/index.ts'
import { storageFormats } from '../../quants/weight.ts'
import { backKernels } from './kernels/back.ts'
import { looseKernels } from './kernels/loose.ts'
import { createMatmulBack } from './matmul-back.ts'
import { isSliced, sliced } from './sliced.ts'
import type { ThreadState } from './thread-state.ts'
import type { PartsKernel } from './kernels/kernel.ts'

const written = (op: Op): string[] => Object.keys(op.args).filter((arg) => /write|update/.test(op.args[arg]!))

/** The worst error of what a case leaves. @param run computes it in place of the reference */
function errorOf(op: Op, given: Op['cases'][number], run: (args: ReferenceArgs) => void): number {
  const format = given.weight ? 'f32' : null
  const [want, got] = [makeInputs(op, given, format), makeInputs(op, given, format)]
  op.reference(want)
  run(got)
  return Math.max(...written(op).map((arg) => nmse(got.tensors[arg]!, want.tensors[arg]!)))
}
function runParts({ parts, run }: PartsKernel, { step }: ReferenceArgs): void {
  for (let part = parts(step) - 1; part >= 0; part--) run(part, step)
}

describe('in parts', () => {
  const kernels = { ...backKernels, ...looseKernels }
  it.each(Object.keys(kernels))('%s', (name) => {
    const op = ops[name]!
    for (const given of op.cases) {
      if (given.step.strands || Object.values(given.sizes).some((floats) => floats > 3e5)) continue // hard for a GPU's grids
      const error = errorOf(op, given, (args) => runParts(kernels[name]!(args) ?? sliced(name, args), args))
      expect(error, given.name).toBeLessThan(given.nmse ?? 1e-13)
    }
  })
})

describe('in slices of tokens, to the bit', () => {
  it.each(Object.keys(ops).filter(isSliced))('%s', (name) => {
    const op = ops[name]!
    for (const given of op.cases) {
      if (Object.values(given.sizes).some((floats) => floats > 1e5)) continue
      expect(
        errorOf(op, given, (args) => runParts(sliced(name, args), args)),
        given.name,
      ).toBe(0)
    }
  })
})

describe('matmul-back', () => {
  const op = ops['matmul-back']!
  it.each(storageFormats)('%s', (format) => {
    for (const given of op.cases) {
      if (!fitsFormat(format, given.weight!.cols)) continue
      for (const block of [0, 40, 4096]) {
        const [want, got] = [makeInputs(op, given, format), makeInputs(op, given, format)]
        op.reference(want)
        const { K, N } = given.params as { K: number; N: number }
        // 0: room for nothing, which the reference computes; 40: a few rows at a time
        const state = {
          start: {
            placement: { sums: [0, 2 * 64 * Math.max(block, K)], block: block && Math.max(block, K) },
            size: { chunk: block === 40 ? Math.max(given.step.T, 4) : 64 },
            thread: 0,
            threads: 1,
          },
          kernels: { sums: new Float64Array(2 * 64 * Math.max(block, K)) },
          meet: () => undefined,
        } as unknown as ThreadState
        const data = { tensor: (name: string) => got.tensors[name], weight: () => got.weight!, ids: new Uint32Array(0) }
        const args = { dy: 'dy', weight: 'weight', dx: 'dx' }
        const step = { name: 'back', op: 'matmul-back', args, params: given.params, part: 'probe', layer: -1 } as const
        createMatmulBack(step, state, data)(given.step)
        expect(nmse(got.tensors['dx']!, want.tensors['dx']!), `${given.name}, ${block}, ${N}`).toBeLessThan(1e-13)
      }
    }
  })
})
