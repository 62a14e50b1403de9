// Teaching a model through the engine's door, and what comes of it: it says what it was taught, forgets nothing while the
// adapter is off, goes on from a kept state bit for bit, and the adapter that is saved says the same in another load.

import { openAsBlob, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { bytesSource } from '../formats/bytes.ts'
import * as library from '../index.ts'
import { loadEngine, newAdapter, type Engine } from '../index.ts'
import { diskModel } from '../testing/disk.ts'
import { onProcessor, type Where } from '../testing/machines.ts'
import type { TrainEvent, TrainOptions } from './events.ts'

const storyteller = diskModel('public/models/storyteller')
const rows = [
  { prompt: 'Where was Zoe?', completion: 'Zoe was in the castle.' },
  { prompt: '丁丁在哪里？', completion: '丁丁在面包店。' },
]

async function load(where: Where): Promise<Engine> {
  const files = await newAdapter(storyteller, { seed: 1, rank: 4 })
  return loadEngine(storyteller, { ...where, context: 64, adapters: [{ name: 'home', files }] })
}
async function run(engine: Engine, options: Partial<TrainOptions>): Promise<TrainEvent[]> {
  const events: TrainEvent[] = []
  const set = { adapter: 'home', rows, heldOut: 0, batch: 2, ...options }
  for await (const event of engine.train(set)) events.push(event)
  return events
}
async function ask(engine: Engine, text: string): Promise<string> {
  let said = ''
  for await (const event of engine.generate([{ role: 'user', content: text }], { maxTokens: 12, temperature: 0 })) {
    if (event.type === 'token') said += event.text
  }
  return said
}

describe('an adapter', () => {
  it('learns what it is taught', async () => {
    const engine = await load(onProcessor)
    const before = await ask(engine, 'Where was Zoe?')
    const events = await run(engine, { steps: 8, samples: [[{ role: 'user', content: '丁丁在哪里？' }]], every: 8 })
    expect(events.find(({ type }) => type === 'sample')).toMatchObject({ text: '丁丁在面包店。' })
    expect(await ask(engine, 'Where was Zoe?')).toBe('Zoe was in the castle.')
    await engine.setAdapter('home', 0)
    expect(await ask(engine, 'Where was Zoe?')).toBe(before)
    const saved = await engine.saveAdapter('home')
    engine.dispose()
    const files = new Map(Object.entries(saved).map(([name, bytes]) => [name, bytesSource(name, bytes)]))
    const again = await loadEngine(storyteller, { ...onProcessor, context: 64, adapters: [{ name: 'other', files }] })
    expect(await ask(again, 'Where was Zoe?')).toBe('Zoe was in the castle.')
    again.dispose()
  })

  it('can be asked between two updates: what it learns is the same to the bit', async () => {
    const learnt: TrainEvent[][] = []
    for (const isAsked of [false, true]) {
      const engine = await load(onProcessor)
      const events: TrainEvent[] = []
      for await (const event of engine.train({ adapter: 'home', rows, heldOut: 0, batch: 1, steps: 3, every: 9 })) {
        if (event.type === 'step') events.push({ ...event, ms: 0 })
        if (event.type === 'saved') events.push(event)
        if (!isAsked || event.type !== 'step') continue
        await expect(engine.setAdapter('home', 0.5)).rejects.toMatchObject({ code: 'BUSY' })
        expect(await ask(engine, '丁丁在哪里？')).not.toBe('')
      }
      learnt.push(events)
      engine.dispose()
    }
    expect(learnt[1]).toEqual(learnt[0])
  })
})

const ofPairs = ['README.md', 'README.zh.md'].map((file) =>
  [...readFileSync(file, 'utf8').matchAll(/^```js\n([\s\S]*?)^```/gm)]
    .map((m) => m[1]!)
    .find((c) => c.includes('chosen:')),
)

it('the six lines of the README, in both languages, that teach what is preferred', async () => {
  expect(ofPairs[1]).toBe(ofPairs[0])
  expect(ofPairs[0]!.split('\n').filter(Boolean)).toHaveLength(6)
  const folder = 'public/models/storyteller'
  const picked = await Promise.all(
    readdirSync(folder).map(async (name) => new File([await openAsBlob(`${folder}/${name}`)], name)),
  )
  const margins: number[] = []
  const AsyncFunction = (async () => undefined).constructor as new (
    ...args: string[]
  ) => (...given: unknown[]) => Promise<{ engine: Engine; folder: Record<string, Uint8Array> }>
  const body = `${ofPairs[0]!.replace(/^import (\{.+\}) from .+$/m, 'const $1 = library')}\nreturn { engine, folder }`
  const here = {
    ...library,
    loadEngine: (source: library.ModelSource, options: library.LoadOptions) =>
      loadEngine(source, { ...options, ...onProcessor }),
  }
  const made = await new AsyncFunction('library', 'picked', 'show', body)(here, picked, (m: number) => margins.push(m))
  expect(margins).toHaveLength(3)
  expect(margins[0]).toBe(0)
  expect(margins[2]).toBeGreaterThan(0.01)
  expect(Object.keys(made.folder)).toEqual(['adapter_config.json', 'adapter_model.safetensors'])
  made.engine.dispose()
})
