// DoRA (Liu et al. 2024): each row of W + s · by · B A is given the length m, which was trained beside it. Without forming
// that matrix, what it changes is (f - 1) (W x) + f · s · by · B (A x), f = m / |row|; the bias stays. W x is computed once
// more: where it went into the residual, it stands nowhere by itself. What other adapters added to it before is scaled
// with it, and is not in |row|: so PEFT has it.

import type { VectorSpec } from '../model/plan.ts'
import { inner, outer, type LowRank } from './low-rank.ts'
import { isWhole, type ModuleUse } from './modules.ts'
import type { Rewrite } from './rewrite.ts'

/** @param magnitude the adapter's tensor (out) @returns whether it can be done here */
export function addDora(rewrite: Rewrite, use: ModuleUse, low: LowRank, magnitude: string): boolean {
  const { step, part, from } = use
  if (step.op !== 'matmul' || !isWhole(use, rewrite.width(step.args['y']!))) return false
  const width = step.params['N']!
  const own = rewrite.weightOf(use)
  const { slice } = part
  const { t, made } = inner(rewrite, use, low)
  const [u, v] = [rewrite.buffer('u', step, width), rewrite.buffer('v', step, width)]
  const up = outer(rewrite, use, t, low, v)
  const factors = (plus: number): string => {
    const spec: VectorSpec = {
      parts: [{ tensor: rewrite.name(magnitude), length: part.rows, ...(slice && { slice }) }],
      length: width,
      make: {
        kind: 'scaled',
        adapter: rewrite.adapter,
        by: {
          how: 'rows',
          plus,
          at: from,
          length: part.rows,
          rest: 0,
          by: low.by,
          ...own,
          a: made[0]!.args['weight']!,
          b: up.args['weight']!,
        },
      },
    }
    return rewrite.vector(`${magnitude} ${step.name} ${from} ${plus}`, spec)
  }
  const scaled = (x: string, plus: number) => ({
    op: 'scale',
    args: { x, factors: factors(plus) },
    params: { N: width, by: 1, each: 1, cap: 0, limit: 0 },
  })
  const plain = { x: step.args['x']!, weight: own.weight, y: u }
  const added = (delta: string) => ({ op: 'add', args: { x: step.args['y']!, delta }, params: { D: width, by: 1 } })
  rewrite.behind(use, [
    ...made,
    { op: 'matmul', args: plain, params: { ...step.params, hasBias: 0, accumulate: 0 } },
    ...rewrite.replay(use, u),
    scaled(u, -1),
    up,
    scaled(v, 0),
    added(u),
    added(v),
  ])
  rewrite.changes(use, {
    how: 'lengths',
    a: made[0]!.args['weight']!,
    b: up.args['weight']!,
    by: low.by,
    lengths: { tensor: rewrite.name(magnitude), length: part.rows, ...(slice && { slice }) },
  })
  return true
}
