// Values of a recording's file, read one by one: each reader takes a value and where it stands, and gives it back with
// its type or refuses the file by name.

import { EngineError } from '../errors.ts'
import { formOf, isAllowed } from '../sampler/form.ts'

/** Larger than any model: heads of all layers together, tokens, rows of a table. */
export const max = {
  layers: 512,
  heads: 512,
  allHeads: 20_000,
  tokens: 32_768,
  width: 2 ** 20,
  steps: 50_000,
  edits: 4096,
  text: 2 ** 20,
  candidates: 64,
}

export const damaged = (problem: string): EngineError =>
  new EngineError('FILE_FORMAT', `Cannot open this recording: ${problem}. Record it again, or choose another file.`, {
    file: 'recording',
    found: problem,
  })
export const refuse = (at: string, need: string): never => {
  throw damaged(`"${at}" must be ${need}`)
}

export type Reader<T> = (value: unknown, at: string) => T
export type Fields = Record<string, unknown>

export const object: Reader<Fields> = (value, at) =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : refuse(at, 'an object')
export const whole =
  (low: number, high: number): Reader<number> =>
  (value, at) =>
    Number.isSafeInteger(value) && (value as number) >= low && (value as number) <= high
      ? (value as number)
      : refuse(at, `a whole number from ${low} to ${high}`)
/** JSON has no NaN and no infinity: they were written as null */
export const real: Reader<number> = (value, at) =>
  typeof value === 'number' ? value : value === null ? NaN : refuse(at, 'a number')
export const finite: Reader<number> = (value, at) =>
  typeof value === 'number' && Number.isFinite(value) ? value : refuse(at, 'a finite number')
export const text =
  (length = 4096): Reader<string> =>
  (value, at) =>
    typeof value === 'string' && value.length <= length ? value : refuse(at, `a text of at most ${length} characters`)
/** sampler/form.ts: a set of tokens, at least one of them */
export const tokenSet =
  (vocab: number): Reader<string> =>
  (value, at) => {
    const is = typeof value === 'string' && /^[0-9a-f]*$/.test(value) && value.length === 8 * Math.ceil(vocab / 32)
    const form = is ? formOf(value) : null
    const holds = form !== null && Array.from({ length: vocab }, (_, id) => id).some((id) => isAllowed(form, id))
    return is && holds ? value : refuse(at, `a set of tokens below ${vocab}`)
  }
export const flag: Reader<boolean> = (value, at) => (typeof value === 'boolean' ? value : refuse(at, 'true or false'))
export const one =
  <T extends string>(...words: T[]): Reader<T> =>
  (value, at) =>
    words.includes(value as T) ? (value as T) : refuse(at, words.join(' or '))
export const nullable =
  <T>(read: Reader<T>): Reader<T | null> =>
  (value, at) =>
    value === null || value === undefined ? null : read(value, at)
export const list =
  <T>(read: Reader<T>, length: number, exactly = false): Reader<T[]> =>
  (value, at) =>
    Array.isArray(value) && (exactly ? value.length === length : value.length <= length)
      ? Array.from(value, (item, i) => read(item, `${at}[${i}]`))
      : refuse(at, `a list of ${exactly ? '' : 'at most '}${length}`)
/** Without a prototype: a key is whatever the file says. */
export function table<T>(read: Reader<T>, key: (name: string) => boolean, size: number): Reader<Record<string, T>> {
  return (value, at) => {
    const entries = Object.entries(object(value, at))
    if (entries.length > size) refuse(at, `a table of at most ${size}`)
    const out = Object.create(null) as Record<string, T>
    for (const [name, item] of entries) {
      out[key(name) ? name : refuse(at, `without the key "${name.slice(0, 60)}"`)] = read(item, `${at}.${name}`)
    }
    return out
  }
}
