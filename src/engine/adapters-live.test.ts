// Adapters of a model that is loaded and spoken with: switched between answers, and seen from inside.

import { afterAll, expect, test } from 'vitest'
import { EngineError } from './errors.ts'
import type { ByteSource, ModelFiles } from './formats/bytes.ts'
import { folderFiles } from './formats/testing.ts'
import { loadEngine, type Engine } from './index.ts'
import { adapterOf, loraConfig, loraShapes } from './testing/adapters.ts'

const files = folderFiles('public/models/storyteller')
const source = { name: 'storyteller', files }
const target_modules = ['q_proj', 'o_proj', 'down_proj', 'lm_head']
const shapes = {
  ...loraShapes(4, 'self_attn.q_proj', 256, 256),
  ...loraShapes(4, 'self_attn.o_proj', 256, 256),
  ...loraShapes(4, 'mlp.down_proj', 256, 512),
  'lm_head.lora_A.weight': [2, 256],
  'lm_head.lora_B.weight': [1856, 2],
}
const mine = adapterOf({ ...loraConfig, lora_alpha: 0.05, target_modules }, shapes)
const text = 'Mia had a red ball in the garden.'

const plain = await loadEngine(source, { device: 'cpu' })
const engine = await loadEngine(source, { device: 'cpu', adapters: [mine] })
afterAll(() => {
  plain.dispose()
  engine.dispose()
})

async function said(by: Engine): Promise<number[]> {
  const found: number[] = []
  for await (const event of by.generate(text, { maxTokens: 4, temperature: 0 })) {
    if (event.type === 'token') found.push(event.id, event.logprob, event.entropy)
  }
  return found
}

test('an adapter is switched between answers; off, the answer is the model’s own, bit for bit', async () => {
  expect(engine.info.adapters).toMatchObject([{ name: 'mine', kind: 'LoRA', scale: 1, rank: 2 }])
  expect(engine.info.adapters[0]!.modules).toHaveLength(13)
  const [on, alone] = [await said(engine), await said(plain)]
  expect(on).not.toEqual(alone)
  expect(await engine.setAdapter('mine', 0)).toMatchObject([{ name: 'mine', scale: 0 }])
  expect(await said(engine)).toEqual(alone)
  await engine.setAdapter('mine', 1)
  expect(await said(engine)).toEqual(on)
})

test('a name that no adapter has, a strength beyond the slider, and a busy model are refused', async () => {
  await expect(engine.setAdapter('yours', 1)).rejects.toMatchObject({ code: 'PARAM_INVALID' })
  await expect(engine.setAdapter('mine', 5)).rejects.toMatchObject({ code: 'PARAM_INVALID' })
  await expect(plain.setAdapter('mine', 1)).rejects.toMatchObject({ code: 'PARAM_INVALID' })
  const answer = engine.generate(text, { maxTokens: 3 })
  await answer.next()
  await expect(engine.setAdapter('mine', 0.5)).rejects.toMatchObject({ code: 'BUSY' })
  await answer.return(undefined)
})

test('inside, what a branch adds holds what the adapter adds, and is left out with it', async () => {
  const glass = await engine.glass()
  await said(engine)
  const at = async (site: string): Promise<number[]> => [...(await glass.probe({ site, position: 5 })).values]
  const close = (values: readonly number[]): unknown[] => values.map((v) => expect.closeTo(v, 4) as unknown)
  for (const [before, out, after] of [
    ['blocks.0.resid_post', 'blocks.1.attn.out', 'blocks.1.resid_mid'],
    ['blocks.1.resid_mid', 'blocks.1.mlp.out', 'blocks.1.resid_post'],
  ] as const) {
    const [from, added, sum] = [await at(before), await at(out), await at(after)]
    expect(from.map((v, i) => v + added[i]!)).toEqual(close(sum))
  }
  // the last layer's lens is the model's own head, the adapter's change of it included
  const seen = async (): Promise<number[]> => {
    const [cell] = await glass.lens({ positions: [5], layers: [3], part: 'resid', topK: 5, targets: [7] })
    return [cell!.kl, cell!.targets[0]!.logprob]
  }
  const on = await seen()
  expect(on[0]).toBeCloseTo(0, 5)
  await engine.setAdapter('mine', 0)
  expect((await seen())[1]).not.toBeCloseTo(on[1]!, 2)
  await engine.setAdapter('mine', 1)
  expect((await seen())[1]).toBeCloseTo(on[1]!, 5)
  await glass.setEdits([{ kind: 'skip', layer: 1, part: 'attn' }])
  expect(await at('blocks.1.resid_mid')).toEqual(close(await at('blocks.0.resid_post')))
  await glass.setEdits([])
})

test('where what an adapter replaces cannot be read, it stays as it was, whatever is set next', async () => {
  let broken = false
  const shapes = { ...loraShapes(4, 'self_attn.q_proj', 256, 256), 'model.norm.weight': [256] }
  const config = { ...loraConfig, lora_alpha: 0.05 }
  const saving = adapterOf({ ...config, modules_to_save: ['norm'] }, shapes)
  const fragile = new Map(
    [...[...files], ...[...saving.files].map(([name, file]) => [`saving/${name}`, file] as const)].map(
      ([path, file]): [string, ByteSource] => [
        path,
        {
          ...file,
          read: (...given) =>
            broken ? Promise.reject(new EngineError('STORAGE_CORRUPT', 'gone')) : file.read(...given),
        },
      ],
    ),
  )
  const of = (own: boolean): ModelFiles => new Map([...fragile].filter(([path]) => path.startsWith('saving/') === own))
  const two = [
    { ...saving, files: of(true) },
    adapterOf(config, loraShapes(4, 'self_attn.q_proj', 256, 256), { name: 'other' }),
  ]
  const both = await loadEngine({ name: 'storyteller', files: of(false) }, { device: 'cpu', adapters: two })
  await both.setAdapter('other', 0.5)
  const before = await said(both)
  broken = true
  await expect(both.setAdapter('mine', 0)).rejects.toMatchObject({ code: 'STORAGE_CORRUPT' })
  expect(await both.setAdapter('other', 0.5)).toMatchObject([{ scale: 1 }, { scale: 0.5 }])
  expect(await said(both)).toEqual(before)
  both.dispose()
})
