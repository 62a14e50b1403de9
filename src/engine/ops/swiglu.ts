// The gated activation of LLaMA: silu(gate) * up.

import { perElement, plain } from './launch.ts'
import { defineOp } from './op.ts'

export const silu = (g: number): number => g / (1 + Math.exp(-g))

export const swiglu = defineOp({
  name: 'swiglu',
  args: { gate: 'read', up: 'read', y: 'write' },
  variants: [plain('swiglu', perElement(({ F }, { T }) => T * F!))],
  reference({ tensors: { gate, up, y }, params, step: { T } }) {
    const n = T * params['F']!
    for (let i = 0; i < n; i++) y![i] = silu(gate![i]!) * up![i]!
  },
  cases: [
    { params: { F: 24 }, step: { T: 2, pos: 0, row: 0 }, sizes: { gate: 48, up: 48, y: 48 }, scale: 3 },
    { name: 'far out on both sides', params: { F: 500 }, step: { T: 3, pos: 0, row: 0 }, sizes: { gate: 1500, up: 1500, y: 1500 }, scale: 150 },
  ],
})
