// Values that no file should hold, put at every place of one. For tests only.

import { EngineError } from '../errors.ts'

export const deep = JSON.parse('['.repeat(20_000) + ']'.repeat(20_000)) as unknown
/** a value of its own each time, as JSON.parse gives it */
export const hostile: Record<string, () => unknown> = {
  'an object without text': () => JSON.parse('{"toString":1,"valueOf":2,"toJSON":3}'),
  'a list of such': () => [JSON.parse('{"toString":1}')],
  'an endless list': () => deep,
  'its own prototype': () => JSON.parse('{"__proto__":{"a":1},"constructor":2}'),
  null: () => null,
  NaN: () => NaN,
  '-1': () => -1,
  '1e308': () => 1e308,
  'a text': () => 'x',
  'half a character': () => '\ud800',
  'an empty list': () => [],
}

export type Json = Record<string, unknown>
export type Path = readonly (string | number)[]
export function paths(value: unknown, at: Path = []): Path[] {
  if (value === null || typeof value !== 'object') return at.length > 0 ? [at] : []
  return [
    ...(at.length > 0 ? [at] : []),
    ...Object.entries(value).flatMap(([key, inner]) => paths(inner, [...at, key])),
  ]
}
export function put(value: unknown, path: Path, what: unknown): unknown {
  const copy = structuredClone(value) as Record<string, unknown>
  let at = copy
  for (const key of path.slice(0, -1)) at = at[key] as Record<string, unknown>
  at[path.at(-1)!] = what
  return copy
}
/** @returns what was thrown and is no EngineError, with the place */
export function strays(file: unknown, run: (changed: unknown) => unknown): string[] {
  const found: string[] = []
  for (const path of paths(file)) {
    for (const [name, make] of Object.entries(hostile)) {
      try {
        run(put(file, path, make()))
      } catch (error) {
        if (!(error instanceof EngineError) || error.code === 'INTERNAL') {
          found.push(`${path.join('.')} = ${name}: ${(error as Error).message}`)
        }
      }
    }
  }
  return found
}
