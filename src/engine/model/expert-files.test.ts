// The same mixture of experts in every form that files have it in: a tensor for each expert (fixtures/golden), one of all
// whose rows are gate, then up, and a GGUF's or MLX's three of all. Each must give the reference's logits.

import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { bytesSource } from '../formats/bytes.ts'
import { readGguf } from '../formats/gguf.ts'
import { concat, writeGguf, writeSafetensors, type GgufTensorToWrite, type GgufValue } from '../formats/testing.ts'
import { runGolden } from '../golden.ts'

interface Tensor {
  shape: number[]
  bytes: Uint8Array
}

function tensorsOf(folder: string): Map<string, Tensor> {
  const file = new Uint8Array(readFileSync(`${folder}/model.safetensors`))
  const length = Number(new DataView(file.buffer).getBigUint64(0, true))
  const header = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length))) as Record<
    string,
    { shape: number[]; data_offsets: [number, number] }
  >
  return new Map(
    Object.entries(header).flatMap(([name, entry]): [string, Tensor][] => {
      if (name === '__metadata__') return []
      const [begin, end] = entry.data_offsets
      return [[name, { shape: entry.shape, bytes: file.slice(8 + length + begin, 8 + length + end) }]]
    }),
  )
}

const words = { gate: ['w1', 'gate_proj'], up: ['w3', 'up_proj'], down: ['w2', 'down_proj'] } as const

/** All experts' matrices of a layer by what they are, in order; null in a layer without. */
function experts(tensors: Map<string, Tensor>, layer: number): Record<keyof typeof words, Tensor[]> | null {
  const found = (names: readonly string[]): Tensor[] =>
    [...tensors]
      .map(([name, tensor]) => {
        const [, l, e, word] = /layers\.(\d+)\..*experts\.(\d+)\.(\w+)\.weight$/.exec(name) ?? []
        return { tensor, isOne: Number(l) === layer && names.includes(word!), e: Number(e) }
      })
      .filter(({ isOne }) => isOne)
      .sort((a, b) => a.e - b.e)
      .map(({ tensor }) => tensor)
  const made = { gate: found(words.gate), up: found(words.up), down: found(words.down) }
  return made.gate.length ? made : null
}
const stack = (parts: Tensor[]): Tensor => ({
  shape: [parts.length, ...parts[0]!.shape],
  bytes: concat(parts.map(({ bytes }) => bytes)),
})
const others = (tensors: Map<string, Tensor>) => [...tensors].filter(([name]) => !/\.experts\.\d/.test(name))

async function passes(folder: string, files: Record<string, Uint8Array>): Promise<void> {
  const golden = new Uint8Array(readFileSync(`${folder}/golden.json`))
  const all = new Map([...Object.entries(files), ['golden.json', golden] as const])
  const { status, reason } = await runGolden('experts', all, { gpu: null, machines: ['reference', 'processor'] })
  expect([status, reason]).toEqual(['pass', undefined])
}

test.each(['mixtral', 'qwen2_moe', 'qwen3_moe', 'olmoe'])('%s with one tensor of all experts', async (name) => {
  const folder = `fixtures/golden/${name}`
  const tensors = tensorsOf(folder)
  const written = others(tensors).map(([own, tensor]) => ({ name: own.replace('block_sparse_moe', 'mlp'), ...tensor }))
  for (let layer = 0; ; layer++) {
    const found = experts(tensors, layer)
    if (!found) break
    const both = found.gate.map((gate, e): Tensor => ({
      shape: [2 * gate.shape[0]!, gate.shape[1]!],
      bytes: concat([gate.bytes, found.up[e]!.bytes]),
    }))
    written.push({ name: `model.layers.${layer}.mlp.experts.gate_up_proj`, ...stack(both) })
    written.push({ name: `model.layers.${layer}.mlp.experts.down_proj`, ...stack(found.down) })
  }
  await passes(folder, {
    'config.json': new Uint8Array(readFileSync(`${folder}/config.json`)),
    'model.safetensors': writeSafetensors(written.map((tensor) => ({ dtype: 'F32', ...tensor }))),
  })
})

test.each(['mixtral', 'qwen2_moe', 'qwen3_moe', 'olmoe'])('%s with three tensors of all experts', async (name) => {
  const folder = `fixtures/golden/${name}`
  const tensors = tensorsOf(folder)
  const written = others(tensors).map(([own, tensor]) => ({ name: own, ...tensor }))
  const at = name === 'mixtral' ? 'block_sparse_moe' : 'mlp'
  for (let layer = 0; ; layer++) {
    const found = experts(tensors, layer)
    if (!found) break
    for (const word of ['gate', 'up', 'down'] as const) {
      written.push({ name: `model.layers.${layer}.${at}.switch_mlp.${word}_proj.weight`, ...stack(found[word]) })
    }
  }
  await passes(folder, {
    'config.json': new Uint8Array(readFileSync(`${folder}/config.json`)),
    'model.safetensors': writeSafetensors(written.map((tensor) => ({ dtype: 'F32', ...tensor }))),
  })
})

const inGguf: Record<string, string> = {
  'model.embed_tokens': 'token_embd',
  'model.norm': 'output_norm',
  lm_head: 'output',
  'self_attn.q_proj': 'attn_q',
  'self_attn.k_proj': 'attn_k',
  'self_attn.v_proj': 'attn_v',
  'self_attn.o_proj': 'attn_output',
  'self_attn.q_norm': 'attn_q_norm',
  'self_attn.k_norm': 'attn_k_norm',
  input_layernorm: 'attn_norm',
  post_attention_layernorm: 'ffn_norm',
  'mlp.gate': 'ffn_gate_inp',
  'mlp.shared_expert_gate': 'ffn_gate_inp_shexp',
  'mlp.shared_expert.gate_proj': 'ffn_gate_shexp',
  'mlp.shared_expert.up_proj': 'ffn_up_shexp',
  'mlp.shared_expert.down_proj': 'ffn_down_shexp',
}

test('mixtral as one of the first GGUFs, with a tensor for each expert', async () => {
  const folder = 'fixtures/golden/mixtral_gguf'
  const source = bytesSource('model.gguf', new Uint8Array(readFileSync(`${folder}/model.gguf`)))
  const { metadata, tensors } = await readGguf(source)
  const written: GgufTensorToWrite[] = []
  for (const { name, shape, dtype, begin, end } of tensors) {
    const bytes = new Uint8Array(await source.read(begin, end - begin))
    const [, stem] = /^(.*)_exps\.weight$/.exec(name) ?? []
    const [count, ...one] = stem === undefined ? [1, ...shape] : shape
    for (let e = 0; e < count!; e++) {
      const size = bytes.length / count!
      const own = stem === undefined ? name : `${stem}.${e}.weight`
      written.push({
        name: own,
        shape: one,
        type: dtype === 'F32' ? 0 : 1,
        bytes: bytes.slice(e * size, (e + 1) * size),
      })
    }
  }
  expect(written.length).toBeGreaterThan(tensors.length)
  const keys = Object.fromEntries(metadata) as Record<string, GgufValue>
  for (const [key, value] of metadata) {
    if (typeof value === 'number' && !Number.isInteger(value)) {
      keys[key] = { type: 6, bytes: new Uint8Array(Float32Array.of(value).buffer) }
    }
  }
  await passes(folder, { 'model.gguf': writeGguf(keys, written) })
})

// whether the chosen weights are divided by their sum is in no key: these models are as llama.cpp takes theirs
test.each([
  ['qwen2_moe', 'qwen2moe'],
  ['qwen3_moe', 'qwen3moe'],
  ['olmoe', 'olmoe'],
])('%s as a GGUF', async (name, arch) => {
  const folder = `fixtures/golden/${name}`
  const config = JSON.parse(readFileSync(`${folder}/config.json`, 'utf8')) as Record<string, number>
  const tensors = tensorsOf(folder)
  const written = others(tensors).map(([own, { shape, bytes }]) => {
    const [, layer, module, leaf] = /^(?:model\.layers\.(\d+)\.)?(.*)\.(weight|bias)$/.exec(own)!
    // the shared expert's gate is a single row, of one axis in older files
    const axes = module === 'mlp.shared_expert_gate' ? shape.slice(1) : shape
    return { name: `${layer === undefined ? '' : `blk.${layer}.`}${inGguf[module!]!}.${leaf!}`, shape: axes, bytes }
  })
  for (let layer = 0; ; layer++) {
    const found = experts(tensors, layer)
    if (!found) break
    for (const word of ['gate', 'up', 'down'] as const) {
      written.push({ name: `blk.${layer}.ffn_${word}_exps.weight`, ...stack(found[word]) })
    }
  }
  const f32 = (value: number): GgufValue => ({ type: 6, bytes: new Uint8Array(Float32Array.of(value).buffer) })
  const keys: Record<string, GgufValue> = {
    embedding_length: config['hidden_size']!,
    block_count: config['num_hidden_layers']!,
    'attention.head_count': config['num_attention_heads']!,
    'attention.head_count_kv': config['num_key_value_heads']!,
    'attention.key_length': config['head_dim'] ?? config['hidden_size']! / config['num_attention_heads']!,
    'attention.value_length': config['head_dim'] ?? config['hidden_size']! / config['num_attention_heads']!,
    'attention.layer_norm_rms_epsilon': f32(config['rms_norm_eps']!),
    feed_forward_length: config['intermediate_size']!,
    context_length: 64,
    'rope.freq_base': f32((config['rope_parameters'] as unknown as { rope_theta: number }).rope_theta),
    expert_count: (config['num_experts'] ?? config['num_local_experts'])!,
    expert_used_count: config['num_experts_per_tok']!,
    ...(config['shared_expert_intermediate_size'] && {
      expert_shared_feed_forward_length: config['shared_expert_intermediate_size'],
    }),
  }
  const head = Object.fromEntries(Object.entries(keys).map(([key, value]) => [`${arch}.${key}`, value]))
  const file = writeGguf(
    {
      'general.architecture': arch,
      ...head,
      'tokenizer.ggml.model': 'llama',
      'tokenizer.ggml.tokens': Array.from({ length: config['vocab_size']! }, (_, i) => `t${i}`),
      'tokenizer.ggml.scores': new Float32Array(config['vocab_size']!),
    },
    written.map((tensor) => ({ type: 0, ...tensor })),
  )
  await passes(folder, { 'model.gguf': file })
})
