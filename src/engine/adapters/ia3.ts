// IA³ (Liu et al. 2022): l * (W x + b), or for feed-forward modules W (l * x) + b; l is 1 + s (l - 1) at strength s.
// Where W x went into the residual, or l stands at the input, what that changes is added: (l - 1) * (W x + b), W ((l - 1) x).

import { activationIndex } from '../ops/activations.ts'
import type { VectorPart } from '../model/plan.ts'
import type { AdapterKind } from './adapter.ts'
import { unsupported } from './errors.ts'
import { checkShape, tensorsOf } from './members.ts'
import { isWhole, type ModelModule, type ModuleUse } from './modules.ts'
import { membersOf, type Member } from './names.ts'
import type { Made, Rewrite } from './rewrite.ts'
import { savedOf } from './saved.ts'
import { changeTargets } from './targeted.ts'
import { namedBy, targetsOf } from './targets.ts'

const word = 'ia3_l'

export const ia3: AdapterKind = {
  type: 'IA3',
  open(file) {
    const { name, config } = file
    const isTarget = targetsOf(name, config)
    const isForward = namedBy(name, config, 'feedforward_modules')
    config.flag('fan_in_fan_out')
    const { members, saved } = membersOf(file, [word], savedOf(file))
    return {
      kind: 'IA³',
      rank: null,
      tensors: tensorsOf(file),
      adapt: (plan, model) =>
        changeTargets(file, plan, model, {
          isTarget,
          members,
          saved,
          first: word,
          change(rewrite, path, own, module) {
            const member = own.get(word)!
            const forward = isForward(path)
            checkShape(name, member, forward ? [1, module.cols] : [module.rows, 1])
            for (const use of module.uses) {
              if (!scaleUse(rewrite, use, module, member, forward)) throw unsupported(name, 'module', path)
            }
          },
        }),
    }
  },
}

function scaleUse(rewrite: Rewrite, use: ModuleUse, module: ModelModule, { name }: Member, forward: boolean): boolean {
  const { step, part, from } = use
  if (step.op !== 'matmul' || !isWhole(use, rewrite.width(step.args['y']!))) return false
  const width = step.params['N']!
  const y = step.args['y']!
  const { slice } = part
  const given: VectorPart = forward
    ? { tensor: rewrite.name(name), length: module.cols }
    : { tensor: rewrite.name(name), length: part.rows, ...(slice && { slice }) }
  /** plus + s (l - 1) at the module's own numbers, `rest` beside them */
  const factors = (plus: number, length: number, at: number, rest: number): string =>
    rewrite.vector(`${name} ${step.name} ${from} ${plus}`, {
      parts: [given],
      length,
      shape: forward ? [1, module.cols] : [part.rows, 1],
      make: { kind: 'scaled', adapter: rewrite.adapter, by: { how: 'towards', plus, at, length: given.length, rest } },
    })
  const scaled = (x: string, vector: string, N: number): Made => ({
    op: 'scale',
    args: { x, factors: vector },
    params: { N, by: 1, each: 1, cap: 0, limit: 0 },
  })
  const again = (x: string, to: string, more: Record<string, number>): Made => {
    const { bias, ...args } = step.args
    const hasBias = more['hasBias'] ?? step.params['hasBias']!
    return {
      op: 'matmul',
      args: { ...args, x, weight: rewrite.weightOf(use).weight, y: to, ...(hasBias && bias !== undefined && { bias }) },
      params: { ...step.params, ...more },
    }
  }
  const add = (delta: string): Made => ({ op: 'add', args: { x: y, delta }, params: { D: width, by: 1 } })
  if (forward) {
    const x = rewrite.buffer('x', step, module.cols)
    const whole = part.rows === width
    const u = whole ? y : rewrite.buffer('u', step, width)
    rewrite.behind(use, [
      {
        op: 'activation',
        args: { x: step.args['x']!, y: x },
        params: { F: module.cols, act: activationIndex('linear') },
      },
      ...rewrite.replayInput(use, x, module.cols),
      scaled(x, factors(0, module.cols, 0, 0), module.cols),
      again(x, u, { hasBias: 0, accumulate: Number(whole) }),
      // rows of others, which read the same x as it is, get nothing
      ...(whole ? [] : [scaled(u, onlyOwn(rewrite, use, width), width), add(u)]),
    ])
  } else if (step.params['accumulate']) {
    const u = rewrite.buffer('u', step, width)
    rewrite.behind(use, [
      again(step.args['x']!, u, { accumulate: 0 }),
      ...rewrite.replay(use, u),
      scaled(u, factors(0, width, from, 0), width),
      add(u),
    ])
  } else rewrite.behind(use, [scaled(y, factors(1, width, from, 1), width)])
  rewrite.changes(use, { how: 'factors', factors: given, of: forward ? 'columns' : 'rows' })
  return true
}

/** 1 at a use's own rows, 0 beside them. */
const onlyOwn = (rewrite: Rewrite, { part, from }: ModuleUse, length: number): string =>
  rewrite.vector(`rows ${from}+${part.rows} of ${length}`, {
    parts: [],
    length,
    make: { kind: 'scaled', adapter: rewrite.adapter, by: { how: 'ones', at: from, length: part.rows, rest: 0 } },
  })
