// compressed-tensors (llm-compressor, vLLM): whole numbers or floats with scales per group, row or tensor.
//
// "pack-quantized": codes packed along the inputs, a stream of bits per row, each a number plus 2^(bits - 1)
//   X.weight_packed  I32 [out, ceil(in bits / 32)]      X.weight_scale  [out, G], [1]  X.weight_shape  I64 [2]
//   X.weight_zero_point  I32 [ceil(out bits / 32), G], packed along the outputs, or I8 as the scales
//   X.weight_g_idx  I32 [in]
//   before its version 0.18 codes did not cross words: floor(32 / bits) to each
// "int-quantized", "float-quantized", "naive-quantized": a byte per weight
//   X.weight  I8 or F8_E4M3 [out, in]    X.weight_scale  [out, G], [out, 1] or [1]    X.weight_zero_point  I8, as the scales
//
//   W[o, i] = scale[o, g] * (q[o, i] - z[o, g])

import { groupedDtype } from '../../quants/grouped.ts'
import { affine, groupFloats, groupInts, orderOf, scaleOf } from './bytes.ts'
import { readOrder } from './order.ts'
import { byMethod, isRecord, type Members, type Packing } from './packing.ts'
import { fieldAt, packedRows, rowBytesOf, wholeOf, widen } from './rows.ts'

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
    for (const stem of members.stems('.weight_packed')) await groupPacked(members, stem, schemes, settings, signal)
    groupInts(
      members,
      settings,
      schemes.every(({ zeros }) => zeros),
    )
    groupFloats(members, settings)
    for (const of of ['.input', '.output', '.q', '.k', '.v']) {
      for (const suffix of [`${of}_scale`, `${of}_zero_point`]) {
        for (const stem of members.stems(suffix)) members.drop(stem + suffix)
      }
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
    const size = members.groupSize(group.weights)
    const float = members.oneOf(group.weights, 'type', ['int', 'float'], 'int') === 'float'
    const zeros = !members.oneOf(group.weights, 'symmetric', [true, false], true)
    const order = members.oneOf(group.weights, 'actorder', [true, false, 'group', 'weight', 'static', 'dynamic'], false)
    members.oneOf(group.weights, 'strategy', ['group', 'channel', 'tensor', 'block'], 'tensor')
    const bits = members.oneOf(group.weights, 'num_bits', [1, 2, 3, 4, 5, 6, 7, 8], 8)
    if (float && zeros) members.refuse('compressed-tensors with "symmetric" false of floats')
    return [{ bits, size, float, zeros, ordered: [true, 'group', 'dynamic'].includes(order) }]
  })
  return schemes.length > 0 ? schemes : [{ bits: 4, size: -1, float: false, zeros: false, ordered: false }]
}

async function groupPacked(
  members: Members,
  stem: string,
  schemes: readonly Scheme[],
  settings: Record<string, unknown>,
  signal?: AbortSignal,
): Promise<void> {
  const weight = `${stem}.weight`
  const codes = members.matrix(weight, `${stem}.weight_packed`, ['I32'])
  const [out, words] = codes.shape
  // a row's last word may be filled in part: only weight_shape tells how many columns there are
  const shape = members.need(weight, `${stem}.weight_shape`, ['I64'], [2])
  const view = new DataView((await wholeOf(shape.data, signal)).buffer)
  const [rows, cols] = [Number(view.getBigInt64(0, true)), Number(view.getBigInt64(8, true))]
  const scheme = schemes.find(({ bits, float }) => !float && perWordOf(cols, bits, words, settings) !== null)
  if (rows !== out || !(cols > 0) || !scheme) {
    const said = schemes.map(({ bits }) => bits).join(' or ')
    return members.fail(
      weight,
      `says that it is (${rows}, ${cols}) of ${said} bits, which (${out}, ${words}) words do not make`,
    )
  }
  const { bits } = scheme
  const perWord = perWordOf(cols, bits, words, settings)!
  const same = schemes.filter((other) => other.bits === bits)
  const groups = members.need(weight, `${stem}.weight_scale`, floats).shape[1] ?? 1
  const size = same.find((other) => Math.ceil(cols / Number(other.size)) === groups)?.size
  const scale = scaleOf(members, weight, `${stem}.weight_scale`, [out, cols], settings, size)
  const zeros = members.find(`${stem}.weight_zero_point`)
  if (!zeros && same.every((other) => other.zeros)) members.fail(weight, `lacks its part "${stem}.weight_zero_point"`)
  const apart = zeros?.dtype === 'I8'
  if (zeros && apart) members.need(weight, zeros.name, ['I8'], scale.tensor.shape)
  else if (zeros) members.need(weight, zeros.name, ['I32'], [wordsOf(out, bits, perWord), groups])
  const order = orderOf(members, weight, `${stem}.weight_g_idx`, cols, groups)
  if (!order && groups > 1 && same.every(({ ordered }) => ordered)) {
    members.fail(weight, `has scattered groups (actorder) and lacks its part "${stem}.weight_g_idx"`)
  }
  const packed = packedRows({
    rows: { count: out, at: (row) => row },
    block: scale.block,
    codes: (rows, workspace, options) =>
      rowBytesOf(codes.data, words * 4, rows, workspace, options, (bytes, count) =>
        widen(bytes, count, { cols, bits, rowBytes: words * 4, perWord }, workspace),
      ),
    perRow: 2 * groups,
    async scales(signal) {
      const write = await affine(scale, 2 ** (bits - 1), apart ? zeros : null, signal)
      if (!zeros || apart) return write
      const stored = await wholeOf(zeros.data, signal)
      // packed along the outputs: one stream of bits for each group, a word of which lies every `groups` words
      const streams = Array.from({ length: groups }, (_, g) => columnOf(stored, groups, g))
      return (row, to, at) => {
        write(row, to, at)
        for (let g = 0; g < groups; g++) to[at + 2 * g + 1] = fieldAt(streams[g]!, bits, row, perWord)
      }
    },
    ...(order ? { shared: (signal) => readOrder(weight, order, groups, signal) } : {}),
  })
  const all = [codes, scale.tensor, shape, ...(zeros ? [zeros] : []), ...(order ? [order] : [])]
  members.put(weight, [out, cols], { dtype: groupedDtype(bits, 'zero', order !== null), bits }, packed, all)
}

/** Words of so many codes. @param perWord of them in a word; no whole number where they cross words */
const wordsOf = (codes: number, bits: number, perWord: number): number =>
  Number.isInteger(perWord) ? Math.ceil(codes / perWord) : Math.ceil((codes * bits) / 32)

/**
 * How many codes a word holds, null where so many columns make other words. Where both ways make as many, the version
 * that wrote them tells.
 */
function perWordOf(cols: number, bits: number, words: number, { version }: Record<string, unknown>): number | null {
  const fits = [32 / bits, Math.floor(32 / bits)].filter((perWord) => wordsOf(cols, bits, perWord) === words)
  const [, minor] = /^0\.(\d+)\./.exec(typeof version === 'string' ? version : '') ?? []
  return (minor !== undefined && Number(minor) < 18 ? fits.at(-1) : fits[0]) ?? null
}

/** Column g of a matrix of words, as bytes. */
function columnOf(bytes: Uint8Array, columns: number, g: number): Uint8Array {
  const out = new Uint8Array(bytes.length / columns)
  for (let i = 0; i < out.length; i++) out[i] = bytes[((i >> 2) * columns + g) * 4 + (i & 3)]!
  return out
}
