// What matmul's variants ask of a weight's shape, and the sizes that they cut it into.

import { quantOf } from '../../quants/weight.ts'
import type { VariantContext } from '../op.ts'

/** Can the weight be read 32 columns at a time? */
export const inRuns = ({ params, format }: VariantContext): boolean =>
  format !== null && quantOf(format).inRuns({ cols: params['K']!, block: params['block']! })

/** How many tiles of `m` cover `n`. */
export const tiles = (n: number, m: number): number => Math.ceil(n / m)

/**
 * How many threads share a row: the most of which nine tenths have work in every round. No more than blocks of x are in
 * workgroup memory at a time: 64 of one token, 16 of four.
 */
export function lanesFor(K: number, columns: 1 | 4 = 1): number {
  const blocks = K / 32
  const counts = columns === 1 ? [32, 16, 8] : [16, 8]
  return counts.find((lanes) => blocks / (tiles(blocks, lanes) * lanes) >= 0.9) ?? 4
}

/** The fewest lanes that a subgroup may have here; 0 where shaders have none. */
export const lanesOf = ({ features }: VariantContext): number => features.subgroups?.min ?? 0
