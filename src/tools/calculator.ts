// A calculator: a small language of arithmetic, read by a Pratt parser and computed while it is read. Fractions stay exact;
// what has no exact value (a sine, most roots) goes on as a float, and the result says "≈". Nothing is ever evaluated as code.

import {
  absolute,
  add,
  bitsOf,
  floor,
  gcd,
  less,
  mostBits,
  negate,
  over,
  ratio,
  readRatio,
  times,
  toFloat,
  tooLarge,
  writeRatio,
  type Ratio,
} from './ratio.ts'
import type { Tool } from './tool.ts'

/** Exact, or a float. */
type Value = Ratio | number

/** Parentheses and signs within each other. */
const deepest = 100
/** n! has 2,568 digits at 1,000. */
const largestFactorial = 1000n

function refuseLong(): never {
  throw tooLarge()
}
const float = (value: Value): number => (typeof value === 'number' ? value : toFloat(value))
const both = (
  a: Value,
  b: Value,
  exact: (a: Ratio, b: Ratio) => Value,
  rough: (a: number, b: number) => number,
): Value => (typeof a !== 'number' && typeof b !== 'number' ? exact(a, b) : finite(rough(float(a), float(b))))

function finite(value: number): number {
  if (Number.isNaN(value)) throw new Error('the result is no real number')
  if (!Number.isFinite(value)) throw new Error('the result is too large: at most 1e308')
  return value
}
function whole(value: Value, what: string): bigint {
  if (typeof value === 'number' || value.d !== 1n) throw new Error(`${what} needs whole numbers`)
  return value.n
}
/** The root of a square; null where it is none. */
function rootOf(n: bigint): bigint | null {
  if (n < 2n) return n < 0n ? null : n
  let x = 1n << BigInt((bitsOf(n) >> 1) + 1)
  for (let next = (x + n / x) >> 1n; next < x; next = (x + n / x) >> 1n) x = next
  return x * x === n ? x : null
}

function power(base: Value, exponent: Value): Value {
  if (typeof base !== 'number' && typeof exponent !== 'number' && exponent.d === 1n) {
    const e = absolute(exponent.n)
    if (base.n === 0n && exponent.n < 0n) throw new Error('division by zero')
    const small = absolute(base.n) <= 1n && base.d === 1n
    if (small) return ratio(base.n === -1n && e % 2n === 0n ? 1n : e === 0n ? 1n : base.n)
    if (e * BigInt(Math.max(bitsOf(base.n), bitsOf(base.d))) <= BigInt(mostBits)) {
      const [n, d] = [base.n ** e, base.d ** e]
      return exponent.n < 0n ? ratio(d, n) : ratio(n, d)
    }
    return finite(longPower(base, exponent.n))
  }
  return finite(float(base) ** float(exponent))
}
/** Bits that a long power keeps at every step: a float's, and many more than its squarings lose. */
const keeps = 256n
/** A power that is too long to be exact, by squaring: a float's own ** would carry the error of its base n times over. */
function longPower(base: Ratio, exponent: bigint): number {
  const size = Number(exponent) * Math.log2(Math.abs(toFloat(base)))
  if (!(Math.abs(size) < 1000) || absolute(exponent) > 2n ** 60n)
    throw new Error('the result is too large, or too small: what is not exact lies between 1e-300 and 1e300')
  // x = mantissa · 2^power
  const cut = (mantissa: bigint, power: number): [bigint, number] => {
    const more = Math.max(0, bitsOf(mantissa) - Number(keeps))
    return [mantissa >> BigInt(more), power + more]
  }
  // long numbers may be far apart, though their power is not: the quotient keeps its bits
  const shift = 2 * Number(keeps) + Math.max(0, bitsOf(base.d) - bitsOf(base.n))
  let [square, at] = cut((absolute(base.n) << BigInt(shift)) / base.d, -shift)
  let [made, to]: [bigint, number] = [1n, 0]
  for (let left = absolute(exponent); left > 0n; left >>= 1n) {
    if (left & 1n) [made, to] = cut(made * square, to + at)
    ;[square, at] = cut(square * square, 2 * at)
  }
  // 2^±1000 and 256 bits of mantissa lie beyond a float's range one by one, not together
  const drop = Math.max(0, bitsOf(made) - 64)
  const value =
    Number(made >> BigInt(drop)) * 2 ** Math.trunc((to + drop) / 2) * 2 ** (to + drop - Math.trunc((to + drop) / 2))
  const signed = base.n < 0n && exponent % 2n !== 0n ? -value : value
  return exponent < 0n ? 1 / signed : signed
}
function squareRoot(value: Value): Value {
  const [n, d] = typeof value === 'number' ? [null, null] : [rootOf(value.n), rootOf(value.d)]
  return n !== null && d !== null ? ratio(n, d) : finite(Math.sqrt(float(value)))
}
function factorial(value: Value): Value {
  const n = whole(value, 'a factorial')
  if (n < 0n || n > largestFactorial) throw new Error(`a factorial needs a whole number from 0 to ${largestFactorial}`)
  let product = 1n
  for (let i = 2n; i <= n; i++) product *= i
  return ratio(product)
}
function modulo(a: Value, b: Value): Value {
  return both(
    a,
    b,
    (x, y) => add(x, negate(times(y, ratio(floor(over(x, y)))))),
    (x, y) => x - y * Math.floor(x / y),
  )
}
const rounded = (value: Value, rough: (x: number) => number, exact: (r: Ratio) => bigint): Value =>
  typeof value === 'number' ? rough(value) : ratio(exact(value))
const half: Ratio = { n: 1n, d: 2n }
/** Half away from zero, as people round. */
const nearest = (r: Ratio): bigint => (r.n < 0n ? -floor(add(negate(r), half)) : floor(add(r, half)))
const smaller = (a: Value, b: Value): boolean =>
  typeof a !== 'number' && typeof b !== 'number' ? less(a, b) : float(a) < float(b)
const sum = (all: readonly Value[]): Value => all.reduce((a, b) => both(a, b, add, (x, y) => x + y))
const rough =
  (f: (x: number) => number) =>
  ([x]: readonly Value[]): Value =>
    finite(f(float(x!)))

/** How many arguments: a number, or at least one. */
const functions: Record<string, { takes: number | 'many'; of: (args: readonly Value[]) => Value }> = {
  sqrt: { takes: 1, of: ([x]) => squareRoot(x!) },
  cbrt: { takes: 1, of: rough(Math.cbrt) },
  abs: { takes: 1, of: ([x]) => (typeof x === 'number' ? Math.abs(x) : { n: absolute(x!.n), d: x!.d }) },
  floor: { takes: 1, of: ([x]) => rounded(x!, Math.floor, floor) },
  ceil: { takes: 1, of: ([x]) => rounded(x!, Math.ceil, (r) => -floor(negate(r))) },
  round: { takes: 1, of: ([x]) => rounded(x!, (f) => Math.sign(f) * Math.round(Math.abs(f)), nearest) },
  mod: { takes: 2, of: ([a, b]) => modulo(a!, b!) },
  gcd: { takes: 2, of: ([a, b]) => ratio(gcd(whole(a!, 'gcd'), whole(b!, 'gcd'))) },
  lcm: {
    takes: 2,
    of([a, b]) {
      const [x, y] = [whole(a!, 'lcm'), whole(b!, 'lcm')]
      return x === 0n || y === 0n ? ratio(0n) : ratio(absolute(x * y) / gcd(x, y))
    },
  },
  min: { takes: 'many', of: (all) => all.reduce((a, b) => (smaller(b, a) ? b : a)) },
  max: { takes: 'many', of: (all) => all.reduce((a, b) => (smaller(a, b) ? b : a)) },
  sum: { takes: 'many', of: sum },
  mean: { takes: 'many', of: (all) => divide(sum(all), ratio(BigInt(all.length))) },
  exp: { takes: 1, of: rough(Math.exp) },
  ln: { takes: 1, of: rough(Math.log) },
  log: { takes: 1, of: rough(Math.log10) },
  log2: { takes: 1, of: rough(Math.log2) },
  sin: { takes: 1, of: rough(Math.sin) },
  cos: { takes: 1, of: rough(Math.cos) },
  tan: { takes: 1, of: rough(Math.tan) },
  asin: { takes: 1, of: rough(Math.asin) },
  acos: { takes: 1, of: rough(Math.acos) },
  atan: { takes: 1, of: rough(Math.atan) },
}
const constants: Record<string, number> = { pi: Math.PI, π: Math.PI, tau: 2 * Math.PI, e: Math.E }

const divide = (a: Value, b: Value): Value => {
  if (float(b) === 0 && (typeof b === 'number' || b.n === 0n)) throw new Error('division by zero')
  return both(a, b, over, (x, y) => x / y)
}

/** By how much a sign binds to what stands before it; a power binds to the right. */
const infix: Record<string, { binds: number; right?: true; of: (a: Value, b: Value) => Value }> = {
  '+': { binds: 1, of: (a, b) => both(a, b, add, (x, y) => x + y) },
  '-': {
    binds: 1,
    of: (a, b) =>
      both(
        a,
        b,
        (x, y) => add(x, negate(y)),
        (x, y) => x - y,
      ),
  },
  '*': { binds: 2, of: (a, b) => both(a, b, times, (x, y) => x * y) },
  '/': { binds: 2, of: divide },
  '^': { binds: 4, right: true, of: power },
}
/** A sign before a number binds less than a power: -2^2 is -4. */
const signBinds = 3

const spelled = new Map(
  Object.entries({ '×': '*', '·': '*', '÷': '/', '−': '-', '**': '^', '（': '(', '）': ')', '，': ',' }),
)
const piece = /\s*(\d+(?:\.\d*)?(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?|[a-zπ]\w*|\*\*|[-+*/^()!%,×·÷−（），])/iuy

function piecesOf(text: string): string[] {
  const found: string[] = []
  piece.lastIndex = 0
  const end = text.trimEnd().length
  for (let at = 0; at < end; at = piece.lastIndex) {
    piece.lastIndex = at
    const one = piece.exec(text)?.[1]
    if (one === undefined) throw new Error(`"${Array.from(text.slice(at).trim())[0]}" has no meaning here`)
    found.push(spelled.get(one) ?? one)
  }
  return found
}

class Reader {
  private at = 0
  private depth = 0
  constructor(private readonly pieces: readonly string[]) {}

  whole(): Value {
    const value = this.value(0)
    const left = this.pieces[this.at]
    if (left !== undefined) throw new Error(this.unexpected(left))
    return value
  }

  private unexpected(one: string): string {
    return this.pieces[this.at - 1] === '%'
      ? `"%" is a percentage here: write mod(a, b) for a remainder`
      : `an operator is missing before "${one}"`
  }

  /** @param least what follows binds at least so much */
  private value(least: number): Value {
    if (++this.depth > deepest) throw new Error(`more than ${deepest} parentheses or signs within each other`)
    let left = this.first()
    for (;;) {
      const one = this.pieces[this.at] ?? ''
      if (one === '!' || one === '%') {
        this.at++
        left = one === '!' ? factorial(left) : divide(left, ratio(100n))
        continue
      }
      const known = Object.hasOwn(infix, one) ? infix[one]! : null
      if (!known || known.binds < least) break
      this.at++
      left = known.of(left, this.value(known.right ? known.binds : known.binds + 1))
    }
    this.depth--
    return left
  }

  private first(): Value {
    const one = this.pieces[this.at++]
    if (one === undefined) throw new Error('something is missing at its end')
    if (one === '-' || one === '+') {
      const value = this.value(signBinds)
      return one === '+' ? value : typeof value === 'number' ? -value : negate(value)
    }
    if (one === '(') return this.closed(this.value(0))
    if (/^[\d.]/.test(one)) return readRatio(one) ?? refuseLong()
    const name = one.toLowerCase()
    if (Object.hasOwn(constants, name)) return constants[name]!
    if (!Object.hasOwn(functions, name)) {
      throw new Error(
        /^\w/.test(one)
          ? `"${one}" is not known: there are ${[...Object.keys(functions), ...Object.keys(constants)].join(', ')}`
          : `"${one}" has no place here`,
      )
    }
    return this.called(name)
  }

  private called(name: string): Value {
    if (this.pieces[this.at++] !== '(') throw new Error(`${name} needs its argument in parentheses`)
    const args = [this.value(0)]
    while (this.pieces[this.at] === ',') {
      this.at++
      args.push(this.value(0))
    }
    const { takes, of } = functions[name]!
    if (takes !== 'many' && args.length !== takes)
      throw new Error(`${name} takes ${takes} argument${takes > 1 ? 's' : ''}`)
    return this.closed(of(args))
  }

  private closed(value: Value): Value {
    if (this.pieces[this.at++] !== ')') throw new Error('a parenthesis is not closed')
    return value
  }
}

/** @returns the value as a text, after "≈" where it is not exact: floats with twelve digits, since errors add up @throws Error with what is wrong */
export function calculate(expression: string): string {
  const value = new Reader(piecesOf(expression)).whole()
  if (typeof value !== 'number') return writeRatio(value)
  return `≈ ${String(Number(value.toPrecision(12)))}`
}

export const calculator: Tool = {
  name: 'calculator',
  description:
    'Computes an arithmetic expression exactly where possible. Operators + - * / ^ ! and % (percent), parentheses, functions sqrt, abs, round, floor, ceil, min, max, sum, mean, mod, gcd, lcm, exp, ln, log, sin, cos, tan, constants pi and e. Example: (17 + 4) * 2^10 / 3',
  parameters: {
    type: 'object',
    properties: { expression: { type: 'string', description: 'the expression to compute', maxLength: 1000 } },
    required: ['expression'],
    additionalProperties: false,
  },
  words: {
    en: { title: 'Calculator', about: 'Arithmetic, exact with fractions and whole numbers of any length.' },
    zh: { title: '计算器', about: '四则运算、乘方和常用函数；分数和大整数都精确计算。' },
  },
  run: ({ expression }) => `${String(expression).trim()} ${withEquals(calculate(String(expression)))}`,
}

/** 2/3 gives "2/3 ≈ 0.66…": the fraction and its decimals. */
const withEquals = (value: string): string => (value.startsWith('≈') ? value : `= ${value}`)
