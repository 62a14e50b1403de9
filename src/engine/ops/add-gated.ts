// An expert that every token goes to, as far as the token opens its gate (Qwen1.5-MoE's shared expert).

import { perElement, plain } from './launch.ts'
import { defineOp, type Case } from './op.ts'

const gatedCase = (T: number, D: number, scale = 1): Case => ({
  name: `T=${T} D=${D}${scale === 1 ? '' : ', gates wide open and shut'}`,
  params: { D },
  step: { T, pos: 0, row: 0, prefix: 0 },
  sizes: { x: T * D, gate: T, delta: T * D },
  scale,
})

export const addGated = defineOp({
  name: 'add-gated',
  args: { x: 'update', gate: 'read', delta: 'read' },
  variants: [
    plain(
      'add-gated',
      perElement(({ D }, { T }) => T * D!),
    ),
  ],
  reference({ tensors: { x, gate, delta }, params, step: { T } }) {
    const D = params['D']!
    for (let i = 0; i < T * D; i++) x![i] = x![i]! + delta![i]! / (1 + Math.exp(-gate![Math.floor(i / D)]!))
  },
  cases: [gatedCase(3, 10), gatedCase(9, 65), gatedCase(1, 130), gatedCase(6, 21, 200)],
})
