// MLX's affine quantization, of any linear or embedding: codes packed along the inputs, a stream of bits per row. Tensors of
// a mixture's experts have one axis more, before these.
//
//   X.weight  U32 [out, in bits / 32]    X.scales, X.biases  F16 or BF16 [out, in / group_size]
//
//   W[o, i] = scales[o, g] * q[o, i] + biases[o, g]    scales may be negative; the linear's own bias is X.bias

import { groupedDtype } from '../../quants/grouped.ts'
import { shown } from '../../shown.ts'
import { isRecord, type Members, type Packing } from './packing.ts'
import { packedRows, rowBytesOf, valuesOf, widen } from './rows.ts'

const widths = [2, 3, 4, 5, 6, 8]
const floats = ['F16', 'BF16', 'F32']

/** "quantization", and the same again as "quantization_config", which names no method. */
function settingsOf(config: Record<string, unknown>): Record<string, unknown> | null {
  const own = [config.quantization, config.quantization_config].find(
    (value) => isRecord(value) && !value.quant_method && 'group_size' in value && 'bits' in value,
  )
  return isRecord(own) ? own : null
}

export const mlx: Packing = {
  name: 'MLX',
  settings: settingsOf,
  keys: ['bits', 'group_size', 'mode', 'quant_method', 'linear_class', 'quantize_embeddings'],
  // modules may have settings of their own, or none of it (false)
  module: (_, value) => isRecord(value) || typeof value === 'boolean',
  group(members, settings) {
    members.oneOf(settings, 'mode', ['affine'], 'affine')
    for (const stem of members.stems('.scales')) {
      const own = settings[stem]
      if (own !== undefined && own !== true && !isRecord(own)) {
        members.fail(`${stem}.weight`, `is packed, and its own settings are ${shown(own, 40)}`)
      }
      groupOne(members, stem, isRecord(own) ? { ...settings, ...own } : settings)
    }
  },
}

function groupOne(members: Members, stem: string, settings: Record<string, unknown>): void {
  const weight = `${stem}.weight`
  const codes =
    members.find(weight)?.shape.length === 3
      ? members.need(weight, weight, ['U32'])
      : members.matrix(weight, weight, ['U32'])
  const axes = codes.shape.slice(0, -1)
  const out = axes.reduce((n, axis) => n * axis, 1)
  const words = codes.shape.at(-1)!
  const groups = members.find(`${stem}.scales`)?.shape.at(-1) ?? 1
  const scales = members.need(weight, `${stem}.scales`, floats, [...axes, groups])
  const biases = members.need(weight, `${stem}.biases`, floats, [...axes, groups])
  members.oneOf(settings, 'mode', ['affine'], 'affine')
  const bits = members.oneOf(settings, 'bits', widths, 4)
  const cols = (words * 32) / bits
  const block = cols / groups
  if (!Number.isInteger(block) || !Number.isInteger(cols) || block !== (settings.group_size ?? block)) {
    members.fail(
      weight,
      `has ${words} words and ${groups} groups a row, which ${bits} bits in groups of ${shown(settings.group_size, 20)} do not make`,
    )
  }
  const packed = packedRows({
    rows: { count: out, at: (row) => row },
    block,
    codes: (rows, workspace, options) =>
      rowBytesOf(codes.data, words * 4, rows, workspace, options, (bytes, count) =>
        widen(bytes, count, { cols, bits, rowBytes: words * 4 }, workspace),
      ),
    perRow: 2 * groups,
    async scales(signal) {
      const [by, plus] = [await valuesOf(scales, signal), await valuesOf(biases, signal)]
      return (row, to, at) => {
        for (let g = 0; g < groups; g++) {
          to[at + 2 * g] = by[row * groups + g]!
          to[at + 2 * g + 1] = plus[row * groups + g]!
        }
      }
    },
  })
  members.put(weight, [...axes, cols], { dtype: groupedDtype(bits, 'bias', false), bits }, packed, [
    codes,
    scales,
    biases,
  ])
}
