// A recurrent layer over a chunk's tokens, one after the other: Elman's network (1990, tanh), or an LSTM (Hochreiter and
// Schmidhuber 1997), whose gates stand in the order i, f, g, o. What comes in through x holds the input's part already.
//
// h and c of every position stay in the cache, as keys and values do: position p reads those of p - 1, position 0 zeros.
// So a text that is read whole, in chunks or token by token, and one that is cut and read on, has the same numbers.

import { dequantRow } from '../quants/weight.ts'
import { defineOp, type Case } from './op.ts'

/** Gates of a cell: rows of its weight for each unit. */
export const gatesOf = { lstm: 4, rnn: 1 } as const

interface Shape {
  T: number
  H: number
  pos?: number
  gates: number
  bias?: boolean
  format?: Case['format']
  scale?: number
}

const cellCase = ({ T, H, pos = 0, gates, bias = false, format, scale = 1 }: Shape): Case => {
  const C = pos + T + 3
  return {
    name: `T=${T} H=${H} from ${pos}, ${gates === 4 ? 'LSTM' : 'RNN'}${bias ? ' bias' : ''}`,
    params: { H, C, gates, hasBias: Number(bias), block: 64 },
    step: { T, pos, row: 0, prefix: 0 },
    sizes: {
      x: T * gates * H,
      bias: bias ? gates * H : 1,
      state: (gates === 4 ? 2 : 1) * C * H,
      gates: T * gates * H,
      y: T * H,
    },
    weight: { rows: gates * H, cols: H },
    format,
    scale,
    nmse: 1e-10,
  }
}

const sigmoid = (a: number): number => 1 / (1 + Math.exp(-a))

export const recurrentCell = defineOp({
  name: 'recurrent-cell',
  oneText: true,
  inOnePiece: true,
  args: { x: 'read', weight: 'weight', bias: 'read', state: 'update', gates: 'write', y: 'write' },
  variants: [
    {
      name: 'recurrent-cell',
      fits: () => true,
      accepts: () => true,
      passes: ({ params }) => [
        { shader: 'recurrent-cell', overrides: { count: params['gates']! }, workgroups: () => 1 },
      ],
    },
  ],
  reference({ tensors: { x, bias, state, gates, y }, weight, params, step: { T, pos } }) {
    const { H, C, gates: count, hasBias } = params as Record<'H' | 'C' | 'gates' | 'hasBias', number>
    const row = new Float32Array(H)
    const before = (at: number): number => (at < 0 ? 0 : state![at]!)
    for (let t = 0; t < T; t++) {
      const p = pos + t
      for (let r = 0; r < count * H; r++) {
        dequantRow(weight!, r, row)
        let a = x![t * count * H + r]! + (hasBias ? bias![r]! : 0)
        for (let k = 0; k < H; k++) a += row[k]! * before((p - 1) * H + k)
        gates![t * count * H + r] = count === 1 || Math.floor(r / H) === 2 ? Math.tanh(a) : sigmoid(a)
      }
      for (let n = 0; n < H; n++) {
        const [i, f, g, o] = Array.from({ length: count }, (_, m) => gates![(t * count + m) * H + n]!)
        let h = i!
        if (count === 4) {
          const c = i! * g! + (p ? f! * state![(C + p - 1) * H + n]! : 0)
          state![(C + p) * H + n] = c
          h = o! * Math.tanh(c)
        }
        state![p * H + n] = y![t * H + n] = h
      }
    }
  },
  cases: [
    cellCase({ T: 3, H: 64, gates: 4, bias: true }),
    // of super-blocks
    cellCase({ T: 2, H: 256, gates: 4, pos: 2 }),
    cellCase({ T: 5, H: 21, gates: 4, pos: 4, bias: true }),
    cellCase({ T: 1, H: 96, gates: 1, pos: 1, bias: true }),
    cellCase({ T: 9, H: 33, gates: 1 }),
    cellCase({ T: 1, H: 1, gates: 4, bias: true }),
    cellCase({ T: 12, H: 70, gates: 4, pos: 7, format: 'f32', bias: true }),
    cellCase({ T: 3, H: 32, gates: 4, scale: 60, bias: true, format: 'q8_0' }),
  ],
})
