// What a vector of the Plan holds, made of what the checkpoint holds (plan.ts, VectorMake): ALiBi's slopes, T5's table by
// distance, Gemma's gains. Knows no files and no devices.

import { alibiSlopes } from './alibi.ts'
import type { VectorMake, VectorSpec } from './plan.ts'

/** @param parts the values of spec.parts, one after the other @returns spec.length values */
export function makeVector(
  { make, length }: Pick<VectorSpec, 'length'> & { make: Exclude<VectorMake, { kind: 'unit-rows' | 'scaled' }> },
  parts: Float32Array,
): Float32Array {
  switch (make.kind) {
    case 'plus-one':
      return parts.map((gain) => 1 + gain)
    case 'slopes':
      return alibiSlopes(length).map((slope) => slope * make.by)
    case 'buckets':
      return byDistance(make, parts)
  }
}

/**
 * T5's bucket of a key `away` = key - query positions away: one each near by, then logarithmic up to `reach`.
 * Raffel et al. 2020; in f32, as the reference rounds.
 * @param both halves the buckets: those of keys behind the query come first
 */
export function bucketOf(away: number, buckets: number, reach: number, both: boolean): number {
  const side = both ? Math.floor(buckets / 2) : buckets
  const first = both && away > 0 ? side : 0
  const far = both ? Math.abs(away) : Math.max(-away, 0)
  const exact = Math.floor(side / 2)
  if (far < exact) return first + far
  const f = Math.fround
  const part = f(f(Math.log(f(far / exact))) / Math.log(reach / exact))
  return first + Math.min(exact + Math.trunc(f(part * (side - exact))), side - 1)
}

/** (buckets, heads) -> (heads, 2 reach + 1) */
function byDistance(
  { buckets, heads, reach, both }: Extract<VectorMake, { kind: 'buckets' }>,
  table: Float32Array,
): Float32Array {
  const width = 2 * reach + 1
  const out = new Float32Array(heads * width)
  for (let n = 0; n < width; n++) {
    const bucket = bucketOf(n - reach, buckets, reach, both)
    for (let h = 0; h < heads; h++) out[h * width + n] = table[bucket * heads + h]!
  }
  return out
}
