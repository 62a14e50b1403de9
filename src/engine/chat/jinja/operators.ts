// Python's operators on values: + - * / // % **, in, [ ], slices.

import { formatPercent } from './format.ts'
import { Finder } from './find.ts'
import { fail, refuse, type Meter } from './meter.ts'
import {
  Dict,
  Float,
  Generator,
  Markup,
  Range,
  Tuple,
  Undefined,
  View,
  compare,
  equal,
  hasAstral,
  isInt,
  isSame,
  items,
  numeric,
  typeName,
  type Value,
} from './values.ts'

/** An int that JavaScript can hold exactly. */
export const int = (value: number): number =>
  Number.isSafeInteger(value) ? value || 0 : refuse('a whole number beyond 2^53')

const bad = (operator: string, a: Value, b: Value): never => {
  for (const value of [a, b]) if (value instanceof Undefined) return fail(`${value.what} is undefined`)
  if (a instanceof Markup || b instanceof Markup) return refuse(`"${operator}" on escaped text`)
  return fail(`unsupported operand type(s) for ${operator}: '${typeName(a)}' and '${typeName(b)}'`)
}

export function binary(operator: string, a: Value, b: Value, meter: Meter): Value {
  if (operator === '+') {
    if (typeof a === 'string' && typeof b === 'string') {
      meter.text(a.length + b.length)
      return a + b
    }
    if (Array.isArray(a) && Array.isArray(b)) {
      meter.items(a.length + b.length)
      return [...a, ...b]
    }
    if (a instanceof Tuple && b instanceof Tuple) {
      meter.items(a.items.length + b.items.length)
      return new Tuple([...a.items, ...b.items])
    }
  }
  if (operator === '*') {
    const [many, times] = isInt(a) ? [b, Number(a)] : [a, isInt(b) ? Number(b) : NaN]
    if (!Number.isNaN(times) && numeric(many) === null) {
      return repeated(many, Math.max(0, times), meter) ?? bad(operator, a, b)
    }
  }
  if (operator === '%' && typeof a === 'string') return formatPercent(a, b, meter)
  const x = numeric(a),
    y = numeric(b)
  if (x === null || y === null) return bad(operator, a, b)
  const whole = isInt(a) && isInt(b)
  switch (operator) {
    case '+':
      return whole ? int(x + y) : new Float(x + y)
    case '-':
      return whole ? int(x - y) : new Float(x - y)
    case '*':
      return whole ? int(x * y) : new Float(x * y)
    case '/':
      return y === 0 ? fail('division by zero') : new Float(x / y)
    case '//':
      return y === 0
        ? fail('division by zero')
        : whole
          ? int(Math.floor((x - modulo(x, y)) / y))
          : new Float(floorDivision(x, y))
    case '%':
      return y === 0 ? fail('modulo by zero') : whole ? int(modulo(x, y)) : new Float(modulo(x, y))
    case '**':
      return power(x, y, whole)
    default:
      return fail(`unknown operator ${operator}`)
  }
}

/** The rest takes the sign of the divisor. */
function modulo(x: number, y: number): number {
  const rest = x % y
  return rest !== 0 && rest < 0 !== y < 0 ? rest + y : rest === 0 ? (y < 0 ? -0 : 0) : rest
}
function floorDivision(x: number, y: number): number {
  const rest = modulo(x, y),
    quotient = (x - rest) / y
  const floor = Math.floor(quotient)
  return quotient - floor > 0.5 ? floor + 1 : floor
}
function power(x: number, y: number, whole: boolean): Value {
  if (x === 0 && y < 0) return fail('0.0 cannot be raised to a negative power')
  const value = x ** y
  if (x < 0 && !Number.isInteger(y)) return refuse('a complex number')
  if (whole && y >= 0) return int(value)
  return Number.isFinite(value) ? new Float(value) : fail('Result too large')
}

function repeated(many: Value, times: number, meter: Meter): Value | null {
  if (typeof many === 'string') {
    meter.text(many.length * times)
    return many === '' ? '' : many.repeat(times)
  }
  const list = Array.isArray(many) ? many : many instanceof Tuple ? many.items : null
  if (!list) return null
  meter.items(list.length * times)
  const out: Value[] = [],
    size = list.length * times
  // not by turns: nothing a billion times is nothing at once
  while (out.length < size) for (const item of list) out.push(item)
  return Array.isArray(many) ? out : new Tuple(out)
}

export function unary(operator: string, a: Value): Value {
  const x = numeric(a)
  if (x === null) return bad(`unary ${operator}`, a, a)
  const value = operator === '-' ? -x : x
  return isInt(a) ? int(value) : new Float(value)
}

export function compared(operator: string, a: Value, b: Value, meter: Meter): boolean {
  switch (operator) {
    case '==':
      return equal(a, b, meter)
    case '!=':
      return !equal(a, b, meter)
    case 'in':
      return contains(b, a, meter)
    case 'not in':
      return !contains(b, a, meter)
    default:
  }
  if (a instanceof Undefined || b instanceof Undefined) return bad(operator, a, b)
  if ((a instanceof Float && Number.isNaN(a.value)) || (b instanceof Float && Number.isNaN(b.value))) return false
  const order = compare(a, b, meter)
  return operator === '<' ? order < 0 : operator === '<=' ? order <= 0 : operator === '>' ? order > 0 : order >= 0
}

export function contains(container: Value, item: Value, meter: Meter): boolean {
  if (typeof container === 'string') {
    if (typeof item !== 'string') return fail(`'in <string>' requires string as left operand, not ${typeName(item)}`)
    meter.text(container.length)
    return new Finder(item, meter).next(container, 0) >= 0
  }
  if (container instanceof Dict) return container.has(item, meter)
  if (container instanceof View && container.kind === 'keys') return container.dict.has(item, meter)
  if (
    !(
      Array.isArray(container) ||
      container instanceof Tuple ||
      container instanceof Range ||
      container instanceof View ||
      container instanceof Undefined ||
      container instanceof Generator
    )
  ) {
    return fail(`argument of type '${typeName(container)}' is not iterable`)
  }
  const list = items(container)
  meter.charge(list.length)
  return list.some((other) => isSame(other, item) || equal(other, item, meter))
}

/** Positions count characters. */
export function characters(text: string, meter: Meter): string | string[] {
  meter.charge(text.length / 1024)
  if (!hasAstral(text)) return text
  meter.charge(text.length / 32)
  return [...text]
}

/** x[index], or undefined where Python raises LookupError or TypeError. */
export function subscript(value: Value, index: Value, meter: Meter): Value | undefined {
  if (value instanceof Dict) {
    if (Array.isArray(index) || index instanceof Dict) return undefined
    return value.get(index, meter)
  }
  if (!isInt(index)) return undefined
  const list =
    typeof value === 'string'
      ? characters(value, meter)
      : Array.isArray(value)
        ? value
        : value instanceof Tuple
          ? value.items
          : null
  if (list) return list.at(Number(index)) as Value | undefined
  if (!(value instanceof Range)) return undefined
  const at = Number(index) < 0 ? Number(index) + value.length : Number(index)
  return at >= 0 && at < value.length ? value.start + at * value.step : undefined
}

export function slice(value: Value, from: Value, to: Value, by: Value, meter: Meter): Value | undefined {
  const list =
    typeof value === 'string'
      ? characters(value, meter)
      : Array.isArray(value)
        ? value
        : value instanceof Tuple
          ? value.items
          : value instanceof Range
            ? refuse('a slice of a range')
            : null
  if (!list) return undefined
  const bounds = [from, to, by].map((bound) => (bound === null || isInt(bound) ? bound : undefined))
  if (bounds.includes(undefined)) return undefined
  const step = by === null ? 1 : Number(by),
    n = list.length
  if (step === 0) return fail('slice step cannot be zero')
  const clamp = (bound: Value, otherwise: number): number => {
    if (bound === null) return otherwise
    const at = Number(bound) < 0 ? Number(bound) + n : Number(bound)
    return step > 0 ? Math.min(Math.max(at, 0), n) : Math.min(Math.max(at, -1), n - 1)
  }
  const start = clamp(from, step > 0 ? 0 : n - 1),
    stop = clamp(to, step > 0 ? n : -1)
  if (step === 1) {
    const part = list.slice(start, Math.max(start, stop))
    if (typeof value === 'string') meter.text(part.length)
    else meter.items(part.length)
    return rebuilt(value, part)
  }
  const out: Value[] = []
  for (let i = start; step > 0 ? i < stop : i > stop; i += step) out.push(list[i] as Value)
  meter.items(out.length)
  return rebuilt(value, out)
}
const rebuilt = (like: Value, part: string | readonly Value[]): Value =>
  typeof like === 'string'
    ? typeof part === 'string'
      ? part
      : part.join('')
    : like instanceof Tuple
      ? new Tuple([...part])
      : [...part]
