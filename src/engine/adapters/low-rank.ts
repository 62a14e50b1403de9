// The steps of a low-rank change: y += s · by · B (A x), behind the matmul or the gather whose y it is. Never merged: on a
// quantized model that would round it away (QLoRA). t = A x stands in a buffer of r floats; s is how strong the adapter is.

import type { ModuleUse } from './modules.ts'
import type { Made, Rewrite } from './rewrite.ts'

export interface LowRank {
  /** the adapter's tensor (r, in); of an embedding (r, tokens) */
  a: string
  /** of an embedding, `a` is (tokens, r) */
  byToken?: boolean
  /** (out, r) */
  b: string
  r: number
  rows: number
  cols: number
  by: number
  /** multiplied with each of the r numbers, beside s: AdaLoRA's (r, 1) */
  each?: string
  /** added to B t: (out), s and by count for it, too */
  bias?: string
}

/** @returns whether this use of the module can be changed: a matmul, or a table's rows */
export const canChange = ({ step: { op } }: ModuleUse): boolean => op === 'matmul' || op === 'gather'

/** t = s · by · A x, ready to be multiplied by B. */
export function inner(
  rewrite: Rewrite,
  use: ModuleUse,
  { a, r, rows, cols, by, each, byToken }: LowRank,
): { t: string; made: Made[] } {
  const { step } = use
  const t = rewrite.buffer('t', step, r)
  const down: Made =
    step.op === 'gather'
      ? {
          op: 'gather',
          args: {
            ids: step.args['ids']!,
            weight: rewrite.matrix(a, rows, r, byToken ? {} : { transpose: true }),
            y: t,
          },
          params: { D: r, accumulate: 0 },
        }
      : {
          op: 'matmul',
          args: { x: step.args['x']!, weight: rewrite.matrix(a, r, cols), y: t },
          params: { K: cols, N: r, hasBias: 0, accumulate: 0, yStride: r, yOffset: 0 },
        }
  const scaled = (factors: string, factor: number): Made => ({
    op: 'scale',
    args: { x: t, factors },
    params: { N: r, by: factor, each: 1, cap: 0, limit: 0 },
  })
  const strength = rewrite.vector(`strength ${r}`, {
    parts: [],
    length: r,
    make: { kind: 'scaled', adapter: rewrite.adapter, by: { how: 'strength', by: 1, at: 0, length: r, rest: 0 } },
  })
  const own = each === undefined ? [] : [scaled(rewrite.given(each, r, [r, 1]), 1)]
  return { t, made: [down, ...own, scaled(strength, by)] }
}

/** y += B t, or with `to` that buffer's = B t. */
export function outer(rewrite: Rewrite, { step, part, from }: ModuleUse, t: string, low: LowRank, to?: string): Made {
  const { r, b, by, bias, cols } = low
  const { yStride = step.params['D']!, yOffset = 0 } = step.params
  // rows of a stacked matrix come in slices; those of a table never
  const isTable = step.op === 'gather'
  const slice = isTable ? undefined : part.slice,
    N = isTable ? cols : part.rows
  const span = { length: N, ...(slice && { slice }) }
  const vector =
    bias === undefined
      ? null
      : rewrite.vector(`${bias}${slice ? ` ${slice.from}` : ''}`, {
          parts: [{ tensor: rewrite.name(bias), ...span }],
          length: N,
          make: { kind: 'scaled', adapter: rewrite.adapter, by: { how: 'times', by, at: 0, length: N, rest: 0 } },
        })
  const weight = rewrite.matrix(b, N, r, slice && { slice })
  return {
    op: 'matmul',
    args: { x: t, weight, y: to ?? step.args['y']!, ...(vector && { bias: vector }) },
    params: { K: r, N, hasBias: Number(vector !== null), accumulate: Number(!to), yStride, yOffset: yOffset + from },
  }
}

/** y += s · by · B (A x). */
export function addLowRank(rewrite: Rewrite, use: ModuleUse, low: LowRank): void {
  const { t, made } = inner(rewrite, use, low)
  const up = outer(rewrite, use, t, low)
  rewrite.behind(use, [...made, up])
  const { by, each } = low
  const own = each === undefined ? {} : { each: rewrite.name(each) }
  const isTable = use.step.op === 'gather'
  rewrite.changes(use, { how: 'low-rank', a: made[0]!.args['weight']!, b: up.args['weight']!, ...own, by, isTable })
}
