// The tests behind "is": jinja2's list.

import { bind } from './bind.ts'
import { fail, refuse, type Meter } from './meter.ts'
import { binary, compared, contains } from './operators.ts'
import { str } from './print.ts'
import { isCase } from './text.ts'
import {
  Callable,
  Dict,
  Fields,
  Float,
  Markup,
  Range,
  Tuple,
  Undefined,
  equal,
  isIterable,
  numeric,
  type Arguments,
  type Value,
} from './values.ts'

type Test = (value: Value, given: Arguments, meter: Meter) => boolean

const plain =
  (test: (value: Value, meter: Meter) => boolean): Test =>
  (value, given, meter) => {
    bind('test', given, [])
    return test(value, meter)
  }
const two =
  (test: (value: Value, other: Value, meter: Meter) => boolean): Test =>
  (value, given, meter) =>
    test(value, bind('test', given, ['other!'])[0]!, meter)
const operator = (sign: string): Test => two((a, b, meter) => compared(sign, a, b, meter))
const rest = (value: Value, by: Value, meter: Meter): Value => binary('%', value, by, meter)

export const tests: Record<string, Test> = {
  boolean: plain((value) => typeof value === 'boolean'),
  callable: plain(
    (value) =>
      value instanceof Callable || value instanceof Undefined || (value instanceof Fields && value.call !== undefined),
  ),
  defined: plain((value) => !(value instanceof Undefined)),
  undefined: plain((value) => value instanceof Undefined),
  divisibleby: two((value, by, meter) => equal(rest(value, by, meter), 0, meter)),
  odd: plain((value, meter) => equal(rest(value, 2, meter), 1, meter)),
  even: plain((value, meter) => equal(rest(value, 2, meter), 0, meter)),
  escaped: plain((value) => value instanceof Markup),
  none: plain((value) => value === null),
  true: plain((value) => value === true),
  false: plain((value) => value === false),
  integer: plain((value) => typeof value === 'number'),
  float: plain((value) => value instanceof Float),
  number: plain((value) => numeric(value) !== null),
  string: plain((value) => typeof value === 'string' || value instanceof Markup),
  mapping: plain((value) => value instanceof Dict),
  sequence: plain((value) => isSequence(value)),
  iterable: plain((value) => isIterable(value)),
  lower: plain((value, meter) => isCase(str(value, meter), 'lower', meter)),
  upper: plain((value, meter) => isCase(str(value, meter), 'upper', meter)),
  in: two((value, container, meter) => contains(container, value, meter)),
  sameas: two((value, other) => {
    if (value === null || typeof value === 'boolean' || other === null || typeof other === 'boolean') {
      return value === other
    }
    // whether two texts or numbers are one object is CPython's own affair
    return typeof value === 'object' && typeof other === 'object'
      ? value === other
      : typeof value !== typeof other
        ? false
        : refuse('"sameas" on texts or numbers')
  }),
  filter: () => refuse('the test "filter"'),
  test: () => refuse('the test "test"'),
  ...Object.fromEntries(
    [
      ['eq', '=='],
      ['equalto', '=='],
      ['==', '=='],
      ['ne', '!='],
      ['!=', '!='],
      ['lt', '<'],
      ['lessthan', '<'],
      ['<', '<'],
      ['le', '<='],
      ['<=', '<='],
      ['gt', '>'],
      ['greaterthan', '>'],
      ['>', '>'],
      ['ge', '>='],
      ['>=', '>='],
    ].map(([name, sign]) => [name, operator(sign!)]),
  ),
}
const isSequence = (value: Value): boolean =>
  typeof value === 'string' ||
  Array.isArray(value) ||
  [Tuple, Dict, Range, Undefined, Markup].some((type) => value instanceof type)

export function runTest(name: string, value: Value, given: Arguments, meter: Meter): boolean {
  const test = Object.hasOwn(tests, name) ? tests[name] : undefined
  if (!test) return fail(`No test named '${name.slice(0, 60)}' found`)
  meter.charge(1)
  return test(value, given, meter)
}
