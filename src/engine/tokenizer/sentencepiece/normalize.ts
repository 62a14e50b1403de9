// SentencePiece's normalizer (normalizer.cc): characters are replaced by the longest rule that
// fits, spaces are taken together and marked, one stands before the first word.
//
// User-defined pieces are found first and stay as they are. The Rust library's "Precompiled"
// looks up whole graphemes instead, so that a .model and its tokenizer.json may differ.

import { asArray, asString, limits, type Json } from '../check.ts'
import { openCharsmap } from '../charsmap.ts'
import type { Meter } from '../meter.ts'
import { PrefixTable } from '../prefix-table.ts'

type Stretch = { text: string; first: boolean }

/**
 * The step "SentencePiece" of a normalizer. `prefix` says where the marked space is put: before every stretch between
 * special tokens, before the first only, or nowhere. `blanks`: line ends, tabs and runs of 2 to 80 spaces become pieces
 * of their own first, <n>, <|tab|> and <|blank_2|> … <|blank_80|> (ChatGLM-6B).
 */
export interface SentencePieceStep {
  type: 'SentencePiece'
  /** base64 */
  precompiled_charsmap: string
  prefix: 'always' | 'first' | 'never'
  remove_extra_whitespaces: boolean
  escape_whitespaces: boolean
  space_as_suffix: boolean
  user_defined: string[]
  blanks?: boolean
}

const mark = '▁'

/** @throws TOKENIZER_INVALID for a damaged character map */
export function sentencePieceNormalizer(step: Json): (stretch: Stretch, meter: Meter) => Stretch {
  const { prefix, blanks } = step
  const removes = step.remove_extra_whitespaces === true,
    space = step.escape_whitespaces === true ? mark : ' ',
    suffix = step.space_as_suffix === true
  const longest = openCharsmap(step.precompiled_charsmap).longest
  const own = new PrefixTable(
    asArray(step.user_defined ?? [], 'user_defined', limits.vocab).map((piece) => asString(piece, 'user_defined')),
  )
  return ({ text: given, first }, meter) => {
    const text = blanks === true ? writeBlanks(given, meter) : given
    let out = '',
      after = removes, // a space before counts at the start, too
      blank = true
    for (let at = 0; at < text.length;) {
      const { end, to } = next(text, at)
      at = end
      if (to !== ' ') blank = false
      let from = 0
      while (after && to[from] === ' ') from++
      if (from < to.length) {
        out += from === 0 ? to : to.slice(from)
        after = to.endsWith(' ')
      }
      if (!removes) after = false
      if (out.length > 2 * text.length + 4096) meter.charge(out.length - text.length)
    }
    if (space !== ' ') out = out.replaceAll(' ', space)
    if (removes) {
      let to = out.length
      while (to > 0 && out[to - 1] === space) to--
      out = out.slice(0, to)
    }
    // where spaces are taken away at the end, a lone one in front goes with them
    const empty = !removes ? text === '' : suffix ? blank : out === ''
    const wanted = !empty && (prefix === 'always' || (prefix === 'first' && first))
    meter.charge(out.length + 1)
    return { text: wanted ? (suffix ? out + space : space + out) : out, first }

    /** What stands for the characters at a place, and where they end. */
    function next(of: string, at: number): { end: number; to: string } {
      let length = 0
      meter.work(
        own.match(of, at, (piece) => {
          length = piece.length
        }),
      )
      if (length > 0) return { end: at + length, to: of.slice(at, at + length) }
      const rule = longest(of, at, meter)
      if (rule) return rule
      const end = at + (of.codePointAt(at)! > 0xffff ? 2 : 1)
      return { end, to: of.slice(at, end) }
    }
  }
}

function writeBlanks(text: string, meter: Meter): string {
  meter.charge(8 * text.length)
  return text
    .replaceAll('\n', '<n>')
    .replaceAll('\t', '<|tab|>')
    .replace(/ {2,80}/g, (spaces) => `<|blank_${spaces.length}|>`)
}

/** The text of a piece that writeBlanks() put in place of white space. */
export function readBlanks(piece: string): string {
  if (piece === '<n>') return '\n'
  if (piece === '<|tab|>') return '\t'
  const spaces = Number(/^<\|blank_(\d{1,2})\|>$/.exec(piece)?.[1])
  return spaces >= 2 && spaces <= 80 ? ' '.repeat(spaces) : piece
}
