// Indexes that look at some vectors instead of all, to be seen and measured: how many they visit, and how much of what the
// exact scan finds they find (recall). Below some hundred thousand chunks the scan needs no help.

/** Rows, the best first, and which rows were looked at on the way. */
export interface Approximate {
  found: number[]
  visited: number[]
}

/** Of a row and a question. */
export function dot(vectors: Float32Array, row: number, question: Float32Array): number {
  let sum = 0
  for (let i = 0, at = row * question.length; i < question.length; i++) sum += vectors[at++]! * question[i]!
  return sum
}

/** The k rows most like the question, of all or of some; of equal ones the earlier first. */
export function nearest(
  vectors: Float32Array,
  dims: number,
  question: Float32Array,
  k: number,
  rows: readonly number[] = Array.from({ length: vectors.length / dims }, (_, r) => r),
): number[] {
  return rows
    .map((r) => ({ r, score: dot(vectors, r, question) }))
    .sort((a, b) => b.score - a.score || a.r - b.r)
    .slice(0, k)
    .map(({ r }) => r)
}

/** Share of what there was to find. */
export const recallOf = (found: readonly number[], exact: readonly number[]): number =>
  exact.length === 0 ? 1 : exact.filter((r) => found.includes(r)).length / exact.length
