// The examples of docs/training.md, run as they stand, with fewer and shorter steps: a reward of one's own, and a reward model
// that is taught, goes through its file and rewards another adapter.

import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import * as library from '../index.ts'

const examples = [...readFileSync('docs/training.md', 'utf8').matchAll(/^```js\n([\s\S]*?)^```/gm)].map((m) => m[1]!)
const folder = 'public/models/experts'

test('they run', async () => {
  const files = new Map(
    readdirSync(folder).map((name) => {
      const bytes = new Uint8Array(readFileSync(`${folder}/${name}`))
      return [name, library.bytesSource(name, bytes)]
    }),
  )
  const source = { name: 'experts', files }
  const adapters = await Promise.all(
    ['judge', 'happy'].map(async (name) => ({ name, files: await library.newAdapter(source, { rank: 2 }) })),
  )
  const engine = await library.loadEngine(source, { device: 'cpu', context: 64, adapters })
  const given: library.TrainOptions[] = []
  const short = Object.create(engine, {
    train: {
      value: (options: library.TrainOptions) => {
        given.push(options)
        return engine.train({ ...options, steps: 1, ...('reward' in options && { group: 2, maxTokens: 3 }) })
      },
    },
  }) as library.Engine
  const shown: unknown[] = []
  const AsyncFunction = (async () => undefined).constructor as new (
    ...args: string[]
  ) => (...given: unknown[]) => Promise<void>
  const names = ['engine', 'show', 'console', 'saveHead', 'readHead']
  const show = (...said: unknown[]): void => void shown.push(...said)
  const { saveHead, readHead } = library
  for (const code of examples) {
    await new AsyncFunction(...names, code)(short, show, { log: show }, saveHead, readHead)
  }
  expect(given.map(({ adapter, objective }) => [adapter, objective ?? null])).toEqual([
    ['happy', null],
    ['judge', 'reward'],
    ['happy', null],
  ])
  expect(shown.length).toBe(3) // reward and KL; the reward that the judge gives
  expect(shown.every(Number.isFinite)).toBe(true)
  engine.dispose()
})
