// What was merged says what the model says with its adapter on, by the log-probabilities of every token of what was taught; packed into
// 4 bits again it does not.

import { expect, it } from 'vitest'
import { blobSource, bytesSource, type ModelFiles } from '../formats/bytes.ts'
import { loadEngine, newAdapter, type LoadOptions } from '../index.ts'
import { diskModel } from '../testing/disk.ts'
import { onProcessor } from '../testing/machines.ts'
import { mergeAdapter } from './merge.ts'

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
