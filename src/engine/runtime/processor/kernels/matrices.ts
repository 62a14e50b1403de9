// Which kernels compute with a weight matrix on the processor: by strips, as floats, or row by row.
//
// Asks the format what it is and knows none by its name.

import { codesBytes, quantOf, scalesBytes } from '../../../quants/weight.ts'
import { createFloats, WIDEST } from './floats.ts'
import { createGeneric } from './generic.ts'
import type { PlacedWeight } from './kernel.ts'
import type { Matrix } from './matrix.ts'
import { createStrips } from './strips.ts'

export type { Matrix } from './matrix.ts'
export type { PlacedWeight } from './kernel.ts'

// The loops count 16-bit numbers from the arena's beginning, in 31 bits.
const REACH = 2 ** 30
const inReach = ({ layout, codes, scales }: PlacedWeight): boolean =>
  Math.max(codes + codesBytes(layout) / 4, scales + scalesBytes(layout) / 4) <= REACH

/** Called ONCE per thread: a second instance makes the loops of the first slower, too. */
export function createMatrices(memory: ArrayBufferLike): (weight: PlacedWeight) => Matrix {
  const strips = createStrips(memory)
  const floats = createFloats(memory)
  const generic = createGeneric(memory)

  return (weight) => {
    const { format, cols } = weight.layout
    if (!inReach(weight)) return generic(weight)
    const quant = quantOf(format)
    const form = quant.strips?.(weight.layout)
    if (form) return strips(weight, form)
    return quant.decode && cols <= WIDEST ? floats(weight) : generic(weight)
  }
}
