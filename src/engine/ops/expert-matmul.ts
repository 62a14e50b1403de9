// y[t, j] = W_e x[t], e = chosen[t, j]: every token times the weights of the experts that were chosen for it. W holds all
// experts' rows, N of each, one expert below the other; those of experts that nobody chose are never read.

import { dequantRow, quantOf } from '../quants/weight.ts'
import { perElement, plain } from './launch.ts'
import { lanesFor } from './matmul/layout.ts'
import { defineOp, type Case } from './op.ts'

interface Shape {
  T?: number
  N: number
  K: number
  /** experts, of which each token has `top` */
  E: number
  top: number
  each?: boolean
  block?: number
  /** rows [from, from + count) of all experts' are held */
  part?: [from: number, count: number]
  format?: Case['format']
}

const expertCase = ({ T = 1, N, K, E, top, each = false, block = 64, part, format }: Shape): Case => ({
  name: `T=${T} N=${N} K=${K} ${top} of ${E}${each ? ' each' : ''}${part ? ` rows from ${part[0]}` : ''}`,
  params: { K, N, top, each: Number(each), E, block, rowStart: part?.[0] ?? 0, rows: part?.[1] ?? E * N },
  step: { T, pos: 2, row: 0, prefix: 0 },
  sizes: { x: T * K * (each ? top : 1), chosen: T * top, y: T * top * N },
  weight: { rows: part?.[1] ?? E * N, cols: K },
  format,
})

export const expertMatmul = defineOp({
  name: 'expert-matmul',
  args: { x: 'read', chosen: 'read', weight: 'weight', y: 'write' },
  variants: [
    {
      name: 'expert-matmul-lanes',
      accepts: () => true,
      fits: ({ kind, params, format }) =>
        kind === 'gpu' && format !== null && quantOf(format).inRuns({ cols: params['K']!, block: params['block']! }),
      passes: ({ params }) => {
        const lanes = lanesFor(params['K']!)
        return [
          {
            shader: 'expert-matmul-lanes',
            overrides: { lanes },
            workgroups: ({ N, top }, { T }) => T * top! * Math.ceil(N! / (256 / lanes)),
          },
        ]
      },
    },
    plain(
      'expert-matmul-any',
      perElement(({ N, top }, { T }) => T * top! * N!),
    ),
  ],
  reference({ tensors: { x, chosen, y }, weight, params, step: { T } }) {
    const { K, N, top, each } = params as Record<'K' | 'N' | 'top' | 'each', number>
    const rowStart = params['rowStart'] ?? 0
    const row = new Float32Array(K)
    for (let pick = 0; pick < T * top; pick++) {
      const from = (each ? pick : Math.floor(pick / top)) * K
      for (let n = 0; n < N; n++) {
        const r = chosen![pick]! * N + n - rowStart
        if (r < 0 || r >= weight!.rows) continue
        dequantRow(weight!, r, row)
        let sum = 0
        for (let k = 0; k < K; k++) sum += row[k]! * x![from + k]!
        y![pick * N + n] = sum
      }
    }
  },
  cases: [
    expertCase({ T: 2, N: 19, K: 192, E: 5, top: 2 }),
    // of super-blocks: what the self-check asks of formats that need them
    expertCase({ T: 3, N: 10, K: 256, E: 4, top: 2, each: true }),
    expertCase({ N: 48, K: 64, E: 8, top: 3 }),
    expertCase({ T: 9, N: 33, K: 128, E: 7, top: 4, each: true }),
    expertCase({ T: 2, N: 5, K: 10, E: 3, top: 2 }),
    expertCase({ T: 7, N: 6, K: 33, E: 4, top: 1, each: true }),
    // parts of a split weight that begin and end inside an expert
    expertCase({ T: 6, N: 40, K: 64, E: 4, top: 2, part: [0, 64] }),
    expertCase({ T: 6, N: 40, K: 64, E: 4, top: 2, part: [64, 64] }),
    expertCase({ T: 6, N: 40, K: 96, E: 4, top: 2, each: true, part: [128, 32] }),
    expertCase({ T: 6, N: 9, K: 33, E: 5, top: 2, part: [20, 7] }),
    // more rows than a table of bytes serves, many lanes
    expertCase({ T: 2, N: 70, K: 2048, E: 3, top: 2, format: 'q4_0' }),
    expertCase({ T: 1, N: 261, K: 1536, E: 2, top: 2, format: 'nf4' }),
  ],
})
