// Which kernels compute with a weight matrix on the processor: by strips, as floats, or row by row.
//
// Asks the format what it is and knows none by its name.

import { quantOf, type StorageFormat } from '../../../quants/weight.ts'
import { createFloats, WIDEST } from './floats.ts'
import { createGeneric } from './generic.ts'
import type { PlacedWeight } from './kernel.ts'
import type { Matrix } from './matrix.ts'
import { createStrips } from './strips.ts'

export type { Matrix } from './matrix.ts'
export type { PlacedWeight } from './kernel.ts'

/** Every pattern of 16 bits, as a file would hold them. */
const patterns = (): Uint8Array => new Uint8Array(Uint16Array.from({ length: 65536 }, (_, bits) => bits).buffer)

/** Called ONCE per thread: a second instance makes the loops of the first slower, too. */
export function createMatrices(memory: ArrayBufferLike): (weight: PlacedWeight) => Matrix {
  const strips = createStrips(memory)
  const generic = createGeneric(memory)
  const floats = new Map<StorageFormat, (weight: PlacedWeight) => Matrix>()

  return (weight) => {
    const { format, cols } = weight.layout
    const quant = quantOf(format)
    const form = quant.strips?.(weight.layout)
    if (form) return strips(weight, form)
    if (!quant.decode || cols > WIDEST) return generic(weight)
    const known = floats.get(format)
    if (known) return known(weight)
    const made = createFloats(memory, quant.bits === 32 ? null : quant.decode(patterns()))
    floats.set(format, made)
    return made(weight)
  }
}
