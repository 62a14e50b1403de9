// The numbers a Plan gives beforehand against what really happens: bytes against what Memory allocates,
// dispatches against what the runtimes count. On a GPU that computes nothing, so it takes no time.

import { expect, test } from 'vitest'
import type { ByteSource, ModelFiles } from '../formats/bytes.ts'
import { filesOf, folderFiles, rawSafetensors } from '../formats/testing.ts'
import { codesBytes } from '../quants/weight.ts'
import { openDevice } from '../gpu/device.ts'
import { KernelCache } from '../gpu/kernel.ts'
import { Memory } from '../gpu/memory.ts'
import { planMemory } from './print.ts'
import { openModel, type OpenedModel } from '../load.ts'
import { createCpuRuntime } from '../runtime/cpu.ts'
import { placePlan } from '../runtime/placement.ts'
import { RopeTables } from '../runtime/rope-rows.ts'
import { createSession } from '../runtime/session.ts'
import { noGpuReason, nullGpu } from '../testing/gpu.ts'
import type { LoadOptions, ModelInfo } from '../types.ts'

const models: [folder: string, options: LoadOptions][] = [
  ['fixtures/golden/llama', { linear: 'keep', embedding: 'keep' }],
  ['fixtures/golden/llama_bias_tied', { linear: 'keep', embedding: 'keep' }],
  ['fixtures/golden/llama_odd', { linear: 'keep', embedding: 'keep' }],
  ['fixtures/golden/qwen3_long', { linear: 'nf4', embedding: 'i8' }],
  ['fixtures/golden/gguf_q4_1', {}],
  ['public/models/storyteller', { context: 512, chunk: 128 }],
]
const open = (folder: string, options: LoadOptions): Promise<OpenedModel> =>
  openModel({ name: folder, files: folderFiles(folder) }, options)

test.for(models)('%s takes the bytes that were planned', async ([folder, options], { skip }) => {
  const gpu = await nullGpu()
  if (!gpu) return skip(`UNRUN: ${noGpuReason}`)
  const device = await openDevice(gpu)
  const { plan, provider, size, info } = await open(folder, options)
  expect(info.bytes.total).toBe(info.bytes.weights + info.bytes.cache + info.bytes.activations)
  const bytes = planMemory(plan, (name) => provider.layout(plan.weights[name]!), size)
  const memory = new Memory(device)
  const { weights, tensors } = await placePlan(plan, new RopeTables(plan, size.context), provider, size, memory, {})
  const whole = [...tensors.values()]
  const buffers = [
    ...tensors.values(),
    ...[...weights.values()].flat().flatMap(({ codes, scales }) => (scales ? [codes, scales] : [codes])),
  ]
  expect(bytes.total).toBe(bytes.weights + bytes.cache + bytes.activations)
  expect(memory.bytes).toBeGreaterThanOrEqual(bytes.total)
  expect(memory.bytes - bytes.total).toBeLessThan(16 * buffers.length) // every buffer is rounded up to 16
  const unit = Math.max(
    ...Object.values(plan.weights).map((w) => codesBytes({ ...provider.layout(w), rows: Math.min(w.rows, 64) })),
  )
  expect(Math.max(...whole.map((b) => b.size), unit) - bytes.largestBinding).toBeLessThan(16)
  const of = (names: string[]): number => names.reduce((sum, name) => sum + tensors.get(name)!.size, 0)
  expect(of(Object.keys(plan.caches)) - bytes.cache).toBeLessThan(16 * 2 * plan.dims.layers)
  memory.dispose()
  device.dispose()
})

/** Qwen3-0.6B as it is on the hub, by its header alone: bf16, tied, 151,936 tokens. */
function qwen3Small(): ModelFiles {
  const [D, F, H, K, d, V, layers] = [1024, 3072, 16, 8, 128, 151936, 28]
  const config = {
    model_type: 'qwen3',
    hidden_size: D,
    intermediate_size: F,
    num_attention_heads: H,
    num_key_value_heads: K,
    head_dim: d,
    vocab_size: V,
    num_hidden_layers: layers,
    max_position_embeddings: 40960,
    max_window_layers: 28,
    rms_norm_eps: 1e-6,
    rope_theta: 1000000,
    tie_word_embeddings: true,
    hidden_act: 'silu',
    sliding_window: null,
    use_sliding_window: false,
    rope_scaling: null,
    attention_bias: false,
  }
  const block = (i: number): [string, number[]][] =>
    Object.entries({
      'input_layernorm.weight': [D],
      'post_attention_layernorm.weight': [D],
      'self_attn.q_norm.weight': [d],
      'self_attn.k_norm.weight': [d],
      'self_attn.q_proj.weight': [H * d, D],
      'self_attn.k_proj.weight': [K * d, D],
      'self_attn.v_proj.weight': [K * d, D],
      'self_attn.o_proj.weight': [D, H * d],
      'mlp.gate_proj.weight': [F, D],
      'mlp.up_proj.weight': [F, D],
      'mlp.down_proj.weight': [D, F],
    }).map(([name, shape]) => [`model.layers.${i}.${name}`, shape])
  let at = 0
  const header = JSON.stringify(
    Object.fromEntries(
      [
        ['model.embed_tokens.weight', [V, D]] as [string, number[]],
        ['model.norm.weight', [D]] as [string, number[]],
        ...Array.from({ length: layers }, (_, i) => block(i)).flat(),
      ].map(([name, shape]) => [
        name,
        { dtype: 'BF16', shape, data_offsets: [at, (at += 2 * shape.reduce((n, s) => n * s, 1))] },
      ]),
    ),
  )
  const head = rawSafetensors(header),
    size = head.length + at
  const weights: ByteSource = {
    name: 'model.safetensors',
    size,
    read: (offset, length) => Promise.resolve(head.slice(offset, offset + length)),
  }
  return new Map([...filesOf({ 'config.json': JSON.stringify(config) }), ['model.safetensors', weights]])
}

test('Qwen3-0.6B fits bindings of 128 MiB: its table of 148 MiB is split by rows, its cache of one layer is not', async () => {
  const limit = 128 * 2 ** 20
  const open = async (context: number): Promise<ModelInfo> =>
    (await openModel({ name: 'Qwen3-0.6B', files: qwen3Small() }, { context })).info
  const usual = await open(2048),
    longest = await open(40960)
  expect(usual.parameters).toBe(596049920)
  expect(usual.notices).toEqual([])
  expect(usual.bytes.weights).toBeGreaterThan(2 * limit)
  expect(usual.bytes.largestBinding).toBe(2048 * 8 * 128 * 4) // keys of one layer
  expect(longest.bytes.largestBinding).toBe(40960 * 8 * 128 * 4) // 160 MiB: only a shorter context helps
  expect(usual.bytes.largestBinding <= limit && longest.bytes.largestBinding > limit).toBe(true)
})

const whole: [string, LoadOptions][] = [
  ['public/models/storyteller', {}],
  ['public/models/storyteller', { context: 512 }],
  ['fixtures/golden/gguf_q4_1', {}],
]
test.for(whole)(
  'a whole session on the GPU takes what was planned, and hardly less: %s %o',
  async ([folder, options], { skip }) => {
    const gpu = await nullGpu()
    if (!gpu) return skip(`UNRUN: ${noGpuReason}`)
    const device = await openDevice(gpu)
    const { plan, provider, size, info } = await open(folder, options)
    const session = await createSession(device, new KernelCache(device), plan, provider, { size })
    expect(session.bytes).toBeLessThanOrEqual(info.bytes.total)
    expect(session.bytes).toBeGreaterThan(0.9 * info.bytes.total)
    session.dispose()
    device.dispose()
  },
)

test('the plan of a long context is larger by its cache, and by its table of angles', async () => {
  const [short, long] = await Promise.all(
    [64, 512].map(async (context) => (await open('public/models/storyteller', { context, chunk: 64 })).info),
  )
  const { layers, kvHeads, headDim } = long!
  expect(long!.bytes.cache - short!.bytes.cache).toBe(448 * layers * 2 * kvHeads * headDim * 4)
  expect(long!.bytes.activations - short!.bytes.activations).toBe(448 * headDim * 4)
  expect(long!.bytes.weights).toBe(short!.bytes.weights)
})

test('a token on the references runs every step of the Plan once', async () => {
  const { plan, provider, size, info } = await open('fixtures/golden/llama', {})
  const runtime = await createCpuRuntime(plan, provider, size)
  await runtime.forward([1], 'last')
  expect(info.dispatchesPerToken).toBe(plan.steps.length)
  expect(runtime.counters).toMatchObject({ forwards: 1, dispatches: info.dispatchesPerToken })
})

test('a token of the storyteller reads its blocks, its head once, and one row of its table', async () => {
  const { info, plan, provider } = await open('public/models/storyteller', {})
  const bytes = (name: string): number => {
    const { rows, cols, format } = provider.layout(plan.weights[name]!)
    return format === 'nf4'
      ? (rows * cols) / 2 + ((rows * cols) / 64) * 4
      : rows * cols + rows * Math.ceil(cols / 64) * 4
  }
  const all = Object.keys(plan.weights).reduce((sum, name) => sum + bytes(name), 0)
  expect(info.formats).toMatchObject({ linear: 'nf4', embedding: 'i8', head: 'i8', tied: true })
  expect(info.weightBytesPerToken).toBe(Math.round(all + bytes('model.embed_tokens.weight') / info.vocab))
  expect(info.parameters).toBeGreaterThan(1e6)
})
