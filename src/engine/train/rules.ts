// What each op's way back is made of: its vector-Jacobian product as steps. Adding one is a rule here, and its ops in ops/. An op
// without a rule is refused by name before anything is allocated.

import type { PlanStep } from '../model/plan.ts'
import { normKinds } from '../ops/matmul/fused.ts'
import type { Params } from '../ops/op.ts'
import { hasSlope } from '../ops/training/slopes.ts'
import type { Reason } from './refused.ts'
import { names } from './types.ts'

/** What a rule writes its steps with. Arguments are those of the step that it goes back through. */
export interface Back {
  /** the tensor that holds the argument's numbers, as the step read or left them */
  value(arg: string): string
  /** the same of an argument that the step changes in place: as it was before */
  before(arg: string): string
  /** the tensor of its gradient */
  gradient(arg: string): string
  /** is the gradient of what the step read wanted? */
  wants(arg: string): boolean
  /** where the gradient of the argument begins among those of all weights that learn; null: it does not learn */
  learns(arg: string): number | null
  /** 0 for the first who writes the gradient of what the step read, 1 for the others: they add. To be asked once. */
  adds(arg: string): number
  /** a tensor of its own, a row for each token */
  room(name: string, width: number): string
  /** @param more.words it runs over the different words of a sequence */
  step(op: string, args: Record<string, string>, params: Params, more?: { words?: boolean }): void
  /** most tokens of a sequence */
  readonly tokens: number
}

interface Rule {
  /** why this step cannot be gone back through; null: it can */
  refuses?(step: PlanStep): Reason | null
  /** arguments whose numbers the way back reads. @param learns whether the weight or vector of an argument does */
  reads(step: PlanStep, learns: (arg: string) => boolean): readonly string[]
  /** arguments that the step changes in place, and whose numbers before the way back reads */
  before?(step: PlanStep): readonly string[]
  back(step: PlanStep, make: Back): void
}

const only = (params: Params, ...wanted: string[]): Params =>
  Object.fromEntries(wanted.map((name) => [name, params[name] ?? 0]))

const slope = ({ params }: PlanStep): Reason | null => (hasSlope(params['act']!) ? null : 'activation')

/** Does a scale hold its numbers within bounds? */
const isHeld = ({ params }: PlanStep): boolean => Boolean(params['cap'] || params['limit'])

/** The tensor of an argument that a step may lack. */
const given = ({ args }: PlanStep, make: Back, arg: string): Record<string, string> =>
  args[arg] === undefined ? {} : { [arg]: make.value(arg) }

/** by times the gradient of `from`, into that of `to`. */
function passOn(make: Back, from: string, to: string, D: number, by: number): void {
  const [x, y] = [make.gradient(from), make.gradient(to)]
  if (make.adds(to)) make.step('add', { x: y, delta: x }, { D, by })
  else make.step('mix', { a: x, delta: x, y }, { D, keep: 0, by })
}

/** Gradients of a norm's gain and bias, where they learn. @param shape its rows among those of x and dy */
function gainsOf(
  make: Back,
  [gain, bias]: readonly [string, string],
  { x, dy }: Record<'x' | 'dy', string>,
  shape: Params,
): void {
  const [at, biasAt] = [make.learns(gain), make.learns(bias)]
  if (at === null && biasAt === null) return
  const places = { gain: Number(at !== null), at: at ?? 0, bias: Number(biasAt !== null), biasAt: biasAt ?? 0 }
  make.step('norm-gain-back', { x, dy, dw: names.gradients }, { ...shape, ...places })
}

const norm = (back: string, kind: number): Rule => ({
  refuses: (step) => (step.args['x'] === step.args['y'] ? 'place' : null),
  reads: () => ['x'],
  back({ params }, make) {
    const [x, dy] = [make.value('x'), make.gradient('y')]
    const shape = only(params, 'D', 'eps', 'R', 'own')
    const stride = params['D']! * (params['R'] ?? 1)
    gainsOf(make, ['gain', 'bias'], { x, dy }, { ...shape, norm: kind, stride, offset: 0 })
    if (!make.wants('x')) return
    const own = { ...shape, accumulate: make.adds('x') }
    make.step(back, { x, gain: make.value('gain'), dy, dx: make.gradient('x') }, own)
  },
})

export const rules: Readonly<Record<string, Rule>> = {
  gather: {
    refuses: ({ args, params }) => (args['ids'] !== 'ids' || params['accumulate'] ? 'positions' : null),
    reads: () => [],
    back({ params }, make) {
      const at = make.learns('weight')
      if (at === null) return
      const args = { ids: names.words, dy: make.gradient('y'), dw: names.gradients }
      make.step('gather-back', args, { D: params['D']!, at, most: make.tokens }, { words: true })
    },
  },
  matmul: {
    reads: (_, learns) => (learns('weight') ? ['x'] : []),
    back({ params }, make) {
      const dy = make.gradient('y')
      const rows = only(params, 'N', 'yStride', 'yOffset')
      const [weight, bias] = [make.learns('weight'), make.learns('bias')]
      if (weight !== null) {
        const args = { dy, x: make.value('x'), dw: names.gradients }
        make.step('outer', args, { ...rows, K: params['K']!, at: weight })
      }
      if (bias !== null) make.step('column-sum', { dy, dw: names.gradients }, { ...rows, at: bias })
      if (!make.wants('x')) return
      const own = { ...rows, K: params['K']!, accumulate: make.adds('x') }
      make.step('matmul-back', { dy, weight: make.value('weight'), dx: make.gradient('x') }, own)
    },
  },
  rmsnorm: norm('rmsnorm-back', normKinds.rmsnorm),
  layernorm: norm('layernorm-back', normKinds.layernorm),
  'norm-heads': {
    reads: () => [],
    before: () => ['x'],
    back(step, make) {
      const { N, RQ, DQ, RK, DK, own, norm: kind, eps } = step.params as Record<string, number>
      const part = { stride: N!, own: own!, norm: kind!, eps: eps! }
      const rows = { x: make.before('x'), dy: make.gradient('x') }
      gainsOf(make, ['qGain', 'qBias'], rows, { ...part, D: DQ!, R: RQ!, offset: 0 })
      gainsOf(make, ['kGain', 'kBias'], rows, { ...part, D: DK!, R: RK!, offset: RQ! * DQ! })
      const args = { x: make.before('x'), qGain: make.value('qGain'), kGain: make.value('kGain') }
      make.step('norm-heads-back', { ...args, dx: make.gradient('x') }, step.params)
    },
  },
  scale: {
    reads: () => [],
    before: (step) => (isHeld(step) ? ['x'] : []),
    back(step, make) {
      const [dx, factors] = [make.gradient('x'), given(step, make, 'factors')]
      if (isHeld(step)) make.step('scale-back', { x: make.before('x'), ...factors, dx }, step.params)
      else make.step('scale', { x: dx, ...factors }, step.params)
    },
  },
  rope: {
    reads: () => [],
    back({ params }, make) {
      make.step('rope-back', { dx: make.gradient('x'), table: make.value('table') }, params)
    },
  },
  append: {
    reads: () => [],
    back({ params }, make) {
      make.adds('k')
      make.adds('v')
      const args = { dkv: make.gradient('kCache'), dk: make.gradient('k'), dv: make.gradient('v') }
      make.step('append-back', args, only(params, 'K', 'd'))
    },
  },
  'rope-append': {
    reads: () => [],
    back(step, make) {
      make.adds('qkv')
      const read = { dq: make.gradient('q'), dkv: make.gradient('kCache'), ...given(step, make, 'table') }
      make.step('rope-append-back', { ...read, dqkv: make.gradient('qkv') }, step.params)
    },
  },
  attention: {
    refuses: ({ params }) =>
      params['prefixed'] || params['causal'] === 0 ? 'mask' : params['d']! > 256 ? 'wide' : null,
    reads: () => ['q', 'kCache', 'vCache', 'z', 'lse'],
    back(step, make) {
      const { params } = step
      const { H, d } = params as { H: number; d: number }
      const dz = make.gradient('z'),
        delta = make.room('delta', H)
      make.step('attention-delta', { z: make.value('z'), dz, delta }, { H, d })
      const [q, kCache, vCache, lse] = ['q', 'kCache', 'vCache', 'lse'].map((arg) => make.value(arg)) as [
        string,
        string,
        string,
        string,
      ]
      const read = { q, kCache, vCache, lse, ...given(step, make, 'bias'), dz, delta }
      make.adds('q')
      make.adds('kCache')
      make.adds('vCache')
      make.step('attention-back-q', { ...read, dq: make.gradient('q') }, params)
      make.step('attention-back-kv', { ...read, dkv: make.gradient('kCache') }, params)
    },
  },
  glu: {
    refuses: slope,
    reads: () => ['gate', 'up'],
    back({ params }, make) {
      make.adds('gate')
      make.adds('up')
      const [gate, up] = [make.value('gate'), make.value('up')]
      const args = { gate, up, dy: make.gradient('y'), dgate: make.gradient('gate'), dup: make.gradient('up') }
      make.step('glu-back', args, params)
    },
  },
  'glu-packed': {
    refuses: slope,
    reads: () => ['x'],
    back({ params }, make) {
      make.adds('x')
      make.step('glu-packed-back', { x: make.value('x'), dy: make.gradient('y'), dx: make.gradient('x') }, params)
    },
  },
  route: {
    reads: () => ['probs', 'chosen', 'weights'],
    back({ params }, make) {
      make.adds('scores')
      const [probs, chosen, weights] = [make.value('probs'), make.value('chosen'), make.value('weights')]
      const read = { probs, chosen, weights, dweights: make.gradient('weights') }
      make.step('route-back', { ...read, dscores: make.gradient('scores') }, params)
    },
  },
  'expert-matmul': {
    reads: (_, learns) => (learns('weight') ? ['chosen', 'x'] : ['chosen']),
    back({ params }, make) {
      const [dy, chosen] = [make.gradient('y'), make.value('chosen')]
      const at = make.learns('weight')
      if (at !== null) {
        const args = { dy, x: make.value('x'), chosen, dw: names.gradients }
        make.step('expert-outer', args, { ...only(params, 'K', 'N', 'E', 'top', 'each'), at })
      }
      if (!make.wants('x')) return
      const own = { ...only(params, 'K', 'N', 'E', 'top', 'each'), accumulate: make.adds('x') }
      make.step('expert-matmul-back', { dy, chosen, weight: make.value('weight'), dx: make.gradient('x') }, own)
    },
  },
  combine: {
    reads: () => ['y', 'weights'],
    back({ params }, make) {
      make.adds('y')
      make.adds('weights')
      const read = { y: make.value('y'), weights: make.value('weights'), dout: make.gradient('out') }
      make.step('combine-back', { ...read, dy: make.gradient('y'), dweights: make.gradient('weights') }, params)
    },
  },
  'add-gated': {
    reads: () => ['gate', 'delta'],
    back({ params }, make) {
      make.adds('gate')
      make.adds('delta')
      const read = { gate: make.value('gate'), delta: make.value('delta'), dx: make.gradient('x') }
      make.step('add-gated-back', { ...read, dgate: make.gradient('gate'), ddelta: make.gradient('delta') }, params)
    },
  },
  activation: {
    refuses: (step) => slope(step) ?? (step.args['x'] === step.args['y'] ? 'place' : null),
    reads: () => ['x'],
    back({ params }, make) {
      make.adds('x')
      make.step('activation-back', { x: make.value('x'), dy: make.gradient('y'), dx: make.gradient('x') }, params)
    },
  },
  'recurrent-cell': {
    reads: () => ['gates', 'state'],
    back({ params }, make) {
      const { H, gates } = params as { H: number; gates: number }
      const [dx, before, dc] = [make.gradient('x'), make.room('before', H), make.room('dc', H)]
      make.adds('x')
      const read = { gates: make.value('gates'), weight: make.value('weight'), state: make.value('state') }
      make.step('recurrent-cell-back', { ...read, dy: make.gradient('y'), dx, before, dc }, params)
      const rows = { N: gates * H, yStride: gates * H, yOffset: 0 }
      const [weight, bias] = [make.learns('weight'), make.learns('bias')]
      if (weight !== null) {
        make.step('outer', { dy: dx, x: before, dw: names.gradients }, { ...rows, K: H, at: weight })
      }
      if (bias !== null) make.step('column-sum', { dy: dx, dw: names.gradients }, { ...rows, at: bias })
    },
  },
  add: {
    reads: () => [],
    back({ params }, make) {
      if (make.wants('delta')) passOn(make, 'x', 'delta', params['D']!, params['by'] ?? 1)
    },
  },
  mix: {
    reads: () => [],
    back({ params }, make) {
      for (const [arg, by] of [
        ['a', params['keep']!],
        ['delta', params['by']!],
      ] as const) {
        if (make.wants(arg)) passOn(make, 'y', arg, params['D']!, by)
      }
    },
  },
  'add-positions': {
    reads: () => [],
    back({ params }, make) {
      const at = make.learns('weight')
      if (at === null) return
      make.step(
        'add-positions-back',
        { dy: make.gradient('y'), dw: names.gradients },
        { ...only(params, 'D', 'offset'), at },
      )
    },
  },
  rows: {
    reads: () => [],
    back({ params }, make) {
      make.adds('x')
      make.step(
        'pick-rows-back',
        { ids: names.rows, dy: make.gradient('y'), dx: make.gradient('x') },
        { D: params['D']! },
      )
    },
  },
}
