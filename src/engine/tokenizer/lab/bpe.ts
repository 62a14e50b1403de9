// Byte-pair encoding, one merge at a time (Sennrich et al. 2016; Gage 1994).
//
// Of all neighbouring pairs the one with the lowest rank is joined, the leftmost on
// ties, until no pair has a rank. Slow and readable on purpose: the production
// tokenizer does the same with a queue, and a test holds them together.

import { asArray, type Json } from '../check.ts'

/** The rank of joining two pieces, or undefined when they are never joined. */
export type Ranks = (left: string, right: string) => number | undefined

export interface BpeStep {
  /** all pieces after this join; empty once a word is too long to keep every picture */
  pieces: string[]
  pair: [string, string]
  rank: number
  /** where the joined piece stands */
  at: number
}

/** Pictures that are kept of one word: pieces summed over steps. */
export const maxPieces = 100_000

/**
 * @param symbols characters, or bytes in the byte-level alphabet. @param prefix what pieces inside a word carry,
 * dropped where two join
 */
export function bpeSteps(
  symbols: readonly string[],
  ranks: Ranks,
  prefix = '',
): { steps: BpeStep[]; pieces: string[] } {
  const pieces = [...symbols]
  const steps: BpeStep[] = []
  let kept = 0
  for (;;) {
    let at = -1,
      rank = Infinity
    for (let i = 0; i + 1 < pieces.length; i++) {
      const found = ranks(pieces[i]!, pieces[i + 1]!)
      if (found !== undefined && found < rank) {
        rank = found
        at = i
      }
    }
    if (at < 0) return { steps, pieces }
    const pair: [string, string] = [pieces[at]!, pieces[at + 1]!]
    pieces.splice(
      at,
      2,
      pair[0] + (prefix !== '' && pair[1].startsWith(prefix) ? pair[1].slice(prefix.length) : pair[1]),
    )
    kept += pieces.length
    steps.push({ pieces: kept <= maxPieces ? [...pieces] : [], pair, rank, at })
  }
}

/** Ranks from a tokenizer.json model: the place in its list, or `merge_ranks` where a score gave them. */
export function ranksOf(model: Json): Ranks {
  const merges = asArray(model.merges, 'merges', Infinity) as (string | [string, string])[]
  const given = model.merge_ranks as number[] | undefined
  // the length in front keeps "a" + "bc" apart from "ab" + "c"
  const table = new Map<string, number>()
  merges.forEach((merge, i) => {
    const [left, right] = typeof merge === 'string' ? (merge.split(' ') as [string, string]) : merge
    table.set(`${left.length}:${left}${right}`, given?.[i] ?? i)
  })
  return (left, right) => table.get(`${left.length}:${left}${right}`)
}
