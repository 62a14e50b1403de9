// The state of a run as a small file, for tests that begin in the middle of a long one: of each number 8 bits are kept, the upper
// byte of a half (a sign, five bits of exponent, two of fraction: E5M2), as a part of the largest beside it. Weights are kept as what
// they differ by from where the run began, of the second moment its root. What is kept so is another state than the one that
// was, off by 6 % in every step that was taken; a run that goes on from it is one of its own, and the same each time.

import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { TrainState } from '../train/events.ts'
import { floatToHalf, halfToFloat } from '../tensor/half.ts'

type Told = Pick<TrainState, 'fingerprint' | 'step' | 'seen'> & { peaks: number[] }

/** Of a part of the largest: 1 stands near the top of what a half can say, so that what is small is not nought. */
const UP = 2 ** 15
const byteOf = (part: number): number => (floatToHalf(part * UP) + 0x80) >> 8
const partOf = (byte: number): number => halfToFloat(byte << 8) / UP

/** What is kept, one list of numbers after the other; `start`: where the run began. */
const listsOf = ({ weights, m, v }: TrainState, start: TrainState): Float32Array[] => [
  ...Object.entries(weights).map(([name, numbers]) => numbers.map((w, i) => w - start.weights[name]![i]!)),
  m,
  v.map(Math.sqrt),
]

/** @param start the state of the same run before its first update: of one that is stopped at once */
export function packState(state: TrainState, start: TrainState): Uint8Array {
  const lists = listsOf(state, start)
  const peaks = lists.map((numbers) => numbers.reduce((most, v) => Math.max(most, Math.abs(v)), 0))
  const { fingerprint, step, seen } = state
  const told = new TextEncoder().encode(`${JSON.stringify({ fingerprint, step, seen, peaks } satisfies Told)}\n`)
  const bytes = lists.flatMap((numbers, i) => [...numbers].map((v) => byteOf(v / (peaks[i]! || 1))))
  return deflateRawSync(Uint8Array.from([...told, ...bytes]), { level: 9 })
}

/** What packState() kept, as a state to go on from. @param start as there */
export function unpackState(packed: Uint8Array, start: TrainState): TrainState {
  const bytes = inflateRawSync(packed)
  const told = bytes.indexOf(10)
  const { peaks, ...rest } = JSON.parse(bytes.toString('utf8', 0, told)) as Told
  let at = told + 1
  const lists = listsOf(start, start).map((like, i) => {
    const list = Float32Array.from(bytes.subarray(at, at + like.length), (byte) => partOf(byte) * peaks[i]!)
    at += like.length
    return list
  })
  const [v, m] = [lists.pop()!.map((root) => root * root), lists.pop()!]
  const weights = Object.fromEntries(
    Object.entries(start.weights).map(([name, from], n) => [name, from.map((w, i) => w + lists[n]![i]!)]),
  )
  return { ...rest, weights, m, v }
}
