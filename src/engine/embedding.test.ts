// Pooling, dense layers and length one, against sentence-transformers' own formulas, as a checkpoint's files say them.

import { describe, expect, test } from 'vitest'
import { openPooling } from './embedding.ts'
import { filesOf, writeSafetensors } from './formats/testing.ts'

const hidden = [
  [3, -1],
  [0, 4],
  [6, 2],
].map((row) => Float32Array.from(row))

const part = (name: string, path: string) => ({ path, type: `sentence_transformers.models.${name}` })
const folder = (pooling: object, more: Record<string, Uint8Array | string> = {}, after: object[] = []) =>
  filesOf({
    'modules.json': JSON.stringify([part('Transformer', ''), part('Pooling', '1_Pooling'), ...after]),
    '1_Pooling/config.json': JSON.stringify({ word_embedding_dimension: 2, ...pooling }),
    ...more,
  })
const pool = async (files: ReturnType<typeof folder>): Promise<number[]> => [
  ...(await openPooling(files))!.pool(hidden),
]
const near = (got: number[], want: number[]): void => {
  expect(got.length).toBe(want.length)
  want.forEach((v, i) => expect(got[i]).toBeCloseTo(v, 6))
}

describe('how the vectors of tokens become one', () => {
  test.each([
    ['cls', 'pooling_mode_cls_token', [3, -1]],
    ['max', 'pooling_mode_max_tokens', [6, 4]],
    ['mean', 'pooling_mode_mean_tokens', [3, 5 / 3]],
    ['mean_sqrt_len', 'pooling_mode_mean_sqrt_len_tokens', [9 / Math.sqrt(3), 5 / Math.sqrt(3)]],
    ['weightedmean', 'pooling_mode_weightedmean_tokens', [21 / 6, 13 / 6]],
    ['lasttoken', 'pooling_mode_lasttoken', [6, 2]],
  ])('%s, by its name and by its flag', async (mode, flag, want) => {
    near(await pool(folder({ pooling_mode: mode })), want)
    near(await pool(folder({ pooling_mode_mean_tokens: false, [flag]: true })), want)
  })
  test('several stand side by side: as listed, or in the order of the flags', async () => {
    near(await pool(folder({ pooling_mode: ['mean', 'cls'] })), [3, 5 / 3, 3, -1])
    near(await pool(folder({ pooling_mode_mean_tokens: true, pooling_mode_cls_token: true })), [3, -1, 3, 5 / 3])
  })
  test('without a word it is the mean', async () => {
    near(await pool(folder({})), [3, 5 / 3])
  })
  test('length one comes last', async () => {
    near(await pool(folder({ pooling_mode: 'cls' }, {}, [part('Normalize', '2_Normalize')])), [
      3 / Math.sqrt(10),
      -1 / Math.sqrt(10),
    ])
  })
  test('a dense layer with its function, and one without', async () => {
    const weights = writeSafetensors([
      {
        name: 'linear.weight',
        dtype: 'F32',
        shape: [3, 2],
        bytes: new Uint8Array(Float32Array.of(1, 0, 0, 1, 0.5, -1).buffer),
      },
      { name: 'linear.bias', dtype: 'F32', shape: [3], bytes: new Uint8Array(Float32Array.of(0.1, 0.2, 0.3).buffer) },
    ])
    const with_ = (activation_function: string) =>
      folder(
        { pooling_mode: 'cls' },
        { '2_Dense/config.json': JSON.stringify({ activation_function }), '2_Dense/model.safetensors': weights },
        [part('Dense', '2_Dense')],
      )
    near(await pool(with_('torch.nn.modules.activation.Tanh')), [3.1, -0.8, 2.8].map(Math.tanh))
    near(await pool(with_('torch.nn.modules.linear.Identity')), [3.1, -0.8, 2.8])
  })
  test('a GGUF says it by a number', async () => {
    const of = async (pooling_type: number) => (await openPooling(filesOf({}), { pooling_type }))?.pool(hidden)
    near([...(await of(2))!], [3 / Math.sqrt(10), -1 / Math.sqrt(10)])
    near([...(await of(3))!], [6 / Math.sqrt(40), 2 / Math.sqrt(40)])
    expect(await of(0)).toBeUndefined()
    expect(await of(4)).toBeUndefined()
  })
})

test('how much the model was made to read', async () => {
  const sized = folder({}, { 'sentence_bert_config.json': '{"max_seq_length": 256, "do_lower_case": false}' })
  expect((await openPooling(sized))!.maxTokens).toBe(256)
  expect((await openPooling(folder({})))!.maxTokens).toBeNull()
})

test('what is not computed with is refused by name', async () => {
  expect(await openPooling(filesOf({ 'config.json': '{}' }))).toBeNull()
  await expect(openPooling(folder({ pooling_mode: 'median' }))).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    facts: { file: '1_Pooling/config.json', key: 'pooling_mode' },
  })
  await expect(openPooling(folder({}, {}, [part('LSTM', '2_LSTM')]))).rejects.toMatchObject({
    facts: { file: 'modules.json', key: 'type' },
  })
  await expect(
    openPooling(folder({}, { '2_Dense/config.json': '{}' }, [part('Dense', '2_Dense')])),
  ).rejects.toMatchObject({ code: 'FILE_MISSING', facts: { file: '2_Dense/model.safetensors' } })
  await expect(openPooling(folder({})).then((p) => p!.pool([]))).rejects.toMatchObject({ code: 'PARAM_INVALID' })
})
