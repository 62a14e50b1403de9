// Adapters on a whole model: on, peft's own logits (tools/reference/adapters.py), on models of several kinds and formats;
// off, the model itself, bit for bit; a slider gives what a load with that strength gives.

import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { folderFiles, namesIn } from './formats/testing.ts'
import { runGolden } from './golden.ts'
import { openMachine, openModel, placeModel } from './load.ts'
import { adapterOf, loraConfig, loraShapes } from './testing/adapters.ts'
import { sharedGpu } from './testing/shared-gpu.ts'
import type { AdapterSource, LoadOptions } from './types.ts'

const folder = 'fixtures/adapters'
const cases = readdirSync(folder)
const goldenOf = (name: string): { base: string } =>
  JSON.parse(readFileSync(`${folder}/${name}/golden.json`, 'utf8')) as { base: string }
/** the model's files with the adapters' folders among them */
const bytesOf = (name: string): Map<string, Uint8Array> =>
  new Map(
    [`fixtures/golden/${goldenOf(name).base}`, `${folder}/${name}`].flatMap((from) =>
      namesIn(from).map((file) => [file, new Uint8Array(readFileSync(`${from}/${file}`))] as const),
    ),
  )
/** a case's adapters, all as strong */
const adaptersOf = (name: string, scale: number): AdapterSource[] =>
  readdirSync(`${folder}/${name}`)
    .filter((at) => at.startsWith('adapter'))
    .map((at) => ({ name: at, files: folderFiles(`${folder}/${name}/${at}`), scale }))
const files = folderFiles('fixtures/golden/llama')
const ids = [5, 9, 17, 3, 44, 21, 8]
const exact: LoadOptions = { linear: 'keep', embedding: 'keep', device: 'reference' }
const queries = (scale = 1, name = 'mine'): AdapterSource =>
  adapterOf(loraConfig, loraShapes(3, 'self_attn.q_proj', 32, 32), { scale, name })

const gpu = await sharedGpu()
const machine = gpu ? await openMachine({ gpu }) : undefined

async function logitsWith(
  adapters: AdapterSource[],
  options: LoadOptions = exact,
  of = files,
): Promise<Float32Array[]> {
  const model = await openModel({ name: 'llama', files: of }, { ...options, adapters })
  const { runtime } = await placeModel(model, options, options.gpu && machine)
  const rows = await runtime.forward(ids, 'all')
  const copies = rows.map((row) => row.slice())
  runtime.dispose()
  return copies
}

const devices: [string, LoadOptions][] = [
  ['references', exact],
  ['processor', { ...exact, device: 'cpu' }],
  ...(gpu ? [['GPU', { ...exact, device: 'gpu', gpu, selfCheck: false }] as [string, LoadOptions]] : []),
]

describe("peft's own logits", () => {
  /** on the GPU a load takes seconds, on software: one of each way in which steps are put behind others */
  const onGpu = new Set([
    'lora_two',
    'dora_two',
    'ia3_two',
    'lora_tied',
    'lora_gpt2',
    'dora',
    'ia3',
    'adalora',
    'lora_q4_0',
    'hub_flags_sum',
    'hub_gpt2_two',
    'gguf_q8_0',
  ])
  test.for(cases)('%s', { timeout: 120_000 }, async (name) => {
    const { status, reason, differences } = await runGolden(name, bytesOf(name), { gpu: onGpu.has(name) ? gpu : null })
    expect({ status, ...(status !== 'pass' && { reason, differences }) }).toEqual({ status: 'pass' })
  })
  test('the comparison sees another strength', async () => {
    const files = bytesOf('dora_half')
    const golden = JSON.parse(new TextDecoder().decode(files.get('golden.json'))) as object
    files.set('golden.json', new TextEncoder().encode(JSON.stringify({ ...golden, adapters: { adapter: 0.52 } })))
    expect((await runGolden('dora_half', files, { gpu: null, machines: ['reference'] })).status).toBe('fail')
  })
})

describe('off, a model is itself bit for bit', () => {
  test.for(cases)('%s', async (name) => {
    const { base } = goldenOf(name)
    const adapters = adaptersOf(name, 0)
    const files = folderFiles(`fixtures/golden/${base}`)
    for (const [, options] of devices.slice(0, 2)) {
      expect(await logitsWith(adapters, options, files)).toEqual(await logitsWith([], options, files))
    }
  })
  test.for(['dora_two', 'ia3_two', 'lora_two'])('one of several: as if it were not there (%s)', async (name) => {
    const files = folderFiles(`fixtures/golden/${goldenOf(name).base}`)
    for (const [i] of adaptersOf(name, 1).entries()) {
      const [on, all] = [adaptersOf(name, 1).toSpliced(i, 1), adaptersOf(name, 1)]
      all[i]!.scale = 0
      for (const [, options] of devices.slice(0, 2)) {
        expect(await logitsWith(all, options, files)).toEqual(await logitsWith(on, options, files))
      }
    }
  })
  test.runIf(gpu)('on the GPU', { timeout: 60_000 }, async () => {
    const [, options] = devices[2]!
    const alone = await logitsWith([], options)
    expect(await logitsWith([queries(0)], options)).toEqual(alone)
    expect(await logitsWith([queries(1)], options)).not.toEqual(alone)
  })
})

describe.each(devices)('a slider on the %s', (_, options) => {
  test('gives what a load with that strength gives', { timeout: 60_000 }, async () => {
    const model = await openModel({ name: 'llama', files }, { ...options, adapters: [queries(0), queries(1, 'other')] })
    const { runtime } = await placeModel(model, options, options.gpu && machine)
    const at = async (name: string, scale: number): Promise<Float32Array[]> => {
      const vectors = await model.adapters!.setScale(name, scale)
      runtime.setAdapters(model.adapters!.off, vectors)
      runtime.truncate(0)
      return (await runtime.forward(ids, 'all')).map((row) => row.slice())
    }
    expect(await at('mine', 0.5)).toEqual(await logitsWith([queries(0.5), queries(1, 'other')], options))
    expect(await at('other', 0)).toEqual(await logitsWith([queries(0.5)], options))
    expect(await at('mine', 0)).toEqual(await logitsWith([], options))
    runtime.dispose()
  })
})
