// The edit that moves all places that rotary positions turn by: only distances count, an edit that is taken back leaves
// nothing behind, and a model whose turning follows the text is refused.

import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { filesOf } from '../formats/testing.ts'
import { loadEngine, type Engine } from '../index.ts'
import type { Edit } from './types.ts'

const ids = [5, 9, 2, 17, 9, 5, 3, 11, 2, 8]
const open = async (name: string): Promise<Engine> => {
  const folder = `fixtures/golden/${name}`
  const files = filesOf({
    'config.json': readFileSync(`${folder}/config.json`, 'utf8'),
    'model.safetensors': new Uint8Array(readFileSync(`${folder}/model.safetensors`)),
    'tokenizer.json': readFileSync('fixtures/faults/st/adapter_only/tokenizer.json', 'utf8'),
  })
  const engine = await loadEngine(
    { name, files },
    { device: 'reference', context: 32, linear: 'keep', embedding: 'keep', selfCheck: false },
  )
  for await (const event of engine.generate({ ids }, { maxTokens: 1, temperature: 0 })) void event
  return engine
}
const far = (a: Float32Array, b: Float32Array): number =>
  a.reduce((most, v, i) => Math.max(most, Math.abs(v - b[i]!)), 0)

test('moved on together, nothing changes; not turned, everything does; undone, not a bit is left', async () => {
  const engine = await open('llama')
  const glass = await engine.glass()
  const read = async (edits: Edit[]) => {
    await glass.setEdits(edits)
    return (await glass.probe({ site: 'logits', position: 9 })).values
  }
  const plain = await read([])
  const moved = await read([{ kind: 'turn', by: 7 }])
  expect(moved).not.toEqual(plain) // it was turned otherwise, and rounded
  expect(far(moved, plain)).toBeLessThan(1e-4)
  const still = await read([{ kind: 'turn', by: null }])
  expect(far(still, plain)).toBeGreaterThan(0.001)
  // of two the last one counts
  expect(
    await read([
      { kind: 'turn', by: null },
      { kind: 'turn', by: 7 },
    ]),
  ).toEqual(moved)
  expect(await read([])).toEqual(plain)
  engine.dispose()
})

test('several answers are moved as one is', async () => {
  const engine = await open('llama')
  const glass = await engine.glass()
  const texts = async (n: number): Promise<string[]> => {
    const all: string[] = []
    const options = { maxTokens: 6, temperature: 1, seed: 3, n }
    for await (const event of engine.generate({ ids }, options)) if (event.type === 'done') all.push(event.text)
    return all
  }
  await glass.setEdits([{ kind: 'turn', by: null }])
  expect((await texts(2))[0]).toEqual((await texts(1))[0])
  engine.dispose()
})

test.each([
  ['gpt2', 'none'],
  ['llama_dynamic', 'length'],
])('%s is refused, and stays as it was', async (name, value) => {
  const engine = await open(name)
  const glass = await engine.glass()
  await expect(glass.setEdits([{ kind: 'turn', by: 3 }])).rejects.toMatchObject({
    code: 'PARAM_INVALID',
    facts: { param: 'by', value },
  })
  expect((await glass.info()).edits).toEqual([])
  engine.dispose()
})

test('a place beyond any context is refused', async () => {
  const engine = await open('llama')
  const glass = await engine.glass()
  for (const by of [-1, 0.5, 2 ** 21, Number.NaN, 'x']) {
    await expect(glass.setEdits([{ kind: 'turn', by } as Edit])).rejects.toMatchObject({ code: 'PARAM_INVALID' })
  }
  engine.dispose()
})
