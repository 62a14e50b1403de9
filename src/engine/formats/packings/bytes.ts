// Weights of a byte each beside their scales: whole numbers (I8) and FP8 floats, with a scale for the tensor, for each row, or
// for each rectangle of a row's groups.
//
//   X.weight  I8 or F8_E4M3 [out, in]     X.weight_scale or X.weight_scale_inv  [], [1], [out], [out, 1] or [R, G]
//
//   W[o, i] = q[o, i] * scale[floor(o / (out / R)), floor(i / block)]     both names MULTIPLY, whatever "inv" says

import { EngineError } from '../../errors.ts'
import { groupedDtype, maxOrderedGroups } from '../../quants/grouped.ts'
import type { Workspace } from '../../quants/quant.ts'
import type { CheckpointTensor } from '../types.ts'
import { shown } from '../../shown.ts'
import { blockOf } from './blocks.ts'
import { readOrder } from './order.ts'
import { isRecord, type Members } from './packing.ts'
import { packedRows, rowBytesOf, valuesOf, wholeOf } from './rows.ts'

const floats = ['F32', 'F16', 'BF16', 'F8_E8M0']
const suffixes = ['.weight_scale_inv', '.weight_scale']

/**
 * The whole numbers of compressed-tensors, whose zero point is signed as they are.
 * @param settings with the "group_size" of its groups of modules
 * @param needsZeros must each have zero points?
 */
export function groupInts(members: Members, settings: Record<string, unknown>, needsZeros: boolean): void {
  for (const stem of members.stems('.weight_scale')) {
    const weight = `${stem}.weight`
    if (members.find(weight)?.dtype !== 'I8') continue
    const codes = members.matrix(weight, weight, ['I8'])
    const [out, cols] = codes.shape
    const scale = scaleOf(members, weight, `${stem}.weight_scale`, codes.shape, settings)
    const zeros = members.find(`${stem}.weight_zero_point`)
    if (zeros || needsZeros) members.need(weight, `${stem}.weight_zero_point`, ['I8'], scale.tensor.shape)
    const order = orderOf(members, weight, `${stem}.weight_g_idx`, cols, scale.groups)
    const packed = packedRows({
      rows: { count: out, at: (row) => row },
      block: scale.block,
      codes: (rows, workspace, options) =>
        rowBytesOf(codes.data, cols, rows, workspace, options, (bytes, count) =>
          padded(bytes, count, cols, workspace, 128),
        ),
      perRow: 2 * scale.groups,
      scales: (signal) => affine(scale, 128, zeros, signal),
      ...(order ? { shared: (signal) => readOrder(weight, order, scale.groups, signal) } : {}),
    })
    const all = [codes, scale.tensor, ...(zeros ? [zeros] : []), ...(order ? [order] : [])]
    members.put(weight, [out, cols], { dtype: groupedDtype(8, 'zero', order !== null), bits: 8 }, packed, all)
  }
}

/** The group that each column names, where groups are scattered (actorder); null where they are not. */
export function orderOf(
  members: Members,
  weight: string,
  name: string,
  cols: number,
  groups: number,
): CheckpointTensor | null {
  const order = groups > 1 ? members.find(name) : null
  if (order) members.need(weight, name, ['I32'], [cols])
  if (order && groups > maxOrderedGroups) {
    members.fail(weight, `has ${groups} scattered groups, ${maxOrderedGroups} are the most`)
  }
  return order
}

/** Pairs of a scale and a zero point. @param zeros signed, one for each scale; what they count from is `centre` */
export async function affine(
  scale: Scale,
  centre: number,
  zeros: CheckpointTensor | null,
  signal?: AbortSignal,
): Promise<(row: number, to: Float32Array, at: number) => void> {
  const values = await valuesOf(scale.tensor, signal)
  const stored = zeros && new Int8Array((await wholeOf(zeros.data, signal)).buffer)
  return (row, to, at) => {
    for (let g = 0; g < scale.groups; g++) {
      to[at + 2 * g] = values[scale.place(row, g)]!
      to[at + 2 * g + 1] = centre + (stored ? stored[scale.place(row, g)]! : 0)
    }
  }
}

/** @param settings with "weight_block_size" [rows, columns], where scales stand for rectangles */
export function groupFloats(members: Members, settings: Record<string, unknown>): void {
  for (const suffix of suffixes) {
    for (const stem of members.stems(suffix)) {
      const weight = `${stem}.weight`
      if (members.find(weight)?.dtype !== 'F8_E4M3') continue
      const codes = members.matrix(weight, weight, ['F8_E4M3'])
      const [out, cols] = codes.shape
      const scale = scaleOf(members, weight, stem + suffix, codes.shape, settings)
      const packed = packedRows({
        rows: { count: out, at: (row) => row },
        block: scale.block,
        codes: (rows, workspace, options) =>
          rowBytesOf(codes.data, cols, rows, workspace, options, (bytes, count) => {
            if (bytes.some((code) => (code & 127) === 127)) throw notANumber(weight)
            return padded(bytes, count, cols, workspace, 0)
          }),
        perRow: scale.groups,
        async scales(signal) {
          const values = await valuesOf(scale.tensor, signal)
          return (row, to, at) => {
            for (let g = 0; g < scale.groups; g++) to[at + g] = values[scale.place(row, g)]!
          }
        },
      })
      members.put(weight, [out, cols], { dtype: 'FP8', bits: 8 }, packed, [codes, scale.tensor])
    }
  }
}

export interface Scale {
  tensor: CheckpointTensor
  /** scales per row, and columns that share one */
  groups: number
  block: number
  /** the number of a row's group among the tensor's values */
  place(row: number, group: number): number
}

/** @param size columns per group, where the settings do not say it of all */
export function scaleOf(
  members: Members,
  weight: string,
  name: string,
  [out, cols]: readonly [number, number],
  settings: Record<string, unknown>,
  size?: unknown,
): Scale {
  const tensor = members.need(weight, name, floats)
  const [rows = 1, groups = 1] = tensor.shape
  const said = rectangleOf(members, settings)
  const fits = tensor.shape.length <= 2 && groups > 0 && (groups === 1 || said !== null || rows === out)
  const height = rows === out ? 1 : rows === 1 ? out : (said?.[0] ?? 0)
  if (!fits || height === 0 || Math.ceil(out / height) !== rows) {
    members.fail(
      weight,
      `of (${out}, ${cols}) has scales of shape (${tensor.shape.join(', ')}), which belong to no whole rows or blocks`,
    )
  }
  const block = blockOf(members, weight, {
    cols,
    groups,
    said: said?.[1] ?? size ?? groupSizeOf(settings, cols, groups),
  })
  return { tensor, groups, block, place: (row, group) => Math.floor(row / height) * groups + group }
}

/** The rows and columns under one scale: of FP8's own settings, or of the first group of compressed-tensors. */
function rectangleOf(members: Members, settings: Record<string, unknown>): [number, number] | null {
  const groups = isRecord(settings.config_groups) ? Object.values(settings.config_groups) : []
  const own = groups.flatMap((group) =>
    isRecord(group) && isRecord(group.weights) ? [pairOf(group.weights.block_structure)] : [],
  )
  const said = [settings.weight_block_size, ...own].filter((value) => value != null)
  for (const value of said) {
    if (!Array.isArray(value) || value.length !== 2 || !value.every((n) => Number.isSafeInteger(n) && n > 0)) {
      members.refuse(`${members.packing} with blocks of ${shown(value, 40)}`)
    }
  }
  return (said[0] as [number, number] | undefined) ?? null
}

/** The columns per group that one of compressed-tensors' groups of modules names and the scales bear out. */
function groupSizeOf({ config_groups: schemes }: Record<string, unknown>, cols: number, groups: number): unknown {
  return Object.values(isRecord(schemes) ? schemes : {})
    .map((scheme) => isRecord(scheme) && isRecord(scheme.weights) && scheme.weights.group_size)
    .find((size) => typeof size === 'number' && Math.ceil(cols / size) === groups)
}

/** "128x128" as [128, 128]. */
const pairOf = (value: unknown): unknown =>
  typeof value === 'string' && /^\d{1,6}x\d{1,6}$/.test(value) ? value.split('x').map(Number) : value

/** Rows of `cols` bytes, each put to `mask` by exclusive or, as rows that start on words. */
export function padded(bytes: Uint8Array, count: number, cols: number, workspace: Workspace, mask: number): Uint8Array {
  const stride = Math.ceil(cols / 4) * 4
  if (stride === cols && mask === 0) return bytes
  const out = workspace.bytes('padded', count * stride).fill(0)
  for (let row = 0; row < count; row++) {
    for (let k = 0; k < cols; k++) out[row * stride + k] = bytes[row * cols + k]! ^ mask
  }
  return out
}

const notANumber = (tensor: string): EngineError =>
  new EngineError(
    'NUMERIC',
    `Cannot load the tensor "${tensor}": it holds a value that is infinite or not a number. The file is damaged; fetch it again.`,
    { tensor },
  )
