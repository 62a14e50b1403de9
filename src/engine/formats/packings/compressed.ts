// compressed-tensors (llm-compressor, vLLM): whole numbers or floats with scales per group, row or tensor.
//
// "pack-quantized": codes packed along the inputs, a stream of bits per row, each a number plus 2^(bits - 1)
//   X.weight_packed  I32 [out, ceil(in bits / 32)]      X.weight_scale  [out, G]      X.weight_shape  I64 [2]
//   X.weight_zero_point  I32 [ceil(out bits / 32), G], packed along the outputs        X.weight_g_idx  I32 [in]
// "int-quantized", "float-quantized", "naive-quantized": a byte per weight
//   X.weight  I8 or F8_E4M3 [out, in]    X.weight_scale  [out, G], [out, 1] or [1]    X.weight_zero_point  I8, as the scales
//
//   W[o, i] = scale[o, g] * (q[o, i] - z[o, g])

import { groupedDtype, maxOrderedGroups } from '../../quants/grouped.ts'
import { blockOf } from './blocks.ts'
import { groupFloats, groupInts } from './bytes.ts'
import { readOrder } from './order.ts'
import { byMethod, isRecord, type Members, type Packing } from './packing.ts'
import { fieldAt, packedRows, rowBytesOf, valuesOf, wholeOf, widen } from './rows.ts'

const floats = ['F16', 'BF16', 'F32']
const formats = ['pack-quantized', 'int-quantized', 'float-quantized', 'naive-quantized', 'dense', 'mixed-precision']

/** What a group of modules is quantized to. Which modules is told by the tensors' shapes, not by patterns of names. */
interface Scheme {
  bits: number
  size: unknown
  /** floats, which have no packed words of their own */
  float: boolean
  /** has zero points, and a group for each column: their tensors must be there */
  zeros: boolean
  ordered: boolean
}

export const compressedTensors: Packing = {
  name: 'compressed-tensors',
  settings: (config) => byMethod(config, ['compressed-tensors', 'compressed_tensors']),
  keys: [
    ...[
      'quant_method',
      'format',
      'config_groups',
      'quantization_status',
      'ignore',
      'kv_cache_scheme',
      'sparsity_config',
    ],
    ...['global_compression_ratio', 'version', 'run_compressed', 'transform_config'],
  ],
  async group(members, settings, signal) {
    const schemes = schemesOf(members, settings)
    for (const stem of members.stems('.weight_packed')) await groupPacked(members, stem, schemes, signal)
    groupInts(
      members,
      settings,
      schemes.every(({ zeros }) => zeros),
    )
    groupFloats(members, settings)
    for (const suffix of ['.input_scale', '.input_zero_point', '.output_scale', '.k_scale', '.v_scale', '.q_scale']) {
      for (const stem of members.stems(suffix)) members.drop(stem + suffix)
    }
  },
}

/** What the groups of modules are quantized to; everything that changes values beside that is refused. */
function schemesOf(members: Members, settings: Record<string, unknown>): Scheme[] {
  members.oneOf(settings, 'format', formats, 'dense')
  const { sparsity_config: sparse, transform_config: transforms, config_groups: groups } = settings
  if (isRecord(sparse) && sparse.format !== undefined && sparse.format !== 'dense') {
    members.refuse('compressed-tensors with sparsity')
  }
  if (isRecord(transforms) && Object.keys(transforms).length > 0) members.refuse('compressed-tensors with transforms')
  const schemes = Object.values(isRecord(groups) ? groups : {}).flatMap((group) => {
    if (!isRecord(group) || !isRecord(group.weights)) return []
    members.oneOf(group, 'format', formats, 'dense')
    const { num_bits: bits } = group.weights
    const size = members.groupSize(group.weights)
    const float = members.oneOf(group.weights, 'type', ['int', 'float'], 'int') === 'float'
    const zeros = !members.oneOf(group.weights, 'symmetric', [true, false], true)
    const order = members.oneOf(group.weights, 'actorder', [true, false, 'group', 'weight', 'static', 'dynamic'], false)
    members.oneOf(group.weights, 'strategy', ['group', 'channel', 'tensor', 'block'], 'tensor')
    if (!Number.isInteger(bits) || (bits as number) < 2 || (bits as number) > 8) {
      members.oneOf(group.weights, 'num_bits', [2, 3, 4, 5, 6, 7, 8], 8)
    }
    return [{ bits: bits as number, size, float, zeros, ordered: [true, 'group', 'dynamic'].includes(order) }]
  })
  return schemes.length > 0 ? schemes : [{ bits: 4, size: -1, float: false, zeros: false, ordered: false }]
}

async function groupPacked(
  members: Members,
  stem: string,
  schemes: readonly Scheme[],
  signal?: AbortSignal,
): Promise<void> {
  const weight = `${stem}.weight`
  const codes = members.matrix(weight, `${stem}.weight_packed`, ['I32'])
  const [out, words] = codes.shape
  // a row's last word may be filled in part: only weight_shape tells how many columns there are
  const shape = members.need(weight, `${stem}.weight_shape`, ['I64'], [2])
  const view = new DataView((await wholeOf(shape.data, signal)).buffer)
  const [rows, cols] = [Number(view.getBigInt64(0, true)), Number(view.getBigInt64(8, true))]
  const scheme = schemes.find(({ bits, float }) => !float && Math.ceil((cols * bits) / 32) === words)
  if (rows !== out || !(cols > 0) || !scheme) {
    const said = schemes.map(({ bits }) => bits).join(' or ')
    return members.fail(
      weight,
      `says that it is (${rows}, ${cols}) of ${said} bits, which (${out}, ${words}) words do not make`,
    )
  }
  const { bits } = scheme
  const same = schemes.filter((other) => other.bits === bits)
  const scales = members.matrix(weight, `${stem}.weight_scale`, floats)
  const groups = scales.shape[1]
  members.need(weight, scales.name, floats, [out, groups])
  const zeros = members.find(`${stem}.weight_zero_point`)
  if (!zeros && same.every((other) => other.zeros)) members.fail(weight, `lacks its part "${stem}.weight_zero_point"`)
  const zeroWords = Math.ceil((out * bits) / 32)
  if (zeros) members.need(weight, zeros.name, ['I32'], [zeroWords, groups])
  const order = groups > 1 ? members.find(`${stem}.weight_g_idx`) : null
  if (order) members.need(weight, order.name, ['I32'], [cols])
  if (!order && groups > 1 && same.every(({ ordered }) => ordered)) {
    members.fail(weight, `has scattered groups (actorder) and lacks its part "${stem}.weight_g_idx"`)
  }
  if (order && groups > maxOrderedGroups) {
    members.fail(weight, `has ${groups} scattered groups, ${maxOrderedGroups} are the most`)
  }
  const packed = packedRows({
    rows: { count: out, at: (row) => row },
    block: blockOf(members, weight, {
      cols,
      groups,
      said: same.find((other) => Math.ceil(cols / Number(other.size)) === groups)?.size,
    }),
    codes: (rows, workspace, options) =>
      rowBytesOf(codes.data, words * 4, rows, workspace, options, (bytes, count) =>
        widen(bytes, count, { cols, bits, rowBytes: words * 4 }, workspace),
      ),
    perRow: 2 * groups,
    async scales(signal) {
      const values = await valuesOf(scales, signal)
      const stored = zeros && (await wholeOf(zeros.data, signal))
      // packed along the outputs: one stream of bits for each group, a word of which lies every `groups` words
      const streams = Array.from({ length: stored ? groups : 0 }, (_, g) => columnOf(stored!, groups, g))
      return (row, to, at) => {
        for (let g = 0; g < groups; g++) {
          to[at + 2 * g] = values[row * groups + g]!
          to[at + 2 * g + 1] = stored ? fieldAt(streams[g]!, bits, row) : 2 ** (bits - 1)
        }
      }
    },
    ...(order ? { shared: (signal) => readOrder(weight, order, groups, signal) } : {}),
  })
  const all = [codes, scales, shape, ...(zeros ? [zeros] : []), ...(order ? [order] : [])]
  members.put(weight, [out, cols], groupedDtype(bits, 'zero', order !== null), packed, all)
}

/** Column g of a matrix of words, as bytes. */
function columnOf(bytes: Uint8Array, columns: number, g: number): Uint8Array {
  const out = new Uint8Array(bytes.length / columns)
  for (let i = 0; i < out.length; i++) out[i] = bytes[((i >> 2) * columns + g) * 4 + (i & 3)]!
  return out
}
