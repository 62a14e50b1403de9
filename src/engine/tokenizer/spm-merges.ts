// SentencePiece BPE scores → merges of a rank-based BPE that give the same ids.
//
// SentencePiece (and llama.cpp) joins the neighbouring pair whose joined piece has
// the highest score, leftmost first on ties. So a piece of n characters becomes a
// merge for every way to cut it in two pieces, and all merges into pieces of equal
// score share one rank. Kudo & Richardson 2018; llama.cpp llm_tokenizer_spm.

import { invalid, limits } from './check.ts'

export interface ScoredMerges {
  merges: [string, string][]
  ranks: number[]
}

/** @param joinable which pieces may be the result of a join (not control, unknown or byte pieces) */
export function mergesFromScores(
  tokens: readonly string[],
  scores: ArrayLike<number>,
  joinable: (id: number) => boolean,
): ScoredMerges {
  const pieces = new Set<string>()
  const order: number[] = []
  for (let id = 0; id < tokens.length; id++) {
    if (!joinable(id)) continue
    pieces.add(tokens[id]!)
    if (Number.isNaN(scores[id]!)) throw invalid(`the score of piece ${id} is not a number`)
    order.push(id)
  }
  order.sort((a, b) => scores[b]! - scores[a]! || a - b)

  const merges: [string, string][] = [],
    ranks: number[] = []
  let rank = -1,
    last = NaN
  for (const id of order) {
    if (scores[id] !== last) {
      rank++
      last = scores[id]!
    }
    const piece = tokens[id]!
    // cut between characters, never inside a surrogate pair
    for (let at = 1; at < piece.length; at++) {
      if (isLowSurrogate(piece, at)) continue
      // most beginnings are no pieces: their ends are not even cut off
      const left = piece.slice(0, at)
      if (!pieces.has(left) && !isCharacter(left)) continue
      const right = piece.slice(at)
      if (!pieces.has(right) && !isCharacter(right)) continue
      if (merges.length >= limits.merges) throw invalid(`its pieces need more than ${limits.merges} merges`)
      merges.push([left, right])
      ranks.push(rank)
    }
  }
  return { merges, ranks }
}

const isLowSurrogate = (text: string, at: number): boolean => {
  const code = text.charCodeAt(at)
  return code >= 0xdc00 && code < 0xe000 && (text.charCodeAt(at - 1) & 0xfc00) === 0xd800
}

/** A single character is a symbol from the start, in the vocabulary or not. */
export const isCharacter = (text: string): boolean =>
  text.length === 1 || (text.length === 2 && isLowSurrogate(text, 1))
