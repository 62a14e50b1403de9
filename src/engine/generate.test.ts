// The whole engine with the model that ships: events, stopping, seeds, the kept prefix and long prompts, on the
// processor and on the GPU. No text is pinned: the model may be trained again. What an answer's text is:
// generate-text.test.ts; answers that go on: continue.test.ts; what is refused: generate-refused.test.ts.

import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { ChatMessage, Engine, GenerateOptions, Prompt, TokenEvent } from './index.ts'
import { collect, endless, failure, greedy, load, question, user, type Answered } from './testing/answers.ts'
import { nodeGpu, noGpuReason } from './testing/gpu.ts'
import { onProcessor } from './testing/machines.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 180_000 })
const gpu = await nodeGpu()

/** The GPU, and the last device it gave. */
let taken: GPUDevice | undefined
const watched = {
  requestAdapter: async (options?: GPURequestAdapterOptions) => {
    const adapter = (await gpu!.requestAdapter(options))!
    const requestDevice = adapter.requestDevice.bind(adapter)
    return Object.defineProperty(adapter, 'requestDevice', {
      value: async (descriptor: GPUDeviceDescriptor) => (taken = await requestDevice(descriptor)),
    })
  },
} as GPU

for (const machine of ['processor', 'gpu'] as const) {
  describe(`generate on the ${machine}`, () => {
    if (machine === 'gpu' && !gpu) {
      test('all', ({ skip }) => skip(`UNRUN: ${noGpuReason}`))
      return
    }
    let engine: Engine
    const phases: string[] = []
    beforeAll(async () => {
      engine = await load({
        ...(machine === 'processor' ? onProcessor : { gpu: watched }),
        onProgress: ({ phase }) => {
          if (phases.at(-1) !== phase) phases.push(phase)
        },
      })
    })
    afterAll(() => engine?.dispose())

    /** A run that starts from an empty cache, whatever ran before. */
    const fresh = async (
      input: Prompt,
      options: GenerateOptions = {},
      onToken?: (token: TokenEvent) => void,
    ): Promise<Answered> => {
      await collect(engine.generate({ ids: [engine.info.vocab - 1] }, { maxTokens: 1 }))
      return await collect(engine.generate(input, options), onToken)
    }

    test('yields the prompt, the tokens in order, and what it took', async () => {
      const { prompt, tokens, done, joined } = await fresh(question, {
        ...greedy,
        ...endless,
        speculation: 'off',
        maxTokens: 5,
      })
      expect(prompt).toMatchObject({
        reused: 0,
        text: `<|im_start|>user\n${question[0]!.content}<|im_end|>\n<|im_start|>assistant\n`,
      })
      expect(prompt.notice).toBeUndefined()
      expect(prompt.ids).toEqual(engine.tokenize(question).ids)
      expect(tokens.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4])
      expect(tokens.map(({ position }) => position)).toEqual(tokens.map((_, i) => prompt.ids.length + i))
      expect(done).toMatchObject({ reason: 'length', text: joined })
      expect(done.stats).toMatchObject({
        promptTokens: prompt.ids.length,
        reusedTokens: 0,
        generatedTokens: 5,
        drafted: 0,
        accepted: 0,
        dispatchesPerToken: engine.info.dispatchesPerToken,
        ...(machine === 'gpu' && { submitsPerToken: 1, readBytesPerToken: engine.info.vocab * 4 }),
      })
      const { prefillSeconds, decodeSeconds, prefillPerSecond, decodePerSecond } = done.stats
      expect(prefillSeconds).toBeGreaterThan(0)
      expect(decodeSeconds).toBeGreaterThan(0)
      expect(prefillPerSecond).toBe(prompt.ids.length / prefillSeconds)
      expect(decodePerSecond).toBe(4 / decodeSeconds)
      expect((await fresh(question, { ...greedy, maxTokens: 1 })).done.stats.decodePerSecond).toBeNull()
    })
    test('the same seed gives the same answer, another seed another', async () => {
      const hot = { temperature: 2, topK: 0, topP: 1, minP: 0, ...endless, maxTokens: 6 }
      const [a, b, c] = [
        await fresh(question, { ...hot, seed: 7 }),
        await fresh(question, { ...hot, seed: 7 }),
        await fresh(question, { ...hot, seed: 8 }),
      ]
      expect(b.ids).toEqual(a.ids)
      expect(c.ids).not.toEqual(a.ids)
      for (const { draw } of a.tokens) {
        expect(draw).toBeGreaterThanOrEqual(0)
        expect(draw).toBeLessThan(1)
      }
      expect((await fresh(question, { ...greedy, maxTokens: 2 })).tokens[0]).toMatchObject({ draw: null, rank: 0 })
    })
    test('stops within one token when asked to, and goes on from there', async () => {
      const stop = new AbortController()
      const whole = await fresh(question, { ...greedy, ...endless, maxTokens: 5 })
      const { tokens, done } = await fresh(question, { ...greedy, ...endless, signal: stop.signal }, ({ index }) => {
        if (index === 2) stop.abort()
      })
      expect(done.reason).toBe('aborted')
      expect(tokens.length).toBe(3)
      expect(whole.joined.startsWith(done.text)).toBe(true)
      const again = await collect(engine.generate(question, { ...greedy, ...endless, maxTokens: 5 }))
      expect(again.prompt.reused).toBe(again.prompt.ids.length - 1)
      expect(again.ids).toEqual(whole.ids)
    })
    test('a second turn keeps the prefix and says what a fresh engine says', async () => {
      const options = { ...greedy, maxTokens: 4 }
      const first = await fresh(question, { ...options, ...endless })
      const turns: ChatMessage[] = [
        ...question,
        { role: 'assistant', content: first.done.text },
        ...user('What did Tom see?'),
      ]
      const second = await collect(engine.generate(turns, options))
      expect(second.prompt.reused).toBeGreaterThanOrEqual(first.prompt.ids.length)
      expect(second.done.stats.reusedTokens).toBe(second.prompt.reused)
      const alone = await fresh(turns, options)
      expect(alone.prompt.reused).toBe(0)
      expect(alone.prompt.ids).toEqual(second.prompt.ids)
      expect(alone.ids).toEqual(second.ids)
      alone.tokens.forEach(({ logprob }, i) => expect(second.tokens[i]!.logprob).toBeCloseTo(logprob, 3))
    })
    test('is busy while it writes, and free when the reader leaves', async () => {
      const writing = engine.generate(question, { ...endless, maxTokens: 50 })
      await writing.next()
      await writing.next()
      const error = await failure(collect(engine.generate(question)))
      expect(error.code).toBe('BUSY')
      expect((await writing.next()).value).toMatchObject({ type: 'token', index: 1 })
      await writing.return(undefined)
      expect((await fresh(question, { maxTokens: 1 })).tokens.length).toBe(1)
    })
    if (machine === 'processor') return
    test('was loaded in phases, and every kernel answered right', () => {
      expect(phases).toEqual(['open', 'plan', 'self-check', 'upload', 'warm-up', 'ready'])
      expect(engine.info.rejectedKernels).toEqual([])
      expect(engine.info.adapter).toMatchObject({ kind: 'software' })
    })
    test('a GPU that is lost while it writes ends the answer with GPU_LOST and tells the owner', async () => {
      const since = performance.now()
      const error = await failure(
        collect(engine.generate(question, endless), ({ index }) => {
          if (index === 1) taken!.destroy()
        }),
      )
      expect(error.code).toBe('GPU_LOST')
      expect(await engine.lost).toMatchObject({ code: 'GPU_LOST' })
      expect(performance.now() - since).toBeLessThan(30_000)
      expect((await failure(collect(engine.generate(question)))).code).toBe('GPU_LOST')
    })
  })
}

describe('prompts', () => {
  test('plain text goes in without the chat template, ids go in as they are', async () => {
    const engine = await load({ device: 'reference' })
    const text = 'Long ago, some friends lived near the sea.'
    const plain = await collect(engine.generate(text, { ...greedy, maxTokens: 2 }))
    expect(plain.prompt.text).toBe(text)
    const ids = await collect(engine.generate({ ids: plain.prompt.ids }, { ...greedy, maxTokens: 2 }))
    expect(ids.ids).toEqual(plain.ids)
    expect(engine.tokenize(text).texts.join('')).toBe(text)
  })
})

describe('long prompts', () => {
  const longer = user(
    'Lily found a red ball in the kitchen. Tom was at the lake. He saw a blue kite. Mia lost a golden key.\n\nWho was at the lake?',
  )
  test('cut into chunks give the same answer', async () => {
    const [small, whole] = [await load({ device: 'reference', chunk: 16 }), await load({ device: 'reference' })]
    const options = { ...greedy, ...endless, maxTokens: 5 }
    const [a, b] = [await collect(small.generate(longer, options)), await collect(whole.generate(longer, options))]
    expect(a.prompt.ids.length).toBeGreaterThan(32)
    expect(a.ids).toEqual(b.ids)
    a.tokens.forEach(({ logprob }, i) => expect(logprob).toBeCloseTo(b.tokens[i]!.logprob, 4))

    // stopped between chunks: no token, and the chunks that are done are kept
    await collect(small.generate({ ids: [9] }, { maxTokens: 1 }))
    const stop = new AbortController()
    const writing = small.generate(longer, { signal: stop.signal })
    await writing.next()
    const next = writing.next()
    stop.abort()
    expect((await next).value).toMatchObject({
      type: 'done',
      reason: 'aborted',
      text: '',
      stats: { generatedTokens: 0 },
    })
    expect((await writing.next()).done).toBe(true)
    const kept = await collect(small.generate(longer, options))
    expect(kept.prompt.reused).toBeGreaterThanOrEqual(16)
    expect(kept.prompt.reused % 16).toBe(0)
    expect(kept.ids).toEqual(b.ids)
  })
  test('an answer that was stopped before it began runs nothing', async () => {
    const engine = await load({ device: 'reference' })
    const { done, tokens } = await collect(engine.generate(question, { signal: AbortSignal.abort() }))
    expect({ reason: done.reason, tokens }).toEqual({ reason: 'aborted', tokens: [] })
    expect((await collect(engine.generate(question, { maxTokens: 1 }))).prompt.reused).toBe(0)
  })
  test('a full context ends the answer, a prompt that fills it is refused', async () => {
    const engine = await load({ device: 'reference', context: 64 })
    const ids = Array.from({ length: 60 }, (_, i) => 100 + i)
    const { done, tokens } = await collect(engine.generate({ ids }, { ...endless }))
    expect(done.reason).toBe('context')
    expect(tokens.map(({ position }) => position)).toEqual([60, 61, 62, 63, 64])
    const error = await failure(collect(engine.generate({ ids: [...ids, 1, 2, 3, 4] })))
    expect(error).toMatchObject({ code: 'CONTEXT_FULL', facts: { count: 64, context: 64 } })
    expect(error.message).toMatch(/64 tokens.*holds 64/)
  })
})
