// Unigram language model: the most likely way to cut a text (Kudo 2018).
//
// Every piece of the vocabulary that fits somewhere is an edge of a lattice with its
// log-probability as score; Viterbi finds the path with the highest sum:
//   best(j) = max over edges i → j of best(i) + score
// A character without an edge of its own gets the unknown one: lowest score − 10.

import { Meter } from '../meter.ts'
import type { UnigramRules } from '../models/unigram.ts'

export interface LatticeEdge {
  start: number
  end: number
  piece: string
  id: number
  score: number
  unknown: boolean
}

export interface UnigramTrace {
  /** by start, then length */
  edges: LatticeEdge[]
  /** the best sum of scores that reaches each position, 0 … length */
  best: number[]
  /** the edges of the best path */
  path: LatticeEdge[]
  score: number
}

export interface UnigramModel {
  ids: ReadonlyMap<string, number>
  scores: readonly number[]
  unkId: number
  unkScore: number
  longest: number
  rounded(sum: number): number
}

/** @param vocab [piece, score] by id. @param rules which pieces compete, and how; all, by their scores, without */
export function unigramModel(
  vocab: readonly [string, number][],
  unkId: number,
  rules?: Pick<UnigramRules, 'pieces' | 'score' | 'unkScore' | 'rounded'>,
): UnigramModel {
  let lowest = Infinity,
    longest = 1
  const ids = new Map<string, number>()
  const compete = rules && new Set(rules.pieces)
  vocab.forEach(([piece, score], id) => {
    lowest = Math.min(lowest, score)
    if (compete && !compete.has(piece)) return
    ids.set(piece, id)
    longest = Math.max(longest, piece.length)
  })
  return {
    ids,
    scores: vocab.map(([, score], id) => rules?.score(id) ?? score),
    unkId,
    unkScore: rules?.unkScore ?? lowest - 10,
    longest,
    rounded: rules?.rounded ?? ((sum) => sum),
  }
}

/** Positions count characters. */
export function unigramSteps(text: string, model: UnigramModel, meter = new Meter(text.length)): UnigramTrace {
  const characters = [...text]
  const n = characters.length
  const edges: LatticeEdge[] = []
  const best = new Array<number>(n + 1).fill(-Infinity)
  const last = new Array<LatticeEdge | null>(n + 1).fill(null)
  best[0] = 0
  const add = (edge: LatticeEdge): void => {
    edges.push(edge)
    const sum = model.rounded(best[edge.start]! + edge.score)
    if (sum > best[edge.end]!) {
      best[edge.end] = sum
      last[edge.end] = edge
    }
  }
  for (let start = 0; start < n; start++) {
    let piece = '',
      single = false
    for (let end = start + 1; end <= n; end++) {
      piece += characters[end - 1]!
      if (piece.length > model.longest) break
      meter.work(1 + (piece.length >> 7))
      const id = model.ids.get(piece)
      if (id === undefined) continue
      meter.work(4) // an edge is kept
      if (end === start + 1) single = true
      add({ start, end, piece, id, score: model.scores[id]!, unknown: id === model.unkId })
    }
    if (!single) {
      add({ start, end: start + 1, piece: characters[start]!, id: model.unkId, score: model.unkScore, unknown: true })
    }
  }
  const path: LatticeEdge[] = []
  for (let at = n; at > 0; at = path.at(-1)!.start) path.push(last[at]!)
  return { edges, best, path: path.reverse(), score: best[n]! }
}
