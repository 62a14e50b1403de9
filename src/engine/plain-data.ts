// Data of a caller's that reaches a chat template: plain values only, copied once, so that nothing changes or runs later.

import { refuse } from './sampler/params.ts'

/** Levels and values of one argument: far beyond any schema. */
const deepest = 64,
  most = 100_000

/** @throws PARAM_INVALID naming the place (`tools[0].function.name`), what is needed and what came */
export function plainData(verb: string, value: unknown, at: string): unknown {
  let left = most
  const copy = (given: unknown, place: string, depth: number): unknown => {
    if (--left < 0) refuse(verb, at, `data of at most ${most} values`, value)
    if (typeof given === 'string') {
      if (/\p{Cs}/u.test(given)) refuse(verb, place, 'whole characters', given)
      return given
    }
    if (given === null || typeof given === 'boolean' || (typeof given === 'number' && Number.isFinite(given))) {
      return given
    }
    const need = 'plain data: texts, numbers, true, false, null, lists and objects of them'
    if (typeof given !== 'object') return refuse(verb, place, need, given)
    if (depth === deepest) return refuse(verb, place, `nested at most ${deepest} levels deep`, given)
    if (Array.isArray(given)) return given.map((item, i) => copy(item, `${place}[${i}]`, depth + 1))
    const prototype: unknown = Object.getPrototypeOf(given)
    if (prototype !== Object.prototype && prototype !== null) return refuse(verb, place, need, given)
    return Object.fromEntries(
      Object.entries(given)
        // what is undefined is not there, as in JSON
        .filter(([, item]) => item !== undefined)
        .map(([key, item]) => [key, copy(item, `${place}.${key}`, depth + 1)]),
    )
  }
  return copy(value, at, 0)
}
