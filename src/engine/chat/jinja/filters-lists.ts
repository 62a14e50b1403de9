// Filters over lists: map, select, sort, groupby …, as jinja2's. Lazy ones give a generator,
// which goes through once.

import { getItem } from './access.ts'
import { asInt, asText, bind } from './bind.ts'
import { fail, refuse, type Meter } from './meter.ts'
import { binary } from './operators.ts'
import { str } from './print.ts'
import { runTest } from './tests.ts'
import {
  Dict,
  Generator,
  Range,
  Tuple,
  Undefined,
  View,
  compare,
  equal,
  items,
  length,
  or,
  truth,
  typeName,
  type Arguments,
  type Value,
} from './values.ts'
import type { Filter, FilterContext } from './filter.ts'

const none = new Undefined('No item, the sequence was empty.')

/** Everything a loop over it would give, charged. */
function all(value: Value, meter: Meter): Value[] {
  if (typeof value === 'string') meter.charge(value.length / 8)
  const list = items(value)
  meter.items(list.length)
  return list
}

type Getter = (item: Value) => Value
const lower = (value: Value, meter: Meter): Value =>
  typeof value === 'string' ? (meter.charge(value.length / 64), value.toLowerCase()) : value

function getter(path: Value | undefined, meter: Meter, ignoreCase = false, otherwise?: Value): Getter {
  if (typeof path === 'string') meter.charge(path.length / 16)
  const parts: Value[] =
    path === undefined || path === null
      ? []
      : typeof path === 'string'
        ? path.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part))
        : [path]
  if (parts.length > 64) return fail('a path of more than 64 parts')
  return (item) => {
    meter.charge(1)
    for (const part of parts) {
      item = getItem(item, part, meter)
      if (otherwise !== undefined && otherwise !== null && item instanceof Undefined) item = otherwise
    }
    return ignoreCase ? lower(item, meter) : item
  }
}

/** Sorted by key: stable, and the comparisons are charged. */
function sorted(list: Value[], key: Getter, reverse: boolean, meter: Meter): Value[] {
  const keyed = list.map((item) => ({ item, key: key(item) }))
  meter.charge((list.length * Math.ceil(Math.log2(list.length + 2))) / 4)
  keyed.sort((a, b) => (reverse ? compare(b.key, a.key, meter) : compare(a.key, b.key, meter)))
  return keyed.map(({ item }) => item)
}

/** sort(attribute='a,b') compares lists of keys. */
function multiGetter(path: Value | undefined, meter: Meter, ignoreCase: boolean): Getter {
  if (typeof path === 'string') meter.charge(path.length / 2)
  const getters =
    typeof path === 'string'
      ? path.split(',').map((part) => getter(part, meter, ignoreCase))
      : [getter(path, meter, ignoreCase)]
  return (item) => getters.map((get) => get(item))
}

function choosing(name: string, byAttribute: boolean, keeps: boolean): Filter {
  return (value, given, context) => {
    if (!truth(value) && !(value instanceof Generator)) return new Generator([])
    const args = [...given.args]
    if (byAttribute && args.length === 0) return fail('Missing parameter for attribute name')
    const get = byAttribute ? getter(args.shift(), context.meter) : (item: Value): Value => item
    const test = args.shift()
    const rest = { args, named: given.named }
    return new Generator(
      all(value, context.meter).filter((item) => {
        const of = get(item)
        return (
          keeps === (test === undefined ? truth(of) : runTest(asText(test, `${name} test`), of, rest, context.meter))
        )
      }),
    )
  }
}

function extreme(name: string, sign: number): Filter {
  return (value, given, { meter }) => {
    const [sensitive, path] = bind(name, given, ['case_sensitive', 'attribute'])
    const list = all(value, meter)
    if (list.length === 0) return none
    const key = getter(path, meter, sensitive === undefined || !truth(sensitive))
    let best: Value = list[0]!,
      bestKey: Value = key(best)
    for (const item of list.slice(1)) {
      const other = key(item)
      if (sign * compare(other, bestKey, meter) > 0) {
        best = item
        bestKey = other
      }
    }
    return best
  }
}

function mapped(value: Value, given: Arguments, { meter, filter }: FilterContext): Value {
  if (!truth(value) && !(value instanceof Generator)) return new Generator([])
  const [name, ...args] = given.args
  if (given.args.length === 0 && given.named.has('attribute')) {
    for (const key of given.named.keys()) {
      if (key !== 'attribute' && key !== 'default') fail(`Unexpected keyword argument '${key}'`)
    }
    return new Generator(
      all(value, meter).map(getter(given.named.get('attribute'), meter, false, given.named.get('default'))),
    )
  }
  if (name === undefined) return fail('map requires a filter argument')
  const rest = { args, named: given.named }
  return new Generator(all(value, meter).map((item) => filter(asText(name, 'map filter'), item, rest)))
}

function groups(value: Value, given: Arguments, { meter }: FilterContext): Value {
  const [path, otherwise, sensitive] = bind('groupby', given, ['attribute!', 'default', 'case_sensitive'])
  const ignore = sensitive === undefined || !truth(sensitive)
  const key = getter(path, meter, ignore, otherwise),
    shown = getter(path, meter, false, otherwise)
  const out: { key: Value; list: Value[] }[] = []
  for (const item of sorted(all(value, meter), key, false, meter)) {
    const of = key(item)
    if (out.length > 0 && equal(out.at(-1)!.key, of, meter)) out.at(-1)!.list.push(item)
    else out.push({ key: of, list: [item] })
  }
  return out.map(({ key: of, list }) => new Tuple([ignore ? shown(list[0]!) : of, list], ['grouper', 'list']))
}

export const listFilters: Record<string, Filter> = {
  map: mapped,
  select: choosing('select', false, true),
  reject: choosing('reject', false, false),
  selectattr: choosing('selectattr', true, true),
  rejectattr: choosing('rejectattr', true, false),
  groupby: groups,
  min: extreme('min', -1),
  max: extreme('max', 1),
  list: (value, given, { meter }) => {
    bind('list', given, [])
    return [...all(value, meter)]
  },
  first: (value, given, { meter }) => {
    bind('first', given, [])
    if (value instanceof Generator) return or(value.items.shift(), none)
    return or(all(value, meter)[0], none)
  },
  last: (value, given, { meter }) => {
    bind('last', given, [])
    if (value instanceof Generator) return fail("'generator' object is not reversible")
    return or(all(value, meter).at(-1), none)
  },
  sort: (value, given, { meter }) => {
    const [reverse, sensitive, path] = bind('sort', given, ['reverse', 'case_sensitive', 'attribute'])
    return sorted(
      all(value, meter),
      multiGetter(path, meter, sensitive === undefined || !truth(sensitive)),
      reverse !== undefined && truth(reverse),
      meter,
    )
  },
  unique: (value, given, { meter }) => {
    const [sensitive, path] = bind('unique', given, ['case_sensitive', 'attribute'])
    const key = getter(path, meter, sensitive === undefined || !truth(sensitive)),
      seen = new Dict()
    return new Generator(
      all(value, meter).filter((item) => {
        const of = key(item)
        if (seen.has(of, meter)) return false
        seen.set(of, true, meter)
        return true
      }),
    )
  },
  dictsort: (value, given, { meter }) => {
    const [sensitive, by, reverse] = bind('dictsort', given, ['case_sensitive', 'by', 'reverse'])
    if (!(value instanceof Dict)) return fail(`'${typeName(value)}' object has no attribute 'items'`)
    if (by !== undefined && by !== 'key' && by !== 'value') return fail('You can only sort by either "key" or "value"')
    const at = by === 'value' ? 1 : 0,
      ignore = sensitive === undefined || !truth(sensitive)
    meter.items(value.size)
    return sorted(
      items(new View('items', value)),
      (pair) => {
        const of = (pair as Tuple).items[at]!
        return ignore ? lower(of, meter) : of
      },
      reverse !== undefined && truth(reverse),
      meter,
    )
  },
  items: (value, given, { meter }) => {
    bind('items', given, [])
    if (value instanceof Undefined) return new Generator([])
    if (!(value instanceof Dict)) return fail('Can only get item pairs from a mapping.')
    meter.items(value.size)
    return new Generator(items(new View('items', value)))
  },
  reverse: (value, given, { meter }) => {
    bind('reverse', given, [])
    if (typeof value === 'string') {
      meter.charge(value.length / 16)
      return [...value].reverse().join('')
    }
    return new Generator(all(value, meter).toReversed())
  },
  batch: (value, given, { meter }) => {
    const [count, fill] = bind('batch', given, ['linecount!', 'fill_with'])
    const size = asInt(count, 'linecount'),
      list = all(value, meter),
      out: Value[][] = []
    let row: Value[] = []
    for (const item of list) {
      if (row.length === size) {
        out.push(row)
        row = []
      }
      row.push(item)
    }
    if (row.length > 0) {
      if (fill !== undefined && fill !== null && row.length < size) {
        meter.items(size)
        while (row.length < size) row.push(fill)
      }
      out.push(row)
    }
    return new Generator(out)
  },
  slice: (value, given, { meter }) => {
    const [count, fill] = bind('slice', given, ['slices!', 'fill_with'])
    const parts = asInt(count, 'slices'),
      list = all(value, meter)
    if (parts <= 0) return parts === 0 ? fail('integer division or modulo by zero') : new Generator([])
    meter.items(parts)
    const each = Math.floor(list.length / parts),
      more = list.length % parts,
      out: Value[][] = []
    let offset = 0
    for (let i = 0; i < parts; i++) {
      const from = offset + i * each
      if (i < more) offset++
      const part = list.slice(from, offset + (i + 1) * each)
      if (fill !== undefined && fill !== null && i >= more) part.push(fill)
      out.push(part)
    }
    return new Generator(out)
  },
  sum: (value, given, { meter }) => {
    const [path, start] = bind('sum', given, ['attribute', 'start'])
    if (typeof start === 'string') return fail("sum() can't sum strings [use ''.join(seq) instead]")
    const get = getter(path, meter)
    return all(value, meter).reduce<Value>((sum, item) => binary('+', sum, get(item), meter), or(start, 0))
  },
  join: (value, given, { meter }) => {
    const [by, path] = bind('join', given, ['d', 'attribute'])
    const get = getter(path, meter),
      glue = by === undefined ? '' : str(by, meter)
    const texts = all(value, meter).map((item) => str(get(item), meter))
    meter.text(texts.reduce((sum, text) => sum + text.length + glue.length, 0))
    return texts.join(glue)
  },
  length: (value, given, { meter }) => {
    bind('length', given, [])
    if (typeof value === 'string') meter.charge(value.length / 64)
    return (
      length(value) ??
      (value instanceof Range ? refuse('length') : fail(`object of type '${typeName(value)}' has no len()`))
    )
  },
}
listFilters['count'] = listFilters['length']!
