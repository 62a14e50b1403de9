// DoRA (Liu et al. 2024): each row of W + s · by · B A is given the length m, which was trained beside it. Without forming
// that matrix, what it changes is (f - 1) (W x) + f · s · by · B (A x), f = m / |row|; the bias stays. W x is computed once
// more: where it went into the residual, it stands nowhere by itself. What other adapters added to it before is scaled
// with it, and is not in |row|: so PEFT has it.

import type { ScaledBy, VectorPart } from '../model/plan.ts'
import { inner, outer, type LowRank } from './low-rank.ts'
import { isWhole, type ModuleUse } from './modules.ts'
import type { Made, Rewrite } from './rewrite.ts'

/** @param magnitude the adapter's tensor (out); of a table (width) @returns whether it can be done here */
export function addDora(rewrite: Rewrite, use: ModuleUse, low: LowRank, magnitude: string): boolean {
  const { step, part } = use
  if (step.op === 'gather') return !step.params['accumulate'] && addToTable(rewrite, use, low, magnitude)
  if (step.op !== 'matmul' || !isWhole(use, rewrite.width(step.args['y']!))) return false
  const width = step.params['N']!
  const own = rewrite.weightOf(use)
  const { slice } = part
  const lengths: VectorPart = { tensor: rewrite.name(magnitude), length: part.rows, ...(slice && { slice }) }
  const { t, made } = inner(rewrite, use, low)
  const [u, v] = [rewrite.buffer('u', step, width), rewrite.buffer('v', step, width)]
  const up = outer(rewrite, use, t, low, v)
  const [a, b] = [made[0]!.args['weight']!, up.args['weight']!]
  const scaled = (x: string, plus: number): Made =>
    byLength(rewrite, use, x, width, lengths, { plus, by: low.by, ...own, a, b, isTable: false })
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
  rewrite.changes(use, { how: 'lengths', a, b, by: low.by, lengths, isTable: false })
  return true
}

/** f * (E[id] + s · by · B A[:, id]): it is the columns of a table that have a length, one for each number of a row. */
function addToTable(rewrite: Rewrite, use: ModuleUse, low: LowRank, magnitude: string): boolean {
  const { step } = use
  const lengths: VectorPart = { tensor: rewrite.name(magnitude), length: low.cols }
  const { t, made } = inner(rewrite, use, low)
  const up = outer(rewrite, use, t, low)
  const how = {
    by: low.by,
    ...rewrite.weightOf(use),
    a: made[0]!.args['weight']!,
    b: up.args['weight']!,
    isTable: true,
  }
  const y = step.args['y']!
  rewrite.behind(use, [...made, up, byLength(rewrite, use, y, low.cols, lengths, { plus: 0, ...how })])
  rewrite.changes(use, { how: 'lengths', a: how.a, b: how.b, by: how.by, lengths, isTable: true })
  return true
}

type Rows = Extract<ScaledBy, { how: 'rows' }>

/** x times its lengths by those of the rows, plus a number. */
function byLength(
  rewrite: Rewrite,
  { step, from }: ModuleUse,
  x: string,
  width: number,
  part: VectorPart,
  rows: Omit<Rows, 'how' | 'at' | 'length' | 'rest'>,
): Made {
  const at = rows.isTable ? 0 : from
  const by: Rows = { how: 'rows', at, length: part.length, rest: 0, ...rows }
  const make = { kind: 'scaled' as const, adapter: rewrite.adapter, by }
  const name = `${part.tensor} ${step.name} ${from} ${rows.plus}`
  const factors = rewrite.vector(name, { parts: [part], length: width, make })
  return { op: 'scale', args: { x, factors }, params: { N: width, by: 1, each: 1, cap: 0, limit: 0 } }
}
