// An engine error → title, what happened, what to do, in the reader's language.
// The same facts as the engine's own English sentence, which stays available as the detail.

import type { ErrorCode, Facts } from '../engine/errors.ts'
import { formats, type Lang } from './format.ts'

export interface Problem {
  code: ErrorCode
  message: string
  facts: Facts
}
export interface Explained {
  title: string
  text: string
  todo: string
}

/** Reads facts by name; the names a code carries differ from one place to another, so all may be absent. */
export interface FactReader {
  has(...names: string[]): boolean
  /** the first fact there is, as text; numbers in the language's format; '' when none is there */
  text(...names: string[]): string
  /** the first fact there is, as bytes */
  bytes(...names: string[]): string
  /** bytes when the fact "limit" is a size of memory, else a plain number */
  amount(...names: string[]): string
  is(name: string, value: Facts[string]): boolean
}

/** title: a few words. text: what was tried, required, found. todo: what is kept and what to do. */
export interface Sentence {
  title: string | ((f: FactReader) => string)
  text: (f: FactReader) => string
  todo: (f: FactReader) => string
}
export type ErrorCatalog = Record<ErrorCode, Sentence>

export function factReader(facts: Facts, lang: Lang): FactReader {
  const format = formats(lang)
  const first = (names: string[]) =>
    names.map((name) => facts[name]).find((value) => value !== undefined && value !== null)
  return {
    has: (...names) => first(names) !== undefined,
    text(...names) {
      const value = first(names)
      return typeof value === 'number' ? format.number(value, 3) : String(value ?? '')
    },
    bytes(...names) {
      const value = first(names)
      return typeof value === 'number' ? format.bytes(value) : String(value ?? '')
    },
    amount(...names) {
      return /(buffer|binding|storage)size$/i.test(String(facts['limit'] ?? 'buffersize'))
        ? this.bytes(...names)
        : this.text(...names)
    },
    is: (name, value) => facts[name] === value,
  }
}

export function explain({ code, message, facts }: Problem, book: ErrorCatalog, lang: Lang): Explained {
  // scripts and old workers may send a code this page does not know
  const sentence = book[code] ?? book.INTERNAL
  const reader = factReader(code in book ? facts : { message }, lang)
  const { title } = sentence
  return {
    title: typeof title === 'string' ? title : title(reader),
    text: sentence.text(reader),
    todo: sentence.todo(reader),
  }
}
