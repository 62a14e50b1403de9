// Files that are no language model we can run, each named as what it is, in English and Chinese,
// with advice that fits that file.

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { EngineError } from '../errors.ts'
import { errorsEn } from '../../i18n/errors.en.ts'
import { errorsZh } from '../../i18n/errors.zh.ts'
import { explain } from '../../i18n/explain.ts'
import { knowsKind } from '../../i18n/kinds.ts'
import { planModel } from '../index.ts'
import { bytesSource } from './bytes.ts'
import { notWeightsKinds, sniff } from './kinds.ts'
import {
  concat,
  filesOf,
  folderFiles,
  withGgufType,
  llamaKeys,
  writeGguf,
  writeSafetensors,
  type GgufTensorToWrite,
  type GgufValue,
  type TensorToWrite,
} from './testing.ts'

interface Said {
  code: string
  message: string
  en: string
  zh: string
}

/** What a person reads when these files are dropped: text and advice in both languages. */
async function said(files: ReturnType<typeof filesOf>): Promise<Said> {
  const error = await planModel({ name: 'dropped', files }).then(
    () => {
      throw new Error('it loaded')
    },
    (reason: unknown) => reason as EngineError,
  )
  const { code, message, facts } = error
  const [en, zh] = [
    explain({ code, message, facts }, errorsEn, 'en'),
    explain({ code, message, facts }, errorsZh, 'zh'),
  ]
  for (const words of [en.text, en.todo, zh.text, zh.todo]) {
    expect(words).not.toMatch(/undefined|null|NaN|\[object|“”|\(\)/)
  }
  return { code, message, en: `${en.text} ${en.todo}`, zh: `${zh.text} ${zh.todo}` }
}
const ascii = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0))
const row = (name: string, type = 0, shape = [1, 256], bytes = 1024): GgufTensorToWrite => ({
  name,
  shape,
  type,
  bytes: new Uint8Array(bytes),
})
const gguf = (keys: Record<string, GgufValue>, tensors: GgufTensorToWrite[] = []): ReturnType<typeof filesOf> =>
  filesOf({ 'm.gguf': writeGguf(keys, tensors) })
const config = {
  model_type: 'llama',
  hidden_size: 32,
  intermediate_size: 48,
  num_hidden_layers: 1,
  num_attention_heads: 4,
  vocab_size: 8,
  rms_norm_eps: 1e-6,
  max_position_embeddings: 64,
}
const tensors = (...names: string[]): Uint8Array =>
  writeSafetensors(names.map((name): TensorToWrite => ({ name, dtype: 'F32', shape: [1], bytes: new Uint8Array(4) })))
const folder = (
  changes: object,
  names = ['model.embed_tokens.weight'],
  more: Record<string, string | Uint8Array> = {},
): ReturnType<typeof filesOf> =>
  filesOf({
    'config.json': JSON.stringify({ ...config, ...changes }),
    'tokenizer.json': '{}',
    'model.safetensors': tensors(...names),
    ...more,
  })

describe('adapters', () => {
  it('a LoRA folder is a LoRA, and of which model', async () => {
    const { code, en, zh, message } = await said(folderFiles('fixtures/faults/st/adapter_only'))
    expect(code).toBe('FILE_FORMAT')
    expect(message).toContain('this is a LoRA adapter for "x"')
    expect(en).toBe(
      '“adapter_model.safetensors” is a LoRA adapter for “x”: a set of changes to a model, not a model. Nothing was loaded. Add it on the Adapters panel, and load “x”: there it is put on that model.',
    )
    expect(zh).toContain('“adapter_model.safetensors”是用于“x”的 LoRA 适配器')
  })
  it.each([
    ['LOHA', 'LoHa'],
    ['IA3', 'IA³'],
    ['ADALORA', 'AdaLoRA'],
    ['PROMPT_TUNING', 'prompt tuning'],
    ['OFT', 'OFT'],
    ['lora', 'LoRA'],
    ['NEWEST', 'NEWEST'],
  ])('peft_type %s is %s', async (type, name) => {
    const files = filesOf({
      'adapter_config.json': JSON.stringify({ peft_type: type, base_model_name_or_path: 'Qwen/Qwen3-0.6B' }),
      'adapter_model.safetensors': tensors('a'),
    })
    expect((await said(files)).message).toContain(`this is a ${name} adapter for "Qwen/Qwen3-0.6B"`)
  })
  it('pickled adapters, empty and broken descriptions are adapters all the same', async () => {
    for (const text of ['{', '[]', '{"peft_type":7,"base_model_name_or_path":""}', 'null']) {
      const { message, en, zh } = await said(
        filesOf({ 'adapter_config.json': text, 'adapter_model.safetensors': tensors('a') }),
      )
      expect(message).toContain('this is a PEFT adapter, a set of changes')
      expect(en).toContain('load the model it was made for')
      expect(zh).toContain('加载它所针对的模型')
    }
    expect(
      (await said(filesOf({ 'adapter_config.json': '{"peft_type":"LORA"}', 'adapter_model.bin': ascii('PK\x03\x04') })))
        .message,
    ).toContain('LoRA adapter')
  })
  it('is told by its tensors when nothing describes it', async () => {
    for (const [name, kind] of [
      ['base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight', 'LoRA'],
      ['lora_unet_down_blocks_0.lora_up.weight', 'LoRA'],
      ['x.hada_w1_a', 'LoHa'],
      ['prompt_embeddings', 'prompt tuning'],
    ]) {
      expect((await said(folder({}, [name!]))).message, name).toContain(`this is a ${kind} adapter`)
    }
  })
  it('as GGUF, with and without the base model’s name', async () => {
    const loraTensor = row('blk.0.attn_q.weight.lora_a')
    const named = await said(
      gguf(
        {
          'general.architecture': 'llama',
          'general.type': 'adapter',
          'adapter.type': 'lora',
          'general.base_model.0.name': 'Llama 3.2 1B',
        },
        [loraTensor],
      ),
    )
    expect(named.message).toContain('this is a LoRA adapter for "Llama 3.2 1B"')
    expect((await said(gguf({ 'general.architecture': 'llama' }, [loraTensor]))).en).toContain(
      '“m.gguf” is a LoRA adapter: a set',
    )
  })
  it('a whole model beside an adapter is the model', async () => {
    await expect(
      planModel({ name: 'x', files: folder({}, ['a'], { 'adapter_config.json': '{"peft_type":"LORA"}' }) }),
    ).rejects.toThrow(expect.objectContaining({ code: 'TENSOR_MISSING' }) as Error)
  })
})

describe('GGUF files beside the model', () => {
  it.each([
    [
      'mmproj',
      { 'general.architecture': 'clip', 'clip.has_vision_encoder': true },
      [row('v.patch_embd.weight')],
      'turns pictures or sound into tokens',
      'mmproj',
    ],
    [
      'mmproj',
      { 'general.architecture': 'qwen2', 'general.type': 'mmproj' },
      [row('mm.0.weight')],
      'turns pictures or sound into tokens',
      'mmproj',
    ],
    [
      'imatrix',
      { 'general.type': 'imatrix', 'imatrix.datasets': ['a.txt'] },
      [row('blk.0.attn_q.weight.in_sum2')],
      'an importance matrix',
      '重要性矩阵',
    ],
    [
      'control vector',
      { 'general.architecture': 'controlvector', 'controlvector.layer_count': 1 },
      [row('direction.1')],
      'a control vector',
      '控制向量',
    ],
    [
      'vocabulary',
      llamaKeys({ 'tokenizer.ggml.model': 'gpt2', 'tokenizer.ggml.tokens': ['a'] }),
      [],
      'a vocabulary without a model',
      '只有词表',
    ],
  ] as [string, Record<string, GgufValue>, GgufTensorToWrite[], string, string][])(
    '%s',
    async (_, keys, list, inEnglish, inChinese) => {
      const { code, en, zh } = await said(gguf(keys, list))
      expect(code).toBe('FILE_FORMAT')
      expect(en).toContain(inEnglish)
      expect(en).toContain('Choose the .gguf file that holds the language model itself.')
      expect(zh).toContain(inChinese)
    },
  )
  it('big-endian, version 1, a version of tomorrow, and nonsense are four different things', async () => {
    const file = writeGguf(llamaKeys(), [])
    const version = async (...bytes: number[]): Promise<Said> => {
      const copy = file.slice()
      copy.set(bytes, 4)
      return said(filesOf({ 'm.gguf': copy }))
    }
    expect((await version(0, 0, 0, 3)).en).toContain('(big-endian). Take the little-endian file')
    expect((await version(0, 0, 0, 2)).zh).toContain('大端序')
    expect((await version(1)).en).toContain('a GGUF of version 1, from 2023. Take a newer .gguf file')
    expect((await version(4)).en).toContain('newer than this page. Reload the page')
    const nonsense = await version(0x78, 0x78, 0x78, 0x78)
    expect([nonsense.code, nonsense.message]).toEqual([
      'FILE_HEADER',
      expect.stringContaining('it says to be GGUF version 2021161080, which no program writes'),
    ])
    expect((await said(filesOf({ 'm.gguf': concat([ascii('FUGG'), file.subarray(4)]) }))).en).toContain('big-endian')
  })
})

describe('mixtures of experts', () => {
  it('an architecture that no family has says how many', async () => {
    const { code, message, en, zh } = await said(filesOf({ 'moe.gguf': readFileSync('fixtures/faults/gguf/moe.gguf') }))
    expect([code, message]).toEqual([
      'FAMILY_UNSUPPORTED',
      expect.stringContaining('a mixture of experts (8) is not supported'),
    ])
    expect(en).toBe(
      '“moe.gguf” describes a mixture of experts (8), “jamba”; this version does not compute with experts in that architecture. Nothing was loaded. Choose a model of another architecture, or one without experts.',
    )
    expect(zh).toContain('混合专家模型（8 个专家')
  })
  it.each([
    [{ model_type: 'granitemoe', num_local_experts: 32 }, 32],
    [{ model_type: 'qwen3_next', num_experts: 512 }, 512],
    [{ model_type: 'deepseek_v3', n_routed_experts: 256 }, 256],
    [{ model_type: 'dbrx', ffn_config: { moe_num_experts: 16 } }, 16],
    [{ model_type: 'llama4', text_config: { num_local_experts: 16 } }, 16],
    [{ model_type: 'llama', num_local_experts: 4 }, 4],
  ])('config.json %o', async (changes, experts) => {
    expect((await said(folder(changes))).message).toContain(
      `a mixture of experts (${experts}) is not supported; its architecture is "${changes.model_type}"`,
    )
  })
  it('one expert, or none, is no mixture', async () => {
    for (const value of [0, 1, null]) {
      await expect(planModel({ name: 'x', files: folder({ num_experts: value }) })).rejects.toThrow(
        expect.objectContaining({ code: expect.not.stringMatching('FAMILY_UNSUPPORTED') as string }) as Error,
      )
    }
  })
})

describe('weights packed by other programs', () => {
  it.each([
    [{ quantization_config: { quant_method: 'hqq' } }, 'HQQ'],
    [{ quantization_config: { quant_method: 'exl2', bits: 5 } }, 'EXL2 5-bit'],
    [{ quantization_config: { quant_method: 'bitnet' } }, 'BitNet'],
    [{ quantization_config: { quant_method: 'brand-new' } }, 'brand-new'],
    // varieties of packings that are read
    [{ quantization_config: { quant_method: 'gptq', bits: 4, is_marlin_format: true } }, 'GPTQ (Marlin)'],
    [{ quantization_config: { quant_method: 'gptq', bits: 5 } }, 'GPTQ with "bits" 5'],
    [{ quantization_config: { quant_method: 'awq', bits: 4, version: 'gemv' } }, 'AWQ with "version" "gemv"'],
    [{ quantization_config: { quant_method: 'fp8', fmt: 'e5m2' } }, 'FP8 with "fmt" "e5m2"'],
    [{ quantization: { group_size: 32, bits: 4, mode: 'mxfp4' } }, 'MLX with "mode" "mxfp4"'],
    [
      { quantization_config: { quant_method: 'compressed-tensors', format: 'marlin-24' } },
      'compressed-tensors with "format" "marlin-24"',
    ],
  ])('%o is %s', async (changes, dtype) => {
    const { code, en, zh } = await said(folder(changes))
    expect(code).toBe('DTYPE_UNSUPPORTED')
    expect(en).toContain(`The weights are packed as ${dtype}, says “config.json”; this version reads GPTQ, AWQ,`)
    expect(en).toContain(
      'Choose the repository of the same model that is not quantized (BF16 or F16), or a Q8_0 GGUF of it.',
    )
    expect(zh).toContain(`权重以 ${dtype} 打包`)
  })
  it.each([
    [['x.qweight', 'x.qzeros', 'x.scales', 'x.g_idx'], 'GPTQ'],
    [['x.qweight', 'x.qzeros', 'x.scales'], 'AWQ or GPTQ'],
    [['x.q_weight', 'x.q_scale', 'x.q_invperm'], 'EXL2'],
    [['x.trellis', 'x.suh'], 'EXL3'],
    [['x.W_q'], 'HQQ'],
    [['x.weight_packed', 'x.weight_scale'], 'compressed-tensors'],
    [['x.codes', 'x.codebooks'], 'AQLM'],
    [['x.weight', 'x.weight_scale_inv'], 'FP8'],
    [['x.weight', 'x.scales', 'x.biases'], 'MLX'],
  ])('tensors %j are %s without a word in config.json', async (names, dtype) => {
    expect((await said(folder({}, names))).message).toContain(`says that its weights are packed as ${dtype}`)
  })
})

describe('a GGUF whose name says less than it holds', () => {
  it('a Q4_0 with a Q6_K head is read', async () => {
    const files = filesOf({ 'MyModel-Q4_0.gguf': readFileSync('fixtures/faults/gguf/MyModel-Q4_0.gguf') })
    const { formats } = (await planModel({ name: 'dropped', files })).info
    expect(formats).toMatchObject({ linear: 'q4_0', head: 'q6_k' })
  })
  it('a Q4_0 with an IQ3_S head names the tensor, and does not advise Q4_0', async () => {
    const file = withGgufType(readFileSync('fixtures/faults/gguf/MyModel-Q4_0.gguf'), 'output.weight', 21)
    const { code, message, en, zh } = await said(filesOf({ 'MyModel-Q4_0.gguf': file }))
    expect(code).toBe('DTYPE_UNSUPPORTED')
    expect(message).toMatch(
      /^Cannot use "MyModel-Q4_0.gguf": 1 of its \d+ tensors is stored as IQ3_S \("output.weight"\), though its name says Q4_0\./,
    )
    expect(en).toMatch(
      /^1 of the \d+ tensors in “MyModel-Q4_0.gguf” is stored as IQ3_S \("output.weight"\), though its name says Q4_0; this version reads F32, F16, BF16, Q4_0, .*, Q6_K, IQ4_NL, IQ4_XS\. Nothing was loaded\. Choose another file of the same model, for example Q4_K_M, Q8_0 or F16\.$/,
    )
    expect(zh).toMatch(/个张量中有 1 个以 IQ3_S 存储（"output.weight"），尽管文件名写的是 Q4_0/)
  })
  const keys = llamaKeys({
    'llama.embedding_length': 256,
    'llama.feed_forward_length': 256,
    'tokenizer.ggml.model': 'gpt2',
    'tokenizer.ggml.tokens': ['a'],
    'tokenizer.ggml.pre': 'gpt-2',
  })
  it.each([
    [15, 'Q8_K', 292],
    [16, 'IQ2_XXS', 66],
    [17, 'IQ2_XS', 74],
    [18, 'IQ3_XXS', 98],
    [19, 'IQ1_S', 50],
    [21, 'IQ3_S', 110],
    [22, 'IQ2_S', 82],
    [29, 'IQ1_M', 56],
    [34, 'TQ1_0', 54],
    [35, 'TQ2_0', 66],
    [39, 'MXFP4', 136],
    [40, 'NVFP4', 144],
    [41, 'Q1_0', 36],
  ] as const)('type %i is %s, by name', async (type, dtype, bytes) => {
    const files = filesOf({
      [`tiny-${dtype}.gguf`]: writeGguf(keys, [
        row('token_embd.weight', type, [1, 256], bytes),
        row('output_norm.weight', 0, [256]),
        row('blk.0.attn_norm.weight', 0, [256]),
        row('blk.0.ffn_norm.weight', 0, [256]),
        ...['attn_q', 'attn_output', 'ffn_gate', 'ffn_up', 'ffn_down'].map((name) =>
          row(`blk.0.${name}.weight`, 0, [256, 256], 262_144),
        ),
        ...['attn_k', 'attn_v'].map((name) => row(`blk.0.${name}.weight`, 0, [128, 256], 131_072)),
      ]),
    })
    const { message } = await said(files)
    expect(message).toContain(`1 of its 11 tensors is stored as ${dtype} ("token_embd.weight"). Glassbox reads`)
    expect(message).not.toContain('though its name says')
  })
  it.each([
    [4, 'Q4_2'],
    [31, 'Q4_0_4_4'],
    [38, 'IQ4_NL_8_8'],
    [99, 'GGML type 99'],
  ])('the removed or unheard-of type %i is %s', async (type, dtype) => {
    expect((await said(gguf(keys, [row('token_embd.weight', type)]))).message).toContain(
      `has the type ${dtype}, which is`,
    )
  })
})

describe('a GGUF that lacks something is told in its own words, with advice for a GGUF', () => {
  const keys = llamaKeys({
    'tokenizer.ggml.model': 'gpt2',
    'tokenizer.ggml.tokens': ['a'],
    'tokenizer.ggml.pre': 'gpt-2',
  })
  it('a tensor that is missing, or of another shape', async () => {
    const embedding = row('token_embd.weight', 0, [8, 32])
    const missing = await said(gguf(keys, [embedding]))
    expect([missing.code, missing.message]).toEqual([
      'TENSOR_MISSING',
      expect.stringContaining('"blk.0.attn_q.weight"'),
    ])
    expect(missing.en).toContain('“blk.0.attn_q.weight” is needed')
    expect(missing.en).toContain(
      '“m.gguf” is not whole, or was made for a program with names of its own: take another .gguf of the same model.',
    )
    expect(missing.en + missing.message).not.toMatch(/safetensors|config\.json|model\.layers/)
    expect(missing.zh).toContain('请改用同一模型的其他 .gguf 文件')
    const shape = await said(gguf(keys, [embedding, row('blk.0.attn_q.weight', 0, [16, 32], 2048)]))
    expect([shape.code, shape.en]).toEqual([
      'TENSOR_SHAPE',
      expect.stringContaining(
        '“blk.0.attn_q.weight” must have shape (32, 32); the file has (16, 32). Nothing was loaded. “m.gguf” contradicts itself',
      ),
    ])
  })
  it('a key that is missing or wrong', async () => {
    const { 'llama.block_count': _, ...without } = keys
    const lacks = await said(gguf(without, [row('token_embd.weight', 0, [8, 32])]))
    expect([lacks.code, lacks.en]).toEqual([
      'CONFIG_INVALID',
      'In “m.gguf”, “llama.block_count” must be a number; found nothing. Nothing was loaded. Fetch the file again, or take another .gguf of the same model.',
    ])
    expect(
      (await said(gguf({ ...keys, 'llama.attention.head_count': 0 }, [row('token_embd.weight', 0, [8, 32])]))).en,
    ).not.toContain('config.json')
  })
})

describe('what a dropped file is', () => {
  it.each([
    ['jpeg', '\xff\xd8\xff\xe0', 'a JPEG picture'],
    ['png', '\x89PNG\r\n\x1a\n', 'a PNG picture'],
    ['gif', 'GIF89a', 'a GIF picture'],
    ['webp', 'RIFF\x10\0\0\0WEBP', 'a WebP picture'],
    ['pdf', '%PDF-1.7', 'a PDF document'],
    ['onnx', '\x08\x07\x12\x07pytorch', 'an ONNX model'],
    ['hdf5', '\x89HDF\r\n', 'an HDF5 (Keras) file'],
    ['tflite', '\x1c\0\0\0TFL3', 'a TensorFlow Lite (LiteRT) model'],
    ['program', 'MZ\x90\0', 'a program'],
    ['program', '\x7fELF\x02', 'a program'],
    ['archive', '7z\xbc\xaf\x27\x1c', 'an archive'],
    ['archive', `${'x'.repeat(257)}ustar`, 'an archive'],
    ['archive', 'Rar!\x1a\x07', 'an archive'],
    ['numpy', '\x93NUMPY', 'a NumPy array'],
    ['database', 'SQLite format 3\0', 'an SQLite database'],
    ['media', '\0\0\0\x18ftypmp42', 'a sound or a film'],
    ['media', 'ID3\x04', 'a sound or a film'],
    ['bmp', 'BM\x46\0\0\0\0\0\0\0', 'a BMP picture'],
    ['tiff', 'II*\0', 'a TIFF picture'],
  ])('%s %j', async (kind, start, words) => {
    const bytes = concat([ascii(start), new Uint8Array(40)])
    expect(sniff(bytes, bytes.length)).toBe(kind)
    for (const name of ['model.gguf', 'model.safetensors', 'holiday.jpg', 'noname']) {
      const { code, en } = await said(filesOf({ [name]: bytes }))
      expect([code, en]).toEqual([
        'FILE_FORMAT',
        expect.stringContaining(`Cannot use “${name}” as a model: it is ${words}`),
      ])
    }
  })
  it('every kind has its words in both languages', () => {
    expect(notWeightsKinds.filter((kind) => !knowsKind(kind))).toEqual([])
  })
  it('a model is never taken for a picture: every byte after the magic', async () => {
    const file = writeGguf(llamaKeys(), [])
    expect(sniff(file, file.length)).toBe('gguf')
    for (let n = 20; n < 3000; n += 7) {
      const header = concat([new Uint8Array(BigUint64Array.of(BigInt(n)).buffer), ascii('{')])
      expect(sniff(header, 9000)).toBe('safetensors')
    }
    await expect(bytesSource('x', file).read(0, 4)).resolves.toEqual(ascii('GGUF'))
  })
})
