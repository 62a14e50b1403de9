// The functions that bend a gate, under every name that transformers' ACT2FN has for one without parameters of its own
// (prelu and xielu learn theirs). The index in `activations` is the kernel's `act` (shaders/lib/act.wgsl).

const { abs, exp, log1p, max, min, sqrt, tanh } = Math

const sigmoid = (g: number): number => 1 / (1 + exp(-g))
const softplus = (g: number): number => max(g, 0) + log1p(exp(-abs(g)))
const clamp = (g: number, low: number, high: number): number => min(max(g, low), high)

/** Error function: its series of positive terms, exact to f64; ±1 where no f64 is nearer. */
function erf(x: number): number {
  if (abs(x) > 6) return Math.sign(x)
  let term = x,
    sum = x
  for (let n = 1; abs(term) > abs(sum) * 1e-17; n++) sum += term *= (2 * x * x) / (2 * n + 1)
  return (2 / sqrt(Math.PI)) * exp(-x * x) * sum
}

const gelu = (g: number): number => 0.5 * g * (1 + erf(g / Math.SQRT2))
export const silu = (g: number): number => g * sigmoid(g)

export const activations = [
  { name: 'silu', f: silu },
  { name: 'gelu', f: gelu },
  { name: 'gelu_tanh', f: (g: number) => 0.5 * g * (1 + tanh(sqrt(2 / Math.PI) * (g + 0.044715 * g ** 3))) },
  { name: 'relu', f: (g: number) => max(g, 0) },
  { name: 'relu2', f: (g: number) => max(g, 0) ** 2 },
  { name: 'quick_gelu', f: (g: number) => g * sigmoid(1.702 * g) },
  { name: 'gelu_10', f: (g: number) => clamp(gelu(g), -10, 10) },
  { name: 'hardswish', f: (g: number) => (g * clamp(g + 3, 0, 6)) / 6 },
  { name: 'laplace', f: (g: number) => 0.5 * (1 + erf((g * 1e6 - 707107) / (282095 * Math.SQRT2))) },
  { name: 'leaky_relu', f: (g: number) => (g > 0 ? g : 0.01 * g) },
  { name: 'linear', f: (g: number) => g },
  { name: 'mish', f: (g: number) => g * tanh(softplus(g)) },
  { name: 'relu6', f: (g: number) => clamp(g, 0, 6) },
  { name: 'sigmoid', f: sigmoid },
  { name: 'sqrtsoftplus', f: (g: number) => sqrt(softplus(g)) },
  { name: 'tanh', f: (g: number) => tanh(g) },
] as const

export type Activation = (typeof activations)[number]['name']

const aliases: Readonly<Record<string, Activation>> = {
  swish: 'silu',
  gelu_python: 'gelu',
  gelu_new: 'gelu_tanh',
  gelu_fast: 'gelu_tanh',
  gelu_accurate: 'gelu_tanh',
  gelu_pytorch_tanh: 'gelu_tanh',
  gelu_python_tanh: 'gelu_tanh',
}

/** The activation of that name or alias, or null. */
export function findActivation(name: string): Activation | null {
  const plain = Object.hasOwn(aliases, name) ? aliases[name] : name
  return activations.find((a) => a.name === plain)?.name ?? null
}

export const activationNames = (): string[] => [...activations.map((a) => a.name), ...Object.keys(aliases)]
export const activationIndex = (name: Activation): number => activations.findIndex((a) => a.name === name)
