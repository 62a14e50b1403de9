// JSON with places: its value, and where in the file each part of it stands, so that what is wrong can be named by line.

import { invalid } from './problem.ts'

const DEEPEST = 40
/** Characters of a path: that of every value is kept, and a key may be as long as the file. */
const LONGEST_PATH = 300
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const WORD = /true|false|null/y
const SPACE = /[ \t\r\n]*/y

/** Path of a value ("lesson.steps[0].id", '' the whole) -> where it begins. */
export type Places = ReadonlyMap<string, number>
export const inside = (path: string, key: string | number): string =>
  typeof key === 'number' ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`

/** @throws LESSON_INVALID with line and column of the first character that cannot stand there */
export function parseJson(text: string): { value: unknown; places: Places } {
  const places = new Map<string, number>()
  let at = 0
  const take = (pattern: RegExp): string | null => {
    pattern.lastIndex = at
    const found = pattern.exec(text)?.[0] ?? null
    if (found !== null) at += found.length
    return found
  }
  const space = (): void => void take(SPACE)
  const wrong = (): Error => invalid('json', { found: text[at] ?? '' }, { text, offset: at })
  const sign = (wanted: string): boolean => {
    space()
    if (text[at] !== wanted) return false
    at++
    return true
  }
  const string = (): string => {
    space()
    const raw = take(STRING)
    if (raw === null) throw wrong()
    return JSON.parse(raw) as string
  }

  const value = (path: string, depth: number): unknown => {
    space()
    if (depth > DEEPEST) throw invalid('deep', { need: DEEPEST }, { text, offset: at })
    if (path.length > LONGEST_PATH) {
      throw invalid('long', { found: path.length, need: LONGEST_PATH }, { text, offset: at })
    }
    places.set(path, at)
    if (text[at] === '"') return string()
    if (sign('[')) {
      const list: unknown[] = []
      if (sign(']')) return list
      do list.push(value(inside(path, list.length), depth + 1))
      while (sign(','))
      if (!sign(']')) throw wrong()
      return list
    }
    if (sign('{')) {
      const fields = new Map<string, unknown>()
      if (sign('}')) return {}
      do {
        space()
        const from = at
        const key = string()
        if (fields.has(key)) throw invalid('twice', { found: key }, { text, offset: from })
        if (!sign(':')) throw wrong()
        fields.set(key, value(inside(path, key), depth + 1))
      } while (sign(','))
      if (!sign('}')) throw wrong()
      return Object.fromEntries(fields)
    }
    const plain = take(NUMBER) ?? take(WORD)
    if (plain === null) throw wrong()
    return JSON.parse(plain) as unknown
  }

  const whole = value('', 0)
  space()
  if (at < text.length) throw wrong()
  return { value: whole, places }
}

/** Where the nth character of a string's text stands in the file. @param from where its opening quotation mark does */
export function withinString(text: string, from: number, nth: number): number {
  let at = from + 1
  for (let i = 0; i < nth && text[at] !== '"'; i++) at += text[at] !== '\\' ? 1 : text[at + 1] === 'u' ? 6 : 2
  return at
}
