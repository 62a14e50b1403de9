// The example of the README, run as it stands, on the GPU.

import { openAsBlob, readdirSync, readFileSync } from 'node:fs'
import { expect, test, vi } from 'vitest'
import * as library from './index.ts'
import { nodeGpu, noGpuReason } from './testing/gpu.ts'

const readme = readFileSync('README.md', 'utf8')
const example = [...readme.matchAll(/^```js\n([\s\S]*?)^```/gm)]
  .map((m) => m[1]!)
  .find((code) => code.includes('loadEngine'))!
const lines = example.split('\n').filter((line) => line.trim() && line.trim() !== '}')

test('the README shows six lines that use the library through its door', () => {
  expect(lines.length).toBeLessThanOrEqual(6)
  const [, names, from] = /^import \{ (.+) \} from '(.+)'$/.exec(lines[0]!)!
  expect(from).toBe('glassbox')
  for (const name of names!.split(', ')) expect(library).toHaveProperty(name)
})

test('they run', { timeout: 300_000 }, async ({ skip }) => {
  const gpu = await nodeGpu()
  if (!gpu) return skip(`UNRUN: ${noGpuReason}`)
  vi.stubGlobal('navigator', { gpu })
  const folder = 'public/models/storyteller'
  const picked = await Promise.all(
    readdirSync(folder).map(async (name) => new File([await openAsBlob(`${folder}/${name}`)], name)),
  )
  let shown = ''
  const AsyncFunction = (async () => undefined).constructor as new (
    ...args: string[]
  ) => (...given: unknown[]) => Promise<library.Engine>
  const body = `${example.replace(/^import (\{.+\}) from .+$/m, 'const $1 = library')}\nreturn engine`
  const engine = await new AsyncFunction('library', 'picked', 'show', body)(library, picked, (text: string) => {
    shown += text
  })
  expect(shown.length).toBeGreaterThan(5)
  expect(engine.info).toMatchObject({ name: 'storyteller', family: 'llama' })

  // an answer that begins while a look inside is being prepared waits for it: read without its activations being kept, a prompt's
  // numbers would all be 1/V
  const preparing = engine.glass(),
    prompt = 'Mia had a red ball in the garden.'
  for await (const event of engine.generate(prompt, { maxTokens: 3 })) void event
  const glass = await preparing
  const hurried = (await glass.tokens()).map((token) => token.logprob)
  await glass.setEdits([{ kind: 'evict', keys: [0, 1] }])
  await glass.setEdits([])
  const again = (await glass.tokens()).map((token) => token.logprob)
  expect(hurried.length).toBeGreaterThan(9)
  expect(hurried).toEqual(again.map((value) => (value === null ? null : (expect.closeTo(value, 3) as unknown))))

  let lost = false
  void engine.lost.then(() => {
    lost = true
  })
  engine.dispose()
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(lost).toBe(false) // disposing is no loss
  vi.unstubAllGlobals()
})

test('the line of the README that reads a text', async () => {
  const line = [...readme.matchAll(/^```js\n([\s\S]*?)^```/gm)].map((m) => m[1]!).find((c) => c.includes('.read('))!
  const folder = 'public/models/fill-in'
  const files = new Map(
    readdirSync(folder).map((name) => {
      const bytes = new Uint8Array(readFileSync(`${folder}/${name}`))
      return [name, library.bytesSource(name, bytes)]
    }),
  )
  const engine = await library.loadEngine({ name: 'fill-in', files }, { device: 'reference' })
  const AsyncFunction = (async () => undefined).constructor as new (
    ...args: string[]
  ) => (engine: library.Engine) => Promise<library.Reading>
  const read = await new AsyncFunction('engine', `${line}\nreturn { fills, labels, spans, vector }`)(engine)
  expect(read).toMatchObject({ labels: null, spans: null, vector: null })
  expect(read.fills!.map(({ top }) => top.length)).toEqual([10])
  expect(engine.info.mask).toBe('[MASK]')
  engine.dispose()
})
