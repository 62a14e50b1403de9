// str() and repr() as Python writes them.

import { fail, refuse, type Meter } from './meter.ts'
import {
  Callable,
  Dict,
  Fields,
  Float,
  Generator,
  Markup,
  Namespace,
  Range,
  Tuple,
  Undefined,
  View,
  items,
  typeName,
  type Value,
} from './values.ts'

/** What {{ value }} prints. */
export function str(value: Value, meter: Meter): string {
  if (typeof value === 'string') return value
  if (value instanceof Undefined) return ''
  if (value instanceof Markup) return value.text
  return repr(value, meter)
}

export function repr(value: Value, meter: Meter): string {
  meter.charge(1)
  if (value === null) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value === 'number') return String(value)
  if (typeof value === 'string') {
    meter.text(value.length)
    meter.charge(value.length / 24)
    return reprText(value)
  }
  if (value instanceof Float) return floatText(value.value)
  if (value instanceof Undefined) return 'Undefined'
  meter.enter()
  const text = compound(value, meter)
  meter.leave()
  meter.text(text.length)
  return text
}

function compound(value: Exclude<Value, null | boolean | number | string>, meter: Meter): string {
  const list = (of: Value[]): string => of.map((item) => repr(item, meter)).join(', ')
  if (Array.isArray(value)) return `[${list(value)}]`
  if (value instanceof Tuple) return value.items.length === 1 ? `(${list(value.items)},)` : `(${list(value.items)})`
  if (value instanceof Dict) {
    return `{${value
      .entries()
      .map(([key, of]) => `${repr(key, meter)}: ${repr(of, meter)}`)
      .join(', ')}}`
  }
  if (value instanceof Range) {
    return value.step === 1
      ? `range(${value.start}, ${value.start + value.length})`
      : refuse('a range with a step as text')
  }
  if (value instanceof View) return `dict_${value.kind}([${list(items(value))}])`
  if (value instanceof Namespace) {
    const dict = new Dict()
    for (const [name, of] of value.attributes) dict.set(name, of, meter)
    return `<Namespace ${repr(dict, meter)}>`
  }
  if (value instanceof Callable && value.kind === 'macro') {
    return `<Macro ${value.name === '' ? 'anonymous' : reprText(value.name)}>`
  }
  if (value instanceof Fields && value.name === 'LoopContext') {
    return `<LoopContext ${repr(value.get('index')!, meter)}/${repr(value.get('length')!, meter)}>`
  }
  if (value instanceof Generator || value instanceof Callable || value instanceof Fields) {
    return refuse(`a ${typeName(value)} as text`)
  }
  return refuse(`repr of ${typeName(value)}`)
}

// what str.isprintable() says no to
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu
const short: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

function reprText(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll(quote, `\\${quote}`)
    .replace(unprintable, (character) => {
      const code = character.codePointAt(0)!
      return (
        short[character] ??
        (code < 0x100
          ? `\\x${code.toString(16).padStart(2, '0')}`
          : code < 0x10000
            ? `\\u${code.toString(16).padStart(4, '0')}`
            : `\\U${code.toString(16).padStart(8, '0')}`)
      )
    })
  return quote + escaped + quote
}

/** Python's repr(float): the shortest digits, an exponent below 1e-4 and from 1e16 on. */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0'
  const size = Math.abs(value)
  if (size >= 1e16 || size < 1e-4) {
    const [digits, exponent] = value.toExponential().split('e') as [string, string]
    return `${digits}e${exponent[0]}${exponent.slice(1).padStart(2, '0')}`
  }
  const text = String(value)
  return text.includes('.') ? text : `${text}.0`
}

/** Every decimal of a number, up to the hundred that JavaScript can write. */
const exactDecimals = (value: number, max = 100): string => value.toFixed(max)

/** Rounded to `places` decimals, ties to even, as Python does it (JavaScript rounds ties up). */
export function fixed(value: number, places: number): string {
  if (places > 60 || Math.abs(value) >= 1e21) return refuse('a number of more than 60 decimals or 21 digits')
  const text = value.toFixed(places),
    exact = exactDecimals(value)
  const rest = exact.slice(exact.indexOf('.') + 1 + places)
  if (!/^50*$/.test(rest)) return text
  const down = exact.slice(0, exact.indexOf('.') + (places > 0 ? 1 + places : 0))
  const last = Number(down.at(-1))
  if (last % 2 === 0) return down
  // away from zero: what toFixed gave is one of the two neighbours
  return text !== down ? text : fail('a number cannot be rounded')
}
