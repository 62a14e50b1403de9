// Activations and gated activations: activation, glu, glu-packed (ops/activations.ts has the functions). The common ones
// are computed with the quick exp here, the others as the reference does.

import { activations, type Activation } from '../../../ops/activations.ts'
import { exp } from './exp.ts'
import type { Maker, RowKernel } from './kernel.ts'

// The share of a normal distribution below g = i / 256 - 9, and its density there: between two points a cubic that meets
// both values and both slopes is within 1e-12.
const PER_UNIT = 256
const END = 9
const below = new Float64Array(2 * END * PER_UNIT + 1)
const density = new Float64Array(below.length)
{
  const gelu = activations.find(({ name }) => name === 'gelu')!.f
  for (let i = 0; i < below.length; i++) {
    const g = i / PER_UNIT - END
    below[i] = g === 0 ? 0.5 : gelu(g) / g
    density[i] = Math.exp((-g * g) / 2) / Math.sqrt(2 * Math.PI)
  }
}

function gelu(g: number): number {
  if (!(g > -END)) return g === g ? -0 : g
  if (g >= END) return g
  const at = (g + END) * PER_UNIT
  const i = Math.floor(at)
  const f = at - i
  const p0 = below[i],
    rise = below[i + 1] - p0
  const s0 = density[i] / PER_UNIT,
    s1 = density[i + 1] / PER_UNIT
  return g * (p0 + f * (s0 + f * (3 * rise - 2 * s0 - s1 + f * (s0 + s1 - 2 * rise))))
}
const STEEP = -2 * Math.sqrt(2 / Math.PI)
const sigmoid = (g: number): number => 1 / (1 + exp(-g))
const silu = (g: number): number => g / (1 + exp(-g))

/** Functions that are computed otherwise than in the reference, to 1e-11 of the larger of g and 1. */
export const quick: Partial<Record<Activation, (g: number) => number>> = {
  silu,
  gelu,
  // 1 + tanh(u) = 2 / (1 + e^-2u)
  gelu_tanh: (g) => g / (1 + exp(STEEP * (g + 0.044715 * g * g * g))),
  quick_gelu: (g) => g / (1 + exp(-1.702 * g)),
  sigmoid,
}

export function createGates(memory: ArrayBufferLike): Record<string, Maker<RowKernel>> {
  const F32 = new Float32Array(memory)

  function swiglu(gate: number, up: number, y: number, n: number): void {
    for (let i = 0; i < n; i = (i + 1) | 0) {
      const g = F32[(gate + i) | 0]
      F32[(y + i) | 0] = (g / (1 + exp(-g))) * F32[(up + i) | 0]
    }
  }
  function gated(f: (g: number) => number, gate: number, up: number, y: number, n: number): void {
    for (let i = 0; i < n; i = (i + 1) | 0) F32[(y + i) | 0] = f(F32[(gate + i) | 0]) * F32[(up + i) | 0]
  }
  function plain(f: (g: number) => number, x: number, y: number, n: number): void {
    for (let i = 0; i < n; i = (i + 1) | 0) F32[(y + i) | 0] = f(F32[(x + i) | 0])
  }

  const functionOf = (act: number): ((g: number) => number) => {
    const { name, f } = activations[act]!
    return quick[name] ?? f
  }
  const loopOf = (act: number): ((gate: number, up: number, y: number, n: number) => void) => {
    const f = functionOf(act)
    return f === silu ? swiglu : (gate, up, y, n) => gated(f, gate, up, y, n)
  }

  return {
    activation({ params, at }) {
      const { F, act } = params as Record<'F' | 'act', number>
      const { x, y } = at as Record<'x' | 'y', number>
      const f = functionOf(act)
      return (t) => plain(f, x + t * F, y + t * F, F)
    },
    glu({ params, at }) {
      const { F, act } = params as Record<'F' | 'act', number>
      const { gate, up, y } = at as Record<'gate' | 'up' | 'y', number>
      const loop = loopOf(act)
      return (t) => loop(gate + t * F, up + t * F, y + t * F, F)
    },
    'glu-packed'({ params, at }) {
      const { F, act } = params as Record<'F' | 'act', number>
      const { x, y } = at as Record<'x' | 'y', number>
      const loop = loopOf(act)
      return (t) => loop(x + t * 2 * F, x + t * 2 * F + F, y + t * F, F)
    },
  }
}
