// The recipe for a family with its GGUF: one file (testing/pebble.ts) and one line in the list. Its files load, with
// the same numbers from a checkpoint and from a GGUF that a converter reordered, and every sentence that lists
// families names it.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { EngineError } from '../errors.ts'
import type { ModelFiles } from '../formats/bytes.ts'
import { openCheckpoint } from '../formats/checkpoint.ts'
import { filesOf, gatherWeight, writeGguf, writeSafetensors, type GgufValue } from '../formats/testing.ts'
import { readVector } from '../formats/weights.ts'
import { planModel } from '../index.ts'
import { openModel, placeModel } from '../load.ts'
import type { Family } from './describe.ts'
import { configOf } from '../testing/configs.ts'
import { pebble } from '../testing/pebble.ts'
import { describe as describeModel, families } from './families/index.ts'

beforeAll(() => void families.push(pebble)) // the one line
afterAll(() => void families.splice(families.indexOf(pebble), 1))

const [D, H, K, F, V, L] = [16, 4, 2, 12, 11, 2]
const d = D / H
/** checkpoint's name, the file's, shape */
const tensors: [string, string, number[]][] = [
  ['core.words.weight', 'tok.weight', [V, D]],
  ['core.last.weight', 'end_norm.weight', [D]],
  ['guess.weight', 'guess.weight', [V, D]],
  ...Array.from({ length: L }, (_, i): [string, string, number[]][] =>
    (
      [
        ['before.weight', 'norm_a.weight', [D]],
        ['mix.ask.weight', 'ask.weight', [D, D]],
        ['mix.ask.bias', 'ask.bias', [D]],
        ['mix.key.weight', 'key.weight', [K * d, D]],
        ['mix.key.bias', 'key.bias', [K * d]],
        ['mix.tell.weight', 'tell.weight', [K * d, D]],
        ['mix.join.weight', 'join.weight', [D, D]],
        ['between.weight', 'norm_b.weight', [D]],
        ['think.door.weight', 'door.weight', [F, D]],
        ['think.wide.weight', 'wide.weight', [F, D]],
        ['think.back.weight', 'back.weight', [D, F]],
      ] as [string, string, number[]][]
    ).map(([name, own, shape]) => [`core.stack.${i}.${name}`, `layer.${i}.${own}`, shape]),
  ).flat(),
]
const size = (shape: number[]): number => shape.reduce((a, b) => a * b, 1)
/** numbers that tell every element of every tensor apart */
const valuesOf = (name: string, shape: number[]): Float32Array => {
  const seed = [...name].reduce((sum, c) => (sum * 31 + c.charCodeAt(0)) % 9973, 7)
  return Float32Array.from({ length: size(shape) }, (_, i) => Math.sin(seed + 1.7 * i))
}
function turned(values: Float32Array, [rows]: number[]): Float32Array {
  const width = values.length / rows!
  return Float32Array.from(values, (_, i) => {
    const row = Math.floor(i / width)
    return values[(row - (row % d) + (d - 1 - (row % d))) * width + (i % width)]!
  })
}
/** what the family says its converter does: the key heads upside down, d^-1/2 in the queries (a power of two here) */
const converted = (own: string, values: Float32Array, shape: number[]): Float32Array =>
  own.includes('.key.') ? turned(values, shape) : own.includes('.ask.') ? values.map((v) => v / Math.sqrt(d)) : values
const bytes = (values: Float32Array): Uint8Array => new Uint8Array(values.buffer)

const config = { model_type: 'pebble', width: D, depth: L, queries: H, pairs: K, inner: F, words: V, reach: 32 }
const checkpoint = (more: object = {}, rename = (name: string) => name): ModelFiles =>
  filesOf({
    'config.json': JSON.stringify({ ...config, ...more }),
    'model.safetensors': writeSafetensors(
      tensors.map(([name, , shape]) => ({
        name: rename(name),
        shape,
        dtype: 'F32',
        bytes: bytes(valuesOf(name, shape)),
      })),
    ),
  })
const gguf = (more: Record<string, GgufValue> = {}, take = (own: string) => own): ModelFiles =>
  filesOf({
    'p.gguf': writeGguf(
      {
        'general.architecture': 'pebble',
        'pebble.embedding_length': D,
        'pebble.block_count': L,
        'pebble.attention.head_count': H,
        'pebble.attention.head_count_kv': K,
        'pebble.feed_forward_length': F,
        'pebble.context_length': 32,
        'tokenizer.ggml.pre': 'llama-bpe',
        ...more,
      },
      tensors
        .map(([name, own, shape]) => {
          const values = valuesOf(name, shape)
          return { name: take(own), shape, type: 0, bytes: bytes(converted(own, values, shape)) }
        })
        .filter(({ name }) => name !== ''),
    ),
  })

const options = { linear: 'keep', embedding: 'keep', device: 'reference', context: 16 } as const
const open = (files: ModelFiles) => openModel({ name: 'pebble', files }, options)
async function lastRow(files: ModelFiles): Promise<number[]> {
  const { runtime } = await placeModel(await open(files), options)
  const [row] = await runtime.forward([3, 1, 4, 1, 5], 'last')
  return [...row!]
}
const refused = (files: ModelFiles): Promise<EngineError> =>
  planModel({ name: 'p', files }).then(
    () => {
      throw new Error('it was taken')
    },
    (error: unknown) => error as EngineError,
  )

describe('a family of one file, and its GGUF', () => {
  test('the tensors have the checkpoint’s names and the order of its rows', async () => {
    const { checkpoint: opened } = await open(gguf())
    expect([...opened.tensors.keys()]).toEqual(tensors.map(([name]) => name))
    for (const [name, own, shape] of tensors) {
      expect(opened.nameInFile(name)).toBe(own)
      const want = own.includes('.ask.') ? converted(own, valuesOf(name, shape), shape) : valuesOf(name, shape)
      const got =
        shape.length === 1
          ? await readVector(opened, name)
          : new Float32Array(
              (await gatherWeight(opened, [{ tensor: name, rows: shape[0]! }], shape[1]!, 'native')).codes.buffer,
            )
      expect([...got], name).toEqual([...want])
    }
  })

  test('the numbers are those of the checkpoint, the key of its own included', async () => {
    const plain = await lastRow(checkpoint())
    expect(await lastRow(gguf())).toEqual(plain)
    const sharp = await lastRow(checkpoint({ sharpness: 3 }))
    expect(await lastRow(gguf({ 'pebble.attention.sharpness': 3 }))).toEqual(sharp)
    expect(sharp).not.toEqual(plain)
  })

  test('its key is computed with, and one that it does not ask for is told', async () => {
    const notices = async (files: ModelFiles) =>
      (await planModel({ name: 'p', files })).info.notices
        .filter(({ code }) => code !== 'PRE_ASSUMED')
        .map(({ code, facts }) => [code, facts['keys']])
    expect(await notices(gguf({ 'pebble.attention.sharpness': 3 }))).toEqual([])
    expect(await notices(gguf({ 'pebble.attention.bluntness': 3 }))).toEqual([
      ['KEYS_UNKNOWN', 'pebble.attention.bluntness = 3'],
    ])
  })

  test('names without its root, and with a wrapper in front, are read', async () => {
    const want = await lastRow(checkpoint())
    for (const [rename, renamed] of [
      [(name: string) => name.replace(/^core\./, ''), { prefix: 'core.', added: true }],
      [(name: string) => name.replace(/^core\./, 'both.text.'), { prefix: 'both.text.', added: false }],
    ] as const) {
      const files = checkpoint({}, rename)
      expect((await open(files)).checkpoint.renamed).toEqual(renamed)
      expect(await lastRow(files)).toEqual(want)
    }
  })

  test('sentences name the family, and its tensors as the file does', async () => {
    const archs = [...new Set(families.flatMap((family) => family.gguf?.arch ?? []))]
    expect(archs).toContain('pebble')
    expect((await refused(gguf({ 'general.architecture': 'gravel' }))).message).toBe(
      `Cannot load "p.gguf": its architecture is "gravel"; of GGUF files this version knows ${archs.join(', ')}.`,
    )
    expect((await refused(checkpoint({ model_type: 'gravel' }))).facts).toEqual({
      type: 'gravel',
      known: [...new Set(families.flatMap(({ types }) => types))].join(', '),
    })
    const missing = await refused(gguf({}, (own) => (own === 'layer.1.wide.weight' ? '' : own)))
    expect(missing).toMatchObject({ code: 'TENSOR_MISSING', facts: { tensor: 'layer.1.wide.weight', file: 'p.gguf' } })
    expect(missing.message).toContain('tensor "layer.1.wide.weight" of shape (12, 16) is required')
    const unused = await refused(gguf({}, (own) => (own === 'layer.1.ask.bias' ? 'layer.1.salt.bias' : own)))
    expect(unused).toMatchObject({ code: 'TENSOR_UNUSED', facts: { names: 'layer.1.salt.bias', family: 'pebble' } })
    expect((await refused(gguf({ 'pebble.block_count': 0 }))).message).toContain('"pebble.block_count" must be')
    expect((await refused(gguf({ 'pebble.expert_count': 4 }))).message).toContain('mixture of experts (4)')
  })

  test('an architecture that two families share: the file says whose it is, and who computes with experts', async () => {
    const gems: Family = {
      ...pebble,
      types: ['gems'],
      keys: [...pebble.keys, 'num_experts'],
      gguf: { ...pebble.gguf!, is: (keys) => (keys.number('expert_count') ?? 0) > 0 },
    }
    const typeOf = async (files: ModelFiles) => (await openCheckpoint(files, [gems, pebble])).config['model_type']
    expect(await typeOf(gguf({ 'pebble.expert_count': 4 }))).toBe('gems')
    expect(await typeOf(gguf())).toBe('pebble')
    const experts = (model_type: string) => typeOf(checkpoint({ model_type, num_experts: 4 }))
    expect(await experts('gems')).toBe('gems')
    await expect(experts('pebble')).rejects.toMatchObject({ facts: { type: 'pebble', experts: 4 } })
  })

  test('blocks beyond the count are told by the names of the family', async () => {
    const { info } = await planModel({ name: 'p', files: gguf({ 'pebble.block_count': 1 }) })
    expect(info.notices.find(({ code }) => code === 'LAYERS_UNREAD')?.facts).toMatchObject({ count: 11 })
  })
})

test.each(families.map((family) => [family.name, family] as const))(
  'where the modules of %s stand is said twice, and both say the same',
  (_, family) => {
    const { root, embed, blocks, others, heads } = family.modules,
      layout = family.gguf
    const made = describeModel(configOf(family))
    const begins = [embed, blocks, ...others].map((word) => root + word)
    expect(made.embed.at).toBe(root + embed)
    // a single layer may have its modules beside the embedding
    if (made.block(0).at) expect(made.block(0).at.replace('{i}', '0')).toMatch(`${root}${blocks}.0`)
    const { norm, tokens } = made.head
    for (const name of [
      ...(norm ? [norm.at] : []),
      ...(tokens ? [tokens.at] : []),
      ...Object.keys(layout?.names ?? {}),
    ]) {
      expect(
        [...begins, ...heads].some((word) => name === word || name.startsWith(`${word}.`)),
        name,
      ).toBe(true)
    }
  },
)
