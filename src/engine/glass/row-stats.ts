// Rows of logits reduced where they lie (ops/row-stats.ts): entropy, divergence from another row, best candidates, targets.

import { MAX_CANDIDATES, MAX_TARGETS } from './door.ts'
import type { StepRunner } from './step-runner.ts'

/** Rows of logits in one submit. */
export const BATCH = 16

export interface RowAsked {
  /** the row that it is compared with */
  final: number
  targets: readonly number[]
}
export interface RowStats {
  max: number
  lse: number
  entropy: number
  /** KL(final ‖ this), nats */
  kl: number
  top: { id: number; logit: number }[]
  targets: { logit: number; rank: number }[]
}

/**
 * @param name of the tensors and the step, which belong to these logits
 * @param logits tensor (rows, V), at most BATCH of them @param max candidates
 */
export async function reduceRows(
  runner: StepRunner,
  name: string,
  logits: string,
  rows: readonly RowAsked[],
  max: number,
): Promise<RowStats[]> {
  const { V } = runner.runtime.plan.dims
  const topK = Math.min(max, V)
  const targets = Math.max(0, ...rows.map((r) => r.targets.length))
  const width = 4 + 2 * topK + 2 * targets
  const [ids, stats] = [`${name}.ids`, `${name}.stats`]
  runner.tensor(ids, BATCH * (1 + MAX_TARGETS))
  runner.tensor(stats, BATCH * (4 + 2 * MAX_CANDIDATES + 2 * MAX_TARGETS))
  runner.write(
    ids,
    Uint32Array.from([
      ...rows.map((r) => r.final),
      ...rows.flatMap((r) => Array.from({ length: targets }, (_, n) => r.targets[n] ?? 0)),
    ]),
  )
  const params = { V, k: topK, targets, width }
  const ready = await runner.step(`${name}.reduce`, 'row-stats', { x: logits, ids, stats }, params)
  runner.runtime.setParams(ready, params)
  runner.run([ready], { T: rows.length, pos: 0, row: 0, prefix: 0 })
  const data = await runner.read(stats, 0, rows.length * width)
  return rows.map((row, r): RowStats => {
    const at = (i: number): number => data[r * width + i]!
    return {
      max: at(0),
      lse: at(1),
      entropy: at(2),
      kl: at(3),
      top: Array.from({ length: topK }, (_, n) => ({ id: at(4 + 2 * n), logit: at(5 + 2 * n) })),
      targets: row.targets.map((_, n) => ({ logit: at(4 + 2 * topK + 2 * n), rank: at(5 + 2 * topK + 2 * n) })),
    }
  })
}
