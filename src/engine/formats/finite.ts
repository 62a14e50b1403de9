// Numbers that are none: an infinity or a NaN in a file would spread through everything that is computed with it. Looked for
// in the bytes while they stream by, without making numbers of them. Encoders find them themselves (quants/planes.ts).

import { checkAborted, EngineError } from '../errors.ts'
import { numbersBecome } from '../quants/numbers.ts'
import { bytesOf } from '../quants/planes.ts'
import type { Stored } from '../quants/quant.ts'
import { quantOf, quantOfDtype, type StorageFormat } from '../quants/weight.ts'
import { decodeFloats, floatBytes, isFloat } from './decode.ts'
import { Scratch } from './scratch.ts'
import type { CheckpointTensor } from './types.ts'

const atOnce = 2 ** 20

/**
 * @param bytes whole numbers of a format of plain floats
 * @throws NUMERIC where one is infinite or not a number
 */
export function checkFloats(name: string, bytes: Uint8Array, format: StorageFormat): void {
  const mask = quantOf(format).exponents
  if (mask === undefined) return
  // one more than an exponent of all ones carries into the bit above it, where nothing else gets
  const one = mask & ~(mask << 1),
    carry = (mask << 1) & ~mask
  const whole = bytes.length & ~3
  const at4 = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes)
  const words = new Int32Array(at4.buffer, at4.byteOffset, whole / 4)
  let seen = 0
  for (let i = 0; i < words.length; i++) seen |= (words[i]! & mask) + one
  let last = 0
  for (let i = whole; i < bytes.length; i++) last |= bytes[i]! << (8 * (i - whole))
  if (((seen | ((last & mask) + one)) & carry) !== 0) throw notFinite(name)
}

/** @throws NUMERIC where a block's factor is infinite or not a number, and with it all of its weights */
export function checkFactors(name: string, bytes: Uint8Array, { bytes: size, halves }: Stored): void {
  for (const half of halves) {
    for (let at = half + 1; at < bytes.length; at += size) {
      if ((bytes[at]! & 0x7c) === 0x7c) throw notFinite(name)
    }
  }
}

/**
 * Reads all of a tensor for this alone. What is neither plain numbers nor blocks of a GGUF is left to who reads it.
 * @throws NUMERIC, ABORTED
 */
export async function checkTensor({ name, dtype, data }: CheckpointTensor, signal?: AbortSignal): Promise<void> {
  const quant = quantOfDtype(dtype)
  if (!quant?.stored && !isFloat(dtype)) return
  const unit = quant?.stored?.bytes ?? floatBytes(dtype)
  const scratch = new Scratch()
  try {
    const step = unit * Math.ceil(atOnce / unit)
    for (let at = data.begin; at < data.end; at += step) {
      const length = Math.min(step, data.end - at)
      const bytes = await data.source.read(at, length, signal, scratch.bytes('file', length))
      checkAborted(signal)
      if (quant?.stored) checkFactors(name, bytes, quant.stored)
      else if (quant) checkFloats(name, bytes, quant.name)
      else checkFloats(name, bytesOf(decodeFloats(dtype, bytes, scratch)), numbersBecome)
    }
  } finally {
    scratch.release()
  }
}

export const notFinite = (tensor: string): EngineError =>
  new EngineError(
    'NUMERIC',
    `Cannot load the tensor "${tensor}": it holds a value that is infinite or not a number. The file is damaged; fetch it again.`,
    { tensor },
  )
