// Whole numbers from one bound to another as texts of digits, exactly: no leading zero, no "-0". Of the numbers of one
// length, those between two bounds are told digit by digit: as long as all digits are the bound's own, the next one is
// bounded, too.

import { utf8, word } from './characters.ts'
import { fork, type Node } from './machine.ts'

/** Where a bound is missing: so many digits, or as many as the other one has. */
const USUAL_DIGITS = 15

/** Both ends included; null: none. */
export function integerPlaces(low: bigint | null, high: bigint | null, then: Node): Node {
  const most = (other: bigint | null): bigint => {
    const length = other === null ? 0 : String(other < 0n ? -other : other).length
    return 10n ** BigInt(Math.max(USUAL_DIGITS, length)) - 1n
  }
  const from = low ?? -most(high),
    to = high ?? most(low)
  return fork(() => [
    ...(from < 0n ? [word('-', naturals(to < 0n ? -to : 1n, -from, then))] : []),
    ...(to >= 0n ? [naturals(from > 0n ? from : 0n, to, then)] : []),
  ])
}

/** 0 ≤ low */
function naturals(low: bigint, high: bigint, then: Node): Node {
  if (low > high) return { edges: [] }
  const [shortest, longest] = [String(low).length, String(high).length]
  return fork(() =>
    Array.from({ length: longest - shortest + 1 }, (_, i) => {
      const length = shortest + i
      const first = length === 1 ? '0' : `1${'0'.repeat(length - 1)}`
      const least = length === shortest ? String(low) : first
      const most = length === longest ? String(high) : '9'.repeat(length)
      return between(least, most, then)
    }),
  )
}

/** Texts of digits of one length. */
function between(low: string, high: string, then: Node): Node {
  const places = new Map<string, Node>()
  const at = (index: number, isLow: boolean, isHigh: boolean): Node => {
    if (index === low.length) return then
    const key = `${index} ${isLow} ${isHigh}`
    const place =
      places.get(key) ??
      fork(() => {
        const from = isLow ? low.charCodeAt(index) : 0x30,
          to = isHigh ? high.charCodeAt(index) : 0x39
        return Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => {
          const code = from + i
          return utf8([[code, code]], at(index + 1, isLow && code === from, isHigh && code === to))
        })
      })
    places.set(key, place)
    return place
  }
  return at(0, true, true)
}
