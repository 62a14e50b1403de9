// The functions a chat template can call: jinja2's own, and what transformers adds.

import { asInt, bind } from './bind.ts'
import { fail, refuse, limit, type Meter } from './meter.ts'
import { str } from './print.ts'
import { strftime } from './strftime.ts'
import {
  Callable,
  Dict,
  Fields,
  Namespace,
  Range,
  Undefined,
  items,
  or,
  Tuple,
  type Arguments,
  type Value,
} from './values.ts'

/** An error that the template itself asks for. */
export class Raised extends Error {}

/** jinja2's sandbox allows no longer range. */
const longestRange = 100_000

export function globals(meter: Meter, now: () => Date): Map<string, Value> {
  const functions: Record<string, (given: Arguments) => Value> = {
    raise_exception: (given) => {
      throw new Raised(str(bind('raise_exception', given, ['message!'])[0]!, meter))
    },
    strftime_now: (given) => {
      const [format] = bind('strftime_now', given, ['format!'])
      return typeof format === 'string' ? strftime(now(), format, meter) : fail('strftime() argument 1 must be str')
    },
    range: (given) => {
      if (given.named.size > 0) return fail('range() takes no keyword arguments')
      const [a, b, c] = bind('range', given, ['start!', 'stop', 'step']).map((value) =>
        value === undefined ? undefined : asInt(value, 'range() argument'),
      )
      const [start, stop, step] = b === undefined ? [0, a!, 1] : [a!, b, c ?? 1]
      if (step === 0) return fail('range() arg 3 must not be zero')
      const length = Math.max(0, Math.ceil((stop - start) / step))
      if (length > longestRange) throw limit(`it asks for a range of ${length} items`, { limit: longestRange })
      meter.items(length)
      return new Range(start, step, length)
    },
    dict: (given) => collected('dict', given, meter),
    namespace: (given) => {
      const namespace = new Namespace()
      for (const [name, value] of collected('namespace', given, meter).entries()) {
        setAttribute(namespace, String(name), value)
      }
      return namespace
    },
    cycler: ({ args }) => {
      if (args.length === 0) return fail('at least one item has to be provided')
      let at = 0
      const step = (): Value => {
        const value = args[at]!
        at = (at + 1) % args.length
        return value
      }
      return new Fields('Cycler', (name) =>
        name === 'next'
          ? new Callable('method', 'next', step)
          : name === 'current'
            ? args[at]
            : name === 'reset'
              ? new Callable('method', 'reset', () => {
                  at = 0
                  return null
                })
              : undefined,
      )
    },
    joiner: (given) => {
      const [by] = bind('joiner', given, ['sep'])
      let used = false
      return new Callable('function', 'joiner', () => {
        if (used) return or(by, ', ')
        used = true
        return ''
      })
    },
    lipsum: () => refuse('the function "lipsum"'),
  }
  return new Map(Object.entries(functions).map(([name, call]) => [name, new Callable('function', name, call)]))
}

function collected(name: string, { args, named }: Arguments, meter: Meter): Dict {
  const dict = new Dict()
  if (args.length > 1) return fail(`${name} expected at most 1 argument, got ${args.length}`)
  const [from] = args
  if (from instanceof Dict) {
    meter.items(from.size)
    for (const [key, value] of from.entries()) dict.set(key, value, meter)
  } else if (from instanceof Undefined) {
    /* an empty iterable */
  } else if (from !== undefined) {
    const pairs = items(from)
    meter.items(pairs.length)
    for (const pair of pairs) {
      const [key, value, ...more] = pair instanceof Tuple ? pair.items : Array.isArray(pair) ? pair : []
      if (key === undefined || value === undefined || more.length > 0) return fail('a dictionary is made of pairs')
      dict.set(key, value, meter)
    }
  }
  for (const [key, value] of named) dict.set(key, value, meter)
  return dict
}

/** @throws for names with an underscore in front, as transformers does */
export function setAttribute(namespace: Namespace, name: string, value: Value): void {
  if (name.startsWith('_')) {
    fail(`Chat templates cannot store underscore-prefixed attributes on a namespace, but got '${name}'`)
  }
  namespace.attributes.set(name, value)
}
