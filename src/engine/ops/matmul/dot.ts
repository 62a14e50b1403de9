// matmul by integer dot products (`dot4I8Packed`): what is multiplied is rounded to int8 first, 32 numbers under one scale. For
// weights whose codes are whole numbers. It runs only where a caller names it: what comes out is not quite the op's.

import { quantOf } from '../../quants/weight.ts'
import type { Variant } from '../op.ts'
import { inRuns, tiles } from './layout.ts'

const BLOCK = 32
const THREADS = 64

/** Magnitudes below it are 0, as in the kernel: their scale could be no f32. */
const LEAST = 2 ** -119

/**
 * Numbers as the kernel takes them, bit for bit the same whole numbers: in place.
 * @param x any number of blocks of 32
 */
export function roundInputs(x: Float32Array): void {
  const over = Math.fround(1 / 127)
  for (let from = 0; from < x.length; from += BLOCK) {
    const block = x.subarray(from, from + BLOCK)
    const largest = block.reduce((most, v) => Math.max(most, Math.abs(v)), 0)
    if (largest < LEAST) block.fill(0)
    else if (!Number.isFinite(largest)) block.fill(NaN)
    else {
      const scale = Math.fround(largest * over)
      for (const [i, v] of block.entries()) {
        const size = Math.abs(v)
        let q = Math.floor(Math.fround(Math.fround(size / scale) + 0.5))
        if (size < Math.fround((q - 0.5) * scale)) q--
        else if (size >= Math.fround((q + 0.5) * scale)) q++
        block[i] = Math.sign(v) * q * scale
      }
    }
  }
}

export const dot: Variant = {
  name: 'matmul-dot',
  fits: (context) => context.features.dot4 && !!quantOf(context.format!).ints && inRuns(context),
  accepts: () => true,
  rounds: ({ tensors }) => roundInputs(tensors['x']!),
  passes: () => [
    { shader: 'matmul-dot-inputs', workgroups: ({ K }, { T }) => tiles(T * (K! / BLOCK), 64) },
    {
      shader: 'matmul-dot',
      // rows of so many threads, two for each, or for each sixteen
      workgroups: ({ N }, { T }) => tiles(T, 4) * tiles(N!, T <= 8 ? THREADS / 8 : THREADS * 2),
    },
  ],
  scratchBytes: ({ K }, maxT) => maxT * tiles(K!, BLOCK) * 48,
}
