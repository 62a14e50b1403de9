// Exact numbers: fractions of whole numbers without a limit but `mostBits`, and how they are read and written.
// Pure; knows no tool.

/** n / d in lowest terms, d > 0. */
export interface Ratio {
  n: bigint
  d: bigint
}

/** Bits of a numerator or denominator: 3,000 digits. What is longer is refused before it is computed with. */
export const mostBits = 10_000
export const tooLarge = (): Error => new Error('the numbers become too long: at most 3,000 digits')

export const bitsOf = (n: bigint): number => (n < 0n ? -n : n).toString(16).length * 4
export const absolute = (n: bigint): bigint => (n < 0n ? -n : n)

export function gcd(a: bigint, b: bigint): bigint {
  let [x, y] = [absolute(a), absolute(b)]
  while (y > 0n) [x, y] = [y, x % y]
  return x
}

/** @throws Error where d is 0, or one of them has too many bits */
export function ratio(n: bigint, d = 1n): Ratio {
  if (d === 0n) throw new Error('division by zero')
  if (bitsOf(n) > 2 * mostBits || bitsOf(d) > 2 * mostBits) throw tooLarge()
  const by = d === 1n ? 1n : gcd(n, d) * (d < 0n ? -1n : 1n)
  const made = { n: n / by, d: d / by }
  if (bitsOf(made.n) > mostBits || bitsOf(made.d) > mostBits) throw tooLarge()
  return made
}

export const add = (a: Ratio, b: Ratio): Ratio => ratio(a.n * b.d + b.n * a.d, a.d * b.d)
export const negate = ({ n, d }: Ratio): Ratio => ({ n: -n, d })
export const times = (a: Ratio, b: Ratio): Ratio => ratio(a.n * b.n, a.d * b.d)
export const over = (a: Ratio, b: Ratio): Ratio => ratio(a.n * b.d, a.d * b.n)
export const less = (a: Ratio, b: Ratio): boolean => a.n * b.d < b.n * a.d

/** Towards minus infinity. */
export function floor({ n, d }: Ratio): bigint {
  const whole = n / d
  return n < 0n && whole * d !== n ? whole - 1n : whole
}

/** A decimal number as it is written, exactly: 12, .5, 1.5e-3; or a fraction of two such, 5/18. null: it is none */
export function readRatio(text: string): Ratio | null {
  const [top, bottom, ...more] = text.split('/')
  if (bottom !== undefined) {
    const [n, d] = [readRatio(top!), more.length === 0 ? readRatio(bottom) : null]
    return n && d && d.n !== 0n ? over(n, d) : null
  }
  const found = /^(-?)(\d*)(?:\.(\d*))?(?:e([+-]?\d{1,5}))?$/i.exec(text)
  const [, sign, whole = '', part = '', power = '0'] = found ?? []
  if (!found || whole + part === '') return null
  const exponent = Number(power) - part.length
  if (Math.abs(exponent) > mostBits / 4 || whole.length + part.length > mostBits / 3) throw tooLarge()
  const digits = BigInt(whole + part) * (sign === '-' ? -1n : 1n)
  return exponent >= 0 ? ratio(digits * 10n ** BigInt(exponent)) : ratio(digits, 10n ** BigInt(-exponent))
}

/** The nearest float, also of long numbers. */
export function toFloat(value: Ratio): number {
  return value.d === 1n ? Number(value.n) : Number(significant(value, 20))
}

/** Decimals that end: how many there are, else null. */
function decimals(d: bigint): number | null {
  let [left, twos, fives] = [d, 0, 0]
  for (; left % 2n === 0n; twos++) left /= 2n
  for (; left % 5n === 0n; fives++) left /= 5n
  return left === 1n ? Math.max(twos, fives) : null
}

/** Longest number that is written out. */
const longest = 60

/** Exactly where that is short, else "≈ " and twenty digits; a fraction that does not end beside its decimals. */
export function writeRatio(value: Ratio): string {
  const { n, d } = value
  const places = decimals(d)
  if (places !== null && places < longest) {
    const digits = absolute(n * (10n ** BigInt(places) / d))
      .toString()
      .padStart(places + 1, '0')
    const cut = digits.length - places
    const text = `${n < 0n ? '-' : ''}${digits.slice(0, cut)}${places > 0 ? `.${digits.slice(cut)}` : ''}`
    if (text.length <= longest) return text
  }
  const fraction = d === 1n ? '' : `${n}/${d}`
  return `${fraction !== '' && fraction.length <= 24 ? `${fraction} ` : ''}≈ ${significant(value, 20)}`
}

/** As it is where it ends within five decimals, else "≈ ", and four decimals, or five digits where it is less than one. */
export function writeShort(value: Ratio): string {
  const { n, d } = value
  if ((decimals(d) ?? Infinity) <= 5) return writeRatio(value)
  const whole = absolute(n) / d
  const text = significant(value, whole === 0n ? 5 : whole.toString().length + 4)
  const same = readRatio(text)!
  return same.n * d === n * same.d ? text : `≈ ${text}`
}

/** The first `count` digits, rounded half away from zero; a power of ten where the point is far away. */
function significant({ n, d }: Ratio, count: number): string {
  if (n === 0n) return '0'
  const top = absolute(n)
  // 10^power ≤ |value| < 10^(power + 1)
  let power = top.toString().length - d.toString().length
  const reached = power >= 0 ? top >= d * 10n ** BigInt(power) : top * 10n ** BigInt(-power) >= d
  if (!reached) power--
  const shift = count - 1 - power
  const [a, b] = shift >= 0 ? [top * 10n ** BigInt(shift), d] : [top, d * 10n ** BigInt(-shift)]
  let digits = ((2n * a + b) / (2n * b)).toString()
  if (digits.length > count) {
    digits = digits.slice(0, count)
    power++
  }
  return (n < 0n ? '-' : '') + placed(digits.replace(/0+$/, ''), power)
}

function placed(digits: string, power: number): string {
  if (power < -7 || power > 20) {
    return `${digits[0]}${digits.length > 1 ? `.${digits.slice(1)}` : ''}e${power < 0 ? '' : '+'}${power}`
  }
  if (power < 0) return `0.${'0'.repeat(-power - 1)}${digits}`
  const whole = digits.slice(0, power + 1).padEnd(power + 1, '0')
  return digits.length > power + 1 ? `${whole}.${digits.slice(power + 1)}` : whole
}
