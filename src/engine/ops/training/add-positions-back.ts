// The gradient of a table of positions (ops/add-positions.ts): each token's into the row of its position. Texts begin at 0.

import { perElement, plain } from '../launch.ts'
import { defineOp, type Case } from '../op.ts'

const backCase = (name: string, T: number, D: number, offset: number, at: number): Case => ({
  name,
  params: { D, offset, at },
  step: { T, pos: 0, row: 0, prefix: 0 },
  sizes: { dy: T * D, dw: at + (T + offset) * D },
})

export const addPositionsBack = defineOp({
  name: 'add-positions-back',
  args: { dy: 'read', dw: 'update' },
  variants: [
    {
      ...plain(
        'training/add-positions-back',
        perElement(({ D }, { T }) => T * D!),
      ),
      name: 'add-positions-back',
    },
  ],
  reference({ tensors: { dy, dw }, params, step: { T } }) {
    const { D, offset, at } = params as Record<'D' | 'offset' | 'at', number>
    for (let i = 0; i < T * D; i++) dw![at + offset * D + i]! += dy![i]!
  },
  cases: [backCase('small', 3, 10, 0, 0), backCase('rows before, behind others', 7, 33, 2, 64)],
})
