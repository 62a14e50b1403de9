// LLM.int8 (arXiv 2208.07339), bitsandbytes' 8 bits: whole numbers and the largest magnitude of each row.
//
//   X.weight  I8 [out, in]    X.SCB  F32 [out]    X.weight_format  U8, 0: row after row, not in tiles of some GPU
//
//   W[o, i] = q[o, i] * SCB[o] / 127    Activations are computed with as they are, not rounded to int8.

import { groupedDtype } from '../../quants/grouped.ts'
import type { CheckpointTensor } from '../types.ts'
import { padded } from './bytes.ts'
import { packedError } from './index.ts'
import { Members } from './packing.ts'
import { packedRows, rowBytesOf, valuesOf, wholeOf } from './rows.ts'

/** Needs no settings: the names tell. */
export async function groupInt8(
  file: string,
  tensors: Map<string, CheckpointTensor>,
  signal?: AbortSignal,
): Promise<void> {
  const members = new Members(file, tensors, 'bitsandbytes LLM.int8', (dtype) => packedError(file, dtype))
  for (const stem of members.stems('.SCB')) {
    const weight = `${stem}.weight`
    const codes = members.matrix(weight, weight, ['I8'])
    const [out, cols] = codes.shape
    const scb = members.need(weight, `${stem}.SCB`, ['F32'], [out], [out, 1])
    const format = members.find(`${stem}.weight_format`)
    if (format) {
      members.need(weight, format.name, ['U8'], [], [1])
      const [tiles] = await wholeOf(format.data, signal)
      if (tiles !== 0) members.refuse(`bitsandbytes LLM.int8 with weight_format ${tiles!}`)
    }
    const packed = packedRows({
      rows: { count: out, at: (row) => row },
      block: cols,
      codes: (rows, workspace, options) =>
        rowBytesOf(codes.data, cols, rows, workspace, options, (bytes, count) =>
          padded(bytes, count, cols, workspace, 128),
        ),
      perRow: 2,
      async scales(signal) {
        const most = await valuesOf(scb, signal)
        return (row, to, at) => to.set([most[row]! / 127, 128], at)
      },
    })
    members.put(weight, [out, cols], { dtype: groupedDtype(8, 'zero', false), bits: 8 }, packed, [
      codes,
      scb,
      ...(format ? [format] : []),
    ])
  }
}
