// Steps of training whose tensors lie outside of the arena, where the arena's kernels do not reach: their op's plain reference,
// a few tokens at a time, so that threads share them. Which arguments have rows of their own for each token, and how wide
// they are, is said here; the others are seen whole.

import type { Params, ReferenceArgs } from '../../ops/op.ts'
import { ops } from '../../ops/index.ts'
import type { PartsKernel } from './kernels/kernel.ts'

/** Tokens of a part. */
const ROWS = 2

type Widths = (params: Params) => Record<string, number>
const norm: Widths = ({ D, R }) => ({ x: D! * R!, y: D! * R!, dy: D! * R!, dx: D! * R! })
const each =
  (width: string, ...args: string[]): Widths =>
  (params) =>
    Object.fromEntries(args.map((arg) => [arg, params[width]!]))
const heads: Widths = ({ H, K, d }) => ({
  q: H! * d!,
  dq: H! * d!,
  dkv: 2 * K! * d!,
  qkv: (H! + 2 * K!) * d!,
  dqkv: (H! + 2 * K!) * d!,
})

const experts: Widths = ({ K, N, top, each: own }) => ({
  x: K! * (own ? top! : 1),
  dx: K! * (own ? top! : 1),
  chosen: top!,
  y: top! * N!,
  dy: top! * N!,
})
const route: Widths = ({ E, top }) => ({
  scores: E!,
  probs: E!,
  chosen: top!,
  weights: top!,
  dweights: top!,
  dscores: E!,
})
const combine: Widths = ({ D, top }) => ({
  y: top! * D!,
  weights: top!,
  out: D!,
  dout: D!,
  dy: top! * D!,
  dweights: top!,
})
const gated: Widths = ({ D }) => ({ x: D!, gate: 1, delta: D!, dx: D!, dgate: 1, ddelta: D! })

const widths: Readonly<Record<string, Widths>> = {
  rmsnorm: norm,
  layernorm: norm,
  'rmsnorm-back': norm,
  'layernorm-back': norm,
  scale: each('N', 'x'),
  'scale-back': each('N', 'x', 'dx'),
  add: each('D', 'x', 'delta'),
  mix: each('D', 'a', 'delta', 'y'),
  glu: each('F', 'gate', 'up', 'y'),
  'glu-back': each('F', 'gate', 'up', 'dy', 'dgate', 'dup'),
  'glu-packed': ({ F }) => ({ x: 2 * F!, y: F! }),
  'glu-packed-back': ({ F }) => ({ x: 2 * F!, dy: F!, dx: 2 * F! }),
  activation: each('F', 'x', 'y'),
  'activation-back': each('F', 'x', 'dy', 'dx'),
  'norm-heads': each('N', 'x'),
  'norm-heads-back': each('N', 'x', 'dx'),
  rope: ({ H, d }) => ({ x: H! * d! }),
  'rope-back': ({ H, d }) => ({ dx: H! * d! }),
  append: ({ K, d }) => ({ k: K! * d!, v: K! * d! }),
  'append-back': ({ K, d }) => ({ dkv: 2 * K! * d!, dk: K! * d!, dv: K! * d! }),
  'rope-append': heads,
  'rope-append-back': heads,
  attention: ({ H, d }) => ({ q: H! * d!, z: H! * d!, lse: H! }),
  'attention-delta': ({ H, d }) => ({ z: H! * d!, dz: H! * d!, delta: H! }),
  route,
  'route-back': route,
  'expert-matmul': experts,
  'expert-matmul-back': experts,
  combine,
  'combine-back': combine,
  'add-gated': gated,
  'add-gated-back': gated,
  'cross-entropy': each('V', 'x'),
}

/** Can this op be cut by tokens? */
export const isSliced = (op: string): boolean => op in widths

export function sliced(op: string, args: Omit<ReferenceArgs, 'step'>): PartsKernel {
  const { reference } = ops[op]!
  const own = widths[op]!(args.params)
  return {
    parts: ({ T }) => Math.ceil(T / ROWS),
    run(part, step) {
      const first = part * ROWS
      const T = Math.min(ROWS, step.T - first)
      const tensors = Object.fromEntries(
        Object.entries(args.tensors).map(([arg, data]) => {
          const width = own[arg]
          return [arg, width === undefined ? data : data.subarray(first * width, (first + T) * width)]
        }),
      )
      reference({ ...args, tensors, step: { ...step, T, pos: step.pos + first, row: step.row + first } })
    },
  }
}
