// '%s %d %5.2f' % values, as Python's printf-style formatting.

import { fail, refuse, type Meter } from './meter.ts'
import { fixed, repr, str } from './print.ts'
import { Dict, Float, Range, Tuple, Undefined, isInt, numeric, or, type Value } from './values.ts'

const spec = /%(?:\(([^()]*)\))?([#0\- +]*)(\*|\d+)?(?:\.(\*|\d+)?)?([hlL])?(.)?/gsu

export function formatPercent(text: string, given: Value, meter: Meter): string {
  meter.charge(text.length / 32 + (given instanceof Tuple ? given.items.length / 8 : 0))
  const values = given instanceof Tuple ? [...given.items] : [given]
  let next = 0,
    named = false
  const take = (): Value => (next < values.length ? values[next++]! : fail('not enough arguments for format string'))
  let made = 0
  const out = text.replace(
    spec,
    (
      all: string,
      name: string | undefined,
      flags: string,
      width: string | undefined,
      places: string | undefined,
      _size: string | undefined,
      kind: string | undefined,
    ) => {
      meter.charge(1)
      if (kind === undefined) return fail('incomplete format')
      if (kind === '%') return all === '%%' ? '%' : refuse(`the format "${all}"`)
      if (width === '*' || places === '*') return refuse('a width that is an argument')
      let value: Value
      if (name !== undefined) {
        named = true
        const missing = new Undefined(`the key '${name}' of the format`)
        value = given instanceof Dict ? or(given.get(name, meter), missing) : fail('format requires a mapping')
        if (value === missing) return fail(`the format needs the key '${name}'`)
      } else value = take()
      const precision = places ?? (all.includes('.') ? '0' : undefined)
      const body = one(kind, value, flags, precision === undefined ? null : Number(precision), meter)
      const wide = Number(width ?? 0)
      made += Math.max(wide, body.length)
      meter.text(text.length + made)
      return pad(body, wide, flags, 'dioxXeEfFgG'.includes(kind))
    },
  )
  if (
    !named &&
    next < values.length &&
    !(given instanceof Dict || Array.isArray(given) || given instanceof Undefined || given instanceof Range)
  ) {
    return fail('not all arguments converted during string formatting')
  }
  return out
}

function one(kind: string, value: Value, flags: string, places: number | null, meter: Meter): string {
  if (places !== null && places > 1000) return refuse('a format of more than 1000 places')
  const sign = (text: string): string =>
    text.startsWith('-') ? text : flags.includes('+') ? `+${text}` : flags.includes(' ') ? ` ${text}` : text
  switch (kind) {
    case 's':
      return clip(str(value, meter), places)
    case 'r':
      return clip(repr(value, meter), places)
    case 'd':
    case 'i':
    case 'u': {
      const number = real(kind, value)
      if (!Number.isFinite(number)) return fail('cannot convert float infinity or NaN to integer')
      const text = String(Math.trunc(number))
      if (text.includes('e')) return refuse('a whole number beyond 2^53')
      const digits = text.replace('-', '')
      return sign((number <= -1 ? '-' : '') + digits.padStart(places ?? 0, '0'))
    }
    case 'x':
    case 'X':
    case 'o': {
      if (!isInt(value)) return fail(`%${kind} format: an integer is required`)
      if (flags.includes('#') || places !== null) return refuse(`the format %${flags}${kind}`)
      const text = Number(value).toString(kind === 'o' ? 8 : 16)
      return sign(kind === 'X' ? text.toUpperCase() : text)
    }
    case 'f':
    case 'F': {
      const number = real(kind, value)
      if (!Number.isFinite(number)) return refuse('an infinite number in a format')
      return sign(fixed(number, places ?? 6))
    }
    case 'c': {
      if (typeof value === 'string' && [...value].length === 1) return value
      return isInt(value) && Number(value) >= 0 && Number(value) < 0x110000
        ? String.fromCodePoint(Number(value))
        : fail('%c requires int or char')
    }
    default:
      return refuse(`the format %${kind}`)
  }
}

const clip = (text: string, places: number | null): string =>
  places === null ? text : [...text].slice(0, places).join('')

function real(kind: string, value: Value): number {
  if (value instanceof Undefined) return fail(`${value.what} is undefined`)
  const number = value instanceof Float ? value.value : numeric(value)
  return number ?? fail(`%${kind} format: a real number is required`)
}

function pad(body: string, width: number, flags: string, number: boolean): string {
  const missing = width - [...body].length
  if (missing <= 0) return body
  if (flags.includes('-')) return body + ' '.repeat(missing)
  if (!flags.includes('0') || !number) return ' '.repeat(missing) + body
  const sign = /^[+\- ]/.exec(body)?.[0] ?? ''
  return sign + '0'.repeat(missing) + body.slice(sign.length)
}
