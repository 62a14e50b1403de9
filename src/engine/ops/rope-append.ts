// rope on q and k, and append, in one step: from one fused projection of q, k and v per token. Where r is 0 nothing is turned,
// and there is no table.

import { cacheFormats } from '../cache-formats.ts'
import { appending, cacheFormatOf, roundedRows, rowWords } from './cache-format.ts'
import { perElement, plain } from './launch.ts'
import { defineOp } from './op.ts'
import { rotate } from './rope.ts'

export const ropeAppend = defineOp({
  name: 'rope-append',
  args: { qkv: 'read', table: 'read', q: 'write', kCache: 'update', vCache: 'update' },
  variants: appending(
    plain(
      'rope-append',
      perElement(({ H, K, d }, { T }) => T * (H! + 2 * K!) * Math.ceil(d! / 2)),
    ),
    plain(
      'rope-append-cells',
      perElement((params, { T }) => {
        const { H, K, d } = params as Record<'H' | 'K' | 'd', number>
        return T * (H * d + 2 * K * rowWords(cacheFormatOf(params), d))
      }),
    ),
  ),
  reference({ tensors: { qkv, table, q, kCache, vCache }, params, step: { T, pos } }) {
    const { H, K, d, r, interleaved, sections, C } = params as Record<
      'H' | 'K' | 'd' | 'r' | 'interleaved' | 'sections' | 'C',
      number
    >
    const format = cacheFormatOf(params)
    for (let t = 0; t < T; t++) {
      for (let h = 0; h < H + 2 * K; h++) {
        const head = qkv!.slice((t * (H + 2 * K) + h) * d, (t * (H + 2 * K) + h + 1) * d)
        if (h < H + K) rotate(head, 0, table!, pos + t, r, interleaved === 1, sections)
        if (h < H) q!.set(head, (t * H + h) * d)
        else (h < H + K ? kCache! : vCache!).set(roundedRows(format, d, head), (((h - H) % K) * C + pos + t) * d)
      }
    }
  },
  cases: [
    {
      params: { H: 4, K: 2, d: 8, r: 8, interleaved: 0, sections: 1, C: 9 },
      step: { T: 2, pos: 5, row: 0, prefix: 0 },
      sizes: { qkv: 128, table: 72, q: 64, kCache: 144, vCache: 144 },
    },
    {
      name: 'interleaved, partial',
      params: { H: 3, K: 3, d: 12, r: 4, interleaved: 1, sections: 1, C: 5 },
      step: { T: 3, pos: 1, row: 0, prefix: 0 },
      sizes: { qkv: 324, table: 20, q: 108, kCache: 180, vCache: 180 },
    },
    {
      name: 'odd width, half-split, partial',
      params: { H: 2, K: 1, d: 7, r: 4, interleaved: 0, sections: 1, C: 6 },
      step: { T: 4, pos: 2, row: 0, prefix: 0 },
      sizes: { qkv: 112, table: 24, q: 56, kCache: 42, vCache: 42 },
    },
    {
      name: 'two sections, odd width',
      params: { H: 2, K: 1, d: 11, r: 8, interleaved: 0, sections: 2, C: 6 },
      step: { T: 3, pos: 1, row: 0, prefix: 0 },
      sizes: { qkv: 132, table: 48, q: 66, kCache: 66, vCache: 66 },
    },
    {
      name: 'not turned',
      params: { H: 3, K: 2, d: 10, r: 0, interleaved: 0, sections: 1, C: 7 },
      step: { T: 3, pos: 2, row: 0, prefix: 0 },
      sizes: { qkv: 210, table: 4, q: 90, kCache: 140, vCache: 140 },
    },
    {
      name: 'SmolLM2',
      params: { H: 9, K: 3, d: 64, r: 64, interleaved: 0, sections: 1, C: 16 },
      step: { T: 5, pos: 11, row: 0, prefix: 0 },
      sizes: { qkv: 4800, table: 1024, q: 2880, kCache: 3072, vCache: 3072 },
    },
    ...[1, 2].flatMap((cache) => [
      {
        name: `${cacheFormats[cache]}, two sections, odd width`,
        params: { H: 2, K: 1, d: 11, r: 8, interleaved: 0, sections: 2, C: 6, cache },
        step: { T: 3, pos: 1, row: 0, prefix: 0 },
        sizes: { qkv: 132, table: 48, q: 66, kCache: 66, vCache: 66 },
        nmse: 1e-5,
      },
      {
        name: `${cacheFormats[cache]}, interleaved, partial, large values`,
        params: { H: 3, K: 3, d: 12, r: 4, interleaved: 1, sections: 1, C: 5, cache },
        step: { T: 3, pos: 1, row: 0, prefix: 0 },
        sizes: { qkv: 324, table: 20, q: 108, kCache: 180, vCache: 180 },
        scale: 1e4,
        nmse: 1e-5,
      },
    ]),
  ],
})
