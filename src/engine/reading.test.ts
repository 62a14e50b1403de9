// What is read of golden models through the engine's door: labels of every task, the pooler, and the vector of a text
// that is shortened as its files say. Their tokenizer is made here: a word for each id.

import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { bytesSource } from './formats/bytes.ts'
import { readGguf } from './formats/gguf.ts'
import { filesOf, writeGguf, type GgufValue } from './formats/testing.ts'
import { loadEngine, planModel, type Engine } from './index.ts'

const words = Array.from({ length: 97 }, (_, id) => `w${id}`)
const around = (special: object[], pair: object[]): object => ({
  type: 'TemplateProcessing',
  single: special,
  pair,
  special_tokens: { w1: { id: 'w1', ids: [1], tokens: ['w1'] }, w2: { id: 'w2', ids: [2], tokens: ['w2'] } },
})
const text = (id: 'A' | 'B', type_id: number) => ({ Sequence: { id, type_id } })
const token = (id: string, type_id: number) => ({ SpecialToken: { id, type_id } })

const plain = around([text('A', 0)], [text('A', 0), text('B', 1)])
const bracketed = around(
  [token('w1', 0), text('A', 0), token('w2', 0)],
  [token('w1', 0), text('A', 0), token('w2', 0), text('B', 1), token('w2', 1)],
)

interface Golden {
  inputs: { input_ids: number[][]; token_type_ids?: number[][] }
  hidden?: number[][]
  task_labels?: number[][]
  pooled?: number[]
  embedding?: number[]
}
async function open(
  name: string,
  post_processor: object,
  more: Record<string, string> = {},
  place = (file: string): string => file,
): Promise<{ engine: Engine; golden: Golden; texts: [string, string] }> {
  const folder = `fixtures/golden/${name}`
  const of = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.includes('.'))
  const tokenizer = {
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: { type: 'WhitespaceSplit' },
    post_processor,
    decoder: { type: 'WordPiece', prefix: '##', cleanup: false },
    model: {
      type: 'WordPiece',
      unk_token: 'w0',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(words.map((word, id) => [word, id])),
    },
  }
  const given = {
    ...Object.fromEntries(of.map((file) => [file, new Uint8Array(readFileSync(`${folder}/${file}`))])),
    'tokenizer.json': JSON.stringify(tokenizer),
    ...more,
  }
  const files = filesOf(Object.fromEntries(Object.entries(given).map(([file, value]) => [place(file), value])))
  const golden = JSON.parse(readFileSync(`${folder}/golden.json`, 'utf8')) as Golden
  const ids = golden.inputs.input_ids[0]!,
    kinds = golden.inputs.token_type_ids?.[0] ?? ids.map(() => 0)
  const said = (kind: number): string => ids.flatMap((id, i) => (kinds[i] === kind ? [words[id]!] : [])).join(' ')
  const engine = await loadEngine({ name, files }, { device: 'reference', linear: 'keep', embedding: 'keep' })
  return { engine, golden, texts: [said(0), said(1)] }
}
const near = (got: ArrayLike<number>, want: readonly number[]): void => {
  expect(got.length).toBe(want.length)
  want.forEach((value, i) => expect(got[i]).toBeCloseTo(value, 4))
}

test('labels of every task, in the order of the heads', async () => {
  const { engine, golden, texts } = await open('mt_dnn', plain)
  const { tasks, labels } = await engine.read(texts[0], { pair: texts[1] })
  expect(tasks!.map(({ name }) => name)).toEqual(['labels', 'labels_1'])
  expect(labels).toEqual(tasks![0]!.labels)
  tasks!.forEach((task, n) => {
    const want = golden.task_labels![n]!
    near(
      want.map((_, i) => task.labels.find(({ label }) => label === `LABEL_${i}`)!.score),
      want,
    )
  })
})

test('a text of one task has no list of tasks, and no pooler where a head follows', async () => {
  const { engine, texts } = await open('bert_labels', plain)
  const reading = await engine.read(texts[0], { pair: texts[1] })
  expect(reading).toMatchObject({ tasks: null, pooled: null, leftOut: 0 })
  expect(reading.labels).toHaveLength(3)
})

test('the pooler of a model without a head', async () => {
  const { engine, golden, texts } = await open('bert_base', plain)
  near((await engine.read(texts[0], texts[1] ? { pair: texts[1] } : {})).pooled!, golden.pooled!)
})

test('a vector, and what of a long text is left out', async () => {
  const whole = await open('bge', plain)
  const reading = await whole.engine.read(whole.texts[0], { pair: whole.texts[1] })
  near(reading.vector!, whole.golden.embedding!)
  expect(reading.leftOut).toBe(0)

  const short = { 'sentence_bert_config.json': JSON.stringify({ max_seq_length: 6, do_lower_case: true }) }
  const { engine } = await open('bge', bracketed, short)
  const cut = await engine.read('W10 W11 W12 W13 W14 W15 W16')
  expect(cut).toMatchObject({ ids: [1, 10, 11, 12, 13, 2], leftOut: 3 })
  expect((await engine.read('w10 w11 w12 w13')).vector).toEqual(cut.vector)
  // of two texts the longer one is shortened first
  expect(await engine.read('w10 w11 w12 w13', { pair: 'w20' })).toMatchObject({
    ids: [1, 10, 11, 2, 20, 2],
    segments: [0, 0, 0, 0, 1, 1],
    leftOut: 2,
  })
  // both are halved where neither fits, the longer one's half the larger: what the tokenizers library gives
  expect((await engine.read('w10 w11 w12', { pair: 'w20 w21' })).ids).toEqual([1, 10, 11, 2, 20, 2])
})

test('a text is cut where the tokenizer or the positions end, if no file says how many tokens', async () => {
  const unsaid = { 'sentence_bert_config.json': JSON.stringify({ max_seq_length: null }) }
  const long = Array.from({ length: 300 }, (_, i) => `w${10 + (i % 50)}`).join(' ')
  const { engine } = await open('bge', bracketed, unsaid)
  const { maxContext } = engine.info
  const cut = await engine.read(long)
  expect(cut).toMatchObject({ leftOut: 302 - maxContext })
  expect(cut.ids.length).toBe(maxContext)
  expect(cut.ids.at(-1)).toBe(2)
  const tokenizer = (model_max_length: number) => ({
    ...unsaid,
    'tokenizer_config.json': JSON.stringify({ model_max_length }),
  })
  const sooner = await open('bge', bracketed, tokenizer(9))
  expect((await sooner.engine.read(long)).leftOut).toBe(302 - 9)
  const endless = await open('bge', bracketed, tokenizer(1e30))
  expect((await endless.engine.read(long)).ids).toEqual(cut.ids)
  // a head that is no vector's is given no part of a text
  const labels = await open('bert_labels', bracketed)
  await expect(labels.engine.read(long)).rejects.toMatchObject({ code: 'CONTEXT_FULL' })
})

test('a sentence model in a folder of its own, beside its layers', async () => {
  const modules = JSON.stringify(
    [
      ['Transformer', '0_Transformer'],
      ['Pooling', '1_Pooling'],
      ['Normalize', '2_Normalize'],
    ].map(([kind, path]) => ({ type: `sentence_transformers.models.${kind}`, path })),
  )
  const sizes = JSON.stringify({ max_seq_length: 19 })
  const place = (file: string): string =>
    file === 'modules.json' || file.includes('/') ? `older/${file}` : `older/0_Transformer/${file}`
  const more = { 'modules.json': modules, 'sentence_bert_config.json': sizes }
  const { engine, golden, texts } = await open('bge', plain, more, place)
  const reading = await engine.read(texts[0], { pair: `${texts[1]} w5 w6` })
  // the text of the golden is 19 tokens
  expect(reading.leftOut).toBe(2)
  near((await engine.read(texts[0], { pair: texts[1] })).vector!, golden.embedding!)
})

describe('decoders that give vectors', () => {
  test('the last token’s, of length one, as the files beside the weights say', async () => {
    const { engine, golden, texts } = await open('qwen3_vectors', plain)
    expect(engine.info.does).toEqual(['embed'])
    // the head that the file holds, and words of the test's own tokenizer
    expect(engine.info.notices.map(({ code }) => code)).toEqual(['TENSORS_UNREAD', 'TOKENS_BEYOND'])
    near((await engine.read(texts[0])).vector!, golden.embedding!)
  })
  test('the mean, where only the class says so; and both are told', async () => {
    const { engine, golden, texts } = await open('gpt2_vectors', plain)
    expect(engine.info).toMatchObject({ does: ['embed'], chats: false })
    expect(engine.info.notices).toEqual(
      expect.arrayContaining([
        { code: 'HEAD_ABSENT', facts: { class: 'GPT2Model' } },
        { code: 'POOLING_ASSUMED', facts: { mode: 'mean' } },
      ]),
    )
    const rows = golden.hidden!
    near(
      (await engine.read(texts[0])).vector!,
      rows[0]!.map((_, i) => rows.reduce((sum, row) => sum + row[i]!, 0) / rows.length),
    )
  })
  test.each([
    ['GPT2Model', ['embed']],
    ['GPT2LMHeadModel', ['generate']],
    ['GPT2DoubleHeadsModel', ['generate']],
    [null, ['generate']],
  ])('a tied file of %s: %j', async (named, does) => {
    const folder = 'fixtures/golden/gpt2_vectors'
    const config = JSON.parse(readFileSync(`${folder}/config.json`, 'utf8')) as object
    const files = filesOf({
      'config.json': JSON.stringify({ ...config, architectures: named === null ? undefined : [named] }),
      'model.safetensors': new Uint8Array(readFileSync(`${folder}/model.safetensors`)),
    })
    expect((await planModel({ name: 'x', files })).info.does).toEqual(does)
  })
  test('a head in the file is used, whatever the class is called, unless the files are for vectors', async () => {
    const folder = 'fixtures/golden/qwen3_vectors'
    const config = JSON.parse(readFileSync(`${folder}/config.json`, 'utf8')) as object
    const of = (more: Record<string, string>) =>
      planModel({
        name: 'x',
        files: filesOf({
          'config.json': JSON.stringify({ ...config, architectures: ['Qwen3Model'] }),
          'model.safetensors': new Uint8Array(readFileSync(`${folder}/model.safetensors`)),
          ...more,
        }),
      })
    expect((await of({})).info.does).toEqual(['generate'])
    // no list of modules that makes a vector: a cross-encoder's, or a broken one
    expect((await of({ 'modules.json': '[{"type": "sentence_transformers.models.Transformer"}]' })).info.does).toEqual([
      'generate',
    ])
    expect((await of({ 'modules.json': '[{"type":"Pooling"}]' })).info.does).toEqual(['embed'])
  })
  test('of an encoder–decoder, the encoder; its bare class keeps the embedding as head, and says so', async () => {
    const folder = 'fixtures/golden/t5'
    const config = JSON.parse(readFileSync(`${folder}/config.json`, 'utf8')) as object
    const of = async (keys: object, more: Record<string, string> = {}) => {
      const files = filesOf({
        'config.json': JSON.stringify({ ...config, ...keys }),
        'model.safetensors': new Uint8Array(readFileSync(`${folder}/model.safetensors`)),
        ...more,
      })
      const { does, notices } = (await planModel({ name: 'x', files })).info
      return { does, notices: notices.map(({ code }) => code).filter((code) => !code.startsWith('KEYS_')) }
    }
    expect(await of({}, { 'modules.json': '[{"type":"Pooling"}]' })).toEqual({
      does: ['embed'],
      notices: ['TENSORS_UNREAD'],
    })
    expect(await of({ architectures: ['T5Model'] })).toEqual({ does: ['generate'], notices: ['HEAD_ASSUMED'] })
    expect(await of({})).toEqual({ does: ['generate'], notices: [] })
  })
  test('a GGUF says it by a key', async () => {
    const file = new Uint8Array(readFileSync('fixtures/golden/qwen3_gguf/model.gguf'))
    const { metadata, tensors } = await readGguf(bytesSource('model.gguf', file))
    const types: Record<string, number> = { F32: 0, F16: 1, BF16: 30 }
    const of = async (pooling: number) => {
      const made = writeGguf(
        { ...(Object.fromEntries(metadata) as Record<string, GgufValue>), 'qwen3.pooling_type': pooling },
        tensors.map(({ name, shape, dtype, begin, end }) => ({
          name,
          shape: [...shape],
          type: types[dtype]!,
          bytes: file.slice(begin, end),
        })),
      )
      return (await planModel({ name: 'x', files: filesOf({ 'model.gguf': made }) })).info
    }
    expect((await of(0)).does).toEqual(['generate'])
    expect(await of(3)).toMatchObject({ does: ['embed'], notices: [{ code: 'TENSORS_UNREAD' }] })
    // a reranker: its score would be missing
    await expect(of(4)).rejects.toMatchObject({
      code: 'FAMILY_UNSUPPORTED',
      facts: { key: 'qwen3.pooling_type', found: '4' },
    })
  })
})

test('an answer is looked for in the second text, also where both are of one segment', async () => {
  const roberta = { type: 'RobertaProcessing', cls: ['w1', 1], sep: ['w2', 2] }
  const { engine } = await open('distilbert_span', roberta)
  const { ids, segments, spans } = await engine.read('w5 w6 w7', { pair: 'w8 w9', top: 100 })
  expect(ids).toEqual([1, 5, 6, 7, 2, 2, 8, 9, 2])
  expect(segments).toEqual(ids.map(() => 0))
  expect(spans!.map(({ from, to }) => `${from} ${to}`).sort()).toEqual(['6 7', '6 8', '7 8'])
  expect((await engine.read('w5 w6', { top: 100 })).spans!.length).toBeGreaterThan(3)
  engine.dispose()
})
