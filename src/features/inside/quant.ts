// What a code of a weight means in numbers, and what quantizing lost, per tile. Pure.

import type { WeightTile } from '../../store/inspect.ts'

/** The number that a code stands for before the scale: looked up, or a whole number counted from somewhere. */
export function levelOf({ coding, bits, table }: Pick<WeightTile, 'coding' | 'bits' | 'table'>, code: number): number {
  if (table) return table[code]!
  const half = 2 ** (bits - 1)
  if (coding === 'signed') return code < half ? code : code - 2 * half
  return coding === 'centered' ? code - half : code
}

export interface Lost {
  /** largest |value − source| of the tile, and where */
  worst: { index: number; error: number }
  rms: number
  /** rms of the error ÷ rms of the source: 0.1 = a tenth of a typical weight */
  relative: number
}

/** null where no source is kept. */
export function lostOf({ values, source }: Pick<WeightTile, 'values' | 'source'>): Lost | null {
  if (!source) return null
  let worst = { index: 0, error: -1 },
    squares = 0,
    own = 0
  for (let i = 0; i < values.length; i++) {
    const error = Math.abs(values[i]! - source[i]!)
    if (error > worst.error) worst = { index: i, error }
    squares += error * error
    own += source[i]! * source[i]!
  }
  return { worst, rms: Math.sqrt(squares / values.length), relative: own > 0 ? Math.sqrt(squares / own) : 0 }
}

/** Counts of both in bins on one axis, [from, to]. */
export function bins(
  values: Float32Array,
  source: Float32Array | null,
  count: number,
): { from: number; to: number; values: number[]; source: number[] | null } {
  let limit = 1e-12
  for (const list of source ? [values, source] : [values]) for (const v of list) limit = Math.max(limit, Math.abs(v))
  const fill = (list: Float32Array): number[] => {
    const out = Array.from({ length: count }, () => 0)
    for (const v of list) out[Math.min(count - 1, Math.floor(((v + limit) / (2 * limit)) * count))]!++
    return out
  }
  return { from: -limit, to: limit, values: fill(values), source: source && fill(source) }
}
