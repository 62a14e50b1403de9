// AWQ (arXiv 2306.00978), version "gemm": codes packed along the outputs, eight to a word in an order of their own.
//
//   X.qweight  I32 [in, out / 8]    X.qzeros  I32 [G, out / 8]    X.scales  F16 [G, out]
//
//   W[o, i] = scales[g, o] * (q[i, o] - z[g, o])    g = floor(i / group_size); no 1 is added to z
//   field f of word c is output 8 c + [0, 2, 4, 6, 1, 3, 5, 7][f]

import { checkAborted } from '../../errors.ts'
import { groupedDtype } from '../../quants/grouped.ts'
import { blockOf } from './blocks.ts'
import { byMethod, type Members, type Packing } from './packing.ts'
import { packedRows, valuesOf, wholeOf, type Rows } from './rows.ts'

/** output of a word -> the bits that it is shifted by */
const shiftOf = [0, 4, 1, 5, 2, 6, 3, 7].map((field) => 4 * field)
/** Bytes of codes that are put together at a time. */
const blockBytes = 2 ** 24

export const awq: Packing = {
  name: 'AWQ',
  settings: (config) => byMethod(config, ['awq']),
  file: 'quant_config.json',
  keys: [
    ...['quant_method', 'bits', 'w_bit', 'group_size', 'q_group_size', 'zero_point', 'version'],
    ...[
      'backend',
      'modules_to_not_convert',
      'do_fuse',
      'fuse_max_seq_len',
      'modules_to_fuse',
      'exllama_config',
      'format',
      'checkpoint_format',
      'method',
      'sym',
    ],
  ],
  group(members, settings) {
    members.oneOf(settings, 'w_bit' in settings ? 'w_bit' : 'bits', [4], 4)
    members.oneOf(settings, 'version', ['gemm', 'GEMM'], 'gemm')
    // without them, as some say, the file has them all the same: 8 for all
    members.oneOf(settings, 'zero_point', [true, false], true)
    for (const key of ['format', 'checkpoint_format']) members.oneOf(settings, key, ['gemm', 'GEMM'], 'gemm')
    members.refuseSet(settings, 'rotation', 'activation', 'adapter')
    members.oneOf(settings, 'quant_method', ['awq', 'AWQ'], 'awq')
    const said = members.groupSize(settings) ?? members.groupSize(settings, 'q_group_size')
    for (const stem of members.stems('.qweight')) groupOne(members, stem, said)
  },
}

function groupOne(members: Members, stem: string, said: unknown): void {
  const weight = `${stem}.weight`
  const qweight = members.matrix(weight, `${stem}.qweight`, ['I32'])
  const [cols, words] = qweight.shape
  const out = words * 8
  const scales = members.matrix(weight, `${stem}.scales`, ['F16', 'BF16', 'F32'])
  const groups = scales.shape[0]
  members.need(weight, scales.name, [scales.dtype], [groups, out])
  const zeros = members.need(weight, `${stem}.qzeros`, ['I32'], [groups, words])
  const block = blockOf(members, weight, { cols, groups, said })
  const rowBytes = Math.ceil(cols / 8) * 4
  const { source, begin } = qweight.data

  const packed = packedRows({
    rows: { count: out, at: (row) => row },
    block,
    // the file's lines (of one input each) are read once for every block of rows
    async *codes(rows: Rows, workspace, { signal, chunkBytes }) {
      const most = Math.max(1, Math.floor(blockBytes / rowBytes))
      const band = Math.max(1, Math.floor(chunkBytes / (words * 4)))
      for (let first = 0; first < rows.count; first += most) {
        const count = Math.min(most, rows.count - first)
        const block = workspace.bytes('turned', count * rowBytes).fill(0)
        for (let k0 = 0; k0 < cols; k0 += band) {
          const lines = Math.min(band, cols - k0)
          const length = lines * words * 4
          const bytes = await source.read(begin + k0 * words * 4, length, signal, workspace.bytes('file', length))
          checkAborted(signal)
          for (let i = 0; i < count; i++) {
            const row = rows.at(first + i)
            const shift = shiftOf[row & 7]!
            let from = (row >> 3) * 4 + (shift >> 3)
            for (let k = k0; k < k0 + lines; k++, from += words * 4) {
              block[i * rowBytes + (k >> 1)]! |= ((bytes[from]! >> (shift & 7)) & 15) << ((k & 1) * 4)
            }
          }
        }
        yield block
      }
    },
    perRow: 2 * groups,
    async scales(signal) {
      const values = await valuesOf(scales, signal)
      const stored = await wholeOf(zeros.data, signal)
      return (row, to, at) => {
        const shift = shiftOf[row & 7]!
        for (let g = 0; g < groups; g++) {
          to[at + 2 * g] = values[g * out + row]!
          to[at + 2 * g + 1] = (stored[(g * words + (row >> 3)) * 4 + (shift >> 3)]! >> (shift & 7)) & 15
        }
      }
    },
  })
  members.put(weight, [out, cols], { dtype: groupedDtype(4, 'zero', false), bits: 4 }, packed, [qweight, scales, zeros])
}
