// Slopes of the activations (ops/activations.ts), and which of them training knows (training's act-back.wgsl).

import { activations, type Activation } from '../activations.ts'

/** Activations whose slope is computed with; a model with another is refused. */
const known = [
  'silu',
  'gelu',
  'gelu_tanh',
  'relu',
  'relu2',
  'quick_gelu',
  'leaky_relu',
  'linear',
  'relu6',
  'sigmoid',
  'tanh',
] as const satisfies readonly Activation[]

const { exp, sqrt, tanh, PI } = Math
const sigmoid = (g: number): number => 1 / (1 + exp(-g))
const rising = (by: number, g: number): number => {
  const s = sigmoid(by * g)
  return s * (1 + by * g * (1 - s))
}

const slopes: Record<(typeof known)[number], (g: number) => number> = {
  silu: (g) => rising(1, g),
  gelu: (g) => (g ? activations[1].f(g) / g : 0.5) + (g * exp((-g * g) / 2)) / sqrt(2 * PI),
  gelu_tanh: (g) => {
    const c = sqrt(2 / PI),
      y = tanh(c * (g + 0.044715 * g ** 3))
    return 0.5 * (1 + y) + 0.5 * g * (1 - y * y) * c * (1 + 0.134145 * g * g)
  },
  relu: (g) => Number(g > 0),
  relu2: (g) => 2 * Math.max(g, 0),
  quick_gelu: (g) => rising(1.702, g),
  leaky_relu: (g) => (g > 0 ? 1 : 0.01),
  linear: () => 1,
  relu6: (g) => Number(g > 0 && g < 6),
  sigmoid: (g) => sigmoid(g) * (1 - sigmoid(g)),
  tanh: (g) => 1 - tanh(g) ** 2,
}

export const hasSlope = (act: number): boolean => (known as readonly string[]).includes(activations[act]!.name)
/** The slope of the activation of this index at g. */
export const slopeOf = (act: number, g: number): number => slopes[activations[act]!.name as keyof typeof slopes](g)
/** Indices of all that have a slope. */
export const sloped: readonly number[] = activations.flatMap((_, act) => (hasSlope(act) ? [act] : []))
