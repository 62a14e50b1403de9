// Functions that need no model: they count with what others measured. Lists of numbers leave out what is absent (NaN).

import { invalid } from '../problem.ts'
import type { Args, Fn, Kind } from './evaluate.ts'
import { same, type Value } from './values.ts'

/** 'numbers number?': kinds in their order, `?` may be left out, `*` any number of times. */
export function fn(takes: string, call: Fn['call']): Fn {
  const kinds = takes.split(' ').filter(Boolean)
  return {
    takes: kinds.map((kind) => kind.replace(/[?*]$/, '') as Kind),
    needs: kinds.filter((kind) => !/[?*]$/.test(kind)).length,
    ...(takes.endsWith('*') && { many: true as const }),
    call,
  }
}

/** Every number given, one by one or in lists. */
async function all(args: Args): Promise<number[]> {
  const numbers: number[] = []
  // never spread into a call: a row of logits can have more numbers than a call takes arguments
  for (let i = 0; i < args.count; i++) for (const one of await args.numbers(i)) numbers.push(one)
  const present = numbers.filter((one) => !Number.isNaN(one))
  if (present.length === 0) throw invalid('nothing', { found: args.name }, args.at)
  return present
}
const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0)
const best = (numbers: readonly number[]): number =>
  numbers.reduce((most, one, i) => (one > (numbers[most] ?? -Infinity) || Number.isNaN(numbers[most]!) ? i : most), 0)

/** The largest difference; places that both have not are no difference. */
function farthest(a: readonly number[], b: readonly number[], args: Args): number {
  if (a.length !== b.length) throw invalid('lengths', { found: `${a.length}, ${b.length}` }, args.at)
  return a.reduce((most, one, i) => {
    const other = b[i]!
    if (Number.isNaN(one) && Number.isNaN(other)) return most
    if (one === other) return most
    return Math.max(most, Number.isNaN(one - other) ? Infinity : Math.abs(one - other))
  }, 0)
}

/** Of one number, or of every one of a list. */
const each = (of: (one: number) => number): Fn =>
  fn('numbers', async (args): Promise<Value> => {
    const value = await args.value(0)
    return typeof value === 'number' ? of(value) : (await args.numbers(0)).map(of)
  })

const delta = fn('numbers numbers', async (args) => farthest(await args.numbers(0), await args.numbers(1), args))

export const plainFunctions: Readonly<Record<string, Fn>> = {
  abs: each(Math.abs),
  exp: each(Math.exp),
  log: fn('number', async (args) => Math.log(await args.number(0))),
  sqrt: fn('number', async (args) => Math.sqrt(await args.number(0))),
  min: fn('numbers numbers*', async (args) => (await all(args)).reduce((a, b) => Math.min(a, b))),
  max: fn('numbers numbers*', async (args) => (await all(args)).reduce((a, b) => Math.max(a, b))),
  /** share of those above 0 */
  positive: fn('numbers', async (args) => {
    const numbers = await all(args)
    return numbers.filter((one) => one > 0).length / numbers.length
  }),
  mean: fn('numbers numbers*', async (args) => {
    const numbers = await all(args)
    return sum(numbers) / numbers.length
  }),
  sum: fn('numbers numbers*', async (args) => sum(await all(args))),
  /** scores as shares of one; what is absent has none */
  softmax: fn('numbers', async (args) => {
    const scores = await args.numbers(0)
    const most = (await all(args)).reduce((a, b) => Math.max(a, b))
    const parts = scores.map((one) => (Number.isNaN(one) ? 0 : Math.exp(one - most)))
    const whole = sum(parts)
    return parts.map((one) => one / whole)
  }),
  count: fn('value', async (args) => {
    const value = await args.value(0)
    return Array.isArray(value) ? value.length : typeof value === 'string' ? [...value].length : 1
  }),
  /** where the largest stands, from 0 */
  argmax: fn('numbers', async (args) => {
    const numbers = await args.numbers(0)
    if (numbers.every((one) => Number.isNaN(one))) throw invalid('nothing', { found: args.name }, args.at)
    return best(numbers)
  }),
  /** the largest difference between two lists, or two numbers */
  delta,
  Δ: delta,
  /** 1 where both are exactly the same, else 0 */
  equal: fn('value value', async (args) => (same(await args.value(0), await args.value(1)) ? 1 : 0)),
  /** how many Chinese characters a text has */
  chinese: fn('text', async (args) => (await args.text(0)).match(/\p{Script=Han}/gu)?.length ?? 0),
  /** 1 where the first text has the second one in it, else 0 */
  has: fn('text text', async (args) => ((await args.text(0)).includes(await args.text(1)) ? 1 : 0)),
  /** bytes of a text, in UTF-8 */
  bytes: fn('text', async (args) => new TextEncoder().encode(await args.text(0)).length),
}
