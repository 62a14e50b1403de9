// Double quantization (QLoRA, arXiv 2305.14314): the f32 scales of NF4 blocks are themselves
// stored as 8-bit codes per 256, after their mean is taken off:
//
//   absmax' = fround(fround(map[q] * scale) + mean)
//
// `nestedRoundTrip` gives the absmax' that a checkpoint saved by bitsandbytes would give, bit for
// bit: its CPU build looks codes up in a table of 65536 bins, and torch sums in a fixed order.

/** scales per scale of scales, fixed in every bitsandbytes kernel */
export const nestedBlock = 256

const { fround } = Math

/**
 * create_dynamic_map(signed=True): 7 decades, each with twice as many linear steps as the one below (arXiv 1511.04561).
 */
export function dynamicMap(): Float32Array {
  const values = [0, 1]
  for (let i = 0; i < 7; i++) {
    const steps = 2 ** i
    const decade = fround(10 ** (i - 6))
    const boundary = linspace(steps)
    for (let k = 0; k < steps; k++) {
      const mean = fround(fround(boundary[k]! + boundary[k + 1]!) / 2)
      values.push(fround(decade * mean), -fround(decade * mean))
    }
  }
  return Float32Array.from(values.sort((a, b) => a - b))
}

/** torch.linspace(0.1, 1, steps + 1): counted from both ends, each value rounded once (fused multiply-add). */
function linspace(steps: number): Float32Array {
  const start = fround(0.1)
  const step = fround(fround(1 - start) / steps)
  return Float32Array.from({ length: steps + 1 }, (_, i) =>
    i < (steps + 1) >> 1 ? fround(start + step * i) : fround(1 - step * (steps - i)),
  )
}

const bins = 65536
let tables: { map: Float32Array; codeOfBin: Uint8Array } | undefined

function buildTables(): { map: Float32Array; codeOfBin: Uint8Array } {
  const map = dynamicMap()
  const codeOfBin = new Uint8Array(bins)
  let q = 0
  for (let i = 0; i < bins; i++) {
    const v = fround(-1 + fround((2 * i) / (bins - 1)))
    while (q < 255 && fround(0.5 * fround(map[q]! + map[q + 1]!)) < v) q++
    codeOfBin[i] = q
  }
  return { map, codeOfBin }
}

/** The scales as they come back from double quantization. */
export function nestedRoundTrip(absmax: Float32Array): Float32Array {
  const { map, codeOfBin } = (tables ??= buildTables())
  const offset = torchMean(absmax)
  const out = new Float32Array(absmax.length)
  for (let from = 0; from < absmax.length; from += nestedBlock) {
    const to = Math.min(from + nestedBlock, absmax.length)
    let max = 0
    for (let i = from; i < to; i++) max = Math.max(max, Math.abs(fround(absmax[i]! - offset)))
    const inverse = fround(1 / max)
    for (let i = from; i < to; i++) {
      const v = Math.max(-1, Math.min(1, fround(fround(absmax[i]! - offset) * inverse)))
      const bin = fround(fround(fround(fround(v + 1) * 0.5) * (bins - 1)) + 0.5)
      const code = max === 0 ? 0 : codeOfBin[Math.floor(bin)]!
      out[i] = expandNested(map[code]!, max, offset)
    }
  }
  return out
}

export const expandNested = (code: number, scale: number, offset: number): number =>
  fround(fround(code * scale) + offset)

// torch.mean of f32 on a CPU with 256-bit vectors, one thread (below 32768 values it uses one):
// 8 lanes × 4 accumulators, folded in levels so that no running sum grows long.
const lanes = 8
const ways = 4

/** The mean in torch's own order of additions. */
export function torchMean(x: Float32Array): number {
  const wide = x.length >= lanes ? lanes : 1
  const [sums, used] = cascade(x, wide)
  let total = 0
  if (wide > 1) for (let i = used; i < x.length; i++) total = fround(total + x[i]!)
  for (const lane of sums) total = fround(total + lane)
  return fround(total / x.length)
}

/** Sums of every `wide`-th element; the number of elements used. */
function cascade(x: Float32Array, wide: number): [Float32Array, number] {
  const row = wide * ways
  const rows = Math.floor(x.length / row)
  const power = Math.max(4, Math.floor(Math.ceil(Math.log2(Math.max(rows, 1))) / 4))
  const step = 2 ** power
  const levels = Array.from({ length: 4 }, () => new Float32Array(row))
  let i = 0
  const addRow = (): void => {
    for (let k = 0; k < row; k++) levels[0]![k]! += x[i * row + k]!
    i++
  }
  while (i + step <= rows) {
    for (let j = 0; j < step; j++) addRow()
    for (let j = 1; j < 4; j++) {
      for (let k = 0; k < row; k++) levels[j]![k]! += levels[j - 1]![k]!
      levels[j - 1]!.fill(0)
      if (i & ((step - 1) << (j * power))) break
    }
  }
  while (i < rows) addRow()
  for (let j = 1; j < 4; j++) for (let k = 0; k < row; k++) levels[0]![k]! += levels[j]![k]!
  const sums = levels[0]!.slice(0, wide)
  let used = rows * row
  for (; used + wide <= x.length; used += wide) for (let k = 0; k < wide; k++) sums[k]! += x[used + k]!
  for (let way = 1; way < ways; way++) for (let k = 0; k < wide; k++) sums[k]! += levels[0]![way * wide + k]!
  return [sums, used]
}
