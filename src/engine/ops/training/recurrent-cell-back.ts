// The way back through a recurrent layer (ops/recurrent-cell.ts), from the last token to the first: what reaches h of a token
// comes from above and, through the weight and the forget gate, from the token behind it. Writes the gradient of the sums that
// go into the gates, which is that of x, of the bias (added over the tokens) and, times h of the token before, of the weight.

import { dequantRow } from '../../quants/weight.ts'
import { defineOp, type Case } from '../op.ts'

interface Shape {
  T: number
  H: number
  gates: number
  format?: Case['format']
  scale?: number
}

const backCase = ({ T, H, gates, format, scale = 1 }: Shape): Case => {
  const C = T + 3
  return {
    name: `T=${T} H=${H}, ${gates === 4 ? 'LSTM' : 'RNN'}`,
    params: { H, C, gates, block: 64 },
    step: { T, pos: 0, row: 0, prefix: 0 },
    sizes: {
      gates: T * gates * H,
      state: (gates === 4 ? 2 : 1) * C * H,
      dy: T * H,
      dx: T * gates * H,
      before: T * H,
      dc: T * H,
    },
    weight: { rows: gates * H, cols: H },
    format,
    scale,
    nmse: 1e-10,
  }
}

export const recurrentCellBack = defineOp({
  name: 'recurrent-cell-back',
  inOnePiece: true,
  args: { gates: 'read', weight: 'weight', state: 'read', dy: 'read', dx: 'write', before: 'write', dc: 'write' },
  variants: [
    {
      name: 'recurrent-cell-back',
      fits: () => true,
      accepts: () => true,
      passes: ({ params }) => [
        { shader: 'training/recurrent-cell-back', overrides: { count: params['gates']! }, workgroups: () => 1 },
      ],
    },
  ],
  reference({ tensors: { gates, state, dy, dx, before, dc }, weight, params, step: { T } }) {
    const { H, C, gates: count } = params as Record<'H' | 'C' | 'gates', number>
    const row = new Float32Array(H)
    // of the token behind: what reaches h through the weight, and c through the forget gate
    let behind = new Float64Array(H)
    const cell = new Float64Array(H)
    for (let t = T - 1; t >= 0; t--) {
      const own = new Float64Array(count * H)
      for (let n = 0; n < H; n++) {
        const [i, f, g, o] = Array.from({ length: count }, (_, m) => gates![(t * count + m) * H + n]!) as [
          number,
          number,
          number,
          number,
        ]
        const dh = dy![t * H + n]! + behind[n]!
        before![t * H + n] = t ? state![(t - 1) * H + n]! : 0
        if (count === 1) {
          own[n] = dh * (1 - i * i)
          dc![t * H + n] = 0
          continue
        }
        const now = Math.tanh(state![(C + t) * H + n]!)
        const change = cell[n]! + dh * o * (1 - now * now)
        own[n] = change * g * i * (1 - i)
        own[H + n] = t ? change * state![(C + t - 1) * H + n]! * f * (1 - f) : 0
        own[2 * H + n] = change * i * (1 - g * g)
        own[3 * H + n] = dh * now * o * (1 - o)
        dc![t * H + n] = change
        cell[n] = change * f
      }
      behind = new Float64Array(H)
      for (let r = 0; r < count * H; r++) {
        dequantRow(weight!, r, row)
        for (let k = 0; k < H; k++) behind[k]! += row[k]! * own[r]!
      }
      dx!.set(own, t * count * H)
    }
  },
  cases: [
    backCase({ T: 3, H: 64, gates: 4 }),
    // of super-blocks
    backCase({ T: 2, H: 256, gates: 4 }),
    backCase({ T: 5, H: 21, gates: 4 }),
    backCase({ T: 9, H: 33, gates: 1 }),
    backCase({ T: 1, H: 1, gates: 4 }),
    backCase({ T: 12, H: 70, gates: 4, format: 'f32' }),
    backCase({ T: 3, H: 32, gates: 1, scale: 60 }),
  ],
})
