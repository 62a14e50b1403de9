// Quantizing plain floats to NF4 while a file streams by, as bitsandbytes does it, double quantization included. Push values
// in file order, any number at a time; take the planes' bytes as they come.
//
// Bit for bit what the CPU build of bitsandbytes 0.50 gives: every step is rounded to f32 in its
// order. See nf4-nested.ts for the scales of the scales.

import { EngineError } from '../errors.ts'
import { nf4Midpoints } from './nf4-book.ts'
import { nestedRoundTrip } from './nf4-nested.ts'
import { bytesOf, largest } from './planes.ts'
import type { Encoder, Workspace } from './quant.ts'

const block = 64
const { fround } = Math

// A block of zeros must not divide by zero; torch's clamp(min=1e-38), an f32 subnormal.
const tiny = fround(1e-38)

// A value's code by its place in [-1, 1]: each bin holds at most one midpoint, behind which the code is one higher.
const bins = 2048
const codeOfBin = Uint8Array.from(
  { length: bins + 1 },
  (_, i) => nf4Midpoints.filter((m) => m < i / (bins / 2) - 1).length,
)
const midpointOfBin = Float32Array.from(codeOfBin, (q) => nf4Midpoints[q] ?? Infinity)

/** @param v rounded to f32, at most a few ULP outside [-1, 1] */
function nf4Code(v: number): number {
  const bin = ((v < -1 ? 0 : v > 1 ? 2 : v + 1) * (bins / 2)) | 0
  return v > midpointOfBin[bin]! ? codeOfBin[bin]! + 1 : codeOfBin[bin]!
}

const tooLarge = (tensor: string, factor: number): EngineError =>
  new EngineError(
    'NUMERIC',
    `Cannot quantize the tensor "${tensor}": it holds ${factor}, and sums of such numbers are infinite in NF4. Nothing was loaded; choose another format for it.`,
    { tensor, factor },
  )

/** NF4 in blocks of 64 of the flattened tensor. @param count elements of the whole tensor */
export function nf4Encoder(tensor: string, count: number, workspace: Workspace): Encoder {
  const absmax = new Float32Array(Math.ceil(count / block))
  const pending = new Float32Array(block)
  let held = 0
  let blocks = 0

  const quantizeBlock = (values: Float32Array, from: number, length: number, out: Uint8Array, at: number): void => {
    const max = largest(tensor, values, from, from + length)
    if (length < block) {
      quantizeShort(max, values, from, length, out, at)
      return
    }
    absmax[blocks++] = max
    const inverse = fround(1 / Math.max(max, tiny))
    for (let i = from; i < from + block; i += 2) {
      out[at++] = (nf4Code(fround(values[i]! * inverse)) << 4) | nf4Code(fround(values[i + 1]! * inverse))
    }
  }

  // bitsandbytes divides in a short last block, and its padding is the code of 0
  const quantizeShort = (
    max: number,
    values: Float32Array,
    from: number,
    length: number,
    out: Uint8Array,
    at: number,
  ): void => {
    const divisor = (absmax[blocks++] = Math.max(max, tiny))
    const code = (i: number): number => nf4Code(i < length ? fround(values[from + i]! / divisor) : 0)
    for (let i = 0; i < length; i += 2) out[at++] = (code(i) << 4) | code(i + 1)
  }

  return {
    push(values) {
      const codes = workspace.bytes('codes', Math.floor((held + values.length) / block) * (block / 2))
      let from = 0
      let at = 0
      if (held > 0) {
        from = Math.min(block - held, values.length)
        pending.set(values.subarray(0, from), held)
        held += from
        if (held < block) return {}
        quantizeBlock(pending, 0, block, codes, at)
        at += block / 2
      }
      for (; from + block <= values.length; from += block, at += block / 2) {
        quantizeBlock(values, from, block, codes, at)
      }
      held = values.length - from
      pending.set(values.subarray(from))
      return { codes }
    },
    end() {
      const codes = new Uint8Array((held + 1) >> 1)
      if (held > 0) quantizeBlock(pending, 0, held, codes, 0)
      const largestOfAll = absmax.reduce((most, one) => Math.max(most, one), 0)
      const scales = nestedRoundTrip(absmax)
      if (!scales.every(Number.isFinite)) throw tooLarge(tensor, largestOfAll)
      return { codes, scales: bytesOf(scales) }
    },
  }
}
