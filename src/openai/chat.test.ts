// chat.completions against the engine itself, and on answers whose tokens are known.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { collect, failure, load, question, user } from '../engine/testing/answers.ts'
import type { Engine, TokenEvent } from '../engine/index.ts'
import { openai, type ChatChunk, type ChatRequest, type FunctionCall, type OpenAIShaped } from './index.ts'
import { counted, says } from './testing.ts'

const list = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}
const utf8 = new TextEncoder()
const model = 'storyteller'
const tool = (name: string, more: object = {}) => ({ type: 'function' as const, function: { name, ...more } })

describe('over the model that ships', () => {
  let engine: Engine, api: OpenAIShaped
  beforeAll(async () => {
    engine = await load({ device: 'cpu', threads: 1 })
    api = openai(engine, { build: 'test' })
  })
  afterAll(() => engine.dispose())
  const hot = { temperature: 1.5, top_k: 12, min_p: 0.01, seed: 21, max_tokens: 14 }
  const same = { temperature: 1.5, topK: 12, minP: 0.01, seed: 21, maxTokens: 14 }
  const messages = question

  test("says what engine.generate says, token by token, with the model's own numbers", async () => {
    // asked twice, so that both read as much of the prompt: the last bits depend on it
    for await (const event of engine.generate(messages, { maxTokens: 1 })) void event
    const own = await collect(engine.generate(messages, { ...same, top: 50 }))
    const answer = await api.chat.completions.create({ model, messages, ...hot, logprobs: true, top_logprobs: 50 })
    const [choice] = answer.choices
    expect(choice!.message).toEqual({ role: 'assistant', content: own.done.text, refusal: null })
    expect(choice!.finish_reason).toBe(own.done.reason === 'stop' ? 'stop' : 'length')
    const told = choice!.logprobs!.content!
    const said = own.tokens.filter(({ text }, i) => i < own.tokens.length - 1 || text !== '')
    expect(told.map(({ logprob }) => logprob)).toEqual(said.map(({ logprob }) => logprob))
    expect(told.map(({ bytes }) => bytes)).toEqual(said.map(({ bytes }) => [...bytes]))
    expect(told.map(({ top_logprobs }) => top_logprobs.map(({ token, logprob }) => [token, logprob]))).toEqual(
      said.map(({ top }) => top.map(({ text, logprob }) => [text, logprob])),
    )
    expect(told[0]!.top_logprobs).toHaveLength(50)
    expect(answer).toMatchObject({
      object: 'chat.completion',
      model,
      usage: {
        prompt_tokens: own.prompt.ids.length,
        completion_tokens: own.done.stats.generatedTokens,
        total_tokens: own.prompt.ids.length + own.done.stats.generatedTokens,
      },
    })
    // the prompt was read a moment ago: all but its last token is kept
    expect(answer.usage!.prompt_tokens_details!.cached_tokens).toBe(own.prompt.ids.length - 1)
    expect(answer.id).toMatch(/^chatcmpl-[0-9a-f]{24}$/)
    expect(answer.system_fingerprint).toMatch(/^fp_[0-9a-f]{12}$/)
    const other = await openai(engine, { build: 'other' }).chat.completions.create({ model, messages, max_tokens: 1 })
    expect(other.system_fingerprint).not.toBe(answer.system_fingerprint)
  })

  test('three answers are those of three seeds, whole and streamed', async () => {
    const alone: string[] = []
    let written = 0
    for (const seed of [21, 22, 23]) {
      const { done } = await collect(engine.generate(messages, { ...same, seed }))
      alone.push(done.text)
      written += done.stats.generatedTokens
    }
    expect(new Set(alone).size).toBeGreaterThan(1)
    const answer = await api.chat.completions.create({ model, messages, ...hot, n: 3 })
    expect(answer.choices.map(({ message }) => message.content)).toEqual(alone)
    expect(answer.choices.map(({ index }) => index)).toEqual([0, 1, 2])
    expect(answer.usage!.completion_tokens).toBe(written)

    const stream = await api.chat.completions.create({
      ...{ model, messages, ...hot, n: 3 },
      ...{ stream: true as const, stream_options: { include_usage: true } },
    })
    const chunks = await list(stream)
    const texts = ['', '', '']
    for (const { choices } of chunks) for (const { index, delta } of choices) texts[index] += delta.content ?? ''
    expect(texts).toEqual(alone)
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: written } })
    expect(chunks.slice(0, -1).every(({ usage }) => usage === null)).toBe(true)
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1)
    const ends = chunks.flatMap(({ choices }) => choices).filter(({ finish_reason }) => finish_reason !== null)
    expect(ends.map(({ index }) => index).sort((a, b) => a - b)).toEqual([0, 1, 2])
  })

  test('a logit bias, a penalty and a stop reach the sampler', async () => {
    const own = await collect(
      engine.generate(messages, { ...same, presencePenalty: 3, logitBias: { 40: 9 }, stop: ['e'] }),
    )
    const answer = await api.chat.completions.create({
      ...{ model, messages, ...hot, presence_penalty: 3 },
      ...{ logit_bias: { '40': 9 }, stop: 'e' },
    })
    expect(answer.choices[0]!.message.content).toBe(own.done.text)
  })

  test('two who ask at once wait for each other, and one who is stopped keeps nobody', async () => {
    const stop = new AbortController()
    const ask = (seed: number, signal?: AbortSignal) =>
      api.chat.completions.create({ model, messages, ...hot, seed }, { signal })
    const [first, second, third] = [ask(1), ask(2, stop.signal), ask(3)]
    stop.abort(new Error('enough'))
    await expect(second).rejects.toThrow('enough')
    const texts = [await first, await third].map(({ choices }) => choices[0]!.message.content)
    const own = [1, 3].map(async (seed) => (await ask(seed)).choices[0]!.message.content)
    expect(texts).toEqual(await Promise.all(own))
  })

  test.each(['the signal', 'leaving the loop'])('%s stops an answer, and the next one is written', async (how) => {
    const stop = new AbortController()
    const endless = { logit_bias: { '0': -1e4, '2': -1e4 }, max_tokens: 100 }
    const counting = counted(engine),
      patient = openai(counting)
    const stream = await patient.chat.completions.create(
      { model, messages, ...endless, stream: true },
      { signal: stop.signal },
    )
    let chunks = 0
    const reading = (async () => {
      for await (const chunk of stream) {
        chunks += chunk.choices.length
        if (chunks < 4) continue
        if (how !== 'the signal') break
        stop.abort()
      }
    })()
    if (how === 'the signal') await expect(reading).rejects.toMatchObject({ name: 'AbortError' })
    else await reading
    const after = await patient.chat.completions.create({ model, messages, max_tokens: 2, seed: 5 })
    const own = await collect(engine.generate(messages, { maxTokens: 2, seed: 5 }))
    expect(after.choices[0]!.message.content).toBe(own.done.text)
    expect(counting.written).toBeLessThan(60)
  })

  test('an answer goes to the end of its context where nobody says how long it may be', async () => {
    const endless = { logit_bias: { '0': -1e4, '2': -1e4 } }
    const { choices, usage } = await api.chat.completions.create({ model, messages, ...endless })
    expect(choices[0]!.finish_reason).toBe('length')
    expect(usage!.total_tokens).toBe(engine.info.context + 1)
  })

  test.each<[string, object, string]>([
    ['a model that is not there', { model: 'gpt-4o' }, 'model'],
    ['no messages', { messages: [] }, 'messages'],
    ['a message that is none', { messages: ['hello'] }, 'messages[0]'],
    ['a role that is none', { messages: [{ role: 'boss', content: 'x' }] }, 'messages[0].role'],
    [
      'an image',
      { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:' } }] }] },
      'messages[0].content[0].type',
    ],
    [
      'a call of the old kind',
      { messages: [{ role: 'assistant', content: '', function_call: { name: 'f', arguments: '' } }] },
      'messages[0].function_call',
    ],
    ['more answers than are written side by side', { n: 9 }, 'n'],
    ['an n that is no number', { n: '2' }, 'n'],
    ['a temperature that is text', { temperature: 'hot' }, 'temperature'],
    ['too many best tokens', { logprobs: true, top_logprobs: 51 }, 'top_logprobs'],
    ['best tokens without logprobs', { top_logprobs: 5 }, 'top_logprobs'],
    ['two lengths', { max_tokens: 3, max_completion_tokens: 4 }, 'max_tokens'],
    ['a length of nothing', { max_completion_tokens: 0 }, 'max_completion_tokens'],
    ['a bias of a token that the model does not have', { logit_bias: { '999999': 1 } }, 'logit_bias'],
    ['an end that the model does not have', { stop_token_ids: [999999] }, 'stop_token_ids'],
    ['a forced tool of none', { tools: [], tool_choice: 'required' }, 'tool_choice'],
    [
      'a word beside a text',
      { messages: [{ role: 'user', content: [{ type: 'text', text: 'x', cache: 1 }] }] },
      'messages[0].content[0].cache',
    ],
    ['a bias of a word', { logit_bias: { hello: 1 } }, 'logit_bias'],
    ['a stop that is a number', { stop: 5 }, 'stop'],
    ['a format nobody knows', { response_format: { type: 'xml' } }, 'response_format.type'],
    [
      'a schema beside another format',
      { response_format: { type: 'text', json_schema: {} } },
      'response_format.json_schema',
    ],
    [
      'a schema that is not there',
      { response_format: { type: 'json_schema', json_schema: { name: 'x' } } },
      'response_format.json_schema.schema',
    ],
    [
      'a schema without a name',
      { response_format: { type: 'json_schema', json_schema: { schema: {} } } },
      'response_format.json_schema.name',
    ],
    ['how hard to think', { reasoning_effort: 'low' }, 'reasoning_effort'],
    ['storing', { store: true }, 'store'],
    ['a value that is no JSON', { store: 1n }, 'store'],
    ['a voice', { modalities: ['text', 'audio'] }, 'modalities'],
    ['a name nobody knows', { temprature: 1 }, 'temprature'],
    ['stream options without a stream', { stream_options: { include_usage: true } }, 'stream_options'],
    ['an unknown stream option', { stream: true, stream_options: { pace: 1 } }, 'stream_options.pace'],
    ['a forced tool without tools', { tool_choice: 'required' }, 'tool_choice'],
    ['a choice that is none', { tools: [tool('f')], tool_choice: 'any' }, 'tool_choice'],
    [
      'a tool by a name that is none',
      { tools: [tool('f')], tool_choice: { type: 'function', function: { name: 'g' } } },
      'tool_choice.function.name',
    ],
    [
      'allowed tools of another kind',
      {
        tools: [tool('f')],
        tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: [{ type: 'custom' }] } },
      },
      'tool_choice.allowed_tools.tools[0].type',
    ],
    ['a single call without tools', { parallel_tool_calls: false }, 'parallel_tool_calls'],
    ['arguments that are no schema', { tools: [tool('f', { parameters: [] })] }, 'tools[0].function.parameters'],
    ['a strictness that is a text', { tools: [tool('f', { strict: 'yes' })] }, 'tools[0].function.strict'],
    ['a tool of another kind', { tools: [{ type: 'custom', custom: { name: 'f' } }] }, 'tools[0]'],
    ['tools that the model has no place for', { tools: [{ type: 'function', function: { name: 'f' } }] }, 'tools'],
    ['a template variable that nobody reads', { chat_template_kwargs: { mood: 1 } }, 'chat_template_kwargs.mood'],
  ])('%s is refused by its name', async (_, more, param) => {
    const request = {
      model,
      messages,
      max_tokens: 2,
      ...('max_completion_tokens' in more && { max_tokens: undefined }),
      ...more,
    }
    const error = await failure(api.chat.completions.create(request as ChatRequest))
    expect(error).toMatchObject({ name: 'EngineError', code: 'PARAM_INVALID', facts: { param } })
    expect(error.message).toMatch(/^Cannot .+ (with|read) .*\.$/)
  })

  test('what labels a request, and null, change nothing', async () => {
    const plain = await api.chat.completions.create({ model, messages, ...hot })
    const labelled = await api.chat.completions.create({
      ...{ model, messages, ...hot, user: 'me', metadata: { a: 'b' }, service_tier: 'auto', store: false },
      ...{ response_format: { type: 'text' }, stop: null, logprobs: null, tools: undefined, n: null, top_p: null },
    } as ChatRequest)
    expect(labelled).toMatchObject({ choices: plain.choices })
  })

  test('what was answered can be sent back as it came', async () => {
    const { choices } = await api.chat.completions.create({ model, messages, ...hot })
    const more = [
      ...messages,
      { ...choices[0]!.message, annotations: [] },
      user('And then?')[0]!,
    ] as ChatRequest['messages']
    const own = await collect(
      engine.generate(
        [...messages, { role: 'assistant', content: choices[0]!.message.content! }, ...user('And then?')],
        same,
      ),
    )
    const next = await api.chat.completions.create({ model, messages: more, ...hot })
    expect(next.choices[0]!.message.content).toBe(own.done.text)
  })
})

describe('an answer with a form', () => {
  const ask = { model, messages: [{ role: 'user' as const, content: 'x' }] }
  const schema = { type: 'object', properties: { a: { type: 'integer' }, at: { type: 'string', format: 'time' } } }
  const json_schema = { name: 'x', schema, strict: true }

  test('is a value of the schema, whole and streamed; what it is not held to is said', async () => {
    const request = {
      ...ask,
      response_format: { type: 'json_schema' as const, json_schema },
      max_tokens: 40,
      temperature: 0,
    }
    const create = openai(await says('{"a": 5}')).chat.completions.create
    const { choices, notices } = await create(request)
    expect(choices[0]).toMatchObject({ message: { content: '{"a": 5}' }, finish_reason: 'stop' })
    expect(notices).toEqual(['The answer is not held to the schema\'s /properties/at/format: "time"'])
    const chunks = await list(await create({ ...request, stream: true }))
    expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')).toBe('{"a": 5}')
    expect(chunks[0]!.notices).toEqual(notices)
    const other = openai(await says('Sure! {"b": [1]}')).chat.completions.create
    const held = await other({ ...ask, response_format: { type: 'json_object' }, max_tokens: 60, logprobs: true })
    if (held.choices[0]!.finish_reason === 'stop') JSON.parse(held.choices[0]!.message.content!)
    expect(held.choices[0]!.message.content).toMatch(/^\{/)
  })

  test.each<[string, object]>([
    ['a keyword that nothing computes with', { type: 'array', uniqueItems: true }],
    ['a schema that nothing can have', { enum: [] }],
  ])('%s is refused', async (_, given) => {
    const format = {
      type: 'json_schema' as const,
      json_schema: { name: 'x', schema: given as Record<string, unknown> },
    }
    const create = openai(await says('x')).chat.completions.create
    const error = await failure(create({ ...ask, response_format: format }))
    expect(error).toMatchObject({ code: 'CONSTRAINT_INVALID', facts: { param: 'response_format' } })
  })
})

describe('an answer whose tokens are known', () => {
  const ask = { model, messages: [{ role: 'user' as const, content: 'x' }] }
  const strange = 'Mia saw \u{20BB7}\u91ce and \u{1F468}\u200d\u{1F33E}.'

  test('its tokens’ bytes, joined, are its text, whole and chunk by chunk', async () => {
    const engine = await says(strange)
    const create = openai(engine).chat.completions.create
    const { choices } = await create({ ...ask, logprobs: true, top_logprobs: 2, max_tokens: 90 })
    expect(choices[0]!.message.content).toBe(strange)
    expect(choices[0]!.finish_reason).toBe('stop')
    const tokens = choices[0]!.logprobs!.content!
    expect(tokens.flatMap(({ bytes }) => bytes)).toEqual([...utf8.encode(strange)])
    expect(tokens.some(({ token }) => token.includes('\\x'))).toBe(true)
    // a token is the best candidate of this model: both ways to its bytes agree
    for (const { token, bytes, top_logprobs: top } of tokens) expect(top[0]).toMatchObject({ token, bytes })
    const chunks = await list(await create({ ...ask, logprobs: true, max_tokens: 90, stream: true }))
    for (const {
      choices: [choice],
    } of chunks) {
      const bytes = (choice!.logprobs?.content ?? []).flatMap((token) => token.bytes!)
      expect(bytes).toEqual([...utf8.encode(choice!.delta.content ?? '')])
    }
  })

  test('a stop text, and the tokens it was cut out of, are part of neither', async () => {
    const story = 'Mia lost a golden key under the table.'
    for (const stop of [' golden', 'den key', 'e table.', 'M', '.']) {
      const { choices } = await openai(await says(story)).chat.completions.create({
        ...ask,
        logprobs: true,
        stop,
        max_tokens: 50,
      })
      const before = story.slice(0, story.indexOf(stop))
      expect(choices[0]).toMatchObject({ message: { content: before }, finish_reason: 'stop' })
      const tokens = choices[0]!.logprobs!.content!
      const bytes = tokens.flatMap((token) => token.bytes!)
      // the last token may be one that the stop text cut through
      const whole = utf8.encode(before).length
      expect(bytes.slice(0, whole)).toEqual([...utf8.encode(before)])
      expect(bytes.length - (tokens.at(-1)?.bytes!.length ?? 0)).toBeLessThanOrEqual(whole)
      if (before === '') expect(bytes).toEqual([])
    }
  })

  test('a length ends it, and says so', async () => {
    const engine = await says('Mia lost a golden key.')
    const { choices, usage } = await openai(engine).chat.completions.create({ ...ask, logprobs: true, max_tokens: 3 })
    expect(choices[0]).toMatchObject({ finish_reason: 'length' })
    expect(choices[0]!.logprobs!.content).toHaveLength(3)
    expect(usage!.completion_tokens).toBe(3)
  })

  const said = 'Wait. <tool_call>{"name": "f", "arguments": {"a": [1, "x"]}}</tool_call>'
  const tools = [{ type: 'function' as const, function: { name: 'f', parameters: {} } }]
  const qwen = { ...ask, format: 'Qwen2.5' as const, tools, max_tokens: 90 }
  test('a call that was made goes to the template as data: it would quote a text once more', async () => {
    const engine = await says('Done.')
    const made = (args: unknown) => [
      ...ask.messages,
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: args } }],
      },
      { role: 'tool', tool_call_id: 'c', content: '1' },
    ]
    for (const [given, told] of [
      ['{"a":[1,"x"]}', { a: [1, 'x'] }],
      ['{"a"', '{"a"'],
      ['[1]', '[1]'],
    ] as const) {
      await openai(engine).chat.completions.create({ ...qwen, messages: made(given) as typeof ask.messages })
      const [messages] = engine.asked.at(-1)! as unknown as [{ tool_calls?: { function: { arguments: unknown } }[] }[]]
      expect(messages.find(({ tool_calls }) => tool_calls)!.tool_calls![0]!.function.arguments).toEqual(told)
    }
  })
  test('a call of a tool comes as a call, whole and streamed', async () => {
    const engine = await says(said)
    const create = openai(engine).chat.completions.create
    const { choices } = await create(qwen)
    expect(engine.asked[0]![1]).toMatchObject({ tools, format: 'Qwen2.5' })
    const call = { type: 'function', function: { name: 'f', arguments: '{"a":[1,"x"]}' } }
    expect(choices[0]).toMatchObject({ message: { content: 'Wait.', tool_calls: [call] }, finish_reason: 'tool_calls' })
    const chunks = await list(await create({ ...qwen, stream: true }))
    const deltas = chunks.flatMap((chunk: ChatChunk) => chunk.choices)
    expect(deltas.map(({ delta }) => delta.content).join('')).toBe('Wait.')
    expect(deltas.flatMap(({ delta }) => delta.tool_calls ?? [])).toMatchObject([{ index: 0, ...call }])
    expect(deltas.at(-1)!.finish_reason).toBe('tool_calls')
    const none = await create({ ...qwen, tool_choice: 'none' })
    expect(none.choices[0]).toMatchObject({ message: { content: said }, finish_reason: 'stop' })
    const text = await openai(await says('No need.')).chat.completions.create(qwen)
    expect(text.choices[0]).toMatchObject({ message: { content: 'No need.' }, finish_reason: 'stop' })
  })
  test.each<[string, object, object | undefined]>([
    ['auto', { tool_choice: 'auto', parallel_tool_calls: true }, undefined],
    ['one call at most', { parallel_tool_calls: false }, { one: true }],
    ['required', { tool_choice: 'required' }, { required: true }],
    [
      'a tool by its name',
      { tool_choice: { type: 'function', function: { name: 'f' } } },
      { required: true, only: ['f'], one: true },
    ],
    [
      'some of the tools',
      { tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'required', tools: [tool('f')] } } },
      { required: true, only: ['f'] },
    ],
    ['a strict one', { tools: [tool('f', { strict: true })] }, {}],
  ])('%s: what is asked of the answer', async (_, more, choice) => {
    const engine = await says(said)
    await openai(engine).chat.completions.create({ ...qwen, ...more, max_tokens: 1 } as ChatRequest)
    expect(engine.asked[0]![1].toolChoice).toEqual(choice)
  })
  test('a call that is required comes whatever the model wants to say, whole and streamed', async () => {
    const parameters = { type: 'object', properties: { a: { enum: [3, 44] } }, required: ['a'] }
    const tools = [tool('f', { parameters: { ...parameters, additionalProperties: false } })]
    const create = openai(await says('No. Never!')).chat.completions.create
    const request = { ...qwen, tools, tool_choice: 'required' as const, parallel_tool_calls: false }
    const { choices } = await create(request)
    expect(choices[0]).toMatchObject({ message: { content: null }, finish_reason: 'tool_calls' })
    const [call] = choices[0]!.message.tool_calls!
    expect([3, 44]).toContain((JSON.parse((call as FunctionCall).function.arguments) as { a: number }).a)
    const chunks = await list(await create({ ...request, stream: true }))
    expect(chunks.flatMap((chunk) => chunk.choices[0]?.delta.tool_calls ?? [])).toHaveLength(1)
    expect(chunks.at(-1)!.choices[0]!.finish_reason).toBe('tool_calls')
  })
  test('what no answer can be held to is refused at its place in the request', async () => {
    const parameters = { type: 'object', properties: { a: { type: 'array', uniqueItems: true } } }
    const asked = { ...qwen, tools: [tool('f', { parameters, strict: true })] }
    expect(await failure(openai(await says('x')).chat.completions.create(asked))).toMatchObject({
      code: 'CONSTRAINT_INVALID',
      facts: { param: 'tools[0].function.parameters' },
    })
  })
  test('tools are refused where nobody could tell a call from text', async () => {
    const engine = await says(said, { format: 'Text', tools: undefined })
    expect(await failure(openai(engine).chat.completions.create(qwen))).toMatchObject({ facts: { param: 'tools' } })
  })

  test('an answer that somebody else stopped is an error, not half an answer', async () => {
    const engine = await says(strange)
    const cut = async function* (...given: Parameters<typeof engine.generate>) {
      for await (const event of engine.generate(...given)) {
        yield event.type === 'done' ? { ...event, reason: 'aborted' as const } : event
      }
    }
    const error = await failure(openai({ ...engine, generate: cut }).chat.completions.create({ ...ask, max_tokens: 9 }))
    expect(error).toMatchObject({ code: 'ABORTED' })
  })

  test('a token whose text looks like an escape has its own bytes', async () => {
    const engine = await says('a')
    const rows: string[] = []
    const lab = (): ReturnType<typeof engine.lab> => ({
      ...engine.lab(),
      vocabulary(query, ...rest) {
        rows.push(query)
        const page = engine.lab().vocabulary(query, ...rest)
        return query === '#5' ? { ...page, rows: [{ ...page.rows[0]!, bytes: [92, 120, 69, 52] }] } : page
      },
    })
    const generate = async function* (...given: Parameters<typeof engine.generate>) {
      for await (const event of engine.generate(...given)) {
        const top = [{ id: 5, text: '\\xE4', logprob: -Infinity }]
        yield event.type === 'token' ? ({ ...event, top } satisfies TokenEvent) : event
      }
    }
    const { choices } = await openai({ ...engine, lab, generate }).chat.completions.create({
      ...ask,
      logprobs: true,
      top_logprobs: 1,
    })
    expect(choices[0]!.logprobs!.content![0]!.top_logprobs).toEqual([
      { token: '\\xE4', logprob: -9999, bytes: [92, 120, 69, 52] },
    ])
    expect(rows.filter((query) => query === '#5')).toHaveLength(1)
  })
})
