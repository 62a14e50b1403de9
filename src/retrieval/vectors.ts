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

/** A row that was found: its cosine, and what it was ranked by where that is more. */
export interface Near extends Scored {
  by?: number
}

/**
 * The best `k` rows for a question, best first; of equal ones the earlier first. Of vectors of length 1: their cosines.
 * @param documents see bestWithin()
 */
export function scan(rows: Rows, question: Float32Array, k: number, documents?: Int32Array): Near[] {
  const asked = packRows(question, question.length)
  const dots = dotRows(rows, asked.codes)
  const scale = asked.scales[0] ?? 0
  return documents ? bestWithin(dots, rows.scales, scale, k, documents) : best(dots, rows.scales, scale, k)
}

/** Of all dot products the best `k`, without sorting the others. */
export const best = (dots: Int32Array, scales: Float32Array, scale: number, k: number): Scored[] =>
  chosen(dots.length, (row) => dots[row]! * scales[row]! * scale, k)

/**
 * The same, where a row counts as much as it is alike and as the most alike row of its document is: a text names its subject once
 * and says "it" from there on, and the vectors of later chunks know nothing of the name (docs/retrieval.md measures it).
 * @param documents which document each row is of, numbered from 0
 * @returns each row's own cosine beside what it was ranked by
 */
export function bestWithin(
  dots: Int32Array,
  scales: Float32Array,
  scale: number,
  k: number,
  documents: Int32Array,
): Near[] {
  const cosine = (row: number): number => dots[row]! * scales[row]! * scale
  const tops: number[] = []
  documents.forEach((document, row) => {
    const own = cosine(row)
    if (own > (tops[document] ?? -Infinity)) tops[document] = own
  })
  const found = chosen(dots.length, (row) => cosine(row) + tops[documents[row]!]!, k)
  return found.map(({ index, score }) => ({ index, score: cosine(index), by: score }))
}

function chosen(rows: number, scoreOf: (row: number) => number, k: number): Scored[] {
  const found: Scored[] = []
  for (let index = 0; index < rows; index++) {
    const score = scoreOf(index)
    // a scale that is damaged gives no number: such a row is not found
    if (Number.isNaN(score) || (found.length === k && !(score > (found[k - 1]?.score ?? Infinity)))) continue
    let at = found.length
    while (at > 0 && score > found[at - 1]!.score) at--
    found.splice(at, 0, { index, score })
    if (found.length > k) found.pop()
  }
  return found
}
