// bitsandbytes' FP4: a sign and eight magnitudes as levels, 1 the largest; book16.ts says how they are packed.

import { book16 } from './book16.ts'

const magnitudes = [0, 0.0625, 8, 12, 4, 6, 2, 3].map((twelfths) => twelfths / 12)

export const fp4 = book16({
  name: 'fp4',
  dtype: 'FP4',
  called: 'bitsandbytes FP4',
  book: Float32Array.of(...magnitudes, ...magnitudes.map((level) => (level === 0 ? 0 : -level))),
})
