// Byte-pair encoding with a queue: O(n log n) in the length of a word.
//
// Works on ids as the Rust library does: a character outside the vocabulary becomes its
// byte tokens, the unknown token or nothing *before* any merge. With `merge_ranks`
// (SentencePiece scores) characters stay symbols until all merges are done, as in
// llama.cpp. Of merges of equal rank the leftmost goes first.

import { asArray, type Json } from '../check.ts'
import type { Meter } from '../meter.ts'
import type { Encode } from './encode.ts'
import { joined, pairOf } from '../spm-merges.ts'
import { ownPieces } from './own-pieces.ts'

const utf8 = new TextEncoder()
const hex = Array.from({ length: 256 }, (_, b) => `<0x${b.toString(16).toUpperCase().padStart(2, '0')}>`)
/** Words whose ids are remembered, and their length. */
const remembered = 20_000,
  rememberedLength = 256

export interface Start {
  prefix: string
  suffix: string
  unk: string | null
  fuse: boolean
  bytes: boolean
  has(text: string): boolean
}

/**
 * What merging starts from: characters of the vocabulary; the others as byte tokens, the unknown token, or not at all.
 */
export function firstSymbols(word: string, { prefix, suffix, unk, fuse, bytes, has }: Start): string[] {
  const symbols: string[] = [],
    characters = [...word]
  let waiting = false // an unknown token that the next one may join
  characters.forEach((character, i) => {
    const text = (i > 0 ? prefix : '') + character + (i === characters.length - 1 ? suffix : '')
    if (has(text)) {
      if (waiting) {
        symbols.push(unk!)
        waiting = false
      }
      symbols.push(text)
      return
    }
    const found = byteTokens(text, has, bytes)
    if (found) {
      symbols.push(...found)
      return
    }
    if (unk === null) return
    if (waiting && !fuse) symbols.push(unk)
    waiting = true
  })
  if (waiting) symbols.push(unk!)
  return symbols
}

/** The byte tokens of a text, when the vocabulary has all of them. */
export function byteTokens(text: string, has: (token: string) => boolean, wanted: boolean): string[] | null {
  if (!wanted) return null
  const tokens = Array.from(utf8.encode(text), (byte) => hex[byte]!)
  return tokens.every(has) ? tokens : null
}

/** @param model a checked model of type BPE. @param known its merges' ids (Words.merges) */
export function bpeModel(model: Json, ids: ReadonlyMap<string, number>, known: Int32Array): Encode {
  const merges = asArray(model.merges, 'merges', Infinity) as (string | [string, string])[]
  const ranks = model.merge_ranks as number[] | undefined
  const prefix = typeof model.continuing_subword_prefix === 'string' ? model.continuing_subword_prefix : ''
  const suffix = typeof model.end_of_word_suffix === 'string' ? model.end_of_word_suffix : ''
  const unk = model.unk_token == null ? undefined : ids.get(model.unk_token as string)
  const bytes = model.byte_fallback === true
  const fuse = model.fuse_unk === true

  // symbols that are no tokens: characters that a scored merge names
  const extra = new Map<string, number>(),
    extraText: string[] = []
  const firstExtra = 2 ** 21
  const symbol = (text: string): number => {
    const id = ids.get(text) ?? extra.get(text)
    if (id !== undefined) return id
    extra.set(text, firstExtra + extraText.length)
    return firstExtra + extraText.push(text) - 1
  }
  const table = new Map<number, number>(),
    made = new Int32Array(merges.length),
    rankOf = new Float64Array(merges.length)
  for (let i = 0; i < merges.length; i++) {
    rankOf[i] = ranks?.[i] ?? i
    let a = known[3 * i]!,
      b = known[3 * i + 1]!
    made[i] = known[3 * i + 2]!
    if (a < 0 || b < 0 || made[i]! < 0) {
      const [left, right] = pairOf(merges[i]!)
      if (made[i]! < 0) made[i] = symbol(joined(left, right, prefix))
      if (a < 0) a = symbol(left)
      if (b < 0) b = symbol(right)
    }
    table.set(a * 2 ** 22 + b, i)
  }

  const fallback = (text: string): number[] | null =>
    byteTokens(text, (token) => ids.has(token), bytes)?.map((token) => ids.get(token)!) ?? null
  const options: Start = {
    prefix,
    suffix,
    bytes,
    fuse,
    unk: unk === undefined ? null : (model.unk_token as string),
    has: (text) => ids.has(text) || extra.has(text),
  }
  const start = (word: string): number[] => firstSymbols(word, options).map((text) => ids.get(text) ?? extra.get(text)!)
  const finish = (symbols: number[]): number[] =>
    extraText.length === 0
      ? symbols
      : fused(
          symbols.flatMap((id) => {
            if (id < firstExtra) return [id]
            return fallback(extraText[id - firstExtra]!) ?? (unk === undefined ? [] : [unk])
          }),
        )
  const fused = (list: number[]): number[] =>
    fuse && unk !== undefined ? list.filter((id, i) => id !== unk || list[i - 1] !== unk) : list

  const cut = ownPieces(model, ids)
  const remember = new Map<string, number[]>()
  const merged = (word: string, meter: Meter): number[] => {
    const parts = cut(word, meter)
    if (parts.length === 1 && !parts[0]!.own) return finish(mergeAll(start(word), table, made, rankOf))
    return parts.flatMap(({ text, own }) =>
      own ? [ids.get(text)!] : finish(mergeAll(start(text), table, made, rankOf)),
    )
  }
  return (word, meter) => {
    if (model.ignore_merges === true) {
      const whole = ids.get(word)
      if (whole !== undefined) return [whole]
    }
    let found = remember.get(word)
    if (found === undefined) {
      found = merged(word, meter)
      if (word.length <= rememberedLength) {
        if (remember.size >= remembered) remember.clear()
        remember.set(word, found)
      }
    }
    return found
  }
}

/** Merges the neighbours of lowest rank, leftmost first, until none are left. */
function mergeAll(
  symbols: number[],
  table: ReadonlyMap<number, number>,
  made: Int32Array,
  rankOf: Float64Array,
): number[] {
  const n = symbols.length
  if (n < 2) return symbols
  const next = new Int32Array(n),
    last = new Int32Array(n),
    id = Int32Array.from(symbols)
  for (let i = 0; i < n; i++) {
    next[i] = i + 1
    last[i] = i - 1
  }
  // a heap of (rank, place, merge)
  const heap: { rank: number; at: number; merge: number }[] = []
  const before = (a: number, b: number): boolean =>
    heap[a]!.rank < heap[b]!.rank || (heap[a]!.rank === heap[b]!.rank && heap[a]!.at < heap[b]!.at)
  const swap = (a: number, b: number): void => {
    const kept = heap[a]!
    heap[a] = heap[b]!
    heap[b] = kept
  }
  const offer = (at: number): void => {
    const right = next[at]!
    if (right >= n) return
    const merge = table.get(id[at]! * 2 ** 22 + id[right]!)
    if (merge === undefined) return
    let i = heap.push({ rank: rankOf[merge]!, at, merge }) - 1
    while (i > 0 && before(i, (i - 1) >> 1)) {
      swap(i, (i - 1) >> 1)
      i = (i - 1) >> 1
    }
  }
  const take = (): (typeof heap)[number] => {
    const top = heap[0]!,
      end = heap.pop()!
    if (heap.length > 0) {
      heap[0] = end
      for (let i = 0; ;) {
        let min = i
        if (2 * i + 1 < heap.length && before(2 * i + 1, min)) min = 2 * i + 1
        if (2 * i + 2 < heap.length && before(2 * i + 2, min)) min = 2 * i + 2
        if (min === i) break
        swap(i, min)
        i = min
      }
    }
    return top
  }
  for (let i = 0; i + 1 < n; i++) offer(i)
  while (heap.length > 0) {
    const { at, merge } = take()
    const other = next[at]!
    if (id[at]! < 0 || other >= n) continue
    // the pair may be another one by now
    const now = table.get(id[at]! * 2 ** 22 + id[other]!)
    if (now === undefined || made[now] !== made[merge]) continue
    id[at] = made[merge]!
    id[other] = -1
    next[at] = next[other]!
    if (next[at]! < n) last[next[at]!] = at
    if (last[at]! >= 0) offer(last[at]!)
    offer(at)
  }
  const out: number[] = []
  for (let i = 0; i < n; i = next[i]!) out.push(id[i]!)
  return out
}
