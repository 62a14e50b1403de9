// ChatGLM's own int4 and int8 (quantization_bit in config.json): signed codes and one scale per row.
//
//   X.weight  I8 [out, in bits / 8]    X.weight_scale  F16 [out]
//
//   W[o, i] = weight_scale[o] * q[o, i]    int4: the HIGH nibble of byte j is column 2 j, the low one 2 j + 1

import { groupedDtype } from '../../quants/grouped.ts'
import { padded } from './bytes.ts'
import type { Members, Packing } from './packing.ts'
import { packedRows, rowBytesOf, valuesOf } from './rows.ts'

export const chatglm: Packing = {
  name: 'ChatGLM',
  settings: ({ quantization_bit: bits }) =>
    typeof bits === 'number' && bits !== 0 ? { quantization_bit: bits } : null,
  keys: ['quantization_bit'],
  group(members, settings) {
    const bits = members.oneOf(settings, 'quantization_bit', [4, 8], 8)
    for (const stem of members.stems('.weight_scale')) groupOne(members, stem, bits)
  },
}

function groupOne(members: Members, stem: string, bits: number): void {
  const weight = `${stem}.weight`
  const codes = members.matrix(weight, weight, ['I8'])
  const [out, rowBytes] = codes.shape
  const cols = (rowBytes * 8) / bits
  const scales = members.need(weight, `${stem}.weight_scale`, ['F16', 'BF16', 'F32'], [out], [out, 1])
  const packed = packedRows({
    rows: { count: out, at: (row) => row },
    block: cols,
    codes: (rows, workspace, options) =>
      rowBytesOf(codes.data, rowBytes, rows, workspace, options, (bytes, count) => {
        if (bits === 8) return padded(bytes, count, rowBytes, workspace, 0x80)
        const turned = padded(bytes, count, rowBytes, workspace, 0x88)
        for (let i = 0; i < turned.length; i++) turned[i] = (turned[i]! >> 4) | (turned[i]! << 4)
        return turned
      }),
    perRow: 2,
    async scales(signal) {
      const values = await valuesOf(scales, signal)
      return (row, to, at) => to.set([values[row]!, 2 ** (bits - 1)], at)
    },
  })
  members.put(weight, [out, cols], { dtype: groupedDtype(bits, 'zero', false), bits }, packed, [codes, scales])
}
