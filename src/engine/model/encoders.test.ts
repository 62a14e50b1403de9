// How checkpoints of encoders are written: older names of norms, names without the model's prefix, no class named, and
// MT-DNN's heads by task. The numbers of the tiny BERT must come out of each.

import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { runGolden } from '../golden.ts'
import { openModelFiles, filesOf, writeSafetensors, type TensorToWrite } from '../formats/testing.ts'
import { readSafetensors } from '../formats/safetensors.ts'
import { bytesSource } from '../formats/bytes.ts'
import { describe as describeModel } from './families/index.ts'

const folder = 'fixtures/golden/bert'
const files = (): Map<string, Uint8Array> =>
  new Map(readdirSync(folder).map((file) => [file, new Uint8Array(readFileSync(`${folder}/${file}`))]))

async function tensors(from = folder): Promise<TensorToWrite[]> {
  const bytes = new Uint8Array(readFileSync(`${from}/model.safetensors`))
  const source = bytesSource('model.safetensors', bytes)
  const { entries } = await readSafetensors(source)
  return Promise.all(
    [...entries.values()].map(async ({ name, dtype, shape, begin, end }) => ({
      name,
      dtype,
      shape: [...shape],
      bytes: await source.read(begin, end - begin),
    })),
  )
}

test.each([
  [
    'gamma and beta',
    (name: string) => name.replace(/(LayerNorm)\.weight$/, '$1.gamma').replace(/(LayerNorm)\.bias$/, '$1.beta'),
  ],
  ['no prefix', (name: string) => name.replace(/^bert\./, '')],
  [
    'a bias under its other name',
    (name: string) => name.replace('cls.predictions.bias', 'cls.predictions.decoder.bias'),
  ],
])('%s', async (_, rename) => {
  const changed = files()
  changed.set('model.safetensors', writeSafetensors((await tensors()).map((t) => ({ ...t, name: rename(t.name) }))))
  const { architectures: __, ...config } = JSON.parse(new TextDecoder().decode(changed.get('config.json'))) as Record<
    string,
    unknown
  >
  changed.set('config.json', new TextEncoder().encode(JSON.stringify(config)))
  const { status, reason } = await runGolden('bert', changed, { gpu: null, machines: ['reference'] })
  expect({ status, reason }).toEqual({ status: 'pass', reason: expect.stringContaining('whole') })
})

test("Nomic's older config and names: GPT-2's keys, no prefix", async () => {
  const folder = 'fixtures/golden/nomic_bert'
  const changed = new Map<string, Uint8Array>(
    readdirSync(folder).map((file) => [file, new Uint8Array(readFileSync(`${folder}/${file}`))]),
  )
  const { architectures: _, ...v5 } = JSON.parse(readFileSync(`${folder}/config.json`, 'utf8')) as Record<
    string,
    number
  >
  const older = {
    model_type: 'nomic_bert',
    vocab_size: v5['vocab_size'],
    n_embd: v5['hidden_size'],
    n_layer: v5['num_hidden_layers'],
    n_head: v5['num_attention_heads'],
    n_inner: v5['intermediate_size'],
    n_positions: v5['max_position_embeddings'],
    layer_norm_epsilon: v5['layer_norm_eps'],
    type_vocab_size: v5['type_vocab_size'],
    activation_function: 'swiglu',
    rotary_emb_base: 1000,
    rotary_emb_fraction: 1,
    rotary_emb_interleaved: false,
    qkv_proj_bias: false,
    mlp_fc1_bias: false,
    mlp_fc2_bias: false,
    prenorm: false,
  }
  changed.set('config.json', new TextEncoder().encode(JSON.stringify(older)))
  const named = (await tensors(folder)).map((t) => ({ ...t, name: t.name.replace(/^nomic_bert\./, '') }))
  changed.set('model.safetensors', writeSafetensors(named))
  const { status, reason } = await runGolden('nomic_bert', changed, { gpu: null, machines: ['reference'] })
  expect({ status, reason }).toEqual({ status: 'pass', reason: expect.stringContaining('whole') })
})

test('MT-DNN: the first task that the files hold, with as many labels as it has rows', async () => {
  const of = (name: string, shape: number[]): TensorToWrite => ({
    name,
    dtype: 'F32',
    shape,
    bytes: new Uint8Array(4 * shape.reduce((a, b) => a * b, 1)),
  })
  const { tensors: found } = await openModelFiles(
    filesOf({
      'config.json': readFileSync(`${folder}/config.json`, 'utf8'),
      'model.safetensors': writeSafetensors([
        ...(await tensors()).filter(({ name }) => name.startsWith('bert.')),
        ...[of('scoring_list.2.0.dense.weight', [32, 32]), of('scoring_list.2.0.dense.bias', [32])],
        ...[of('scoring_list.2.1.weight', [3, 32]), of('scoring_list.2.1.bias', [3])],
      ]),
    }),
  )
  const { head } = describeModel({ model_type: 'bert' }, 'safetensors', (name) => found.get(name)?.shape)
  expect(head.labels).toMatchObject([
    { before: [{ at: 'scoring_list.2.0.dense', act: 'tanh' }], last: { at: 'scoring_list.2.1' } },
  ])
  expect(head.labels![0]!.labels).toEqual(['LABEL_0', 'LABEL_1', 'LABEL_2'])
})
