// A JSON Schema (2020-12, and what older drafts write for the same) as the kinds of values it allows. Every keyword is
// computed with, says nothing about the value (title, description …), is listed as ignored (format), or is refused by its
// name: what is written is then never of another schema than the one that was given.
//
// Kinds that no text can be (a number above 5 and below 3, an object that must hold itself) are taken out here, so that
// no answer begins what cannot be ended.

import type { Facts } from '../errors.ts'
import { refuseForm, type FormProblem } from './refuse.ts'
import { readPattern, type Pattern } from './pattern.ts'

/** One kind of value. An empty list of kinds allows nothing. */
export type Kind =
  | { is: 'null' | 'boolean' | 'number' }
  /** both ends included; null: none */
  | { is: 'integer'; low: bigint | null; high: bigint | null }
  | { is: 'string'; low: number; high: number; pattern: Pattern | null }
  /** the items at the front, the others; how many */
  | { is: 'array'; first: readonly Value[]; rest: Value; low: number; high: number }
  /** `others`: of names that are not listed */
  | { is: 'object'; named: readonly Named[]; others: Value }
  /** values that are neither lists nor objects, as JSON.stringify writes them */
  | { is: 'one of'; texts: readonly string[] }
export interface Named {
  name: string
  required: boolean
  value: Value
}
/** What one schema allows: any of its kinds. */
export class Value {
  kinds: Kind[] = []
}

export interface ReadSchema {
  value: Value
  /** keywords that ask for more than is held to, with their places */
  ignored: string[]
}

type Json = Readonly<Record<string, unknown>>
/** Schemas in one, kinds of all their values, pairs of kinds that are compared, and characters of values that are listed. */
const MOST_SCHEMAS = 5000
const MOST_KINDS = 200_000
const MOST_PAIRS = 1_000_000
const MOST_LISTED = 2 ** 21

const says = [
  'title',
  'description',
  'default',
  'examples',
  '$comment',
  '$schema',
  'deprecated',
  'readOnly',
  'writeOnly',
]
const annotations = new Set([...says, '$defs', 'definitions', 'format', 'contentEncoding', 'contentMediaType'])
const typeNames = ['null', 'boolean', 'object', 'array', 'number', 'string', 'integer']
/** Keywords by the type whose values they are about. */
const about: Readonly<Record<string, string>> = {
  properties: 'object',
  required: 'object',
  additionalProperties: 'object',
  items: 'array',
  prefixItems: 'array',
  minItems: 'array',
  maxItems: 'array',
  minLength: 'string',
  maxLength: 'string',
  pattern: 'string',
  minimum: 'number',
  maximum: 'number',
  exclusiveMinimum: 'number',
  exclusiveMaximum: 'number',
}
/** Keywords that have a value that asks for nothing. */
const idle: Readonly<Record<string, unknown>> = {
  uniqueItems: false,
  minProperties: 0,
  nullable: false,
  minContains: 0,
}

/** @throws CONSTRAINT_INVALID with the place and the keyword */
export function readSchema(schema: unknown): ReadSchema {
  const reader = new Reader(schema)
  const value = reader.value(schema, '')
  reader.finish()
  if (value.kinds.length === 0) refuseForm({ problem: 'empty', at: '' })
  return { value, ignored: reader.ignored }
}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
const typeOf = (value: unknown): string =>
  value === null
    ? 'null'
    : Array.isArray(value)
      ? 'array'
      : typeof value === 'number'
        ? Number.isInteger(value)
          ? 'integer'
          : 'number'
        : typeof value
interface Union {
  at: string
  of: readonly Value[]
  isOneOf: boolean
}

class Reader {
  readonly ignored: string[] = []
  private readonly known = new Map<unknown, Value>()
  /** values that are what others are, which may not be read yet */
  private readonly unions = new Map<Value, Union>()
  /** what every value of a list of values holds */
  private readonly parts: Value[] = []
  private readonly unread: (() => void)[] = []
  private listed = 0

  constructor(private readonly root: unknown) {}

  value(schema: unknown, at: string): Value {
    if (schema === true) return this.value(anyValue, at)
    if (schema === false) return nothing
    const found = this.known.get(schema)
    if (found) return found
    if (!isObject(schema)) return this.refuseValue(at, String(schema).slice(0, 40), 'an object, true or false')
    if (this.known.size >= MOST_SCHEMAS) {
      refuseForm({ problem: 'size', at, what: 'schemas', count: this.known.size + 1, limit: MOST_SCHEMAS })
    }
    const value = new Value()
    this.known.set(schema, value)
    // not at once: a schema may refer to one that refers to one …
    this.unread.push(() => this.read(schema, at, value))
    return value
  }

  /** @param more `need` of a value, `how` a keyword would be computed with */
  private refuse(problem: FormProblem, at: string, found: string, more: Facts = {}): never {
    refuseForm({ problem, at, found, ...more })
  }
  private refuseValue(at: string, found: string, need: string): never {
    return this.refuse('value', at, found, { need })
  }
  /** @param how see refuse.ts */
  private refuseKeyword(at: string, found: string, how: string, more: Facts = {}): never {
    return this.refuse('keyword', at, found, { how, ...more })
  }

  private read(schema: Json, at: string, value: Value): void {
    for (const [name, given] of Object.entries(schema)) {
      const isKnown = ['type', 'enum', 'const', 'anyOf', 'oneOf', 'allOf', '$ref', 'nullable'].includes(name)
      if (Object.hasOwn(about, name) || annotations.has(name) || isKnown) continue
      if (name === '$id' && at === '') continue
      if (!(Object.hasOwn(idle, name) && idle[name] === given)) this.refuse('keyword', at, name)
    }
    for (const name of ['format', 'contentEncoding', 'contentMediaType']) {
      if (name in schema) this.ignored.push(`${at}/${name}: ${JSON.stringify(schema[name])}`.slice(0, 200))
    }
    const rules = Object.keys(schema).filter(
      (name) => !annotations.has(name) && name !== '$id' && !isIdle(name, schema),
    )
    const link = ['$ref', 'allOf', 'anyOf', 'oneOf'].find((name) => rules.includes(name))
    if (link) {
      const beside = rules.find((name) => name !== link)
      if (beside) this.refuseKeyword(at, beside, 'beside', { beside: link })
      this.unions.set(value, this.union(schema, link, at))
      return
    }
    const types = this.types(schema, at)
    const list = rules.find((name) => name === 'enum' || name === 'const')
    if (!list) {
      value.kinds.push(...this.kindsOf(schema, at, types))
      return
    }
    const beside = rules.find((name) => ![list, 'type', 'nullable'].includes(name))
    if (beside) this.refuseKeyword(at, beside, 'beside', { beside: list })
    const values = list === 'const' ? [schema['const']] : schema['enum']
    if (!Array.isArray(values)) return this.refuseValue(at, 'enum', 'a list of values')
    this.list(
      (values as unknown[]).filter((item) => {
        const type = typeOf(item)
        return types.includes(type) || (type === 'integer' && types.includes('number'))
      }),
      at,
      value,
    )
  }

  /** Single values: texts, and lists and objects of single values. */
  private list(values: readonly unknown[], at: string, into: Value): void {
    const texts = new Set<string>()
    const single = (item: unknown): Value => {
      const value = new Value()
      this.parts.push(value)
      this.list([item], at, value)
      return value
    }
    for (const item of values) {
      if (Array.isArray(item)) {
        into.kinds.push({ is: 'array', first: item.map(single), rest: nothing, low: item.length, high: item.length })
      } else if (isObject(item)) {
        const named = Object.entries(item).map(([name, one]) => ({ name, required: true, value: single(one) }))
        into.kinds.push({ is: 'object', named, others: nothing })
      } else texts.add(JSON.stringify(item))
    }
    for (const text of texts) this.listed += text.length
    if (this.listed > MOST_LISTED) {
      refuseForm({ problem: 'size', at, what: 'listed', count: this.listed, limit: MOST_LISTED })
    }
    if (texts.size > 0) into.kinds.push({ is: 'one of', texts: [...texts] })
  }

  private union(schema: Json, link: string, at: string): Union {
    const given = schema[link]
    if (link === '$ref') return { at, of: [this.refer(given, at)], isOneOf: false }
    if (!Array.isArray(given) || given.length === 0) {
      return this.refuseValue(at, link, 'a list of one schema or more')
    }
    if (link === 'allOf' && given.length > 1) this.refuseKeyword(at, 'allOf', 'several')
    const of = given.map((one: unknown, i) => this.value(one, `${at}/${link}/${i}`))
    return { at, of, isOneOf: link === 'oneOf' }
  }

  private refer(given: unknown, at: string): Value {
    if (typeof given !== 'string') return this.refuseValue(at, '$ref', 'a text')
    if (given !== '#' && !given.startsWith('#/')) return this.refuse('reference', at, given.slice(0, 100))
    let to: unknown = this.root
    for (const step of given
      .slice(2)
      .split('/')
      .filter((_, i) => given !== '#' || i > 0)) {
      const name = unescaped(step)
      if (typeof to !== 'object' || to === null || !Object.hasOwn(to, name)) {
        return this.refuse('reference', at, given.slice(0, 100))
      }
      to = (to as Json)[name]
    }
    return this.value(to, given.slice(1))
  }

  private types(schema: Json, at: string): string[] {
    const { type, nullable } = schema
    const given = type === undefined ? typeNames.slice(0, -1) : Array.isArray(type) ? (type as unknown[]) : [type]
    const odd = given.find((name) => !typeNames.includes(name as string))
    if (odd !== undefined || given.length === 0) this.refuseValue(at, 'type', `one of ${typeNames.join(', ')}`)
    if (nullable !== undefined && typeof nullable !== 'boolean') this.refuseValue(at, 'nullable', 'true or false')
    if (nullable === true && type === undefined) this.refuseKeyword(at, 'nullable', 'untyped')
    return [...new Set([...(given as string[]), ...(nullable === true ? ['null'] : [])])]
  }

  private kindsOf(schema: Json, at: string, types: readonly string[]): Kind[] {
    return types.flatMap((type): Kind[] => {
      switch (type) {
        case 'integer':
          return types.includes('number') ? [] : [this.integer(schema, at)]
        case 'number': {
          const limit = Object.keys(about).find((name) => about[name] === 'number' && name in schema)
          if (limit) this.refuseKeyword(at, limit, 'numbers')
          return [{ is: 'number' }]
        }
        case 'string':
          return [this.string(schema, at)]
        case 'array':
          return [this.array(schema, at)]
        case 'object':
          return [this.object(schema, at)]
        default:
          return [{ is: type as 'null' | 'boolean' }]
      }
    })
  }

  private count(schema: Json, name: string, absent: number, at: string): number {
    const given = schema[name] ?? absent
    const is = given === absent || (Number.isSafeInteger(given) && (given as number) >= 0)
    return is ? (given as number) : this.refuseValue(at, name, 'a whole number from 0')
  }

  private integer(schema: Json, at: string): Kind {
    const bound = (name: string, round: (value: number) => number, over: bigint): bigint | null => {
      const given = schema[name]
      if (given === undefined) return null
      if (typeof given !== 'number' || !Number.isFinite(given)) return this.refuseValue(at, name, 'a number')
      return BigInt(round(given)) + (Number.isInteger(given) ? over : 0n)
    }
    const highest = (a: bigint | null, b: bigint | null) => (a === null || (b !== null && b > a) ? b : a)
    const lowest = (a: bigint | null, b: bigint | null) => (a === null || (b !== null && b < a) ? b : a)
    return {
      is: 'integer',
      low: highest(bound('minimum', Math.ceil, 0n), bound('exclusiveMinimum', Math.ceil, 1n)),
      high: lowest(bound('maximum', Math.floor, 0n), bound('exclusiveMaximum', Math.floor, -1n)),
    }
  }

  private string(schema: Json, at: string): Kind {
    const low = this.count(schema, 'minLength', 0, at),
      high = this.count(schema, 'maxLength', Infinity, at)
    const { pattern } = schema
    if (pattern === undefined) return { is: 'string', low, high, pattern: null }
    if (typeof pattern !== 'string') return this.refuseValue(at, 'pattern', 'a text')
    const beside = ['minLength', 'maxLength'].find((name) => name in schema)
    if (beside) this.refuseKeyword(at, beside, 'beside', { beside: 'pattern' })
    return { is: 'string', low, high, pattern: readPattern(pattern, false, `${at}/pattern`) }
  }

  private array(schema: Json, at: string): Kind {
    const { prefixItems = [], items = true } = schema
    if (Array.isArray(items)) this.refuseKeyword(at, 'items', 'list')
    if (!Array.isArray(prefixItems)) return this.refuseValue(at, 'prefixItems', 'a list of schemas')
    return {
      is: 'array',
      first: prefixItems.map((one: unknown, i) => this.value(one, `${at}/prefixItems/${i}`)),
      rest: this.value(items, `${at}/items`),
      low: this.count(schema, 'minItems', 0, at),
      high: this.count(schema, 'maxItems', Infinity, at),
    }
  }

  private object(schema: Json, at: string): Kind {
    const { properties = {}, required = [], additionalProperties = true } = schema
    if (!isObject(properties)) return this.refuseValue(at, 'properties', 'an object of schemas')
    if (!Array.isArray(required) || required.some((name) => typeof name !== 'string')) {
      return this.refuseValue(at, 'required', 'a list of names')
    }
    const others = this.value(additionalProperties, `${at}/additionalProperties`)
    const must = new Set(required as string[])
    const named = Object.entries(properties).map(([name, one]): Named => ({
      name,
      required: must.has(name),
      value: this.value(one, `${at}/properties/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`),
    }))
    for (const name of must) if (!Object.hasOwn(properties, name)) named.push({ name, required: true, value: others })
    return { is: 'object', named, others }
  }

  /** Puts the kinds of unions together, and takes out those that no text can be. */
  finish(): void {
    for (let read; (read = this.unread.pop());) read()
    let kinds = 0
    const left = { pairs: MOST_PAIRS }
    for (const [value, union] of this.unions) {
      if (union.isOneOf) {
        const lists = union.of.map((one) => this.kindsWithin(one))
        lists.forEach((a, i) => {
          for (const b of lists.slice(i + 1)) {
            if (a.some((one) => b.some((other) => !areApart(one, other, (of) => this.kindsWithin(of), left)))) {
              refuseForm({ problem: 'overlap', at: union.at })
            }
          }
        })
      }
      value.kinds = this.kindsWithin(value)
      kinds += value.kinds.length
      if (kinds > MOST_KINDS) {
        refuseForm({ problem: 'size', at: union.at, what: 'alternatives', count: kinds, limit: MOST_KINDS })
      }
    }
    const values = [...this.known.values(), ...this.parts]
    const can = new Set<Kind>()
    const canBe = (value: Value): boolean => value.kinds.some((kind) => can.has(kind))
    for (let more = true; more;) {
      more = false
      for (const value of values) {
        for (const kind of value.kinds) {
          if (can.has(kind) || !isWritable(kind, canBe)) continue
          can.add(kind)
          more = true
        }
      }
    }
    for (const value of values) value.kinds = value.kinds.filter((kind) => can.has(kind))
  }

  /** Kinds of a value, through references and alternatives; a reference that leads back to itself adds none. */
  private kindsWithin(value: Value): Kind[] {
    const seen = new Set<Value>(),
      kinds = new Set<Kind>()
    const open = [value]
    for (let one; (one = open.pop());) {
      if (seen.has(one)) continue
      seen.add(one)
      const union = this.unions.get(one)
      if (union) open.push(...union.of.toReversed())
      else for (const kind of one.kinds) kinds.add(kind)
    }
    return [...kinds]
  }
}

const anyValue: Json = {}
const nothing = new Value()
const isIdle = (name: string, schema: Json): boolean => Object.hasOwn(idle, name) && idle[name] === schema[name]

/** A step of a JSON pointer in a URI. */
function unescaped(step: string): string {
  let plain = step
  try {
    plain = decodeURIComponent(step)
  } catch {
    // it stands for itself
  }
  return plain.replaceAll('~1', '/').replaceAll('~0', '~')
}

/** How many items an array can have: the first that cannot be written ends it. */
export function mostItems(
  { first, rest, high }: Extract<Kind, { is: 'array' }>,
  canBe: (value: Value) => boolean,
): number {
  const bad = first.findIndex((value) => !canBe(value))
  return Math.min(high, bad >= 0 ? bad : canBe(rest) ? Infinity : first.length)
}

function isWritable(kind: Kind, canBe: (value: Value) => boolean): boolean {
  switch (kind.is) {
    case 'integer':
      return kind.low === null || kind.high === null || kind.low <= kind.high
    case 'string':
      return kind.low <= kind.high
    case 'array':
      return kind.low <= mostItems(kind, canBe)
    case 'object':
      return kind.named.every(({ required, value }) => !required || canBe(value))
    default:
      return true
  }
}

/** Is there no value that is of both kinds? Where that is not seen at once: false. */
function areApart(a: Kind, b: Kind, kindsOf: (value: Value) => Kind[], left: { pairs: number }, depth = 0): boolean {
  if (--left.pairs < 0) return false
  const typesOf = (kind: Kind): string[] =>
    kind.is === 'one of' ? [...new Set(kind.texts.map((text) => typeOf(JSON.parse(text))))] : [kind.is]
  const same = (one: string, other: string): boolean => {
    const isNumber = (type: string): boolean => type === 'integer' || type === 'number'
    return one === other || (isNumber(one) && isNumber(other))
  }
  if (!typesOf(a).some((one) => typesOf(b).some((other) => same(one, other)))) return true
  if (a.is === 'one of' && b.is === 'one of') {
    const texts = new Set(a.texts)
    return b.texts.every((text) => !texts.has(text))
  }
  if (a.is !== 'object' || b.is !== 'object' || depth > 8) return false
  return a.named.some(
    ({ name, required, value }) =>
      required &&
      b.named.some(
        (other) =>
          other.name === name &&
          other.required &&
          kindsOf(value).every((one) =>
            kindsOf(other.value).every((another) => areApart(one, another, kindsOf, left, depth + 1)),
          ),
      ),
  )
}
