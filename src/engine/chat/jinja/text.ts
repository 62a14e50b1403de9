// Python's methods of str, where JavaScript's differ.

import { fail, type Meter } from './meter.ts'
import { Finder } from './find.ts'
import { space } from './lexer.ts'
import { textLength } from './values.ts'

const leading = new RegExp(`^[${space}]+`),
  isSpace = new RegExp(`[${space}]`)

/** @param chars which characters go; null: white space */
export function strip(text: string, chars: string | null, left: boolean, right: boolean, meter: Meter): string {
  meter.charge(text.length / 32 + (chars?.length ?? 0) / 8)
  const set = chars === null ? null : new Set(chars)
  const goes = (character: string): boolean => (set ? set.has(character) : isSpace.test(character))
  let from = 0,
    to = text.length
  while (left && from < to) {
    const character = String.fromCodePoint(text.codePointAt(from)!)
    if (!goes(character)) break
    from += character.length
  }
  while (right && to > from) {
    const low = text.charCodeAt(to - 1) >= 0xdc00 && text.charCodeAt(to - 1) < 0xe000 && to - 2 >= from
    const character = text.slice(low ? to - 2 : to - 1, to)
    if (!goes(character)) break
    to -= character.length
  }
  return text.slice(from, to)
}

export function split(text: string, separator: string | null, max: number, meter: Meter): string[] {
  if (separator === '') return fail('empty separator')
  if (max < 0) max = Infinity
  const parts: string[] = []
  if (separator !== null) {
    const finder = new Finder(separator, meter)
    let from = 0
    for (let at = finder.next(text, 0); at >= 0 && parts.length < max; at = finder.next(text, from)) {
      parts.push(text.slice(from, at))
      from = at + separator.length
    }
    parts.push(text.slice(from))
    return parts
  }
  meter.charge(text.length / 32)
  let rest = text.replace(leading, '')
  while (rest !== '') {
    if (parts.length >= max) return [...parts, rest]
    const end = rest.search(isSpace)
    if (end < 0) return [...parts, rest]
    parts.push(rest.slice(0, end))
    rest = rest.slice(end).replace(leading, '')
  }
  return parts
}

export function rsplit(text: string, separator: string | null, max: number, meter: Meter): string[] {
  if (max < 0) return split(text, separator, -1, meter)
  if (separator === '') return fail('empty separator')
  const parts: string[] = []
  if (separator !== null) {
    const finder = new Finder(separator, meter)
    let to = text.length
    for (let at = finder.last(text, to); at >= 0 && parts.length < max; at = finder.last(text, to)) {
      parts.push(text.slice(at + separator.length, to))
      to = at
    }
    parts.push(text.slice(0, to))
    return parts.reverse()
  }
  meter.charge(text.length / 32)
  const skip = (from: number, spaces: boolean): number => {
    while (from > 0 && isSpace.test(text[from - 1]!) === spaces) from--
    return from
  }
  // from the last word to the first
  for (let to = skip(text.length, true); to > 0;) {
    const from = parts.length >= max ? 0 : skip(to, false)
    parts.push(text.slice(from, to))
    to = skip(from, true)
  }
  return parts.reverse()
}

export function lines(text: string, keep: boolean): string[] {
  const parts: string[] = []
  let from = 0
  for (const { 0: end, index } of text.matchAll(/\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/g)) {
    parts.push(text.slice(from, keep ? index + end.length : index))
    from = index + end.length
  }
  if (from < text.length) parts.push(text.slice(from))
  return parts
}

export const isCase = (text: string, which: 'upper' | 'lower', meter: Meter): boolean =>
  (meter.charge(text.length / 32), which === 'upper')
    ? /\p{Uppercase}/u.test(text) && !/[\p{Lowercase}\p{Lt}]/u.test(text)
    : /\p{Lowercase}/u.test(text) && !/[\p{Uppercase}\p{Lt}]/u.test(text)

/** center, ljust, rjust: CPython puts the odd space of an odd width on the left. */
export function padded(
  text: string,
  width: number,
  fill: string,
  side: 'left' | 'right' | 'both',
  meter: Meter,
): string {
  if (textLength(fill) !== 1) return fail('The fill character must be exactly one character long')
  const missing = width - textLength(text)
  if (missing <= 0) return text
  meter.text(text.length + missing * fill.length)
  const left = side === 'left' ? missing : side === 'right' ? 0 : (missing >> 1) + (missing & width & 1)
  return fill.repeat(left) + text + fill.repeat(missing - left)
}

export function counted(text: string, part: string, meter: Meter): number {
  if (part === '') return textLength(text) + 1
  const finder = new Finder(part, meter)
  let count = 0
  for (let at = finder.next(text, 0); at >= 0; at = finder.next(text, at + part.length)) count++
  meter.charge(count / 16)
  return count
}

/** A place in characters, or -1. */
export function found(text: string, part: string, last: boolean, meter: Meter): number {
  const finder = new Finder(part, meter),
    at = last ? finder.last(text, text.length) : finder.next(text, 0)
  return at < 0 ? -1 : textLength(text.slice(0, at))
}

/** What would come out is counted before it is built. */
export function replaced(text: string, from: string, to: string, count: number, meter: Meter): string {
  meter.text(text.length)
  const all = counted(text, from, meter),
    times = count < 0 ? all : Math.min(all, count)
  meter.text(text.length + times * (to.length - from.length))
  meter.charge(times / 8)
  if (times === 0) return text
  if (from === '') {
    meter.charge(text.length / 16)
    const characters = [...text]
    return (
      characters.map((character, i) => (i < times ? to : '') + character).join('') +
      (times > characters.length ? to : '')
    )
  }
  return split(text, from, times, meter).join(to)
}
