// keep-rows of three tensors at once: the inspector keeps several numbers where they stand together.

import { keepRows } from './keep-rows.ts'
import { perElement, plain } from './launch.ts'
import { defineOp, type Case } from './op.ts'

const three = (T: number, pos: number, rows: number, [D, D1, D2]: readonly [number, number, number]): Case => ({
  name: `T=${T} pos=${pos} rows=${rows} D=${D}, ${D1}, ${D2}`,
  params: { D, D1, D2, rows },
  step: { T, pos, row: 0, prefix: 0 },
  sizes: { x: T * D, kept: rows * D, x1: T * D1, kept1: rows * D1, x2: T * D2, kept2: rows * D2 },
  nmse: 0,
})

/** What the names of the three begin and end with. */
export const threeOf = ['', '1', '2'] as const

export const keepThree = defineOp({
  name: 'keep-three',
  args: { x: 'read', kept: 'update', x1: 'read', kept1: 'update', x2: 'read', kept2: 'update' },
  variants: [
    plain(
      'keep-three',
      perElement(({ D, D1, D2 }, { T }) => T * (D! + D1! + D2!)),
    ),
  ],
  reference({ tensors, params, step }) {
    for (const n of threeOf) {
      keepRows.reference({
        tensors: { x: tensors[`x${n}`]!, kept: tensors[`kept${n}`]! },
        params: { D: params[`D${n}`]!, rows: params['rows']! },
        step,
      })
    }
  },
  cases: [three(3, 2, 4, [5, 2, 9]), three(1, 21, 16, [64, 9, 576])],
})
