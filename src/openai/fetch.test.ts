// The official client over our fetch, unchanged; and what it would never send.

import { readFileSync } from 'node:fs'
import OpenAI, { APIUserAbortError, BadRequestError, NotFoundError, RateLimitError } from 'openai'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { collect, load, question, type Answered } from '../engine/testing/answers.ts'
import { EngineError } from '../engine/errors.ts'
import type { Engine } from '../engine/index.ts'
import { openai, openaiFetch, type Asked } from './index.ts'
import { counted, says } from './testing.ts'

const model = 'storyteller',
  messages = question,
  baseURL = 'http://glassbox.invalid/v1'
const clientOf = (engine: Asked): OpenAI =>
  new OpenAI({ fetch: openaiFetch(openai(engine)), apiKey: 'none', baseURL, maxRetries: 0 })
const tools = [{ type: 'function' as const, function: { name: 'f', parameters: {} } }]
const said = '<tool_call>{"name": "f", "arguments": {"a": 1}}</tool_call>'

let engine: Engine, client: OpenAI, ask: typeof fetch
beforeAll(async () => {
  engine = await load({ device: 'cpu', threads: 1 })
  client = clientOf(engine)
  ask = openaiFetch(openai(engine))
})
afterAll(() => engine.dispose())

test('the official client is answered as the engine answers', async () => {
  const own = await collect(engine.generate(messages, { maxTokens: 12, seed: 3 }))
  const request = { model, messages, max_tokens: 12, seed: 3, logprobs: true, top_logprobs: 5 }
  const { choices, usage } = await client.chat.completions.create(request)
  expect(choices[0]!.message.content).toBe(own.done.text)
  expect(choices[0]!.logprobs!.content![0]!.top_logprobs).toHaveLength(5)
  expect(usage!.prompt_tokens).toBe(own.prompt.ids.length)
  let text = ''
  const stream = await client.chat.completions.create({
    ...request,
    stream: true,
    stream_options: { include_usage: true },
  })
  let last: OpenAI.ChatCompletionChunk | undefined
  for await (const chunk of stream) {
    text += chunk.choices[0]?.delta.content ?? ''
    last = chunk
  }
  expect(text).toBe(own.done.text)
  expect(last!.usage!.completion_tokens).toBe(own.done.stats.generatedTokens)
})

test('the official client gets a value of its schema, and a bad one as a bad request', async () => {
  const schema = {
    type: 'object',
    properties: { who: { type: 'string', enum: ['Tom', 'Mia'] }, at: { type: 'integer', minimum: 1, maximum: 12 } },
    required: ['who', 'at'],
    additionalProperties: false,
  }
  const response_format = { type: 'json_schema' as const, json_schema: { name: 'who', strict: true, schema } }
  const request = { model, messages, max_tokens: 60, seed: 2, temperature: 1.4, n: 2, response_format }
  const { choices } = await client.chat.completions.parse(request)
  expect(choices).toHaveLength(2)
  for (const { message, finish_reason } of choices) {
    const { who, at, ...more } = JSON.parse(message.content!) as { who: string; at: number }
    expect([['Tom', 'Mia'].includes(who), at >= 1 && at <= 12, more, finish_reason]).toEqual([true, true, {}, 'stop'])
  }
  const bad = { ...response_format, json_schema: { name: 'who', schema: { type: 'array', contains: {} } } }
  const refused = client.chat.completions.create({ ...request, n: 1, response_format: bad })
  await expect(refused).rejects.toMatchObject({ status: 400, param: 'response_format', code: 'constraint_invalid' })
})

test("the README's lines run, in both languages", async () => {
  const [en, zh] = ['README.md', 'README.zh.md'].map((paper) =>
    [...readFileSync(paper, 'utf8').matchAll(/^```js\n([\s\S]*?)^```/gm)]
      .map((block) => block[1]!)
      .find((code) => code.includes('openaiFetch')),
  )
  expect(zh).toBe(en)
  const AsyncFunction = (async () => undefined).constructor as new (
    ...args: string[]
  ) => (...given: unknown[]) => Promise<void>
  const names = { OpenAI, openai, openaiFetch, engine }
  let shown = ''
  const show = (text: string): void => void (shown += text)
  await new AsyncFunction(...Object.keys(names), 'show', en!.replace(/^import .*$/gm, ''))(
    ...Object.values(names),
    show,
  )
  const asked = [{ role: 'user' as const, content: 'Tell me a story about Lily.' }]
  expect(shown).toBe((await collect(engine.generate(asked, { maxTokens: 40, seed: 7 }))).done.text)
})

test("the official client's own helpers put streams together", async () => {
  const engine = await says(said)
  const stream = clientOf(engine).chat.completions.stream({
    model,
    messages,
    tools,
    max_tokens: 90,
    ...{ format: 'Qwen2.5' },
  })
  const { choices } = await stream.finalChatCompletion()
  expect(choices[0]).toMatchObject({
    finish_reason: 'tool_calls',
    message: { content: null, tool_calls: [{ type: 'function', function: { name: 'f', arguments: '{"a":1}' } }] },
  })
})

test('texts are gone on with, several at once, and their tokens are told', async () => {
  const prompts = ['Mia had a', 'Tom was at']
  const own: Answered[] = []
  const request = { model, max_tokens: 6, temperature: 0 },
    same = { maxTokens: 6, temperature: 0, top: 2 }
  for (const prompt of prompts) own.push(await collect(engine.generate(prompt, same)))
  const { choices, usage, object } = await client.completions.create({ ...request, prompt: prompts, logprobs: 2, n: 2 })
  expect(object).toBe('text_completion')
  expect(choices.map(({ index }) => index)).toEqual([0, 1, 2, 3])
  expect(choices[0]!.text).toBe(own[0]!.done.text)
  expect(choices[1]!.text).toBe(own[0]!.done.text) // nothing is drawn
  expect(choices[2]!.text).toBe(own[1]!.done.text)
  const { tokens, token_logprobs, text_offset, top_logprobs } = choices[0]!.logprobs!
  expect(tokens!.join('')).toBe(own[0]!.done.text)
  expect(token_logprobs).toHaveLength(tokens!.length)
  expect(text_offset).toEqual(tokens!.map((_, i) => tokens!.slice(0, i).join('').length))
  expect(Object.keys(top_logprobs![0]!)).toEqual(own[0]!.tokens[0]!.top.map(({ text }) => text).toReversed())
  expect(usage!.total_tokens).toBe(usage!.prompt_tokens + usage!.completion_tokens)
  expect(usage!.completion_tokens).toBe(2 * (own[0]!.ids.length + own[1]!.ids.length))
  expect(usage!.prompt_tokens).toBe(own[0]!.prompt.ids.length + own[1]!.prompt.ids.length)

  const { ids } = engine.tokenize('Mia had a')
  const echoed = await client.completions.create({ ...request, prompt: ids, echo: true })
  expect(echoed.choices[0]!.text.endsWith(own[0]!.done.text)).toBe(true)
  expect(echoed.choices[0]!.text).toContain('Mia had a')
  let text = ''
  for await (const { choices } of await client.completions.create({ ...request, prompt: ids, stream: true })) {
    text += choices[0]!.text
  }
  expect(text).toBe(own[0]!.done.text)
})

test('models are listed and looked up', async () => {
  const found: OpenAI.Model[] = []
  for await (const one of client.models.list()) found.push(one)
  expect(found).toMatchObject([{ id: model, object: 'model', owned_by: 'local' }])
  expect(await client.models.retrieve(model)).toMatchObject({ id: model, loaded: true })
  await expect(client.models.retrieve('a/b')).rejects.toMatchObject({ status: 404, code: 'model_not_found' })
  await expect(client.models.delete(model)).rejects.toMatchObject({ status: 404, param: 'model' })
})

test('aborting a stream stops the answer', async () => {
  const counting = counted(engine),
    client = clientOf(counting)
  const endless = { model, messages, logit_bias: { 0: -1e4, 2: -1e4 } }
  const stream = await client.chat.completions.create({ ...endless, stream: true })
  let chunks = 0
  for await (const chunk of stream) if ((chunks += chunk.choices.length) === 3) break
  const stopped = new AbortController()
  const waiting = client.chat.completions.create(endless, { signal: stopped.signal })
  setTimeout(() => stopped.abort(), 20)
  await expect(waiting).rejects.toBeInstanceOf(APIUserAbortError)
  const { usage } = await client.chat.completions.create({ model, messages, max_tokens: 2 })
  expect(usage!.completion_tokens).toBe(2)
  expect(counting.written).toBeLessThan(60) // of twice a hundred and more that there was room for
})

test('a body that is cancelled stops the answer', async () => {
  const counting = counted(engine)
  const ask = openaiFetch(openai(counting))
  const post = async (more: object): Promise<Response> =>
    ask(`${baseURL}/completions`, { method: 'POST', body: JSON.stringify({ model, prompt: 'Mia had', ...more }) })
  const { body } = await post({ logit_bias: { 0: -1e4, 2: -1e4 }, max_tokens: 100, stream: true })
  const reader = body!.getReader()
  await reader.read()
  await reader.cancel()
  expect((await post({ max_tokens: 1 })).status).toBe(200)
  expect(counting.written).toBeLessThan(60)
})

test('errors are the official client’s, by status, with the parameter and a sentence', async () => {
  const failing = (more: object) => client.chat.completions.create({ model, messages, ...more })
  await expect(failing({ model: 'gpt-4o' })).rejects.toBeInstanceOf(NotFoundError)
  await expect(failing({ n: 1e9 })).rejects.toBeInstanceOf(BadRequestError)
  await expect(failing({ n: 1e9 })).rejects.toMatchObject({ param: 'n', type: 'invalid_request_error' })
  await expect(failing({ stream: true, temperature: -1 })).rejects.toMatchObject({ status: 400, param: 'temperature' })
  const long = [{ role: 'user' as const, content: 'Mia had a red ball. '.repeat(80) }]
  await expect(failing({ messages: long })).rejects.toMatchObject({ status: 400, code: 'context_length_exceeded' })
  await expect(client.embeddings.create({ model, input: 'x' })).rejects.toMatchObject({ code: 'model_not_supported' })
  const busy = new EngineError('BUSY', 'Busy.')
  const other = clientOf({
    ...(await says('')),
    async *generate() {
      throw busy
    },
  })
  await expect(other.chat.completions.create({ model, messages })).rejects.toBeInstanceOf(RateLimitError)
})

test('an error in the middle of a stream is told in it', async () => {
  const engine = await says('Mia had a red ball.')
  const broken = clientOf({
    ...engine,
    async *generate(...given) {
      let left = 4
      for await (const event of engine.generate(...given)) {
        if (left-- === 0) throw new EngineError('GPU_LOST', 'The GPU is gone.')
        yield event
      }
    },
  })
  const stream = await broken.chat.completions.create({ model, messages, stream: true })
  const reading = (async () => {
    for await (const chunk of stream) void chunk
  })()
  await expect(reading).rejects.toMatchObject({ code: 'gpu_lost', type: 'server_error' })
})

test.each<[string, string, RequestInit, number, string]>([
  ['no JSON', '/chat/completions', { method: 'POST', body: '{' }, 400, 'invalid_json'],
  ['nothing', '/chat/completions', { method: 'POST' }, 400, 'invalid_json'],
  ['a list', '/chat/completions', { method: 'POST', body: '[]' }, 400, 'param_invalid'],
  ['null', '/completions', { method: 'POST', body: 'null' }, 400, 'param_invalid'],
  ['a prototype', '/completions', { method: 'POST', body: `{"__proto__":{"model":"${model}"}}` }, 400, 'param_invalid'],
  ['another method', '/completions', {}, 405, 'method_not_allowed'],
  ['another path', '/images/generations', { method: 'POST', body: '{}' }, 404, 'unknown_url'],
  ['a broken name', '/models/%E0%A4%A', {}, 404, 'model_not_found'],
  [
    'half a character',
    '/completions',
    { method: 'POST', body: `{"model":"${model}","prompt":"\\ud83d"}` },
    400,
    'param_invalid',
  ],
  [
    'ids beyond',
    '/completions',
    { method: 'POST', body: `{"model":"${model}","prompt":[99999999]}` },
    400,
    'param_invalid',
  ],
  [
    'a prompt of nothing',
    '/completions',
    { method: 'POST', body: `{"model":"${model}","prompt":[]}` },
    400,
    'param_invalid',
  ],
  ['a number as a model', '/completions', { method: 'POST', body: '{"model":5,"prompt":"x"}' }, 404, 'model_not_found'],
])('%s is answered with an error, in OpenAI’s shape', async (_, path, init, status, code) => {
  const response = await ask(`${baseURL}${path}`, init)
  expect(response.status).toBe(status)
  const { error } = (await response.json()) as { error: { message: string; code: string } }
  expect(error.code).toBe(code)
  expect(error.message).toMatch(/\.$/)
})

test('a request that is stopped already rejects as fetch does; events end with [DONE]', async () => {
  const init = { method: 'POST', body: JSON.stringify({ model, messages, max_tokens: 2, stream: true }) }
  await expect(ask(`${baseURL}/chat/completions`, { ...init, signal: AbortSignal.abort() })).rejects.toMatchObject({
    name: 'AbortError',
  })
  const response = await ask(new Request(`${baseURL}/chat/completions`, init))
  expect(response.headers.get('content-type')).toContain('text/event-stream')
  const events = (await response.text()).split('\n\n')
  expect(events.slice(-2)).toEqual(['data: [DONE]', ''])
  expect(JSON.parse(events[0]!.slice(6))).toMatchObject({ object: 'chat.completion.chunk' })
})
