// Added tokens: texts that are one token whatever the model would make of them.
//
// As the Rust library does it: a token takes the id its text already has, else the next
// free one (the file's own ids only order them); of a text that stands twice the later
// flags count. Tokens with `normalized` are looked for in the normalized text, as their
// own text comes out of the normalizer, and are decoded as that. In each text the
// leftmost match counts, the longest of those.

import { clip, invalid, limits, unsupported } from './check.ts'
import { Meter } from './meter.ts'
import { isSpace, type Normalizer, type Stretch } from './normalize.ts'
import { PrefixTable } from './prefix-table.ts'

export interface AddedToken {
  id: number
  content: string
  special: boolean
  single_word: boolean
  lstrip: boolean
  rstrip: boolean
  normalized: boolean
  /** false: no text becomes this token, not even its own */
  in_text: boolean
}

/** A stretch that is still text, or an added token (its text may include stripped space). */
export interface Section extends Stretch {
  token: AddedToken | null
}

export interface AddedVocabulary {
  tokens: AddedToken[]
  byId: ReadonlyMap<number, AddedToken>
  idOf(content: string): number | undefined
  /** the token's text for the decoder */
  decoded(id: number): string | undefined
  /** is a token with this text left out when special tokens are skipped */
  isSpecialText(text: string): boolean
  /**
   * cuts the text at added tokens and normalizes the rest. @param plain special tokens are not looked for @param mark what
   * stands right before it is text (hide.ts)
   */
  sections(text: string, meter: Meter, plain?: boolean, mark?: string): Section[]
}

/**
 * @param given tokens in order. @param modelSize number of the model's own tokens. @param split special tokens are not
 * looked for: their text is text
 */
export function addedVocabulary(
  given: readonly AddedToken[],
  modelId: (token: string) => number | undefined,
  modelSize: number,
  normalizer: Normalizer | null,
  split = false,
): AddedVocabulary {
  const byId = new Map<number, AddedToken>(),
    idOf = new Map<string, number>(),
    specials = new Set<string>()
  let next = modelSize
  for (const token of given) {
    const id = idOf.get(token.content) ?? modelId(token.content) ?? next++
    if (id >= limits.vocab) {
      throw invalid(`the added token "${clip(token.content)}" gets the id ${id}; ids must be below ${limits.vocab}`)
    }
    idOf.set(token.content, id)
    byId.set(id, { ...token, id })
    if (token.special) specials.add(token.content)
  }
  const tokens = [...byId.values()].sort((a, b) => a.id - b.id)
  const decoded = new Map<number, string>()
  const early: [string, AddedToken][] = [],
    late: [string, AddedToken][] = []
  for (const token of tokens) {
    if (!token.in_text) continue
    if (!token.normalized) {
      early.push([token.content, token])
      continue
    }
    const text = normalizer
      ? normalizer({ text: token.content, first: true }, new Meter(token.content.length)).text
      : token.content
    // the library would cut the text into single bytes there
    if (text === '') {
      throw unsupported(`the added token "${clip(token.content)}", of which the normalizer leaves nothing,`)
    }
    decoded.set(token.id, text)
    late.push([text, token])
  }
  const skips = (token: AddedToken): boolean => specials.has(token.content)
  const cutEarly = cutter(early, skips),
    cutLate = cutter(late, skips)

  return {
    tokens,
    byId,
    idOf: (content) => idOf.get(content),
    decoded: (id) => decoded.get(id) ?? byId.get(id)?.content,
    isSpecialText: (text) => specials.has(text),
    sections(text, meter, plain = split, mark = '') {
      const sections: Section[] = []
      for (const part of cutEarly({ text, first: true }, meter, plain, mark)) {
        if (part.token) {
          sections.push(part)
          continue
        }
        for (const inner of cutLate(normalizer ? normalizer(part, meter) : part, meter, plain, mark)) {
          if (inner.token || inner.text !== '') sections.push(inner)
        }
      }
      return sections
    },
  }
}

const wordEnd = /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\u200C\u200D]$/u,
  wordStart = /^[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\u200C\u200D]/u

function cutter(
  patterns: readonly [string, AddedToken][],
  skips: (token: AddedToken) => boolean,
): (stretch: Stretch, meter: Meter, plain: boolean, mark: string) => Section[] {
  const match = longestMatcher(patterns)
  return (stretch, meter, plain, mark) => {
    const { text } = stretch
    if (patterns.length === 0 || text === '') return [{ ...stretch, token: null }]
    const sections: Section[] = []
    const push = (from: number, to: number, token: AddedToken | null): void => {
      sections.push({ text: text.slice(from, to), first: stretch.first && from === 0, token })
    }
    let done = 0
    for (let i = 0; i < text.length;) {
      const found = match(text, i, meter)
      if (!found) {
        i++
        continue
      }
      let from = i,
        to = i + found.length
      i = to
      const { token } = found
      if ((plain && skips(token)) || (mark !== '' && text.startsWith(mark, to))) continue
      // a surrogate pair is one character for the borders of a word
      if (
        token.single_word &&
        (wordEnd.test(text.slice(Math.max(0, from - 2), from)) || wordStart.test(text.slice(to, to + 2)))
      ) {
        continue
      }
      // what a match before has taken stays with it
      if (token.lstrip) from = Math.max(done, spacesBefore(text, from, done))
      if (token.rstrip) {
        while (to < text.length && isSpace.test(text[to]!)) to++
      }
      if (done < from) push(done, from, null)
      if (from < to) push(from, to, token)
      done = to
    }
    if (done < text.length) push(done, text.length, null)
    return sections
  }
}

function spacesBefore(text: string, at: number, min: number): number {
  while (at > min && isSpace.test(text[at - 1]!)) at--
  return at
}

type Found = { length: number; token: AddedToken }

/** The longest pattern that begins at a place. Of equal patterns the first counts. */
function longestMatcher(
  patterns: readonly [string, AddedToken][],
): (text: string, at: number, meter: Meter) => Found | null {
  const first = new Map<string, Found>()
  for (const [pattern, token] of patterns) {
    if (!first.has(pattern)) first.set(pattern, { length: pattern.length, token })
  }
  const table = new PrefixTable(first.keys())
  return (text, at, meter) => {
    let best: string | null = null
    meter.work(
      table.match(text, at, (pattern) => {
        best = pattern
      }),
    )
    return best === null ? null : first.get(best)!
  }
}
