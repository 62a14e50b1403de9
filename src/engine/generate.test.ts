// The whole engine with the model that ships: events, stopping, seeds, the kept prefix, and what goes wrong, on the
// CPU references and on the GPU. No text is pinned: the model may be trained again. One long file: every
// part runs the same few engines, which take seconds to load.

import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { EngineError } from './errors.ts'
import { bytesSource, type ModelFiles } from './formats/bytes.ts'
import { folderFiles } from './formats/testing.ts'
import { generate, type Conversation } from './generate.ts'
import {
  loadEngine,
  planModel,
  type ChatMessage,
  type DoneEvent,
  type Engine,
  type GenerateEvent,
  type GenerateOptions,
  type LoadOptions,
  type Prompt,
  type PromptEvent,
  type TokenEvent,
} from './index.ts'
import { openModel, placeModel } from './load.ts'
import type { Runtime } from './runtime/runtime.ts'
import { nodeGpu, noGpuReason } from './testing/gpu.ts'
import { openText } from './text.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 180_000 })
const gpu = await nodeGpu()
const storyteller = folderFiles('public/models/storyteller')
const load = (options: LoadOptions, files: ModelFiles = storyteller): Promise<Engine> =>
  loadEngine({ name: 'storyteller', files }, { context: 192, ...options })

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

interface Answer {
  prompt: PromptEvent
  tokens: TokenEvent[]
  done: DoneEvent
  ids: number[]
  joined: string
}
async function collect(events: AsyncGenerator<GenerateEvent>, onToken?: (token: TokenEvent) => void): Promise<Answer> {
  const all: GenerateEvent[] = []
  for await (const event of events) {
    all.push(event)
    if (event.type === 'token') onToken?.(event)
  }
  // how far a long prompt is read comes in between, ever further and never all of it
  const prefill = all.filter((event) => event.type === 'prefill'),
    first = all.findIndex(({ type }) => type === 'token')
  expect(
    prefill.every(
      ({ done, total }, i) =>
        done < total && done > (prefill[i - 1]?.done ?? 0) && total === (all[0] as PromptEvent).ids.length,
    ),
  ).toBe(true)
  if (first >= 0) expect(all.slice(first).some(({ type }) => type === 'prefill')).toBe(false)
  for (const event of prefill) all.splice(all.indexOf(event), 1)
  const tokens = all.slice(1, -1) as TokenEvent[]
  expect(all.map(({ type }) => type)).toEqual(['prompt', ...tokens.map(() => 'token'), 'done'])
  return {
    prompt: all[0] as PromptEvent,
    tokens,
    done: all.at(-1) as DoneEvent,
    ids: tokens.map(({ id }) => id),
    joined: tokens.map(({ text }) => text).join(''),
  }
}
const failure = async (work: Promise<unknown>): Promise<EngineError> => {
  try {
    await work
  } catch (error) {
    return error as EngineError
  }
  throw new Error('it should have failed')
}
const user = (content: string): ChatMessage[] => [{ role: 'user', content }]
const question = user('Tom was at the lake.\n\nWho was at the lake?')
const greedy = { temperature: 0 }
/** never ends by itself */
const endless = { logitBias: { 0: -1e4, 2: -1e4 } }

for (const machine of ['cpu', 'gpu'] as const) {
  describe(`generate on the ${machine}`, () => {
    if (machine === 'gpu' && !gpu) {
      test('all', ({ skip }) => skip(`UNRUN: ${noGpuReason}`))
      return
    }
    let engine: Engine
    const phases: string[] = []
    beforeAll(async () => {
      engine = await load({
        ...(machine === 'cpu' ? { cpu: true } : { gpu: watched }),
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
    ): Promise<Answer> => {
      await collect(engine.generate({ ids: [engine.info.vocab - 1] }, { maxTokens: 1 }))
      return await collect(engine.generate(input, options), onToken)
    }

    test('yields the prompt, the tokens in order, and what it took', async () => {
      const { prompt, tokens, done, joined } = await fresh(question, { ...greedy, ...endless, maxTokens: 5 })
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
    if (machine === 'cpu') return
    test('was loaded in phases, and every kernel answered right', () => {
      expect(phases.filter((phase) => phase !== 'compile')).toEqual([
        'open',
        'plan',
        'self-check',
        'upload',
        'warm-up',
        'ready',
      ])
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

describe('the text of an answer', () => {
  type Mutable<T> = { -readonly [key in keyof T]: T[key] }
  /** A runtime that wants to say exactly these tokens, so that the text around them can be watched. */
  async function scripted(text: string): Promise<{ conversation: Conversation; ids: number[] }> {
    const { checkpoint, plan } = await openModel({ name: 'storyteller', files: storyteller })
    const { tokenizer, template, stopIds } = await openText(checkpoint)
    const ids = [...tokenizer.encode(text), 2]
    const runtime: Mutable<Runtime> = {
      plan,
      context: 100,
      length: 0,
      chunk: 64,
      inspection() {
        throw new Error('unused')
      },
      counters: { forwards: 0, dispatches: 0, submits: 0, readBytes: 0 },
      forward(given: readonly number[]) {
        this.length += given.length
        // the prompt is two tokens
        return Promise.resolve([new Float32Array(plan.dims.V).with(ids[this.length - 2]!, 9)])
      },
      reusable: (count: number) => count,
      findNonFinite: () => Promise.resolve(null),
      truncate() {
        this.length = 0
      },
      dispose() {
        /* holds nothing */
      },
    }
    return {
      ids,
      conversation: {
        runtime,
        tokenizer,
        template,
        stopIds,
        cached: [],
        name: '',
        planText: '',
        generatedFrom: 0,
        journal: null,
      },
    }
  }
  const say = async (text: string, options: GenerateOptions = {}): Promise<Answer & { said: number[] }> => {
    const { conversation, ids } = await scripted(text)
    return { ...(await collect(generate(conversation, { ids: [7, 8] }, { ...greedy, ...options }))), said: ids }
  }
  const story = 'Mia lost a golden key under the table. \u6735\u6735\u6765\u5230\u5c71\u5761\u4e0a\u73a9\u3002'

  test('is what the tokens decode to, and the end of the turn is not part of it', async () => {
    const { done, joined, ids, said } = await say(story)
    expect(ids).toEqual(said)
    expect(done).toMatchObject({ reason: 'stop', text: story })
    expect(joined).toBe(story)
  })
  test('a stop string ends it, also across token borders, and is not part of it', async () => {
    const { tokens } = await say(story)
    for (let from = 0; from < story.length; from += 3) {
      for (const length of [1, 2, 5, 11]) {
        const stop = story.slice(from, from + length)
        const { done, joined, ids } = await say(story, { stop: ['never there', stop] })
        expect(done, stop).toMatchObject({ reason: 'stop', text: story.slice(0, story.indexOf(stop)) })
        expect(joined).toBe(done.text)
        expect(ids.length).toBeLessThan(tokens.length)
      }
    }
  })
  test('the beginning of a stop string is held back, and given when it was none', async () => {
    const { tokens, done, joined } = await say(story, { stop: [`${story.slice(-2)}!`, 'Mia lost a silver'] })
    expect(tokens[0]!.text).toBe('')
    expect(tokens.map(({ text }) => text)).toContain('Mia lost a golden')
    expect([done.text, joined, done.reason]).toEqual([story, story, 'stop'])
    const cut = await say(story, { stop: ['Mia lost a silver'], maxTokens: 2 })
    expect(cut.tokens[0]!.text).toBe('')
    expect(cut.joined).toBe(cut.done.text)
    expect(story.startsWith(cut.joined)).toBe(true)
    expect(cut.joined.length).toBeGreaterThan(2)
  })
  test('a stop id ends it, and has no text', async () => {
    const { said } = await say(story)
    const { tokens, done } = await say(story, { stopTokenIds: [said[5]!] })
    const at = said.indexOf(said[5]!)
    expect(done).toMatchObject({
      reason: 'stop',
      text: tokens
        .slice(0, at)
        .map(({ text }) => text)
        .join(''),
    })
    expect(tokens.at(-1)).toMatchObject({ id: said[5], index: at, text: '' })
  })
  test('a character that takes several tokens comes whole, with the last of them', async () => {
    const strange = '\u{20BB7}\u91ce\u{1F468}\u200d\u{1F33E}'
    const { tokens, joined, said } = await say(strange)
    expect(said.length).toBeGreaterThan([...strange].length + 2)
    expect(joined).toBe(strange)
    for (const { text } of tokens) expect(text).not.toMatch(/\ufffd|[\ud800-\udbff]$|^[\udc00-\udfff]/)
    expect(tokens.filter(({ id }) => id > 2).flatMap(({ bytes }) => [...bytes])).toEqual([
      ...new TextEncoder().encode(strange),
    ])
  })
  test('special tokens are no text', async () => {
    const { joined, ids } = await say('one<|im_start|>two')
    expect(ids).toContain(1)
    expect(joined).toBe('onetwo')
  })
})

describe('prompts', () => {
  test('plain text goes in without the chat template, ids go in as they are', async () => {
    const engine = await load({ cpu: true })
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
    const [small, whole] = [await load({ cpu: true, chunk: 16 }), await load({ cpu: true })]
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
    const engine = await load({ cpu: true })
    const { done, tokens } = await collect(engine.generate(question, { signal: AbortSignal.abort() }))
    expect({ reason: done.reason, tokens }).toEqual({ reason: 'aborted', tokens: [] })
    expect((await collect(engine.generate(question, { maxTokens: 1 }))).prompt.reused).toBe(0)
  })
  test('a full context ends the answer, a prompt that fills it is refused', async () => {
    const engine = await load({ cpu: true, context: 64 })
    const ids = Array.from({ length: 60 }, (_, i) => 100 + i)
    const { done, tokens } = await collect(engine.generate({ ids }, { ...endless }))
    expect(done.reason).toBe('context')
    expect(tokens.map(({ position }) => position)).toEqual([60, 61, 62, 63, 64])
    const error = await failure(collect(engine.generate({ ids: [...ids, 1, 2, 3, 4] })))
    expect(error).toMatchObject({ code: 'CONTEXT_FULL', facts: { count: 64, context: 64 } })
    expect(error.message).toMatch(/64 tokens.*holds 64/)
  })
})

describe('what is refused', () => {
  test('settings out of range, in words, and the engine stays free', async () => {
    const engine = await load({ cpu: true })
    const wrong: [GenerateOptions, string][] = [
      [{ temperature: -1 }, 'temperature'],
      [{ temperature: NaN }, 'temperature'],
      [{ topP: -0.1 }, 'topP'],
      [{ repetitionPenalty: 0 }, 'repetitionPenalty'],
      [{ seed: 0.5 }, 'seed'],
      [{ maxTokens: 0 }, 'maxTokens'],
      [{ maxTokens: 2.5 }, 'maxTokens'],
      [{ maxTokens: NaN }, 'maxTokens'],
      [{ top: -1 }, 'top'],
      [{ repetitionPenalty: 1e-308 }, 'repetitionPenalty'],
      [{ stop: 'end' as never }, 'stop'],
      [{ temprature: 0 } as never, 'temprature'],
      [null as never, 'options'],
    ]
    for (const [options, param] of wrong) {
      const error = await failure(collect(engine.generate(question, options)))
      expect(error).toMatchObject({ code: 'PARAM_INVALID', facts: { param } })
      expect(error.message).toContain(`"${param}"`)
    }
    for (const ids of [[engine.info.vocab], [-1], [1.5]]) {
      expect((await failure(collect(engine.generate({ ids })))).code).toBe('PARAM_INVALID')
    }
    for (const nothing of ['', { ids: [] }]) {
      expect((await failure(collect(engine.generate(nothing)))).code).toBe('PARAM_INVALID')
    }
    expect((await collect(engine.generate(question, { maxTokens: 1 }))).tokens.length).toBe(1)
  })
  test.each([
    ['refuses', '{{ raise_exception("no such role") }}', 'no such role'],
    ['is no template', '{% for %}', 'cannot be run'],
    ['never ends', '{% for i in range(9999) %}{% for j in range(9999) %}x{% endfor %}{% endfor %}', 'was stopped'],
  ])('a chat template that %s falls back to the built-in one, with a notice', async (_, template, why) => {
    const config = JSON.parse(readFileSync('public/models/storyteller/tokenizer_config.json', 'utf8')) as object
    const files = new Map(storyteller).set(
      'tokenizer_config.json',
      bytesSource(
        'tokenizer_config.json',
        new TextEncoder().encode(JSON.stringify({ ...config, chat_template: template })),
      ),
    )
    const engine = await load({ cpu: true }, files)
    const { prompt, tokens } = await collect(engine.generate(question, { maxTokens: 1 }))
    expect(prompt.notice).toEqual({
      format: 'ChatML',
      error: {
        code: expect.stringMatching(/^TEMPLATE_/),
        message: expect.stringContaining(why),
        facts: expect.anything(),
      },
    })
    expect(structuredClone(prompt.notice)).toEqual(prompt.notice)
    expect(prompt.text).toBe(`<|im_start|>user\n${question[0]!.content}<|im_end|>\n<|im_start|>assistant\n`)
    expect(tokens.length).toBe(1)
  })
  test('weights so large that their product is no number: the operation is named and no token comes', async () => {
    const bytes = new Uint8Array(readFileSync('public/models/storyteller/model.safetensors'))
    const view = new DataView(bytes.buffer)
    const length = Number(view.getBigUint64(0, true))
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as Record<
      string,
      { data_offsets: [number, number] }
    >
    const [begin, end] = header['model.layers.2.post_attention_layernorm.weight']!.data_offsets
    for (let at = begin; at < end; at += 4) view.setFloat32(8 + length + at, 3e38, true)
    const engine = await load(
      { cpu: true },
      new Map(storyteller).set('model.safetensors', bytesSource('model.safetensors', bytes)),
    )
    const seen: string[] = []
    for (let again = 0; again < 2; again++) {
      const error = await failure(
        (async () => {
          for await (const { type } of engine.generate('Lily')) seen.push(type)
        })(),
      )
      expect(error).toMatchObject({ code: 'NUMERIC', facts: { step: 'blocks.2.mlp.norm', value: 'NaN' } })
      expect(error.message).toContain('"blocks.2.mlp.norm"')
    }
    expect(seen).toEqual(['prompt', 'prompt'])
  })
})

test('logprob, rank, entropy and the best candidates are those of the logits, before any sampling', async () => {
  const options: LoadOptions = { cpu: true, context: 128 }
  const model = await openModel({ name: 'storyteller', files: storyteller }, options)
  const { runtime } = await placeModel(model, options)
  const rows: Float32Array[] = []
  const forward = runtime.forward.bind(runtime)
  runtime.forward = async (...args) => {
    const got = await forward(...args)
    rows.push(...got)
    return got
  }
  const conversation: Conversation = {
    runtime,
    ...(await openText(model.checkpoint)),
    cached: [],
    name: '',
    planText: '',
    generatedFrom: 0,
    journal: null,
  }
  const { tokens } = await collect(
    generate(conversation, question, {
      temperature: 1.7,
      topK: 30,
      topP: 0.9,
      repetitionPenalty: 1.3,
      ...endless,
      seed: 4,
      maxTokens: 8,
      top: 7,
    }),
  )
  expect(rows.length).toBe(8)
  tokens.forEach((token, i) => {
    const logits = [...rows[i]!]
    const max = Math.max(...logits)
    const sum = logits.reduce((s, l) => s + Math.exp(l - max), 0)
    const p = logits.map((l) => Math.exp(l - max) / sum)
    expect(token.logprob).toBeCloseTo(Math.log(p[token.id]!), 6)
    expect(token.rank).toBe(logits.filter((l) => l > logits[token.id]!).length)
    expect(token.entropy).toBeCloseTo(-p.reduce((s, q) => s + (q > 0 ? q * Math.log(q) : 0), 0), 6)
    const best = p
      .map((q, id) => [q, id] as const)
      .sort(([a, x], [b, y]) => b - a || x - y)
      .slice(0, 7)
    expect(token.top.map(({ id }) => id)).toEqual(best.map(([, id]) => id))
    token.top.forEach(({ logprob, text, id }, k) => {
      expect(logprob).toBeCloseTo(Math.log(best[k]![0]), 6)
      expect(text).toBe(conversation.tokenizer.tokenText(id))
    })
    if (token.rank < 7) expect(token.top[token.rank]!.id).toBe(token.id)
    expect(token.stages.at(-1)).toMatchObject({ stage: 'pick', kept: 1 })
  })
  expect(tokens.some(({ rank }) => rank > 0)).toBe(true)
})

describe('loading', () => {
  test('reports its phases, and the plan says beforehand what the engine says after', async () => {
    const seen: string[] = []
    const engine = await load({
      cpu: true,
      onProgress: ({ phase }) => {
        if (seen.at(-1) !== phase) seen.push(phase)
      },
    })
    expect(seen).toEqual(['open', 'plan', 'warm-up', 'ready'])
    const planned = await planModel({ name: 'storyteller', files: storyteller }, { context: 192 })
    expect(planned.planText).toBe(engine.planText)
    expect({ ...planned.info, hasChatTemplate: true }).toEqual(engine.info)
    expect(engine.info).toMatchObject({
      family: 'llama',
      context: 192,
      adapter: null,
      formats: { linear: 'nf4', embedding: 'i8', head: 'i8', tied: true, packed: false },
    })
  })
  test('stops when asked to, and says what is missing', async () => {
    expect((await failure(load({ cpu: true, signal: AbortSignal.abort() }))).code).toBe('ABORTED')
    const without = (name: string): ModelFiles => new Map([...storyteller].filter(([file]) => file !== name))
    const tokenizer = await failure(load({ cpu: true }, without('tokenizer.json')))
    expect(tokenizer).toMatchObject({ code: 'FILE_MISSING', facts: { file: 'tokenizer.json' } })
    expect((await failure(load({ cpu: true }, without('config.json')))).code).toBe('FILE_MISSING')
    expect((await failure(load({ cpu: true, context: 0 }))).code).toBe('PARAM_INVALID')
    expect((await failure(load({}))).code).toBe('NO_WEBGPU')
  })
})

test.each(['gguf_f32', 'gguf_q4_1', 'gguf_q8_0', 'gguf_rope_freqs'])(
  '%s brings its own tokenizer and chat template',
  async (name) => {
    const { chat } = JSON.parse(readFileSync(`fixtures/golden/${name}/golden.json`, 'utf8')) as {
      chat: { messages: ChatMessage[]; text: string; ids: number[] }
    }
    const engine = await loadEngine({ name, files: folderFiles(`fixtures/golden/${name}`) }, { cpu: true })
    expect(engine.tokenize(chat.messages).ids).toEqual(chat.ids)
    const { prompt, tokens } = await collect(engine.generate(chat.messages, { maxTokens: 2, logitBias: { 2: -1e4 } }))
    expect(prompt).toMatchObject({ text: chat.text, ids: chat.ids })
    expect(prompt.notice).toBeUndefined()
    expect(tokens.length).toBeGreaterThan(0)
  },
)
