// Writes the chunk's keys and values into the cache at their absolute positions.

import { cacheFormats, type CacheFormat } from '../cache-formats.ts'
import { appending, cacheFormatOf, roundedRows, rowWords } from './cache-format.ts'
import { perElement, plain } from './launch.ts'
import { defineOp, type Case } from './op.ts'

/** GPUs may round to a half or a code on either side: 1e-5 of the power at most. */
const packed = (format: CacheFormat): Case[] =>
  [6, 64].flatMap((d) =>
    [1, 1e6].map((scale) => ({
      name: `${format}, d=${d}, values up to ${scale}`,
      params: { K: 2, d, C: 9, cache: cacheFormats.indexOf(format) },
      step: { T: 3, pos: 4, row: 0, prefix: 0 },
      sizes: { k: 6 * d, v: 6 * d, kCache: 18 * d, vCache: 18 * d },
      scale,
      nmse: 1e-5,
    })),
  )

export const append = defineOp({
  name: 'append',
  args: { k: 'read', v: 'read', kCache: 'update', vCache: 'update' },
  variants: appending(
    plain(
      'append',
      perElement(({ K, d }, { T }) => T * K! * d!),
    ),
    plain(
      'append-cells',
      perElement((params, { T }) => T * 2 * params['K']! * rowWords(cacheFormatOf(params), params['d']!)),
    ),
  ),
  reference({ tensors: { k, v, kCache, vCache }, params, step: { T, pos } }) {
    const { K, d, C } = params as Record<'K' | 'd' | 'C', number>
    const format = cacheFormatOf(params)
    for (let t = 0; t < T; t++) {
      for (let h = 0; h < K; h++) {
        const from = (t * K + h) * d
        kCache!.set(roundedRows(format, d, k!.subarray(from, from + d)), (h * C + pos + t) * d)
        vCache!.set(roundedRows(format, d, v!.subarray(from, from + d)), (h * C + pos + t) * d)
      }
    }
  },
  cases: [
    {
      params: { K: 2, d: 6, C: 9 },
      step: { T: 3, pos: 4, row: 0, prefix: 0 },
      sizes: { k: 36, v: 36, kCache: 108, vCache: 108 },
      nmse: 0,
    },
    {
      name: 'fills the cache',
      params: { K: 3, d: 64, C: 7 },
      step: { T: 7, pos: 0, row: 0, prefix: 0 },
      sizes: { k: 1344, v: 1344, kCache: 1344, vCache: 1344 },
      nmse: 0,
    },
    ...cacheFormats.slice(1).flatMap(packed),
  ],
})
