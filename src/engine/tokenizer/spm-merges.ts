// SentencePiece BPE scores → merges of a rank-based BPE that give the same ids.
//
// SentencePiece (and llama.cpp) joins the neighbouring pair whose joined piece has
// the highest score, leftmost first on ties. So a piece of n characters becomes a
// merge for every way to cut it in two pieces, and all merges into pieces of equal
// score share one rank. Kudo & Richardson 2018; llama.cpp llm_tokenizer_spm.
//
// 262,144 pieces make half a million merges. Their ids are known here and are kept beside
// the list: to look every text up again takes seconds.

import { invalid, limits } from './check.ts'

export interface ScoredMerges {
  merges: [string, string][]
  ranks: number[]
}

const known = new WeakMap<object, Int32Array>()

/**
 * Of a list that mergesFromScores() made: for each merge the ids of left, right and joined piece, -1 for a character that
 * is no token. Of other lists nothing is known.
 */
export const idsOfMerges = (merges: unknown): Int32Array | undefined => known.get(merges as object)

/**
 * @param joinable which pieces may be the result of a join (not control, unknown or byte pieces)
 * @param vocab token → id
 */
export function mergesFromScores(
  tokens: readonly string[],
  scores: ArrayLike<number>,
  joinable: (id: number) => boolean,
  vocab: Readonly<Record<string, number>>,
): ScoredMerges {
  const order: number[] = []
  for (let id = 0; id < tokens.length; id++) {
    if (!joinable(id)) continue
    if (Number.isNaN(scores[id]!)) throw invalid(`the score of piece ${id} is not a number`)
    order.push(id)
  }
  const begins = beginnings(tokens, order, 1),
    ends = beginnings(tokens, order, -1)
  order.sort((a, b) => scores[b]! - scores[a]! || a - b)

  const merges: [string, string][] = [],
    ranks: number[] = [],
    ids: number[] = []
  // a text may stand twice among the tokens, once joinable
  const inVocab = new Int32Array(tokens.length)
  for (const id of order) inVocab[id] = vocab[tokens[id]!] ?? -1
  const named = (id: number, text: string): number => (id < 0 ? (vocab[text] ?? -1) : inVocab[id]!)
  // by length: the piece that this one ends with, good where `of` is this one
  const right = { id: new Int32Array(longest(tokens)), of: new Int32Array(longest(tokens)).fill(-1) }
  let rank = -1,
    last = NaN
  for (const id of order) {
    if (scores[id] !== last) {
      rank++
      last = scores[id]!
    }
    const piece = tokens[id]!,
      n = piece.length
    const first = isLowSurrogate(piece, 1) ? 2 : 1,
      final = n - (isLowSurrogate(piece, n - 1) ? 2 : 1)
    if (first >= n) continue
    for (let end = ends[id]!; end >= 0; end = ends[end]!) {
      right.id[tokens[end]!.length] = end
      right.of[tokens[end]!.length] = id
    }
    // the pieces that it begins with, the longest first; its first character is one in any case
    const lefts: number[] = []
    for (let begin = begins[id]!; begin >= 0; begin = begins[begin]!) lefts.push(begin)
    if (lefts.length === 0 || tokens[lefts.at(-1)!]!.length !== first) lefts.push(-1)
    for (let i = lefts.length - 1; i >= 0; i--) {
      const left = lefts[i]!,
        at = left < 0 ? first : tokens[left]!.length
      const found = right.of[n - at] === id ? right.id[n - at]! : -1
      // cut between characters, never inside a surrogate pair
      if ((found < 0 && at !== final) || isLowSurrogate(piece, at)) continue
      if (merges.length >= limits.merges) throw invalid(`its pieces need more than ${limits.merges} merges`)
      const pair: [string, string] = [piece.slice(0, at), piece.slice(at)]
      merges.push(pair)
      ranks.push(rank)
      ids.push(named(left, pair[0]), named(found, pair[1]), named(id, piece))
    }
  }
  known.set(merges, Int32Array.from(ids))
  return { merges, ranks }
}

const longest = (tokens: readonly string[]): number => tokens.reduce((most, { length }) => Math.max(most, length), 1)

/**
 * For each piece of `some` the longest other one of them that it begins with, or -1: those that share their first
 * characters are parted by the next one, until each stands alone.
 * @param step 1; -1: that it ends with
 */
function beginnings(tokens: readonly string[], some: readonly number[], step: 1 | -1): Int32Array {
  const found = new Int32Array(tokens.length).fill(-1)
  const open = [{ ids: some, depth: 0, parent: -1 }]
  for (let group = open.pop(); group; group = open.pop()) {
    const { ids, depth, parent } = group
    const next = new Map<number, number[]>()
    let whole = parent
    for (const id of ids) {
      const text = tokens[id]!
      if (text.length === depth) {
        found[id] = parent
        whole = id
        continue
      }
      const unit = text.charCodeAt(step > 0 ? depth : text.length - 1 - depth)
      const alike = next.get(unit)
      if (alike) alike.push(id)
      else next.set(unit, [id])
    }
    for (const alike of next.values()) {
      if (alike.length === 1) found[alike[0]!] = whole
      else open.push({ ids: alike, depth: depth + 1, parent: whole })
    }
  }
  return found
}

const isLowSurrogate = (text: string, at: number): boolean => {
  const code = text.charCodeAt(at)
  return code >= 0xdc00 && code < 0xe000 && (text.charCodeAt(at - 1) & 0xfc00) === 0xd800
}

/** Left and right piece of a merge as files write it. */
export const pairOf = (merge: string | [string, string]): [string, string] => {
  if (typeof merge !== 'string') return merge
  const space = merge.indexOf(' ')
  return [merge.slice(0, space), merge.slice(space + 1)]
}

/** What a merge makes. @param prefix what pieces inside a word carry, dropped where two join */
export const joined = (left: string, right: string, prefix: string): string =>
  left + (prefix !== '' && right.startsWith(prefix) ? right.slice(prefix.length) : right)

/** A single character is a symbol from the start, in the vocabulary or not. */
export const isCharacter = (text: string): boolean =>
  text.length === 1 || (text.length === 2 && isLowSurrogate(text, 1))
