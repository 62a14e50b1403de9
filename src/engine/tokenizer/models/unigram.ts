// Unigram by Viterbi over the characters of a word (Kudo 2018), as the Rust library's
// encode_optimized: best score up to each place, the first found of equals.

import { asArray, type Json } from '../check.ts'
import { PrefixTable } from '../prefix-table.ts'
import { pieceType } from '../sentencepiece/proto.ts'
import { byteTokens } from './bpe.ts'
import type { Encode } from './encode.ts'

const unknownPenalty = 10

export interface UnigramRules {
  /** pieces that text is cut into */
  pieces: string[]
  score(id: number): number
  unkScore: number
  /** a sum of scores as the library keeps it */
  rounded(sum: number): number
  /** a run of unknown characters may be a piece (Rust), or never is (SentencePiece) */
  joins: boolean
}

/**
 * How pieces compete. With `piece_types` as SentencePiece itself has it: sums in float32, control and unused pieces
 * never stand in text, and user-defined ones win.
 */
export function unigramRules(model: Json, ids: ReadonlyMap<string, number>): UnigramRules {
  const vocab = asArray(model.vocab, 'vocab', Infinity) as [string, number][]
  const types = model.piece_types as ArrayLike<number> | undefined
  let lowest = Infinity,
    highest = 0 // SentencePiece starts from the smallest positive number
  vocab.forEach(([, score], id) => {
    if (types && types[id] !== pieceType.normal) return
    lowest = Math.min(lowest, score)
    highest = Math.max(highest, score)
  })
  if (!types) {
    return {
      pieces: [...ids.keys()],
      score: (id) => vocab[id]![1],
      unkScore: lowest - unknownPenalty,
      rounded: (sum) => sum,
      joins: true,
    }
  }
  const isOwn = (id: number): boolean => types[id] === pieceType.userDefined
  return {
    pieces: [...ids].filter(([, id]) => isOwn(id) || types[id] === pieceType.normal).map(([piece]) => piece),
    score: (id) => (isOwn(id) ? utf8.encode(vocab[id]![0]).length * highest - 0.1 : vocab[id]![1]),
    unkScore: Math.fround(lowest - unknownPenalty),
    rounded: Math.fround,
    joins: false,
  }
}

const utf8 = new TextEncoder()

/** @param model a checked model of type Unigram */
export function unigramModel(model: Json, ids: ReadonlyMap<string, number>): Encode {
  const unk = model.unk_id as number,
    bytes = model.byte_fallback === true
  const { pieces: texts, score, unkScore, rounded, joins } = unigramRules(model, ids)
  const table = new PrefixTable(texts)
  const scores = Float64Array.from({ length: (model.vocab as unknown[]).length }, (_, id) => score(id))

  return (word, meter) => {
    const n = word.length
    const best = new Float64Array(n + 1),
      from = new Int32Array(n + 1).fill(-1),
      by = new Int32Array(n + 1)
    const offer = (start: number, end: number, id: number, own: number): void => {
      const sum = rounded(best[start]! + own)
      if (from[end]! < 0 || sum > best[end]!) {
        best[end] = sum
        from[end] = start
        by[end] = id
      }
    }
    for (let start = 0; start < n;) {
      const width = word.codePointAt(start)! > 0xffff ? 2 : 1
      let single = false
      meter.work(
        table.match(word, start, (piece) => {
          const id = ids.get(piece)!
          if (piece.length === width) single = true
          offer(start, start + piece.length, id, scores[id]!)
        }),
      )
      if (!single) offer(start, start + width, unk, unkScore)
      start += width
    }
    const found: number[] = []
    const unknown = (run: string): number[] => {
      const id = joins ? ids.get(run) : undefined
      if (id !== undefined) return [id]
      return byteTokens(run, (token) => ids.has(token), bytes)?.map((token) => ids.get(token)!) ?? [unk]
    }
    // from the end; a run of unknown pieces is one piece
    for (let end = n; end > 0;) {
      const to = end
      if (by[end] !== unk) {
        found.push(by[end]!)
        end = from[end]!
        continue
      }
      while (end > 0 && by[end] === unk) end = from[end]!
      found.push(...unknown(word.slice(end, to)).reverse())
    }
    return found.reverse()
  }
}
