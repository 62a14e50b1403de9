// Unigram by Viterbi over the characters of a word (Kudo 2018), as the Rust library's
// encode_optimized: best score up to each place, the first found of equals.

import { asArray, type Json } from '../check.ts'
import { PrefixTable } from '../prefix-table.ts'
import { byteTokens } from './bpe.ts'
import type { Encode } from './encode.ts'

const unknownPenalty = 10

/** @param model a checked model of type Unigram */
export function unigramModel(model: Json, ids: ReadonlyMap<string, number>): Encode {
  const vocab = asArray(model.vocab, 'vocab', Infinity) as [string, number][]
  const unk = model.unk_id as number,
    bytes = model.byte_fallback === true
  let lowest = Infinity
  for (const [, score] of vocab) lowest = Math.min(lowest, score)
  const table = new PrefixTable(ids.keys())
  const unkScore = lowest - unknownPenalty

  return (word, meter) => {
    const n = word.length
    const best = new Float64Array(n + 1),
      from = new Int32Array(n + 1).fill(-1),
      by = new Int32Array(n + 1)
    const offer = (start: number, end: number, id: number, score: number): void => {
      const sum = best[start]! + score
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
          offer(start, start + piece.length, id, vocab[id]![1])
        }),
      )
      if (!single) offer(start, start + width, unk, unkScore)
      start += width
    }
    const pieces: string[] = []
    let unknownTo = -1 // a run of unknown pieces is one piece
    for (let end = n; end > 0; end = from[end]!) {
      if (by[end] === unk) {
        if (unknownTo < 0) unknownTo = end
        continue
      }
      if (unknownTo >= 0) {
        pieces.push(word.slice(end, unknownTo))
        unknownTo = -1
      }
      pieces.push(word.slice(from[end], end))
    }
    if (unknownTo >= 0) pieces.push(word.slice(0, unknownTo))
    return pieces.reverse().flatMap((piece) => {
      const id = ids.get(piece)
      if (id !== undefined) return [id]
      return byteTokens(piece, (token) => ids.has(token), bytes)?.map((token) => ids.get(token)!) ?? [unk]
    })
  }
}
