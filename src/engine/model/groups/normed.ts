//   norm + what reads it  ->  the same with the norm before it, of a group or of a matmul
//   rows of the residual + norm + matmul  ->  norm-matmul, in the head
// Others may read the norm as well: then each of them finds it again, and where one cannot, the norm stays a step.

import { isWrittenBetween, writerOf } from '../flow.ts'
import type { Plan, PlanGroup, PlanStep } from '../plan.ts'

const kinds: Readonly<Record<string, number>> = { rmsnorm: 1, layernorm: 2 }

/** The group with the norm that its `x` comes from, or null. */
export function normed(plan: Plan, group: PlanGroup): PlanGroup | null {
  const { steps } = plan
  const last = steps.findIndex(({ name }) => name === group.steps.at(-1))
  const reader = steps.findIndex(({ name }) => name === group.steps[0])
  const source = (tensor: string, at: number): [number, PlanStep] | null => {
    const found = writerOf(steps, tensor, at),
      step = steps[found]
    return step && step.part === group.part && !step.when ? [found, step] : null
  }
  const found = source(group.args['x']!, reader)
  const kind = found && kinds[found[1].op]
  if (!found || kind == null) return null
  const [at, norm] = found
  const { D, R, own, eps } = norm.params as Record<'D' | 'R' | 'own' | 'eps', number>,
    hasBias = norm.params['hasBias'] ?? 0
  if (R !== 1 || own !== 0 || D !== group.params['K'] || norm.args['x'] === norm.args['y']) return null
  const before = source(norm.args['x']!, at)
  const rows = before?.[1].op === 'rows' ? before : null
  const [first, x] = rows ? [rows[0], rows[1].args['x']!] : [at, norm.args['x']!]
  if (isWrittenBetween(steps, x, first, last)) return null
  const { gain, bias: shift } = norm.args as { gain: string; bias?: string }
  const again = [...(rows ? [rows[1].name] : []), norm.name]
  return {
    ...group,
    name: `${group.name}+`,
    kind: `normed-${group.kind}`,
    args: { ...group.args, x, gain, ...(shift && { shift }) },
    params: { ...group.params, norm: kind, eps: eps!, hasShift: hasBias, byRow: Number(rows !== null) },
    steps: [...again, ...group.steps],
    again,
  }
}
