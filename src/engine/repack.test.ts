// Models whose weights are packed anew while they are loaded, against the same models with those very numbers in a file of
// f32: on the references to the bit, on the processor and the GPU within the tolerance of goldens.

import { expect, test } from 'vitest'
import {
  filesOf,
  folderFiles,
  gatherWeight,
  openModelFiles,
  writeSafetensors,
  type TensorToWrite,
} from './formats/testing.ts'
import { readVector } from './formats/weights.ts'
import { openModel, placeModel, type OpenedModel } from './load.ts'
import { GOLDEN_TOLERANCE } from './golden.ts'
import { dequantize } from './quants/weight.ts'
import { noGpuReason } from './testing/gpu.ts'
import { sharedGpu } from './testing/shared-gpu.ts'
import type { LoadOptions, WeightChoice } from './types.ts'

const gpu = await sharedGpu()
const ids = [3, 9, 27, 17, 1, 30, 5]

/** The model in f32, with the numbers that its weights become. */
async function inFloats(folder: string, choice: WeightChoice): Promise<OpenedModel> {
  const source = folderFiles(`fixtures/golden/${folder}`)
  const checkpoint = await openModelFiles(source)
  const { plain } = await openModel({ name: folder, files: source }, { linear: 'keep', embedding: 'keep' })
  const tensors = new Map<string, TensorToWrite>()
  const bytesOf = (floats: Float32Array): Uint8Array =>
    new Uint8Array(floats.buffer, floats.byteOffset, floats.byteLength)
  for (const { parts, cols, role } of Object.values(plain.weights)) {
    for (const part of parts) {
      const { tensor, rows, slice, transpose } = part
      const all = slice ? (rows / slice.count) * slice.every : rows
      const target = role === 'router' || choice === 'keep' ? 'native' : { every: choice }
      const values = dequantize(await gatherWeight(checkpoint, [part], cols, target))
      const turned = transpose && !checkpoint.tensors.get(tensor)!.data.packed
      const had = tensors.get(tensor)
      const out = had ? new Float32Array(had.bytes.buffer) : new Float32Array(all * cols)
      for (let row = 0; row < rows; row++) {
        const at = slice ? Math.floor(row / slice.count) * slice.every + slice.from + (row % slice.count) : row
        for (let col = 0; col < cols; col++) out[turned ? col * all + at : at * cols + col] = values[row * cols + col]!
      }
      const shape = turned ? [cols, all] : [all, cols]
      tensors.set(tensor, { name: tensor, dtype: 'F32', shape, bytes: bytesOf(out) })
    }
  }
  for (const { name, shape } of checkpoint.tensors.values()) {
    if (tensors.has(name)) {
      const found = tensors.get(name)!
      // experts that lie in one tensor have one axis more
      if (shape.length > 2) found.shape = shape
    } else {
      const values = await readVector(checkpoint, name, { shape })
      tensors.set(name, { name, dtype: 'F32', shape, bytes: bytesOf(values) })
    }
  }
  const { quantization_config: _, quantization: __, ...config } = checkpoint.config
  // a GGUF does not say it: that it has no such tensors does
  if (checkpoint.format === 'gguf') Object.assign(config, { attention_bias: false, mlp_bias: false })
  const files = filesOf({
    'config.json': JSON.stringify(config),
    'model.safetensors': writeSafetensors([...tensors.values()]),
  })
  return openModel({ name: folder, files }, { linear: 'keep', embedding: 'keep', context: 16 })
}

async function logits(model: OpenedModel, where: LoadOptions): Promise<Float32Array[]> {
  const { runtime } = await placeModel({ ...model, size: { ...model.size, logitRows: ids.length } }, where)
  runtime.beginText(ids)
  const rows = await runtime.forward(ids, 'all')
  const out = rows.map((row) => row.slice())
  runtime.dispose()
  return out
}

const worst = (rows: Float32Array[], expected: Float32Array[]): number => {
  let [off, most] = [0, 0]
  expected.forEach((row, i) =>
    row.forEach((value, k) => {
      off = Math.max(off, Math.abs(rows[i]![k]! - value))
      most = Math.max(most, Math.abs(value))
    }),
  )
  return off / most
}

const models = [
  // q and k of a GGUF, whose rows are reordered; blocks of every kind, side by side
  ...['gguf_q4_0', 'llama_blocks_gguf'],
  // packed by other programs, act-order among them; a tied head; odd widths
  ...['llama_gptq', 'llama_awq', 'llama_mlx', 'llama_nf4', 'llama_fp8_block', 'llama_bias_tied', 'llama_odd'],
  // experts, matrices turned round, projections in one tensor
  ...['mixtral', 'gpt2', 'falcon_40b'],
]

/** The planes are the same for every device: one of each kind of file is enough. */
const onGpu = new Set(['gguf_q4_0', 'llama_gptq', 'gpt2'])

test.for(models.flatMap((name) => (['nf4', 'i8', 'f16'] as const).map((choice) => [name, choice] as const)))(
  '%s as %s',
  { timeout: 120_000 },
  async ([name, choice], { skip }) => {
    const expected = await logits(await inFloats(name, choice), { device: 'reference' })
    const options = { linear: choice, embedding: choice, context: 16 } as const
    const source = { name, files: folderFiles(`fixtures/golden/${name}`) }
    const model = await openModel(source, options)
    const stays = model.info.notices.some(({ code }) => code === 'FORMAT_STAYS')
    for (const { format } of model.info.formats.kinds) {
      // what stays is said; a router is kept as the file has it
      if (!stays && name !== 'mixtral') expect(format).toBe(choice)
    }
    // fused steps sum in another order: the last bits may differ
    const runs: [string, LoadOptions][] = [
      ['reference', { device: 'reference' }],
      ['processor', { device: 'cpu', threads: 1 }],
    ]
    if (gpu && onGpu.has(name)) runs.push(['gpu', { gpu, selfCheck: false }])
    for (const [where, how] of runs) {
      expect(worst(await logits(model, { ...options, ...how }), expected), where).toBeLessThanOrEqual(GOLDEN_TOLERANCE)
    }
    if (!gpu) skip(`UNRUN on the GPU: ${noGpuReason}`)
  },
)
