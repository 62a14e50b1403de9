// SentencePiece's precompiled character map (T5, ALBERT, XLM-R): a table of
// replacements, kept as a double-array trie and a pool of strings.
//
// Layout (sentencepiece normalizer.cc, darts-clone): u32 size of the trie in bytes,
// the trie as u32 units, then texts that end in a zero byte. A unit holds
//   offset = (unit >> 10) << ((unit & 0x200) >> 6), label = unit & 0x800000ff,
//   has_leaf = (unit >> 8) & 1, value = unit & 0x7fffffff.
// The whole grapheme is looked up first, then its characters, as the Rust library does.

import { invalid } from './check.ts'
import type { Meter } from './meter.ts'

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })
const utf8 = new TextEncoder(),
  plain = new TextDecoder('utf-8', { ignoreBOM: true })
const max = 4 * 2 ** 20

/** @param base64 `precompiled_charsmap` of the file. @throws TOKENIZER_INVALID */
export function readCharsmap(base64: unknown): (text: string, meter: Meter) => string {
  if (typeof base64 !== 'string') throw invalid('"precompiled_charsmap" must be a text')
  if (base64.length > max) {
    throw invalid(`"precompiled_charsmap" may be ${max} characters long, the file has ${base64.length}`)
  }
  let bytes: Uint8Array
  try {
    bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))
  } catch {
    throw invalid('"precompiled_charsmap" is not base64')
  }
  if (bytes.length === 0) return (text) => text
  const view = new DataView(bytes.buffer)
  const trieBytes = bytes.length < 4 ? -1 : view.getUint32(0, true)
  if (trieBytes < 4 || trieBytes % 4 !== 0 || trieBytes > bytes.length - 4) {
    throw invalid('"precompiled_charsmap" does not hold the table it announces')
  }
  const units = trieBytes / 4
  const unit = (i: number): number => (i < units ? view.getUint32(4 + 4 * i, true) : 0)
  const pool = bytes.subarray(4 + trieBytes)
  const offset = (u: number): number => (u >>> 10) << ((u & 0x200) >>> 6)

  /** Where the replacement of the shortest entry that begins `part` stands, or -1. */
  const find = (part: Uint8Array): number => {
    let at = 0,
      u = unit(0)
    at ^= offset(u)
    for (const byte of part) {
      if (byte === 0) return -1
      at ^= byte
      u = unit(at)
      if ((u & 0x800000ff) !== byte) return -1
      at ^= offset(u)
      if ((u >>> 8) & 1) return unit(at) & 0x7fffffff
    }
    return -1
  }
  const known = new Map<string, string | null>()
  const transform = (part: string): string | null => {
    let found = known.get(part)
    if (found !== undefined) return found
    const from = find(utf8.encode(part))
    if (from < 0 || from >= pool.length) found = null
    else {
      let to = from
      while (to < pool.length && pool[to] !== 0) to++
      if (to - from > 1024) throw invalid('"precompiled_charsmap" replaces a character by more than 1024 bytes')
      found = plain.decode(pool.subarray(from, to))
    }
    if (known.size < 20_000) known.set(part, found)
    return found
  }
  return (text, meter) => {
    let out = ''
    for (const { segment } of segmenter.segment(text)) {
      const whole = segment.length < 6 && utf8.encode(segment).length < 6 ? transform(segment) : null
      if (whole !== null) out += whole
      else for (const character of segment) out += transform(character) ?? character
      if (out.length > 2 * text.length + 4096) meter.charge(out.length - text.length)
    }
    meter.charge(out.length)
    return out
  }
}
