// Bytes that one decoded token has to move: every weight once, the keys and values that it may see up to the text's true
// length, and the activations between steps. What a step must read and write, from the Plan; a kernel that reads more
// than that, or writes in between, is slower than this says.

import { maskEnd, maskStart } from '../ops/mask.ts'
import { ops } from '../ops/index.ts'
import { planWeightBytes, type LayoutOf } from './print.ts'
import type { Plan, PlanStep } from './plan.ts'

export interface Traffic {
  /** weights and vectors: of a table its one row, of experts those that are chosen */
  weights: number
  /** keys, values and states that are read, and those of the token itself */
  cache: number
  activations: number
}

/** Rows of a cache that a step touches for the token at position `pos`: what its mask shows, or one. */
function cacheRows({ mask, params }: PlanStep, reads: boolean, pos: number, prefix: number, context: number): number {
  if (!reads || mask === undefined) return 1
  const bound = { ...params, C: context }
  return maskEnd(bound, pos, prefix) - maskStart(bound, pos)
}

/**
 * @param length tokens in the cache before this one
 * @param context C, entries of the cache
 * @param prefix keys that every query sees (StepValues.prefix)
 */
export function tokenTraffic(plan: Plan, layoutOf: LayoutOf, length: number, context: number, prefix = 0): Traffic {
  const sum: Traffic = { weights: 0, cache: 0, activations: 0 }
  const { tokens, rows } = plan.programs.decode
  for (const step of plan.steps) {
    if (step.part !== tokens && step.part !== rows) continue
    const uses = ops[step.op]!.args
    for (const [arg, name] of Object.entries(step.args)) {
      const [weight, vector, table, cache, buffer] = [
        plan.weights[name],
        plan.vectors[name],
        plan.tables[name],
        plan.caches[name],
        plan.buffers[name],
      ]
      if (weight) sum.weights += planWeightBytes(step, [layoutOf(name)])
      else if (vector) sum.weights += vector.length * 4
      else if (table) sum.activations += table.width * 4
      else if (cache) {
        const seen = cacheRows(step, uses[arg] === 'read', length, prefix, context)
        sum.cache += seen * cache.kvHeads * cache.headDim * 4
      } else if (buffer) sum.activations += buffer.width * 4 * (uses[arg] === 'update' ? 2 : 1)
    }
  }
  return { weights: Math.round(sum.weights), cache: sum.cache, activations: sum.activations }
}
