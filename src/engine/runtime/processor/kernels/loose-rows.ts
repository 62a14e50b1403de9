// Rows of training's, and of the inspector's where those lie outside of the arena, which the arena's kernels do not reach: norms,
// gates, factors and the loss, there and back. A row's sums run in order, so that the number of threads changes no bit.

import { activations, type Activation } from '../../../ops/activations.ts'
import { capOf } from '../../../ops/mask.ts'
import type { StepValues } from '../../../ops/op.ts'
import { normKinds } from '../../../ops/matmul/fused.ts'
import { slopeOf } from '../../../ops/training/slopes.ts'
import { exp } from './exp.ts'
import { quick } from './gates.ts'
import type { PartsKernel, PartsMaker } from './kernel.ts'

type Floats = Float32Array
/** Tokens of a part: neighbours that are narrow share lines of the cache. */
const TOKENS = 4

/** Token by token. */
export const byTokens = (row: (t: number, step: StepValues) => void): PartsKernel => ({
  parts: ({ T }) => Math.ceil(T / TOKENS),
  run(part, step) {
    for (let t = part * TOKENS, end = Math.min(step.T, t + TOKENS); t < end; t++) row(t, step)
  },
})

function rms(x: Floats, at: number, gain: Floats, g: number, y: Floats, D: number, eps: number): void {
  let sum = 0
  for (let i = 0; i < D; i = (i + 1) | 0) sum += x[(at + i) | 0]! * x[(at + i) | 0]!
  const scale = 1 / Math.sqrt(sum / D + eps)
  for (let i = 0; i < D; i = (i + 1) | 0) y[(at + i) | 0] = x[(at + i) | 0]! * scale * gain[(g + i) | 0]!
}

/** dy may be dx, where nothing is added. */
type NormBack = (
  x: Floats,
  at: number,
  gain: Floats,
  g: number,
  dy: Floats,
  dx: Floats,
  D: number,
  eps: number,
  keep: number,
) => void
const rmsBack: NormBack = (x, at, gain, g, dy, dx, D, eps, keep) => {
  let [squares, products] = [0, 0]
  for (let i = 0; i < D; i = (i + 1) | 0) {
    const v = x[(at + i) | 0]!
    squares += v * v
    products += v * dy[(at + i) | 0]! * gain[(g + i) | 0]!
  }
  const r = 1 / Math.sqrt(squares / D + eps)
  const pull = (r * r * products) / D
  for (let i = 0; i < D; i = (i + 1) | 0) {
    const j = (at + i) | 0
    const value = r * (dy[j]! * gain[(g + i) | 0]! - x[j]! * pull)
    dx[j] = keep === 0 ? value : dx[j]! + value
  }
}
const layerBack: NormBack = (x, at, gain, g, dy, dx, D, eps, keep) => {
  let sum = 0
  for (let i = 0; i < D; i = (i + 1) | 0) sum += x[(at + i) | 0]!
  const mean = sum / D
  let [squares, errors, products] = [0, 0, 0]
  for (let i = 0; i < D; i = (i + 1) | 0) {
    const v = x[(at + i) | 0]! - mean
    const e = dy[(at + i) | 0]! * gain[(g + i) | 0]!
    squares += v * v
    errors += e
    products += e * v
  }
  const r = 1 / Math.sqrt(squares / D + eps)
  const [error, pull] = [errors / D, (r * r * products) / D]
  for (let i = 0; i < D; i = (i + 1) | 0) {
    const j = (at + i) | 0
    const value = r * (dy[j]! * gain[(g + i) | 0]! - error - (x[j]! - mean) * pull)
    dx[j] = keep === 0 ? value : dx[j]! + value
  }
}

const normBack =
  (back: NormBack): PartsMaker =>
  ({ params, tensors }) => {
    const { D, R, accumulate } = params as Record<'D' | 'R' | 'accumulate', number>
    const { x, gain, dy, dx } = tensors as Record<'x' | 'gain' | 'dy' | 'dx', Floats>
    const [own, eps] = [params['own'] ? D : 0, Math.fround(params['eps']!)]
    return byTokens((t) => {
      for (let h = 0; h < R; h++) back(x, (t * R + h) * D, gain, h * own, dy, dx, D, eps, accumulate)
    })
  }

/** y = act(gate) up of n numbers, each from its own place on. */
function gated(act: number, gate: Floats, g: number, up: Floats, u: number, y: Floats, to: number, n: number): void {
  const f = quick[activations[act]!.name as Activation] ?? activations[act]!.f
  for (let i = 0; i < n; i++) y[to + i] = f(gate[g + i]!) * up[u + i]!
}

/** Gradients of gate and up, from g and u on, of n numbers from those of y. SiLU is the common one. */
function gatedBack(
  act: number,
  gate: Floats,
  up: Floats,
  [g, u]: readonly [number, number],
  dy: Floats,
  d: number,
  dgate: Floats,
  dup: Floats,
  n: number,
): void {
  if (activations[act]!.name === 'silu') {
    for (let i = 0; i < n; i = (i + 1) | 0) {
      const v = gate[(g + i) | 0]!
      const slope = dy[(d + i) | 0]!
      const sigma = 1 / (1 + exp(-v))
      const by = up[(u + i) | 0]!
      dup[(u + i) | 0] = slope * v * sigma
      dgate[(g + i) | 0] = slope * by * sigma * (1 + v * (1 - sigma))
    }
    return
  }
  const f = quick[activations[act]!.name as Activation] ?? activations[act]!.f
  for (let i = 0; i < n; i++) {
    const [v, slope, by] = [gate[g + i]!, dy[d + i]!, up[u + i]!]
    dup[u + i] = slope * f(v)
    dgate[g + i] = slope * by * slopeOf(act, v)
  }
}

/** The loss of a row, and in its place the gradients. @returns nats */
function rowLoss(x: Floats, at: number, V: number, id: number, weight: number, back: number): number {
  let top = -Infinity
  for (let v = 0; v < V; v = (v + 1) | 0) if (!(x[(at + v) | 0]! <= top)) top = x[(at + v) | 0]!
  let total = 0
  for (let v = 0; v < V; v = (v + 1) | 0) total += exp(x[(at + v) | 0]! - top)
  const lse = top + Math.log(total)
  const loss = lse - x[at + id]!
  if (back === 0) return loss
  const own = weight * (exp(x[at + id]! - lse) - 1)
  for (let v = 0; v < V; v = (v + 1) | 0) x[(at + v) | 0] = weight * exp(x[(at + v) | 0]! - lse)
  x[at + id] = own
  return loss
}

export const rowKernels: Record<string, PartsMaker> = {
  rmsnorm({ params, tensors }) {
    const { D, R } = params as Record<'D' | 'R', number>
    const { x, gain, y } = tensors as Record<'x' | 'gain' | 'y', Floats>
    const [own, eps] = [params['own'] ? D : 0, Math.fround(params['eps']!)]
    return byTokens((t) => {
      for (let h = 0; h < R; h++) rms(x, (t * R + h) * D, gain, h * own, y, D, eps)
    })
  },
  'rmsnorm-back': normBack(rmsBack),
  'layernorm-back': normBack(layerBack),
  'norm-heads-back'({ params, tensors }) {
    const { N, RQ, DQ, RK, DK, norm } = params as Record<'N' | 'RQ' | 'DQ' | 'RK' | 'DK' | 'norm', number>
    const { x, qGain, kGain, dx } = tensors as Record<'x' | 'qGain' | 'kGain' | 'dx', Floats>
    const [isOwn, eps] = [Boolean(params['own']), Math.fround(params['eps']!)]
    const back = norm === normKinds.rmsnorm ? rmsBack : layerBack
    return byTokens((t) => {
      let at = t * N
      for (let h = 0; h < RQ; h++, at += DQ) back(x, at, qGain, isOwn ? h * DQ : 0, dx, dx, DQ, eps, 0)
      for (let h = 0; h < RK; h++, at += DK) back(x, at, kGain, isOwn ? h * DK : 0, dx, dx, DK, eps, 0)
    })
  },
  glu({ params, tensors }) {
    const { F, act } = params as Record<'F' | 'act', number>
    const { gate, up, y } = tensors as Record<'gate' | 'up' | 'y', Floats>
    return byTokens((t) => gated(act, gate, t * F, up, t * F, y, t * F, F))
  },
  'glu-packed'({ params, tensors }) {
    const { F, act } = params as Record<'F' | 'act', number>
    const { x, y } = tensors as Record<'x' | 'y', Floats>
    return byTokens((t) => gated(act, x, 2 * t * F, x, 2 * t * F + F, y, t * F, F))
  },
  'glu-back'({ params, tensors }) {
    const { F, act } = params as Record<'F' | 'act', number>
    const { gate, up, dy, dgate, dup } = tensors as Record<'gate' | 'up' | 'dy' | 'dgate' | 'dup', Floats>
    return byTokens((t) => gatedBack(act, gate, up, [t * F, t * F], dy, t * F, dgate, dup, F))
  },
  'glu-packed-back'({ params, tensors }) {
    const { F, act } = params as Record<'F' | 'act', number>
    const { x, dy, dx } = tensors as Record<'x' | 'dy' | 'dx', Floats>
    return byTokens((t) => gatedBack(act, x, x, [2 * t * F, 2 * t * F + F], dy, t * F, dx, dx, F))
  },
  scale({ params, tensors }) {
    const { N, each, cap, limit } = params as Record<'N' | 'each' | 'cap' | 'limit', number>
    const { x, factors } = tensors as { x: Floats; factors?: Floats }
    const by = Math.fround(params['by']!)
    return byTokens((t) => {
      for (let i = 0, at = t * N; i < N; i++, at++) {
        const value = capOf(cap, x[at]! * by * (each ? factors![i]! : 1))
        x[at] = limit ? Math.min(limit, Math.max(-limit, value)) : value
      }
    })
  },
  add({ params, tensors }) {
    const { x, delta } = tensors as Record<'x' | 'delta', Floats>
    const [D, by] = [params['D']!, Math.fround(params['by']!)]
    return byTokens((t) => {
      for (let i = t * D, end = i + D; i < end; i = (i + 1) | 0) x[i]! += by * delta[i]!
    })
  },
  mix({ params, tensors }) {
    const { a, delta, y } = tensors as Record<'a' | 'delta' | 'y', Floats>
    const [D, keep, by] = [params['D']!, Math.fround(params['keep']!), Math.fround(params['by']!)]
    return byTokens((t) => {
      for (let i = t * D, end = i + D; i < end; i = (i + 1) | 0) y[i] = keep * a[i]! + by * delta[i]!
    })
  },
  'attention-delta'({ params, tensors }) {
    const { H, d } = params as Record<'H' | 'd', number>
    const { z, dz, delta } = tensors as Record<'z' | 'dz' | 'delta', Floats>
    return byTokens((t) => {
      for (let h = t * H; h < (t + 1) * H; h++) {
        let sum = 0
        for (let i = h * d, end = i + d; i < end; i = (i + 1) | 0) sum += z[i]! * dz[i]!
        delta[h] = sum
      }
    })
  },
  'cross-entropy'({ params, tensors, ids }) {
    const { V, back } = params as Record<'V' | 'back', number>
    const { by, x, nll } = tensors as Record<'by' | 'x' | 'nll', Floats>
    return byTokens((t, { row }) => {
      nll[row + t] = rowLoss(x, t * V, V, ids![row + t]!, by[row + t]!, back)
    })
  },
}
