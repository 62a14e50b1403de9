// Filters of texts and numbers, and the whole list of jinja2's filters.

import { getAttribute } from './access.ts'
import { asInt, asText, bind } from './bind.ts'
import { formatPercent } from './format.ts'
import { toJson } from './json.ts'
import type { Filter, FilterContext } from './filter.ts'
import { listFilters } from './filters-lists.ts'
import { space } from './lexer.ts'
import { fail, refuse, type Meter } from './meter.ts'
import { attribute } from './methods.ts'
import { int, unary } from './operators.ts'
import { fixed, str } from './print.ts'
import { capitalized } from './case.ts'
import { lines, padded, replaced, rsplit, strip } from './text.ts'
import {
  Dict,
  Float,
  Markup,
  Tuple,
  Undefined,
  hasAstral,
  isInt,
  numeric,
  or,
  textLength,
  truth,
  typeName,
  type Arguments,
  type Value,
} from './values.ts'

/** Filters that jinja2 has and that we refuse where they run. */
const refused = new Set(['random', 'urlize', 'xmlattr', 'pprint', 'striptags', 'forceescape', 'wordwrap'])

const flag = (value: Value | undefined): boolean => value !== undefined && truth(value)
/** The operand as text. */
const text = (value: Value, meter: Meter): string => {
  const made = str(value, meter)
  meter.text(made.length)
  return made
}
const simple =
  (name: string, make: (text: string, meter: Meter) => Value): Filter =>
  (value, given, { meter }) => {
    bind(name, given, [])
    return make(text(value, meter), meter)
  }

const wordStart = new RegExp(`([-${space}({[<]+)`, 'u')
// the filter makes its first character a capital, where str.title() has a form for the head of a word
const wordTitle = (word: string): string => {
  const head = word === '' ? '' : String.fromCodePoint(word.codePointAt(0)!)
  return head.toUpperCase() + word.slice(head.length).toLowerCase()
}
const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&#34;', "'": '&#39;' }
const escape: Filter = (value, given, { meter }) => {
  bind('escape', given, [])
  if (value instanceof Markup) return value
  const source = text(value, meter)
  meter.charge(source.length / 8)
  const made = source.replace(/[&<>"']/g, (character) => escapes[character]!)
  meter.text(made.length)
  return new Markup(made)
}
const useDefault: Filter = (value, given) => {
  const [otherwise, boolean] = bind('default', given, ['default_value', 'boolean'])
  return value instanceof Undefined || (flag(boolean) && !truth(value)) ? or(otherwise, '') : value
}

/** int('…'): digits with single underscores between them. */
function parseInteger(value: string, base: number, meter: Meter): number | null {
  const trimmed = strip(value, null, true, true, meter)
  if (base !== 10) return refuse('int with a base')
  return /^[+-]?\d+(?:_\d+)*$/.test(trimmed) ? int(Number(trimmed.replaceAll('_', ''))) : null
}
function parseFloat_(value: string, meter: Meter): number | null {
  const trimmed = strip(value, null, true, true, meter)
  // every digit has one place in this pattern: two neighbouring runs would be tried in all ways
  if (/^[+-]?(?:\d+(?:_\d+)*(?:\.(?:\d+(?:_\d+)*)?)?|\.\d+(?:_\d+)*)(?:[eE][+-]?\d+(?:_\d+)*)?$/.test(trimmed)) {
    return Number(trimmed.replaceAll('_', ''))
  }
  const named = /^([+-]?)(?:(inf|infinity)|nan)$/i.exec(trimmed)
  return named
    ? named[2] === undefined
      ? NaN
      : named[1] === '-'
        ? -Infinity
        : Infinity
    : /(?![0-9])\p{Nd}/u.test(trimmed)
      ? refuse('a number in other digits')
      : null
}
function toFloat(value: Value, meter: Meter): number | null {
  if (value instanceof Undefined) return fail(`${value.what} is undefined`)
  return typeof value === 'string' ? parseFloat_(value, meter) : numeric(value)
}

function round(value: Value, given: Arguments): Value {
  const [places, method] = bind('round', given, ['precision', 'method'])
  const precision = places === undefined ? 0 : asInt(places, 'precision'),
    how = method === undefined ? 'common' : asText(method, 'method')
  if (!['common', 'ceil', 'floor'].includes(how)) return fail('method must be common, ceil or floor')
  const number = numeric(value) ?? fail(`type ${typeName(value)} doesn't define __round__ method`)
  if (precision < 0 || precision > 50) return refuse('a rounding to tens or to more than 50 places')
  if (how === 'common') {
    if (isInt(value)) return int(number)
    return Number.isFinite(number) ? new Float(Number(fixed(number, precision))) : new Float(number)
  }
  const scale = 10 ** precision
  if (!Number.isFinite(number)) return fail('cannot convert float to integer')
  return new Float((how === 'ceil' ? Math.ceil(number * scale) : Math.floor(number * scale)) / scale)
}

function indent(value: Value, given: Arguments, { meter }: FilterContext): Value {
  const [width, first, blank] = bind('indent', given, ['width', 'first', 'blank'])
  if (value instanceof Markup) return refuse('indent of escaped text')
  const source = asText(value, 'indent operand')
  const size = width === undefined ? 4 : typeof width === 'string' ? width.length : asInt(width, 'width')
  meter.text(size)
  const by = typeof width === 'string' ? width : ' '.repeat(Math.max(0, size))
  meter.charge(source.length / 8)
  const parts = lines(`${source}\n`, false)
  meter.text(source.length + parts.length * by.length)
  const body = flag(blank)
    ? parts.join(`\n${by}`)
    : parts.map((line, i) => (i > 0 && line !== '' ? by + line : line)).join('\n')
  return (flag(first) ? by : '') + body
}

function truncate(value: Value, given: Arguments, { meter }: FilterContext): Value {
  const [size, kill, end, leeway] = bind('truncate', given, ['length', 'killwords', 'end', 'leeway'])
  const max = size === undefined ? 255 : asInt(size, 'length'),
    tail = end === undefined ? '...' : asText(end, 'end'),
    slack = leeway === undefined || leeway === null ? 5 : asInt(leeway, 'leeway')
  if (value instanceof Undefined) return value
  const source = asText(value, 'truncate operand')
  meter.text(source.length)
  if (max < textLength(tail)) return fail(`expected length >= ${tail.length}, got ${max}`)
  if (slack < 0) return fail(`expected leeway >= 0, got ${slack}`)
  if (textLength(source) <= max + slack) return source
  const keep = max - textLength(tail)
  meter.charge(source.length / 32)
  const cut = hasAstral(source) ? [...source].slice(0, keep).join('') : source.slice(0, keep)
  return (flag(kill) ? cut : rsplit(cut, ' ', 1, meter)[0]!) + tail
}

function json(value: Value, given: Arguments, { meter }: FilterContext): Value {
  const [ascii, width, separators, sort] = bind('tojson', given, ['ensure_ascii', 'indent', 'separators', 'sort_keys'])
  const indentation =
    width === undefined || width === null
      ? null
      : typeof width === 'string'
        ? width
        : isInt(width)
          ? Number(width)
          : fail('indent must be an integer or a text')
  if (typeof indentation === 'number') meter.text(Math.max(0, indentation))
  const pair =
    separators === undefined || separators === null
      ? null
      : separators instanceof Tuple
        ? separators.items
        : Array.isArray(separators)
          ? separators
          : fail('separators must be a pair')
  if (pair && pair.length !== 2) return fail('separators must be a pair')
  return toJson(
    value,
    {
      ascii: flag(ascii),
      sort: flag(sort),
      indent: typeof indentation === 'number' ? ' '.repeat(Math.max(0, indentation)) : indentation,
      separators: pair
        ? [asText(pair[0], 'separator'), asText(pair[1], 'separator')]
        : [indentation === null ? ', ' : ',', ': '],
    },
    meter,
  )
}

const quote = (value: Value, meter: Meter, query: boolean): string => {
  const source = text(value, meter)
  meter.charge(source.length / 8)
  const out = encodeURIComponent(source.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  meter.text(out.length)
  return query ? out.replaceAll('%20', '+') : out.replaceAll('%2F', '/')
}

function fileSize(value: Value, given: Arguments, { meter }: FilterContext): Value {
  const [binary] = bind('filesizeformat', given, ['binary'])
  const bytes = toFloat(value, meter) ?? fail('could not convert to float'),
    base = flag(binary) ? 1024 : 1000
  if (bytes === 1) return '1 Byte'
  if (bytes < base) return `${Math.trunc(bytes)} Bytes`
  const units = ['k', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y'].map((unit) =>
    flag(binary) ? `${unit.toUpperCase()}iB` : `${unit}B`,
  )
  const at = units.findIndex((_, i) => bytes < base ** (i + 2))
  const i = at < 0 ? units.length - 1 : at
  return `${fixed((base * bytes) / base ** (i + 2), 1)} ${units[i]}`
}

export const filters: Record<string, Filter> = {
  ...listFilters,
  abs: (value, given) => {
    bind('abs', given, [])
    const number = numeric(value)
    return number === null
      ? fail(`bad operand type for abs(): '${typeName(value)}'`)
      : number < 0 || Object.is(number, -0)
        ? unary('-', value)
        : unary('+', value)
  },
  attr: (value, given, { meter }) => {
    const name = asText(bind('attr', given, ['name!'])[0], 'attribute name')
    return value instanceof Undefined
      ? fail(`${value.what} is undefined`)
      : attribute(value, name, meter) === undefined
        ? new Undefined(name)
        : getAttribute(value, name, meter)
  },
  capitalize: simple('capitalize', (source, meter) => {
    meter.charge(source.length / 4)
    return capitalized(source)
  }),
  center: (value, given, { meter }) => {
    const [width] = bind('center', given, ['width'])
    return padded(text(value, meter), width === undefined ? 80 : asInt(width, 'width'), ' ', 'both', meter)
  },
  default: useDefault,
  d: useDefault,
  escape,
  e: escape,
  filesizeformat: fileSize,
  float: (value, given, { meter }) => {
    const [otherwise] = bind('float', given, ['default'])
    const number = toFloat(value, meter)
    return number === null ? or(otherwise, new Float(0)) : new Float(number)
  },
  format: (value, given, { meter }) => {
    if (given.args.length > 0 && given.named.size > 0) {
      return fail("can't handle positional and keyword arguments at the same time")
    }
    if (given.named.size === 0) return formatPercent(text(value, meter), new Tuple(given.args), meter)
    const named = new Dict()
    for (const [key, of] of given.named) named.set(key, of, meter)
    return formatPercent(text(value, meter), named, meter)
  },
  indent,
  int: (value, given, { meter }) => {
    const [otherwise, base] = bind('int', given, ['default', 'base'])
    if (value instanceof Undefined) return fail(`${value.what} is undefined`)
    const whole =
      typeof value === 'string' ? parseInteger(value, base === undefined ? 10 : asInt(base, 'base'), meter) : null
    if (whole !== null) return whole
    if (value instanceof Float && Math.abs(value.value) === Infinity) {
      return fail('cannot convert float infinity to integer')
    }
    const number = toFloat(value, meter)
    return number === null || !Number.isFinite(number) ? or(otherwise, 0) : int(Math.trunc(number))
  },
  lower: simple('lower', (source, meter) => {
    meter.charge(source.length / 64)
    return source.toLowerCase()
  }),
  upper: simple('upper', (source, meter) => {
    meter.charge(source.length / 64)
    return source.toUpperCase()
  }),
  replace: (value, given, { meter }) => {
    const [from, to, count] = bind('replace', given, ['old!', 'new!', 'count'])
    return replaced(
      text(value, meter),
      str(from!, meter),
      str(to!, meter),
      count === undefined || count === null ? -1 : asInt(count, 'count'),
      meter,
    )
  },
  round,
  safe: (value, given, { meter }) => {
    bind('safe', given, [])
    return new Markup(text(value, meter))
  },
  string: simple('string', (source) => source),
  title: simple('title', (source, meter) => {
    meter.charge(source.length / 4)
    return source.split(wordStart).map(wordTitle).join('')
  }),
  tojson: json,
  trim: (value, given, { meter }) => {
    const [chars] = bind('trim', given, ['chars'])
    return strip(
      text(value, meter),
      chars === undefined || chars === null ? null : asText(chars, 'strip arg'),
      true,
      true,
      meter,
    )
  },
  truncate,
  urlencode: (value, given, { meter }) => {
    bind('urlencode', given, [])
    if (value instanceof Dict) {
      return (meter.items(value.size), value.entries())
        .map(([key, of]) => `${quote(key, meter, true)}=${quote(of, meter, true)}`)
        .join('&')
    }
    return typeof value === 'string' || numeric(value) !== null || value === null
      ? quote(value, meter, false)
      : refuse('urlencode of a list')
  },
  wordcount: simple('wordcount', (source, meter) => {
    meter.charge(source.length / 8)
    return source.match(/[\p{L}\p{N}_]+/gu)?.length ?? 0
  }),
}
for (const name of refused) filters[name] = () => refuse(`the filter "${name}"`)
