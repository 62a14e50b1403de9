// SentencePiece's precompiled character map (T5, ALBERT, XLM-R): a table of
// replacements, kept as a double-array trie and a pool of strings.
//
// Layout (sentencepiece normalizer.cc, darts-clone): u32 size of the trie in bytes,
// the trie as u32 units, then texts that end in a zero byte. A unit holds
//   offset = (unit >> 10) << ((unit & 0x200) >> 6), label = unit & 0x800000ff,
//   has_leaf = (unit >> 8) & 1, value = unit & 0x7fffffff.
// The Rust library looks up the whole grapheme, then its characters, and takes the shortest
// entry; SentencePiece itself takes the longest entry that begins at a place.

import { invalid } from './check.ts'
import type { Meter } from './meter.ts'

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })
const utf8 = new TextEncoder(),
  plain = new TextDecoder('utf-8', { ignoreBOM: true })
const max = 4 * 2 ** 20

export interface Charsmap {
  /** a text with its replacements, as the Rust library makes them */
  byGrapheme(text: string, meter: Meter): string
  /** the longest entry that stands at a place: where it ends and what takes its place; null when there is none */
  longest(text: string, at: number, meter: Meter): { end: number; to: string } | null
}

/** @param base64 `precompiled_charsmap` of the file. @throws TOKENIZER_INVALID */
export const readCharsmap = (base64: unknown): Charsmap['byGrapheme'] => openCharsmap(base64).byGrapheme

/** @param base64 `precompiled_charsmap` of the file. @throws TOKENIZER_INVALID */
export function openCharsmap(base64: unknown): Charsmap {
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
  if (bytes.length === 0) return { byGrapheme: (text) => text, longest: () => null }
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
  const replacement = (from: number): string | null => {
    if (from < 0 || from >= pool.length) return null
    let to = from
    while (to < pool.length && pool[to] !== 0) to++
    if (to - from > 1024) throw invalid('"precompiled_charsmap" replaces a character by more than 1024 bytes')
    return plain.decode(pool.subarray(from, to))
  }
  const transform = (part: string): string | null => {
    let found = known.get(part)
    if (found !== undefined) return found
    found = replacement(find(utf8.encode(part)))
    if (known.size < 20_000) known.set(part, found)
    return found
  }
  const longest: Charsmap['longest'] = (text, start, meter) => {
    let at = offset(unit(0)),
      from = -1,
      end = start
    for (let i = start; i < text.length;) {
      const code = text.codePointAt(i)!
      i += code > 0xffff ? 2 : 1
      for (const byte of code < 0x80 ? [code] : utf8.encode(String.fromCodePoint(code))) {
        meter.work(1)
        at ^= byte
        const u = unit(at)
        // the trie of texts that end in a zero byte has none inside
        if (byte === 0 || (u & 0x800000ff) !== byte) return finish()
        at ^= offset(u)
        if ((u >>> 8) & 1) {
          from = unit(at) & 0x7fffffff
          end = i
        }
      }
    }
    return finish()

    function finish(): { end: number; to: string } | null {
      const to = replacement(from)
      return to === null ? null : { end, to }
    }
  }
  const byGrapheme: Charsmap['byGrapheme'] = (text, meter) => {
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
  return { byGrapheme, longest }
}
