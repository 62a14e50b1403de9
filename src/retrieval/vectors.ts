// Vectors of texts as int8 rows, and the exact search over them: every row is looked at. A row is its codes from −127 to 127
// and one scale, its largest magnitude / 127; so is the question's. Dot products of codes are whole numbers, so that every
// device finds the same ones (below 2^31 up to 133,152 columns). 100,000 rows of 384 are 38.4 MB and 0.4 MB of scales.

import { EngineError } from '../engine/errors.ts'
import type { Scored } from './bm25.ts'

/** One row per text, `dims` wide. */
export interface Rows {
  dims: number
  codes: Int8Array
  scales: Float32Array
}

/**
 * @param vectors (rows, dims), row behind row
 * @throws PARAM_INVALID where a number is not finite or the last row is not whole
 */
export function packRows(vectors: Float32Array, dims: number): Rows {
  const refuse = (need: string, found: string): never => {
    throw new EngineError('PARAM_INVALID', `Cannot store the vectors: they must be ${need}, found ${found}.`, {
      param: 'vectors',
      need,
      found,
    })
  }
  if (!(Number.isSafeInteger(dims) && dims > 0) || vectors.length % dims !== 0) {
    refuse(`whole rows of ${dims} numbers`, `${vectors.length} numbers`)
  }
  const codes = new Int8Array(vectors.length)
  const scales = new Float32Array(vectors.length / dims)
  for (let row = 0; row < scales.length; row++) {
    const from = row * dims
    let most = 0
    for (let i = from; i < from + dims; i++) {
      const size = Math.abs(vectors[i]!)
      if (!Number.isFinite(size)) refuse('finite numbers', String(vectors[i]))
      if (size > most) most = size
    }
    scales[row] = most / 127
    if (most === 0) continue
    for (let i = from; i < from + dims; i++) codes[i] = Math.round((vectors[i]! / most) * 127)
  }
  return { dims, codes, scales }
}

/** Whole-number dot products of every row with the question's codes. */
export function dotRows({ dims, codes, scales }: Rows, question: Int8Array): Int32Array {
  if (question.length !== dims) {
    throw new EngineError(
      'PARAM_INVALID',
      `Cannot search: the question has ${question.length} numbers and the stored vectors ${dims}. They are of different models.`,
      { param: 'question', need: `${dims} numbers`, found: String(question.length) },
    )
  }
  const dots = new Int32Array(scales.length)
  for (let row = 0, at = 0; row < dots.length; row++) {
    let sum = 0
    for (let i = 0; i < dims; i++) sum += codes[at++]! * question[i]!
    dots[row] = sum
  }
  return dots
}

/** The best `k` rows for a question, best first; of equal ones the earlier first. Of vectors of length 1: their cosines. */
export function scan(rows: Rows, question: Float32Array, k: number): Scored[] {
  const asked = packRows(question, question.length)
  return best(dotRows(rows, asked.codes), rows.scales, asked.scales[0] ?? 0, k)
}

/** Of all dot products the best `k`, without sorting the others. */
export function best(dots: Int32Array, scales: Float32Array, scale: number, k: number): Scored[] {
  const found: Scored[] = []
  for (let index = 0; index < dots.length; index++) {
    const score = dots[index]! * scales[index]! * scale
    // a scale that is damaged gives no number: such a row is not found
    if (Number.isNaN(score) || (found.length === k && !(score > (found[k - 1]?.score ?? Infinity)))) continue
    let at = found.length
    while (at > 0 && score > found[at - 1]!.score) at--
    found.splice(at, 0, { index, score })
    if (found.length > k) found.pop()
  }
  return found
}
