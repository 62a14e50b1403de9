// q·k as a function of distance alone. RoPE turns pair j of the query by its position × θ_j and of the key by its own,
// so their product depends on how far apart they stand: with the pair as a complex number,
//   Re(q_j e^{i m θ_j} · conj(k_j e^{i n θ_j})) = A_j cos((m − n) θ_j) − B_j sin((m − n) θ_j).
// All from the model's own frequencies and the run's own q and k before they were turned.

import type { GlassInfo } from '../../store/inspect.ts'
import { pairOf } from './read.ts'

type Rope = GlassInfo['rope']

export interface Waves {
  /** per pair, factor² included: cos and sin parts */
  a: Float64Array
  b: Float64Array
  inv: readonly number[]
  /** numbers that are not turned add the same at every distance */
  fixed: number
}

/** @param q query and key of one head before RoPE, after the head's norm where the model has one */
export function wavesOf(q: ArrayLike<number>, k: ArrayLike<number>, { layout, rotary, inv, factor }: Rope): Waves {
  const count = rotary / 2,
    a = new Float64Array(count),
    b = new Float64Array(count)
  for (let j = 0; j < count; j++) {
    const [x, y] = pairOf(layout, rotary, j)
    a[j] = (q[x]! * k[x]! + q[y]! * k[y]!) * factor * factor
    b[j] = (q[y]! * k[x]! - q[x]! * k[y]!) * factor * factor
  }
  let fixed = 0
  for (let i = rotary; i < q.length; i++) fixed += q[i]! * k[i]!
  return { a, b, inv, fixed }
}

/** What pair j adds to q·k at this distance (query's position − key's). */
export const partAt = ({ a, b, inv }: Waves, distance: number, j: number): number =>
  a[j]! * Math.cos(distance * inv[j]!) - b[j]! * Math.sin(distance * inv[j]!)

export interface Split {
  fast: number
  slow: number
  all: number
}

/** q·k at this distance: pairs before `split` are the fast ones, the others and what is not turned the slow ones. */
export function productAt(waves: Waves, distance: number, split: number): Split {
  let fast = 0,
    slow = waves.fixed
  for (let j = 0; j < waves.a.length; j++) {
    if (j < split) fast += partAt(waves, distance, j)
    else slow += partAt(waves, distance, j)
  }
  return { fast, slow, all: fast + slow }
}

/** How many pairs turn at least once within this distance: the first ones, since speeds fall. */
export function fastPairs(inv: readonly number[], distance: number): number {
  const first = inv.findIndex((speed) => speed * distance < 2 * Math.PI)
  return first < 0 ? inv.length : first
}
