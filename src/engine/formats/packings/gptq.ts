// GPTQ (arXiv 2210.17323) as AutoGPTQ and GPTQModel write it: codes packed along the inputs and kept transposed.
//
//   X.qweight  I32 [ceil(in bits / 32), out]     X.qzeros  I32 [G, ceil(out bits / 32)], packed along the outputs
//   X.scales   F16 [G, out]                X.g_idx   I32 [in], the group of each input
//
//   W[o, i] = scales[g, o] * (q[i, o] - z[g, o])    g = g_idx[i]; with desc_act the groups are scattered
//
// z is the stored number and 1 in "gptq" (a stored 15 gives 16, as AutoGPTQ's own code has it), the number itself in "gptq_v2".

import { groupedDtype, maxOrderedGroups } from '../../quants/grouped.ts'
import { readTransposed } from '../transpose.ts'
import { blockOf } from './blocks.ts'
import { checkPlain, isPlain, largestGroup, readOrder } from './order.ts'
import { byMethod, isRecord, type Members, type Packing } from './packing.ts'
import { fieldAt, packedRows, valuesOf, wholeOf, widen } from './rows.ts'

const widths = [2, 3, 4, 8]

export const gptq: Packing = {
  name: 'GPTQ',
  settings: (config) => byMethod(config, ['gptq']),
  file: 'quantize_config.json',
  keys: [
    ...[
      'quant_method',
      'bits',
      'group_size',
      'desc_act',
      'checkpoint_format',
      'dynamic',
      'is_marlin_format',
      'pack_dtype',
    ],
    // of how the codes were found, or of which modules have none: the tensors say so
    ...['sym', 'damp_percent', 'damp_auto_increment', 'true_sequential', 'static_groups', 'model_seqlen', 'dataset'],
    ...['tokenizer', 'model_name_or_path', 'model_file_base_name', 'meta', 'quantizer', 'mse', 'format'],
    ...['block_name_to_quantize', 'module_name_preceding_first_block', 'modules_in_block_to_quantize', 'batch_size'],
    ...['pad_token_id', 'use_cuda_fp16', 'max_input_length', 'cache_block_outputs', 'use_exllama', 'exllama_config'],
    ...['disable_exllama', 'backend', 'method', 'act_group_aware', 'hyb_act'],
  ],
  // is the head packed too? its tensors tell
  module: (key) => key.endsWith('_head'),
  async group(members, settings, signal) {
    if (members.oneOf(settings, 'is_marlin_format', [true, false], false)) members.refuse('GPTQ (Marlin)')
    // the file of its own is read for the names of its tensors, whatever it says it is
    members.oneOf(settings, 'quant_method', ['gptq', 'GPTQ'], 'gptq')
    const format = members.oneOf(settings, 'format', ['gptq', 'gptq_v2'], 'gptq')
    const version = members.oneOf(settings, 'checkpoint_format', ['gptq', 'gptq_v2'], format)
    if (version !== format && settings.format != null) members.refuse(`GPTQ that says to be ${format} and ${version}`)
    members.oneOf(settings, 'pack_dtype', ['int32'], 'int32')
    const said = members.oneOf(settings, 'bits', widths, 4)
    const all = members.oneOf(settings, 'desc_act', [true, false], false)
    // turned activations, rounded ones, a LoRA beside the codes
    members.refuseSet(settings, 'rotation', 'activation', 'adapter')
    const scattered = ownOrder(settings) ? null : all
    const size = members.groupSize(settings)
    for (const stem of members.stems('.qweight')) {
      const own = { bits: said, size, scattered, more: version === 'gptq' ? 1 : 0 }
      await groupOne(members, stem, own, signal)
    }
  },
}

/** Do rules for some modules say whether their groups are scattered? */
const ownOrder = ({ dynamic }: Record<string, unknown>): boolean =>
  Object.values(isRecord(dynamic) ? dynamic : {}).some((rule) => isRecord(rule) && 'desc_act' in rule)

/** @param given with `scattered` null where each module's g_idx tells */
async function groupOne(
  members: Members,
  stem: string,
  { bits: said, size, scattered, more }: { bits: number; size: unknown; scattered: boolean | null; more: number },
  signal?: AbortSignal,
): Promise<void> {
  const weight = `${stem}.weight`
  const qweight = members.matrix(weight, `${stem}.qweight`, ['I32'])
  const [words, out] = qweight.shape
  const order = members.find(`${stem}.g_idx`)
  // modules may differ in their bits ("dynamic"): where there is g_idx, the shapes tell
  const columns = order?.shape.length === 1 ? order.shape[0]! : null
  const bits = columns === null ? said : [said, ...widths].find((width) => Math.ceil((columns * width) / 32) === words)
  if (bits === undefined) {
    const problem = `has ${words} words for ${columns} columns, which no codes of ${widths.join(', ')} bits make`
    return members.fail(weight, problem)
  }
  const cols = columns ?? (words * 32) / bits
  if (!Number.isInteger(cols)) members.fail(weight, `does not divide into codes of ${bits} bits`)
  const scales = members.matrix(weight, `${stem}.scales`, ['F16', 'BF16', 'F32'])
  const groups = scales.shape[0]
  members.need(weight, scales.name, [scales.dtype], [groups, out])
  const zeros = members.need(weight, `${stem}.qzeros`, ['I32'], [groups, Math.ceil((out * bits) / 32)])
  if (order) members.need(weight, order.name, ['I32'], [cols])
  // and in their groups, of which the last may be short
  const isOwn = order && groups > 1 && Math.ceil(cols / Number(size)) !== groups
  const own = isOwn ? await largestGroup(order, signal) : size
  const block = blockOf(members, weight, { cols, groups, said: own })
  const ordered = groups > 1 && (scattered ?? (order !== null && !(await isPlain(order, block, signal))))
  if (ordered && groups > maxOrderedGroups) {
    members.fail(weight, `has ${groups} scattered groups, ${maxOrderedGroups} are the most`)
  }
  if (ordered && !order) members.fail(weight, `has scattered groups (desc_act) and lacks its part "${stem}.g_idx"`)
  const zeroBytes = Math.ceil((out * bits) / 32) * 4

  const packed = packedRows({
    rows: { count: out, at: (row) => row },
    block,
    async *codes(rows, workspace, options) {
      const turned = { ...qweight.data, turned: { width: out, column: rows.at } }
      const size = [rows.count, words] as const
      for await (const bytes of readTransposed(turned, size, 4, options.chunkBytes, workspace, options.signal)) {
        yield widen(bytes, bytes.length / (words * 4), { cols, bits, rowBytes: words * 4 }, workspace)
      }
    },
    perRow: 2 * groups,
    async scales(signal) {
      const values = await valuesOf(scales, signal)
      const stored = await wholeOf(zeros.data, signal)
      if (order && !ordered) await checkPlain(weight, order, block, signal)
      const lines = Array.from({ length: groups }, (_, g) => stored.subarray(g * zeroBytes, (g + 1) * zeroBytes))
      return (row, to, at) => {
        for (const [g, line] of lines.entries()) {
          to[at + 2 * g] = values[g * out + row]!
          to[at + 2 * g + 1] = fieldAt(line, bits, row) + more
        }
      }
    },
    ...(ordered ? { shared: (signal) => readOrder(weight, order!, groups, signal) } : {}),
  })
  const all = [qweight, scales, zeros, ...(order ? [order] : [])]
  members.put(weight, [out, cols], { dtype: groupedDtype(bits, 'zero', ordered), bits }, packed, all)
}
