// What was merged says what the model says with its adapter on, by the log-probabilities of every token of what was taught; packed into
// 4 bits again it does not.

import { expect, it } from 'vitest'
import { blobSource, bytesSource, type ModelFiles } from '../formats/bytes.ts'
import { loadEngine, newAdapter, type LoadOptions, type ModelSource } from '../index.ts'
import { openModel, placeModel } from '../load.ts'
import { diskModel } from '../testing/disk.ts'
import { onProcessor } from '../testing/machines.ts'
import { linearModules } from './fresh.ts'
import { mergeAdapter } from './merge.ts'
import { writeFolder } from './peft.ts'

const storyteller = diskModel('public/models/storyteller')
const rows = [{ prompt: 'Where was Zoe?', completion: 'Zoe was in the castle.' }]

it('says the same in f16, and not in NF4', async () => {
  const files = await newAdapter(storyteller, { seed: 1, rank: 4 })
  const engine = await loadEngine(storyteller, {
    ...onProcessor,
    context: 64,
    embedding: 'keep',
    adapters: [{ name: 'home', files }],
  })
  for await (const event of engine.train({ adapter: 'home', rows, batch: 2, steps: 6 })) void event
  const { ids } = await engine.trainingRow(rows[0]!)
  const said = async (of: typeof engine): Promise<number[]> => {
    for await (const event of of.generate({ ids: [...ids] }, { maxTokens: 1 })) void event
    return (await (await of.glass()).tokens()).slice(1, ids.length).map(({ logprob }) => logprob!)
  }
  const taught = await said(engine)
  await engine.setAdapter('home', 0)
  const before = await said(engine)
  const saved: ModelFiles = new Map(
    Object.entries(await engine.saveAdapter('home')).map(([name, bytes]) => [name, bytesSource(name, bytes)]),
  )
  engine.dispose()
  const merged = await mergeAdapter(storyteller.files, saved)
  expect([...merged.keys()]).toEqual(expect.arrayContaining(['config.json', 'model.safetensors', 'tokenizer.json']))
  const off = async (options: LoadOptions): Promise<number> => {
    const sources = new Map([...merged].map(([name, blob]) => [name, blobSource(name, blob)]))
    const other = await loadEngine({ name: 'merged', files: sources }, { ...onProcessor, context: 64, ...options })
    const found = await said(other)
    other.dispose()
    return Math.max(...found.map((p, i) => Math.abs(p - taught[i]!)))
  }
  const f16 = await off({ linear: 'keep', embedding: 'keep' })
  const nf4 = await off({ linear: 'nf4', embedding: 'keep' })
  const learnt = Math.max(...before.map((p, i) => Math.abs(p - taught[i]!)))
  expect(learnt).toBeGreaterThan(1)
  expect(f16).toBeLessThan(0.01)
  expect(nf4).toBeGreaterThan(10 * f16)

  await expect(mergeAdapter(diskModel('fixtures/train/tiny').files, saved)).rejects.toMatchObject({
    code: 'PARAM_INVALID',
    message: expect.stringContaining('of this model') as string,
  })
})

it('turns the change of a matrix that its file keeps turned', async () => {
  const source = diskModel('fixtures/golden/gpt2')
  const keep = { linear: 'keep', embedding: 'keep', context: 16, device: 'reference' } as const
  const modules = linearModules((await openModel(source, keep)).plan)
  const wave = (rows: number, cols: number) => ({
    shape: [rows, cols],
    values: Float32Array.from({ length: rows * cols }, (_, i) => 0.2 * Math.sin(i + rows)),
  })
  const tensors = new Map(
    [...modules].flatMap(([path, { rows, cols }]) => [
      [`base_model.model.${path}.lora_A.weight`, wave(2, cols)] as const,
      [`base_model.model.${path}.lora_B.weight`, wave(rows, 2)] as const,
    ]),
  )
  const names = [...new Set([...modules.keys()].map((path) => path.slice(path.lastIndexOf('.') + 1)))]
  const folder = writeFolder({ base: 'gpt2', rank: 2, alpha: 4, modules: names }, tensors)
  const files: ModelFiles = new Map(Object.entries(folder).map(([name, bytes]) => [name, bytesSource(name, bytes)]))
  const merged = await mergeAdapter(source.files, files)
  const sources = new Map([...merged].map(([name, blob]) => [name, blobSource(name, blob)]))
  const said = async (from: ModelSource, adapters: LoadOptions['adapters'] = []): Promise<Float32Array> => {
    const { runtime } = await placeModel(await openModel(from, { ...keep, adapters }), keep)
    const [row] = await runtime.forward([1, 7, 5, 3], 'last')
    const found = row!.slice()
    runtime.dispose()
    return found
  }
  const wanted = await said(source, [{ name: 'a', files }])
  const apart = (row: Float32Array): number => Math.max(...row.map((v, i) => Math.abs(v - wanted[i]!)))
  expect(apart(await said({ name: 'merged', files: sources }))).toBeLessThan(0.01)
  expect(apart(await said(source))).toBeGreaterThan(0.1)
})
