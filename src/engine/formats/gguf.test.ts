import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { dequantize } from '../quants/weight.ts'
import type { Checkpoint } from './types.ts'
import { bytesOf } from '../quants/planes.ts'
import { maxGgufTensors, maxPairs, readGguf } from './gguf.ts'
import { ggufNames } from './gguf-names.ts'
import { familyOf } from './family.ts'
import { families } from '../model/families/index.ts'
import { goldens } from '../testing/goldens.ts'
import {
  concat,
  filesOf,
  folderFiles,
  gatherWeight,
  llamaKeys,
  writeGguf,
  type GgufTensorToWrite,
  type GgufValue,
  openModelFiles,
} from './testing.ts'
import { judged } from './testing/tables.ts'
import { planWeight, readVector } from './weights.ts'

const code = (name: string, text = ''): unknown =>
  expect.objectContaining({ code: name, message: expect.stringContaining(text) })
const open = async (
  kv: Record<string, GgufValue>,
  tensors: GgufTensorToWrite[] = [],
  options = {},
): Promise<Checkpoint> => await openModelFiles(filesOf({ 'm.gguf': writeGguf(kv, tensors, options) }))
/** The second reader looks at it, too. */
const read = async (bytes: Uint8Array): ReturnType<typeof readGguf> => await readGguf(await judged('gguf', bytes))
const floats = (name: string, shape: number[], type = 0): GgufTensorToWrite => ({
  name,
  shape,
  type,
  bytes: bytesOf(Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i))),
})

describe('GGUF values', () => {
  const blocks = JSON.parse(readFileSync('fixtures/quant/ggml_blocks.json', 'utf8')) as Record<
    string,
    { type_id: number; block: number; bytes: number; hex: string; values: number[] }
  >
  for (const [name, { type_id: type, bytes: blockBytes, hex, values }] of Object.entries(blocks)) {
    const bytes = Uint8Array.from(Buffer.from(hex, 'hex'))
    const rows = bytes.length / blockBytes
    const cols = values.length / rows
    it(`${name} is read bit for bit`, async () => {
      const checkpoint = await open(llamaKeys(), [{ name: 'x', shape: [rows, cols], type, bytes }])
      const part = [{ tensor: 'x', rows }]
      const expected = Float32Array.from(values)
      for (const target of ['native', 'nf4', 'i8'] as const) {
        expect(dequantize(await gatherWeight(checkpoint, part, cols, target))).toEqual(expected)
      }
      expect(dequantize(await gatherWeight(checkpoint, part, cols, 'native', { chunkBytes: 1 }))).toEqual(expected)
    })
  }

  const plain = [1.5, -2, 100, -7].flatMap((x) => Array.from({ length: 8 }, (_, i) => Math.trunc(x) - i))
  it.each([
    [28, Float64Array.from(plain, (x) => x / 3)],
    [24, Int8Array.from(plain)],
    [25, Int16Array.from(plain, (x) => x * 300)],
    [26, Int32Array.from(plain, (x) => x * 3e6 + 1)],
    [27, BigInt64Array.from(plain, (x) => BigInt(x) * 3n ** 33n)],
  ])('numbers of type %i become f32', async (type, values) => {
    const checkpoint = await open(llamaKeys(), [
      { name: 'x', shape: [4, 8], type, bytes: bytesOf(values) },
      { name: 'y', shape: [32], type, bytes: bytesOf(values) },
    ])
    const expected = Float32Array.from(values, Number)
    const part = [{ tensor: 'x', rows: 4 }]
    expect(dequantize(await gatherWeight(checkpoint, part, 8, 'native', { chunkBytes: 1 }))).toEqual(expected)
    expect(await readVector(checkpoint, 'y')).toEqual(expected)
    expect(planWeight(checkpoint, part, 8, 'nf4').layout.format).toBe('nf4')
  })
})

const namesOf = (arch: string) => ggufNames(families.find(({ gguf }) => gguf?.arch === arch)!.gguf!)

describe('llama in GGUF', () => {
  it('gives the tensors of the Hugging Face model: names, shapes and the order of q and k rows', async () => {
    const { toFile, toCheckpoint } = namesOf('llama')
    for (const folder of ['llama', 'llama_bias_tied']) {
      const hf = await openModelFiles(folderFiles(`fixtures/golden/${folder}`))
      const {
        num_attention_heads: H,
        num_key_value_heads: K,
        hidden_size: D,
        num_hidden_layers: L,
      } = hf.config as Record<string, number>
      const tensors: GgufTensorToWrite[] = []
      for (const { name, shape, data } of hf.tensors.values()) {
        const gguf = toFile(name)
        expect(gguf).toMatch(/^(token_embd|output|output_norm|blk\.\d+\.\w+)\.(weight|bias)$/)
        expect(toCheckpoint(gguf)).toBe(name)
        const bytes = (await data.source.read(data.begin, data.end - data.begin)).slice()
        const heads = gguf.includes('attn_q.') ? H! : gguf.includes('attn_k.') ? K! : 0
        tensors.push({ name: gguf, shape, type: 0, bytes: heads ? permute(bytes, shape[0]!, heads) : bytes })
      }
      const made = await open(llamaKeys({ 'llama.block_count': L!, 'llama.attention.head_count_kv': K! }), tensors)
      expect([...made.tensors.keys()].sort()).toEqual([...hf.tensors.keys()].sort())
      expect(made.config).toMatchObject({
        model_type: 'llama',
        hidden_size: D,
        num_attention_heads: H,
        vocab_size: 97,
        head_dim: 8,
        tie_word_embeddings: folder !== 'llama',
        attention_bias: true, // there may be some: the tensors tell
      })
      for (const { name, shape } of hf.tensors.values()) {
        expect(made.tensors.get(name)!.shape).toEqual(shape)
        if (shape.length === 1) {
          expect(await readVector(made, name)).toEqual(await readVector(hf, name))
          continue
        }
        for (const target of ['native', 'nf4', 'i8'] as const) {
          const want = await gatherWeight(hf, [{ tensor: name, rows: shape[0]! }], shape[1]!, target)
          for (const chunkBytes of [2 ** 22, 1024, 1]) {
            expect(
              await gatherWeight(made, [{ tensor: name, rows: shape[0]! }], shape[1]!, target, { chunkBytes }),
            ).toEqual(want)
          }
        }
      }
    }
  })

  it('leaves the rows of qwen2 and qwen3 as they are', async () => {
    for (const arch of ['qwen2', 'qwen3']) {
      const hf = await openModelFiles(folderFiles(`fixtures/golden/${arch}`))
      const { num_hidden_layers: L, head_dim: d } = hf.config as Record<string, number>
      const tensors: GgufTensorToWrite[] = []
      for (const { name, shape, data } of hf.tensors.values()) {
        tensors.push({
          name: namesOf(arch).toFile(name),
          shape,
          type: 0,
          bytes: await data.source.read(data.begin, data.end - data.begin),
        })
      }
      const keys = Object.entries(
        llamaKeys({
          'llama.block_count': L!,
          ...(d && { 'llama.attention.key_length': d, 'llama.attention.value_length': d }),
        }),
      ).map(([key, value]) => [key.replace('llama', arch), key === 'general.architecture' ? arch : value] as const)
      const made = await open(Object.fromEntries(keys), tensors)
      expect(made.config).toMatchObject({ model_type: arch, head_dim: d ?? 8 })
      for (const { name, shape } of hf.tensors.values()) {
        if (shape.length === 1) expect(await readVector(made, name)).toEqual(await readVector(hf, name))
        else {
          expect(await gatherWeight(made, [{ tensor: name, rows: shape[0]! }], shape[1]!, 'native')).toEqual(
            await gatherWeight(hf, [{ tensor: name, rows: shape[0]! }], shape[1]!, 'native'),
          )
        }
      }
    }
  })

  /** HF row s·d/2 + t of a head becomes row 2t + s, as llama.cpp's converter does */
  function permute(bytes: Uint8Array, rows: number, heads: number): Uint8Array {
    const d = rows / heads,
      row = bytes.length / rows
    return concat(
      Array.from({ length: rows }, (_, i) => {
        const from = Math.floor(i / d) * d + (i % 2) * (d / 2) + Math.floor((i % d) / 2)
        return bytes.subarray(from * row, (from + 1) * row)
      }),
    )
  }

  it('opens every golden GGUF, and reads all of it in chunks of any size', async () => {
    const folders = goldens.filter((name) => existsSync(`fixtures/golden/${name}/model.gguf`))
    expect(folders).toContain('gguf_q4_1')
    for (const folder of folders) {
      const checkpoint = await openModelFiles(folderFiles(`fixtures/golden/${folder}`))
      const arch = checkpoint.metadata?.get('general.architecture')
      // an encoder alone has its family's model_type and an architecture of its own
      const family = families.find((f) => f.gguf?.arch === arch && familyOf([f], checkpoint.config))
      expect(family, folder).toBeDefined()
      const modules = Object.keys(family!.gguf!.names)
      for (const { name, shape } of checkpoint.tensors.values()) {
        expect(modules, folder).toContain(name.replace(/\.(weight|bias)$/, '').replace(/\.\d+\./, '.{i}.'))
        if (shape.length !== 2) continue
        const whole = await gatherWeight(checkpoint, [{ tensor: name, rows: shape[0]! }], shape[1]!, 'native')
        expect(
          await gatherWeight(checkpoint, [{ tensor: name, rows: shape[0]! }], shape[1]!, 'native', {
            chunkBytes: 1000,
          }),
        ).toEqual(whole)
      }
    }
    const { config } = await openModelFiles(folderFiles('fixtures/golden/gguf_rope_freqs'))
    expect(config.rope_scaling).toMatchObject({ rope_type: 'custom' })
    expect((config.rope_scaling as { freq_factors: number[] }).freq_factors).toHaveLength(8)
  })
})

describe('GGUF config', () => {
  const of = async (changes: Record<string, GgufValue>): Promise<Record<string, unknown>> =>
    (await open(llamaKeys(changes), [floats('token_embd.weight', [97, 32])])).config
  it('translates rope scaling', async () => {
    expect(await of({})).toMatchObject({
      rope_scaling: null,
      rope_theta: 10000,
      partial_rotary_factor: 1,
      max_position_embeddings: 64,
    })
    expect(await of({ 'llama.rope.scaling.type': 'linear', 'llama.rope.scaling.factor': 4 })).toMatchObject({
      rope_scaling: { rope_type: 'linear', factor: 4 },
    })
    const yarn = (
      await of({
        'llama.rope.scaling.type': 'yarn',
        'llama.rope.scaling.factor': 4,
        'llama.rope.scaling.original_context_length': 16,
      })
    ).rope_scaling
    expect(yarn).toEqual({
      rope_type: 'yarn',
      factor: 4,
      original_max_position_embeddings: 16,
      attention_factor: 1 + 0.1 * Math.log(4),
    })
    expect(await of({ 'llama.attention.sliding_window': 16 })).toMatchObject({
      model_type: 'mistral',
      sliding_window: 16,
    })
    // its rows stand in an order that is of heads that turn whole
    await expect(of({ 'llama.rope.dimension_count': 4 })).rejects.toThrow(code('CONFIG_INVALID', 'key length, 8'))
  })
  it('takes per-layer lists when all layers agree', async () => {
    expect(await of({ 'llama.attention.head_count': Uint32Array.of(4, 4) })).toMatchObject({ num_attention_heads: 4 })
    await expect(of({ 'llama.attention.head_count': Uint32Array.of(4, 2) })).rejects.toThrow(
      code('CONFIG_INVALID', 'every layer'),
    )
  })
  it('names the ends of a text', async () => {
    expect(await of({ 'tokenizer.ggml.eos_token_id': 2, 'tokenizer.ggml.bos_token_id': 1 })).toMatchObject({
      eos_token_id: 2,
      bos_token_id: 1,
    })
    expect(await of({ 'tokenizer.ggml.eos_token_id': 2, 'tokenizer.ggml.eot_token_id': 3 })).toMatchObject({
      eos_token_id: [2, 3],
    })
  })
  it('refuses what it cannot know', async () => {
    await expect(open({ 'general.architecture': 'mamba' })).rejects.toThrow(code('FAMILY_UNSUPPORTED', 'mamba'))
    await expect(open({})).rejects.toThrow(code('FAMILY_UNSUPPORTED', 'none'))
    await expect(of({ 'llama.block_count': 0 })).rejects.toThrow(code('CONFIG_INVALID', 'num_hidden_layers'))
    await expect(of({ 'llama.block_count': 'two' })).rejects.toThrow(code('CONFIG_INVALID', 'block_count'))
    await expect(of({ 'llama.attention.head_count_kv': 3 })).rejects.toThrow(code('CONFIG_INVALID', 'divisor'))
    await expect(of({ 'llama.attention.value_length': 16 })).rejects.toThrow(code('CONFIG_INVALID', 'value_length'))
    await expect(open(llamaKeys(), [floats('rope_freqs.weight', [7])])).rejects.toThrow(
      code('CONFIG_INVALID', 'rope_freqs'),
    )
  })
})

describe('GGUF head, rule by rule', () => {
  const patch = (bytes: Uint8Array, at: number, ...values: number[]): Uint8Array => {
    const out = bytes.slice()
    out.set(values, at)
    return out
  }
  const tensor = floats('a', [2, 3])
  const good = writeGguf({ k: 1 }, [tensor])

  it('reads versions 2 and 3 with every value type', async () => {
    const raw = (type: number, ...bytes: number[]): GgufValue => ({ type, bytes: Uint8Array.from(bytes) })
    const kv = {
      u8: raw(0, 200),
      i8: raw(1, 200),
      u16: raw(2, 1, 2),
      i16: raw(3, 255, 255),
      u32: 7,
      i32: raw(5, 254, 255, 255, 255),
      f32: 0.5,
      yes: true,
      text: 'é\ufeff',
      empty: '',
      u64: raw(10, 1, 0, 0, 0, 0, 0, 0, 0),
      big: raw(10, 255, 255, 255, 255, 255, 255, 255, 255),
      i64: raw(11, 255, 255, 255, 255, 255, 255, 255, 255),
      f64: raw(12, 0, 0, 0, 0, 0, 0, 240, 63),
      words: ['a', '', 'bc'],
      scores: Float32Array.of(1, -2),
      types: Int32Array.of(1, -3),
      ids: Uint32Array.of(9),
      bytes: Uint8Array.of(1, 2),
      none: [],
    }
    for (const version of [2, 3]) {
      const { metadata, tensors } = await read(writeGguf(kv, [tensor], { version }))
      expect(Object.fromEntries(metadata)).toEqual({
        u8: 200,
        i8: -56,
        u16: 513,
        i16: -1,
        u32: 7,
        i32: -2,
        f32: 0.5,
        yes: true,
        text: 'é\ufeff',
        empty: '',
        u64: 1,
        big: 2n ** 64n - 1n,
        i64: -1,
        f64: 1,
        words: ['a', '', 'bc'],
        scores: Float32Array.of(1, -2),
        types: Int32Array.of(1, -3),
        ids: Uint32Array.of(9),
        bytes: Uint8Array.of(1, 2),
        none: [],
      })
      expect(tensors).toMatchObject([{ name: 'a', shape: [2, 3], dtype: 'F32' }])
    }
  })

  it('reads a head longer than its first window', async () => {
    const words = Array.from({ length: 30_000 }, (_, i) => `token ${i}`)
    const { metadata } = await read(
      writeGguf({ 'tokenizer.ggml.tokens': words, b: 1, 'tokenizer.ggml.merges': words, c: words }, [tensor]),
    )
    expect([metadata.get('tokenizer.ggml.tokens'), metadata.get('tokenizer.ggml.merges'), metadata.has('c')]).toEqual([
      words,
      words,
      false,
    ])
  })

  const bad: [string, Uint8Array, string, string?][] = [
    ['version 1', patch(good, 4, 1), 'FILE_FORMAT', 'version 1'],
    ['version 4', patch(good, 4, 4), 'FILE_FORMAT', 'version 4'],
    [
      'a version of letters',
      patch(good, 4, 0x78, 0x78, 0x78, 0x78),
      'FILE_HEADER',
      'GGUF version 2021161080, which no program writes',
    ],
    ['version 0', patch(good, 4, 0), 'FILE_HEADER', 'GGUF version 0, which no program writes'],
    [
      'big-endian from its first letters',
      concat([new TextEncoder().encode('FUGG'), good.subarray(4)]),
      'FILE_FORMAT',
      'big-endian',
    ],
    ['big-endian', patch(good, 4, 0, 0, 0, 3), 'FILE_FORMAT', 'big-endian'],
    [
      'too many tensors',
      patch(good, 8, ...new Uint8Array(Uint32Array.of(maxGgufTensors + 1).buffer)),
      'FILE_HEADER',
      'tensors',
    ],
    ['too many keys', patch(good, 16, ...new Uint8Array(Uint32Array.of(maxPairs + 1).buffer)), 'FILE_HEADER', 'keys'],
    ['a count of 2^63', patch(good, 15, 128), 'FILE_HEADER', 'tensors'],
    ['an empty key', writeGguf({ '': 1 }, []), 'FILE_HEADER', 'empty'],
    [
      'a key twice',
      concat([patch(writeGguf({ aa: 1, ab: 1 }, []), 16 + 8 + 10 + 8 + 8 + 1, 97)]),
      'FILE_HEADER',
      'twice',
    ],
    ['an unknown value type', writeGguf({ a: { type: 13, bytes: new Uint8Array(8) } }, []), 'FILE_HEADER', 'type 13'],
    [
      'nested lists',
      writeGguf({ a: { type: 9, bytes: Uint8Array.of(9, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0) } }, []),
      'FILE_HEADER',
      'lists',
    ],
    [
      'a list longer than the file',
      writeGguf({ a: { type: 9, bytes: Uint8Array.of(4, 0, 0, 0, 0, 0, 16, 0, 0, 0, 0, 0) } }, []),
      'FILE_TRUNCATED',
    ],
    [
      'a list of texts longer than the file',
      writeGguf({ a: { type: 9, bytes: Uint8Array.of(8, 0, 0, 0, 0, 0, 16, 0, 0, 0, 0, 0) } }, []),
      'FILE_TRUNCATED',
    ],
    [
      'a text longer than the file',
      writeGguf({ a: { type: 8, bytes: Uint8Array.of(255, 255, 0, 0, 0, 0, 0, 0) } }, []),
      'FILE_TRUNCATED',
    ],
    ['a bool of 2', writeGguf({ a: { type: 7, bytes: Uint8Array.of(2) } }, []), 'FILE_HEADER', 'true nor false'],
    [
      'a template that is not UTF-8',
      writeGguf({ 'tokenizer.chat_template': { type: 8, bytes: Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 255) } }, []),
      'FILE_HEADER',
      'UTF-8',
    ],
    ['alignment 0', writeGguf({ 'general.alignment': 0 }, []), 'FILE_HEADER', 'alignment'],
    ['alignment 24', writeGguf({ 'general.alignment': 24 }, []), 'FILE_HEADER', 'alignment'],
    [
      'an alignment of another type',
      writeGguf({ 'general.alignment': { type: 10, bytes: Uint8Array.of(32, 0, 0, 0, 0, 0, 0, 0) } }, []),
      'FILE_HEADER',
      'u32',
    ],
    ['alignment text', writeGguf({ 'general.alignment': 'x' }, []), 'FILE_HEADER', 'alignment'],
    ['a tensor name of 64 bytes', writeGguf({}, [floats('n'.repeat(64), [1])]), 'FILE_HEADER', 'tensor name'],
    ['a tensor twice', writeGguf({}, [tensor, tensor]), 'FILE_HEADER', 'twice'],
    ['5 dimensions', writeGguf({}, [floats('a', [1, 1, 1, 1, 1])]), 'FILE_HEADER', 'dimensions'],
    ['a dimension of 0', writeGguf({}, [{ ...tensor, shape: [0, 3] }]), 'FILE_HEADER', 'dimension of 0'],
    ['2^53 elements', writeGguf({}, [{ ...tensor, shape: [2 ** 30, 2 ** 30] }]), 'FILE_HEADER', '2^53'],
    [
      'a block across rows',
      writeGguf({}, [{ name: 'a', shape: [2, 48], type: 8, bytes: new Uint8Array(102) }]),
      'FILE_HEADER',
      'multiple of 32',
    ],
    ['a removed type', writeGguf({}, [{ ...tensor, type: 4 }]), 'DTYPE_UNSUPPORTED', 'Q4_2'],
    ['an overlap', writeGguf({}, [tensor, { ...tensor, name: 'b' }], { offsets: [0, 0] }), 'FILE_HEADER', 'offset'],
    ['a hole', writeGguf({}, [tensor, { ...tensor, name: 'b' }], { offsets: [0, 64] }), 'FILE_HEADER', 'offset'],
    ['a first offset above 0', writeGguf({}, [tensor], { offsets: [32] }), 'FILE_HEADER', 'offset'],
  ]
  for (const [what, bytes, errorCode, text] of bad) {
    it(`refuses ${what}`, async () => {
      await expect(read(bytes)).rejects.toThrow(code(errorCode, text))
    })
  }

  it('accepts the last value on the good side of each limit', async () => {
    expect(
      await Promise.all(
        [
          writeGguf({ 'general.alignment': 1 }, [tensor, { ...tensor, name: 'b' }], { alignment: 1 }),
          writeGguf({ 'general.alignment': 2 ** 12 }, [tensor, { ...tensor, name: 'b' }], { alignment: 2 ** 12 }),
          writeGguf({}, [floats('n'.repeat(63), [1]), floats('scalar', []), floats('four', [1, 1, 1, 1])]),
          concat([good, new Uint8Array(5)]),
          good.subarray(0, good.length - 8), // the padding after the last tensor may lack
        ].map(async (bytes) => (await read(bytes)).tensors.length),
      ),
    ).toEqual([2, 2, 3, 1, 1])
  })

  it('reports every cut as a cut', async () => {
    for (let length = 4; length < good.length - 8; length++) {
      await expect(read(good.subarray(0, length))).rejects.toThrow(code('FILE_TRUNCATED'))
    }
  })
})

describe('split GGUF', () => {
  const u16 = (n: number): GgufValue => ({ type: 2, bytes: Uint8Array.of(n, 0) })
  const split = (no: number, count: number, tensors: GgufTensorToWrite[]): Uint8Array =>
    writeGguf({ ...(no === 0 && llamaKeys()), 'split.no': u16(no), 'split.count': u16(count) }, tensors)
  const [one, two] = [
    split(0, 2, [floats('token_embd.weight', [97, 32])]),
    split(1, 2, [floats('output_norm.weight', [32])]),
  ]
  it('opens a complete set in any order', async () => {
    const checkpoint = await openModelFiles(filesOf({ 'a.gguf': two, 'b.gguf': one }))
    expect([...checkpoint.tensors.keys()].sort()).toEqual(['model.embed_tokens.weight', 'model.norm.weight'])
    expect(await readVector(checkpoint, 'model.norm.weight')).toHaveLength(32)
  })
  it('opens parts of which the first holds no tensors, and misses a tensor that the parts should hold', async () => {
    const head = (count: number): Uint8Array =>
      writeGguf({ ...llamaKeys(), 'split.no': u16(0), 'split.count': u16(2), 'split.tensors.count': count }, [])
    const opened = await openModelFiles(filesOf({ 'a.gguf': head(1), 'b.gguf': two }))
    expect([...opened.tensors.keys()]).toEqual(['model.norm.weight'])
    await expect(openModelFiles(filesOf({ 'a.gguf': head(2), 'b.gguf': two }))).rejects.toThrow(
      code('FILE_HEADER', 'should hold 2 tensors and hold 1'),
    )
  })
  it('says how many parts are missing, and which files do not belong together', async () => {
    await expect(openModelFiles(filesOf({ 'a.gguf': one }))).rejects.toMatchObject({
      code: 'FILE_MISSING',
      message: expect.stringContaining('2 files and 1 were given; part 2 is missing') as string,
      facts: { part: 2, missing: 1, shards: 2 },
    })
    const named = (no: number): string => `m/big-Q4_K_M-0000${no}-of-00002.gguf`
    for (const [no, file, lost] of [
      [1, one, 2],
      [2, two, 1],
    ] as const) {
      await expect(openModelFiles(filesOf({ [named(no)]: file }))).rejects.toMatchObject({
        code: 'FILE_MISSING',
        facts: { file: named(lost), missing: 1, shards: 2 },
      })
    }
    await expect(openModelFiles(filesOf({ 'a.gguf': one, 'b.gguf': one }))).rejects.toThrow(
      code('FILE_FORMAT', 'b.gguf'),
    )
    await expect(
      openModelFiles(filesOf({ 'a.gguf': writeGguf(llamaKeys(), []), 'b.gguf': writeGguf(llamaKeys(), []) })),
    ).rejects.toThrow(code('FILE_FORMAT'))
    await expect(
      openModelFiles(filesOf({ 'a.gguf': one, 'b.gguf': split(1, 2, [floats('token_embd.weight', [97, 32])]) })),
    ).rejects.toThrow(code('FILE_HEADER', 'twice'))
  })
})
