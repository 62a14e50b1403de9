// Places by name: the tokens in which a text stands. Found in bytes, because a token may hold half a character.

import { fill, type Slots } from '../fill.ts'
import { invalid, type At } from '../problem.ts'
import type { Place } from '../types.ts'

/** Positions [from, to). */
export type Range = readonly [from: number, to: number]
export type TokenBytes = readonly (readonly number[])[]

const PLACE =
  /^(?:(first|last|predicting)|@(?:"([^"\n]*)"|([\p{L}\p{N}_]+))(?:#(-?\d{1,4}))?)\s*(?:([+-])\s*(\d{1,4}))?$/u
export const isPlace = (text: string): boolean => PLACE.test(text.trim())
export const PLACES = 'last, first, @word, @word#2, last-1 …'
const SPACE = 32

/** Where every token begins, and the end of the last. */
function starts(tokens: TokenBytes): number[] {
  const all = [0]
  for (const token of tokens) all.push(all.at(-1)! + token.length)
  return all
}

/**
 * Ranges of tokens that hold this text, in the order of the text. Where it stands as whole tokens somewhere ("key", also
 * after a space), parts of other words ("monkey") do not count.
 */
export function rangesOf(tokens: TokenBytes, text: string): Range[] {
  const needle = [...new TextEncoder().encode(text.trim())]
  if (needle.length === 0) return []
  const bytes = tokens.flat()
  const begin = starts(tokens)
  const tokenAt = (byte: number): number => {
    let low = 0,
      high = tokens.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (begin[middle]! <= byte) low = middle
      else high = middle - 1
    }
    return low
  }
  const found: { range: Range; whole: boolean }[] = []
  for (let at = 0; at + needle.length <= bytes.length; at++) {
    if (!needle.every((byte, i) => bytes[at + i] === byte)) continue
    const from = tokenAt(at),
      to = tokenAt(at + needle.length - 1) + 1
    const starting = begin[from] === at || (begin[from] === at - 1 && bytes[at - 1] === SPACE)
    found.push({ range: [from, to], whole: starting && begin[to] === at + needle.length })
  }
  const whole = found.filter((one) => one.whole)
  return (whole.length > 0 ? whole : found).map(({ range }) => range)
}

export interface Text {
  readonly name: string
  readonly tokens: TokenBytes
  /** the position whose logits are the run's answer */
  readonly predicting: number
  readonly slots: Slots
  /** text of the likeliest token behind the step's first run: only where it is asked for */
  readonly answer: () => Promise<string>
}

/** @throws LESSON_INVALID where it stands nowhere, or is no place */
export async function rangeOf(
  place: Place,
  { name, tokens, predicting, slots, answer }: Text,
  at?: At,
): Promise<Range> {
  const parts = PLACE.exec(place.trim())
  if (!parts) throw invalid('field', { found: place, need: PLACES }, at)
  const [, end, quoted, word, nth, sign, by] = parts
  const text =
    quoted ?? (word === undefined ? '' : word === 'answer' ? await answer() : fill(slots.get(word) ?? word, slots))
  const ranges: Range[] = end ? [endOf(end, tokens.length, predicting)] : rangesOf(tokens, text)
  const index = nth === undefined ? 0 : Number(nth) < 0 ? ranges.length + Number(nth) : Number(nth) - 1
  const range = ranges[index]
  if (!range) throw invalid('place', { found: `${text.trim()}${nth ? `#${nth}` : ''}`, run: name }, at)
  const moved = by === undefined ? 0 : Number(by) * (sign === '-' ? -1 : 1)
  const [from, to] = [range[0] + moved, range[1] + moved]
  if (from < 0 || to > tokens.length) {
    throw invalid('beyond', { found: place, need: `0 … ${tokens.length - 1}`, run: name }, at)
  }
  return [from, to]
}

function endOf(end: string, length: number, predicting: number): Range {
  const at = end === 'first' ? 0 : end === 'last' ? length - 1 : predicting
  return [at, at + 1]
}
