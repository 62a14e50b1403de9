// Loading: its phases, the plan beforehand, stopping, what is missing, and the text side of GGUF files.

import { readFileSync } from 'node:fs'
import { describe, expect, test, vi } from 'vitest'
import type { ModelFiles } from './formats/bytes.ts'
import { folderFiles } from './formats/testing.ts'
import { loadEngine, planModel, type ChatMessage } from './index.ts'
import { collect, failure, load, storyteller } from './testing/answers.ts'
import { diskModel } from './testing/disk.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 180_000 })

describe('loading', () => {
  test('reports its phases, and the plan says beforehand what the engine says after', async () => {
    const seen: string[] = []
    const engine = await load({
      device: 'reference',
      onProgress: ({ phase }) => {
        if (seen.at(-1) !== phase) seen.push(phase)
      },
    })
    expect(seen).toEqual(['open', 'plan', 'warm-up', 'ready'])
    const planned = await planModel({ name: 'storyteller', files: storyteller }, { context: 192 })
    expect(planned.planText).toBe(engine.planText)
    expect(planned.info.device).toBeNull()
    expect({ ...planned.info, hasChatTemplate: true, chats: true, device: engine.info.device }).toEqual(engine.info)
    expect(engine.info).toMatchObject({
      family: 'llama',
      context: 192,
      adapter: null,
      formats: { linear: 'nf4', embedding: 'i8', head: 'i8', tied: true },
    })
  })
  test.each([
    { name: 'storyteller', files: storyteller },
    diskModel('fixtures/golden/gguf_q4_0'),
    diskModel('fixtures/golden/gguf_q8_0'),
  ])('$name on the processor takes what was planned, and hardly less', async (model) => {
    const { info } = await planModel(model, { device: 'cpu' })
    const engine = await loadEngine(model, { device: 'cpu' })
    const { bytes } = engine.info
    engine.dispose()
    expect(bytes.weights + bytes.cache + bytes.activations).toBe(bytes.total)
    expect(info.bytes.total).toBeGreaterThanOrEqual(bytes.total)
    expect(info.bytes.total).toBeLessThan(1.1 * bytes.total)
  })
  test('stops when asked to, and says what is missing', async () => {
    expect((await failure(load({ device: 'reference', signal: AbortSignal.abort() }))).code).toBe('ABORTED')
    const without = (name: string): ModelFiles => new Map([...storyteller].filter(([file]) => file !== name))
    const tokenizer = await failure(load({ device: 'reference' }, without('tokenizer.json')))
    expect(tokenizer).toMatchObject({ code: 'FILE_MISSING', facts: { file: 'tokenizer.json' } })
    expect((await failure(load({ device: 'reference' }, without('config.json')))).code).toBe('FILE_MISSING')
    expect((await failure(load({ device: 'reference', context: 0 }))).code).toBe('PARAM_INVALID')
    expect((await failure(load({ device: 'gpu' }))).code).toBe('NO_WEBGPU')
  })
})

test('a file of many types says how many tensors and bytes are kept in each', async () => {
  const { info, planText } = await planModel({ name: 'mixed', files: folderFiles('fixtures/golden/llama_blocks_gguf') })
  expect(info.formats).toMatchObject({ linear: 'mixed', embedding: 'iq4_nl', head: 'q6_k', tied: false })
  const kinds = Object.fromEntries(info.formats.kinds.map(({ format, tensors, bytes }) => [format, [tensors, bytes]]))
  expect(kinds).toMatchObject({
    q2_k: [2, 2 * 256 * 84],
    q5_k: [4, (256 + 64 + 32 + 32) * 176],
    q4_k: [2, (64 + 32) * 144],
    // whose scale is kept in a whole word
    q6_k: [2, (32 + 40) * 212],
    q3_k: [2, 2 * 256 * 112],
    iq4_nl: [1, 40 * 8 * 18],
  })
  const sizes = info.formats.kinds.map(({ bytes }) => bytes)
  expect(sizes).toEqual(sizes.toSorted((a, b) => b - a))
  const vectors = 5 * 256 * 4
  expect(sizes.reduce((a, b) => a + b, vectors)).toBe(info.bytes.weights)
  // q and k are of one kind, v is not: nothing is stacked but what may be
  expect(planText).toContain('[q4_k 64x256]')
  expect(planText).toContain('[q5_k 128x256]')
  expect(planText).toContain('[q2_k 512x256]')
})

test.each(['gguf_f32', 'gguf_q4_1', 'gguf_q8_0', 'gguf_rope_freqs'])(
  '%s brings its own tokenizer and chat template',
  async (name) => {
    const { chat } = JSON.parse(readFileSync(`fixtures/golden/${name}/golden.json`, 'utf8')) as {
      chat: { messages: ChatMessage[]; text: string; ids: number[] }
    }
    const engine = await loadEngine({ name, files: folderFiles(`fixtures/golden/${name}`) }, { device: 'reference' })
    expect(engine.tokenize(chat.messages).ids).toEqual(chat.ids)
    const { prompt, tokens } = await collect(engine.generate(chat.messages, { maxTokens: 2, logitBias: { 2: -1e4 } }))
    expect(prompt).toMatchObject({ text: chat.text, ids: chat.ids })
    expect(prompt.notice).toBeUndefined()
    expect(tokens.length).toBeGreaterThan(0)
  },
)
