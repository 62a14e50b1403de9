// Reads memory once and does next to nothing with it: how fast a device reads at most. For measuring; no model has it.

import { plain } from './launch.ts'
import { defineOp, type Case } from './op.ts'

/** vec4s that one thread reads: what it writes is a sixty-fourth of that */
export const SWEEP = 64

export const sweepGroups = (n: number): number => Math.ceil(n / (64 * SWEEP))

const sweepCase = (n: number): Case => ({
  name: `${n} vec4s`,
  params: { n },
  step: { T: 1, pos: 0, row: 0, prefix: 0 },
  sizes: { x: 4 * n, y: 4 * 64 * sweepGroups(n) },
})

export const sweep = defineOp({
  name: 'sweep',
  args: { x: 'read', y: 'write' },
  variants: [plain('sweep', ({ n }) => sweepGroups(n!))],
  reference({ tensors: { x, y }, params }) {
    const n = params['n']!
    const threads = 64 * sweepGroups(n)
    for (let i = 0; i < threads; i++) {
      const sum = [0, 0, 0, 0]
      for (let at = i; at < n; at += threads) for (let c = 0; c < 4; c++) sum[c]! += x![4 * at + c]!
      y!.set(sum, 4 * i)
    }
  },
  cases: [sweepCase(5), sweepCase(64 * SWEEP), sweepCase(3 * 64 * SWEEP + 77)],
})
