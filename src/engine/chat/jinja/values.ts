// Python's values in JavaScript: None is null, int a whole number, str a string, bool a
// boolean, list an array. What JavaScript has no counterpart for is a class here.
// Truth, equality, order and iteration as Python defines them.

import { fail, refuse, type Meter } from './meter.ts'

export class Float {
  constructor(readonly value: number) {}
}
export class Tuple {
  /** names of the items, where they have any (groupby) */
  constructor(
    readonly items: Value[],
    readonly names: readonly string[] = [],
  ) {}
}
/** A name, key or attribute that is not there. Prints as nothing, most other uses fail. */
export class Undefined {
  constructor(readonly what: string) {}
}
export class Range {
  constructor(
    readonly start: number,
    readonly step: number,
    readonly length: number,
  ) {}
}
/** dict.keys(), .values(), .items() */
export class View {
  constructor(
    readonly kind: 'keys' | 'values' | 'items',
    readonly dict: Dict,
  ) {}
}
/** What lazy filters give: goes through once. */
export class Generator {
  constructor(public items: Value[]) {}
}
export interface Arguments {
  args: Value[]
  named: Map<string, Value>
}
export class Callable {
  constructor(
    readonly kind: 'function' | 'macro' | 'method',
    readonly name: string,
    readonly call: (given: Arguments) => Value,
  ) {}
}
export class Namespace {
  readonly attributes = new Map<string, Value>()
}
/** An object with named fields that a template reads (loop, cycler). */
export class Fields {
  constructor(
    readonly name: string,
    readonly get: (field: string) => Value | undefined,
    readonly call?: (given: Arguments) => Value,
  ) {}
}
/** The result of `escape`: Python would escape whatever it meets, so that it may only be printed. */
export class Markup {
  constructor(readonly text: string) {}
}

export type Value =
  | null
  | boolean
  | number
  | string
  | Value[]
  | Float
  | Tuple
  | Undefined
  | Range
  | View
  | Generator
  | Callable
  | Namespace
  | Fields
  | Markup
  | Dict

export class Dict {
  private readonly table = new Map<string, [Value, Value]>()
  get size(): number {
    return this.table.size
  }
  /** @param meter pays for the length of the key; null only for data that is no template's */
  get(key: Value, meter: Meter | null): Value | undefined {
    return this.table.get(hash(key, meter))?.[1]
  }
  has(key: Value, meter: Meter | null): boolean {
    return this.table.has(hash(key, meter))
  }
  set(key: Value, value: Value, meter: Meter | null): void {
    const at = hash(key, meter),
      there = this.table.get(at)
    // the first key of equals stays
    if (there) there[1] = value
    else this.table.set(at, [key, value])
  }
  entries(): [Value, Value][] {
    return [...this.table.values()]
  }
}

const identities = new WeakMap<object, number>()
let lastIdentity = 0

/** Equal keys have equal texts: 1, 1.0 and True are one key. */
function hash(key: Value, meter: Meter | null): string {
  // every visit is paid for: a tuple may hold the same tuple many times over
  meter?.charge(typeof key === 'string' ? key.length / 64 : 0.25)
  if (typeof key === 'string') return `s${key}`
  if (key === null) return 'n'
  const number = numeric(key)
  if (number !== null) return `#${number}`
  if (key instanceof Tuple) {
    const parts = key.items.map((item) => {
      const h = hash(item, meter)
      return `${h.length}:${h}`
    })
    meter?.text(parts.reduce((sum, part) => sum + part.length, 0))
    return `(${parts.join('')})`
  }
  if (key instanceof Undefined) return 'u'
  if (Array.isArray(key) || key instanceof Dict || key instanceof View || key instanceof Markup) {
    return fail(`unhashable type: '${typeName(key)}'`)
  }
  if (key instanceof Range) {
    return `r${key.length === 0 ? '' : `${key.start},${key.length > 1 ? key.step : 0}`},${key.length}`
  }
  // by identity
  let identity = identities.get(key as object)
  if (identity === undefined) identities.set(key as object, (identity = ++lastIdentity))
  return `o${identity}`
}

/** The value, or another one where there is none. Not `??`: None is null, and a value. */
export const or = (value: Value | undefined, otherwise: Value): Value => (value === undefined ? otherwise : value)

/** The number of an int, float or bool; else null. */
export function numeric(value: Value): number | null {
  if (typeof value === 'number') return value
  if (typeof value === 'boolean') return value ? 1 : 0
  return value instanceof Float ? value.value : null
}
export const isInt = (value: Value): value is number | boolean =>
  typeof value === 'number' || typeof value === 'boolean'

export function typeName(value: Value): string {
  if (value === null) return 'NoneType'
  if (typeof value === 'string') return 'str'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'number') return 'int'
  if (Array.isArray(value)) return 'list'
  if (value instanceof Float) return 'float'
  if (value instanceof Tuple) return 'tuple'
  if (value instanceof Dict) return 'dict'
  if (value instanceof Undefined) return 'Undefined'
  if (value instanceof View) return `dict_${value.kind}`
  return value instanceof Fields ? value.name : value.constructor.name.toLowerCase()
}

export function truth(value: Value): boolean {
  if (value === null || value instanceof Undefined) return false
  if (typeof value === 'string' || Array.isArray(value)) return value.length > 0
  const number = numeric(value)
  if (number !== null) return number !== 0
  if (value instanceof Dict) return value.size > 0
  if (value instanceof Tuple) return value.items.length > 0
  if (value instanceof View) return value.dict.size > 0
  if (value instanceof Range) return value.length > 0
  if (value instanceof Markup) return value.text !== ''
  return true
}

/** Charges every pair of values that it visits, and the characters of texts of one length. */
export function equal(a: Value, b: Value, meter: Meter, depth = 0): boolean {
  meter.charge(0.25)
  if (depth > 100) return fail('it compares lists that are nested too deeply')
  if (typeof a === 'string' && typeof b === 'string') {
    if (a.length === b.length) meter.charge(a.length / 256)
    return a === b
  }
  const x = numeric(a),
    y = numeric(b)
  if (x !== null || y !== null) return x !== null && y !== null && x === y
  if (Array.isArray(a) && Array.isArray(b)) return sameItems(a, b, meter, depth)
  if (a instanceof Tuple && b instanceof Tuple) return sameItems(a.items, b.items, meter, depth)
  if (a instanceof Dict && b instanceof Dict) {
    if (a.size !== b.size) return false
    meter.charge(a.size / 4)
    return a.entries().every(([key, value]) => {
      const other = b.get(key, meter)
      return other !== undefined && same(value, other, meter, depth)
    })
  }
  if (a instanceof Undefined && b instanceof Undefined) return true
  if (a instanceof Range && b instanceof Range) {
    return a.length === b.length && (a.length === 0 || (a.start === b.start && (a.length === 1 || a.step === b.step)))
  }
  if (a instanceof Markup || b instanceof Markup || (a instanceof View && b instanceof View)) {
    return refuse(`a comparison of ${typeName(a)} and ${typeName(b)}`)
  }
  return a === b
}
export const isSame = (a: Value, b: Value): boolean => typeof a === 'object' && a === b
/** One and the same object counts as equal inside of a list, NaN too. */
const same = (a: Value, b: Value, meter: Meter, depth: number): boolean =>
  isSame(a, b) ? (meter.charge(0.25), true) : equal(a, b, meter, depth + 1)
const sameItems = (a: Value[], b: Value[], meter: Meter, depth: number): boolean =>
  a.length === b.length && a.every((item, i) => same(item, b[i]!, meter, depth))

/** Below 0, 0 or above 0. @throws where Python has no order */
export function compare(a: Value, b: Value, meter: Meter, depth = 0): number {
  meter.charge(0.25)
  if (depth > 100) return fail('it compares lists that are nested too deeply')
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b, meter)
  const x = numeric(a),
    y = numeric(b)
  if (x !== null && y !== null) {
    if (Number.isNaN(x) || Number.isNaN(y)) return refuse('an order of NaN')
    return x - y || 0
  }
  const [p, q] =
    Array.isArray(a) && Array.isArray(b)
      ? [a, b]
      : a instanceof Tuple && b instanceof Tuple
        ? [a.items, b.items]
        : [null, null]
  if (!p || !q) return fail(`'<' is not supported between instances of '${typeName(a)}' and '${typeName(b)}'`)
  for (let i = 0; i < Math.min(p.length, q.length); i++) {
    if (!same(p[i]!, q[i]!, meter, depth)) return compare(p[i]!, q[i]!, meter, depth + 1)
  }
  return p.length - q.length
}

/** By code points, where JavaScript compares UTF-16 units. */
function compareText(a: string, b: string, meter: Meter): number {
  const n = Math.min(a.length, b.length)
  meter.charge(n / 128)
  for (let i = 0; i < n; i++) {
    let x = a.charCodeAt(i),
      y = b.charCodeAt(i)
    if (x === y) continue
    // surrogates stand above all other units
    if (x >= 0xd800 && y >= 0xd800) {
      x = x >= 0xe000 ? x - 0x800 : x + 0x2000
      y = y >= 0xe000 ? y - 0x800 : y + 0x2000
    }
    return x - y
  }
  return a.length - b.length
}

/** What a loop over the value goes through. */
export function items(value: Value): Value[] {
  if (Array.isArray(value)) return value
  if (typeof value === 'string') return [...value]
  if (value instanceof Tuple) return value.items
  if (value instanceof Dict) return value.entries().map(([key]) => key)
  if (value instanceof Undefined) return []
  if (value instanceof Range) return Array.from({ length: value.length }, (_, i) => value.start + i * value.step)
  if (value instanceof View) {
    const entries = value.dict.entries()
    return value.kind === 'items'
      ? entries.map((entry) => new Tuple(entry))
      : entries.map(([key, of]) => (value.kind === 'keys' ? key : of))
  }
  if (value instanceof Generator) {
    const all = value.items
    value.items = []
    return all
  }
  if (value instanceof Markup) return refuse('a loop over escaped text')
  return fail(`'${typeName(value)}' object is not iterable`)
}

export const isIterable = (value: Value): boolean =>
  typeof value === 'string' ||
  Array.isArray(value) ||
  value instanceof Tuple ||
  value instanceof Dict ||
  value instanceof Undefined ||
  value instanceof Range ||
  value instanceof View ||
  value instanceof Generator ||
  value instanceof Markup ||
  (value instanceof Fields && value.name === 'LoopContext')

/** len(), or null where Python has none. Texts count characters, not UTF-16 units. */
export function length(value: Value): number | null {
  if (typeof value === 'string') return textLength(value)
  if (Array.isArray(value)) return value.length
  if (value instanceof Tuple) return value.items.length
  if (value instanceof Dict) return value.size
  if (value instanceof View) return value.dict.size
  if (value instanceof Range) return value.length
  return value instanceof Undefined ? 0 : value instanceof Markup ? textLength(value.text) : null
}

const astral = /[\ud800-\udbff][\udc00-\udfff]/g
export const hasAstral = (text: string): boolean => {
  astral.lastIndex = 0
  return astral.test(text)
}
export function textLength(text: string): number {
  if (!hasAstral(text)) return text.length
  let count = 0
  for (let i = 0; i < text.length; i++, count++) if (text.codePointAt(i)! > 0xffff) i++
  return count
}

/**
 * JSON-like data → values: whole numbers are ints, others floats. JavaScript reads 1.0 and 1 as
 * the same number, so a 1.0 in a tool's JSON is printed as 1, where Python prints 1.0.
 */
export function fromData(data: unknown, depth = 0): Value {
  if (depth > 100) return fail('a variable is nested too deeply')
  if (data === null || typeof data === 'string' || typeof data === 'boolean') return data
  if (data === undefined) return new Undefined('variable')
  if (typeof data === 'number') return Number.isSafeInteger(data) ? data : new Float(data)
  if (Array.isArray(data)) return data.map((item) => fromData(item, depth + 1))
  if (typeof data === 'object') {
    const dict = new Dict()
    for (const [key, value] of Object.entries(data)) {
      if (value !== undefined) dict.set(key, fromData(value, depth + 1), null)
    }
    return dict
  }
  return fail(`a variable may not be a ${typeof data}`)
}
