// The normalizer of a tokenizer.json: small changes to the text, one after the other,
// as the Rust library makes them. Anything it does not know is refused by name.

import { asString, clip, eachStep, unsupported, type Json } from './check.ts'
import { readCharsmap } from './charsmap.ts'
import { mapBytes } from './byte-map.ts'
import type { Meter } from './meter.ts'
import { findMatches, readPattern } from './patterns.ts'
import { accents, bertAccents, bertControls, normalForm } from './unicode.ts'
import { sentencePieceNormalizer } from './sentencepiece/normalize.ts'

/**
 * A stretch of text on its way. `first`: it begins where the whole text begins (Metaspace "first" asks); a
 * normalizer that removes the beginning makes that false.
 */
export interface Stretch {
  text: string
  first: boolean
}
export type Normalizer = (stretch: Stretch, meter: Meter) => Stretch

type Change = (text: string, meter: Meter) => string
const utf8 = new TextEncoder()

export function readNormalizer(node: unknown): Normalizer | null {
  const steps = eachStep(node, 'normalizers', readStep)
  if (steps.length === 0) return null
  return (stretch, meter) => {
    for (const step of steps) {
      meter.charge(stretch.text.length)
      stretch = step(stretch, meter)
    }
    return stretch
  }
}

/** A change that takes nothing away from the beginning. */
const change =
  (make: Change): Normalizer =>
  ({ text, first }, meter) => ({ text: make(text, meter), first })
/** Leaves characters out. */
const filter =
  (drop: RegExp): Normalizer =>
  ({ text, first }) => {
    const kept = text.replace(drop, '')
    drop.lastIndex = 0
    return { text: kept, first: first && drop.exec(text)?.index !== 0 }
  }
const unicode = (form: 'NFC' | 'NFD' | 'NFKC' | 'NFKD'): Normalizer =>
  change((text, meter) => {
    // the largest growth of one character is 18 (NFKD of U+FDFA), so that this can be counted afterwards
    const made = normalForm(text, form)
    meter.charge(made.length)
    return made
  })
// letter by letter: JavaScript would write a final Σ as ς
const lowercase = change((text) => text.replaceAll('Σ', 'σ').toLowerCase())

const han =
  /[\u4E00-\u9FFF\u3400-\u4DBF\u{20000}-\u{2A6DF}\u{2A700}-\u{2B73F}\u{2B740}-\u{2B81F}\u{2B920}-\u{2CEAF}\uF900-\uFAFF\u{2F800}-\u{2FA1F}]/gu
const nmtDropped = /[\u0001-\u0008\u000B\u000E-\u001F\u007F\u008F\u009F]/g
const nmtSpace = /[\t\n\f\r\u1680\u200B-\u200F\u2028\u2029\u2581\uFEFF\uFFFD]/g

function readStep(step: Json, type: string): Normalizer[] {
  switch (type) {
    case 'NFC':
    case 'NFD':
    case 'NFKC':
    case 'NFKD':
      return [unicode(type)]
    case 'Lowercase':
      return [lowercase]
    case 'StripAccents':
      return [filter(accents)]
    case 'Nmt':
      return [filter(nmtDropped), change((text) => text.replace(nmtSpace, ' '))]
    case 'Precompiled':
      return [change(readCharsmap(step.precompiled_charsmap))]
    case 'ByteLevel':
      return [
        change((text, meter) => {
          meter.charge(3 * text.length)
          return mapBytes(utf8.encode(text))
        }),
      ]
    case 'Strip':
      return [
        ({ text, first }) => {
          const left = step.strip_left === true ? text.search(/\P{White_Space}|$/u) : 0
          const kept = text.slice(left)
          return { text: step.strip_right === true ? trimEnd(kept) : kept, first: first && left === 0 }
        },
      ]
    case 'Prepend': {
      const prepend = asString(step.prepend, 'prepend')
      return [
        ({ text, first }, meter) => {
          meter.charge(text.length + prepend.length)
          return { text: text === '' ? '' : prepend + text, first }
        },
      ]
    }
    case 'Replace': {
      const pattern = readPattern(step.pattern),
        content = asString(step.content ?? '', 'content')
      return [
        ({ text, first }, meter) => {
          const matches = findMatches(text, pattern)
          let size = text.length
          for (const [from, to] of matches) size += content.length - (to - from)
          meter.charge(size)
          let out = '',
            at = 0
          for (const [from, to] of matches) {
            out += text.slice(at, from) + content
            at = to
          }
          return { text: out + text.slice(at), first: first && !(content === '' && matches[0]?.[0] === 0) }
        },
      ]
    }
    case 'BertNormalizer':
      return bert(step)
    case 'SentencePiece':
      return [sentencePieceNormalizer(step)]
    default:
      throw unsupported(`the normalizer "${clip(type)}"`)
  }
}

function bert(step: Json): Normalizer[] {
  const { clean_text: clean, handle_chinese_chars: chinese, strip_accents: accents, lowercase: lower } = step
  const steps: Normalizer[] = []
  if (clean) {
    steps.push(
      filter(bertControls),
      change((text) => text.replace(/\p{White_Space}/gu, ' ')),
    )
  }
  if (chinese) {
    steps.push(
      change((text, meter) => {
        meter.charge(3 * text.length)
        return text.replace(han, ' $& ')
      }),
    )
  }
  if (accents ?? lower) steps.push(unicode('NFD'), filter(bertAccents))
  if (lower) steps.push(lowercase)
  return steps
}

/** Without the white space at the end, in one pass: /\s+$/ is quadratic. */
export function trimEnd(text: string): string {
  let to = text.length
  while (to > 0 && isSpace.test(text[to - 1]!)) to--
  return text.slice(0, to)
}
/** Unicode White_Space; all of it is in the basic plane. */
export const isSpace = /\p{White_Space}/u
