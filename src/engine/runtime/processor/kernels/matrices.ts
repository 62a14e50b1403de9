// Which kernels compute with a weight matrix on the processor: by strips, group by group, as floats, or row by row.
//
// Asks the format what it is and knows none by its name.

import { codesBytes, quantOf, scalesBytes } from '../../../quants/weight.ts'
import { createFloats } from './floats.ts'
import { createGeneric } from './generic.ts'
import type { PlacedWeight } from './kernel.ts'
import type { Matrix } from './matrix.ts'
import { createOrdered } from './ordered.ts'
import { createStrips } from './strips.ts'
import { createTiles, WIDEST } from './tiles.ts'

export type { Matrix } from './matrix.ts'
export type { PlacedWeight } from './kernel.ts'

// The loops count 16-bit numbers from the arena's beginning, in 31 bits.
const REACH = 2 ** 30
const inReach = ({ layout, codes, scales }: PlacedWeight): boolean =>
  Math.max(codes + codesBytes(layout) / 4, scales + scalesBytes(layout) / 4) <= REACH

/** Called ONCE per thread: a second instance makes the loops of the first slower, too. */
export function createMatrices(memory: ArrayBufferLike): (weight: PlacedWeight) => Matrix {
  const strips = createStrips(memory)
  const tiles = createTiles(memory)
  const floats = createFloats(memory, tiles)
  const ordered = createOrdered(memory, tiles)
  const generic = createGeneric(memory, tiles)

  return (weight) => {
    const { format, cols } = weight.layout
    if (!inReach(weight)) return generic(weight)
    const quant = quantOf(format)
    const form = quant.strips?.(weight.layout)
    if (form) return strips(weight, form)
    if (cols > WIDEST) return generic(weight)
    return quant.decode ? floats(weight) : quant.ordered ? ordered(weight, quant.ordered) : generic(weight)
  }
}
