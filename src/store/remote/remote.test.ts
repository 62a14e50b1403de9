// Servers of every temper: what they stream becomes text and chances, what they refuse becomes one sentence, and nothing that
// they send does more than that.

import { afterEach, beforeEach, expect, test } from 'vitest'
import { useChat } from '../chat.ts'
import { setClient } from '../client.ts'
import { useModels } from '../models.ts'
import { stopped } from '../running.ts'
import { useSettings } from '../settings.ts'
import { fakeClient, type Fake } from '../testing.ts'
import { answer, modelsOf, type Said } from './ask.ts'
import { keyNow, setKey } from './key.ts'
import { readServer } from './server.ts'
import { tokensSaid, useRemote } from './index.ts'
import { eventsOf, readChunk } from './stream.ts'
import { chunk, fakeServer, kind, sse, type Answerer, type FakeServer } from './testing.ts'

let server: FakeServer
let fake: Fake
beforeEach(async () => {
  await stopped()
  server = await fakeServer(kind)
  fake = fakeClient()
  setClient(fake.client)
  setKey('')
  useSettings.getState().reset()
  useModels.setState({ active: null })
  useChat.getState().newChat()
})
afterEach(() => server.close())

const base = () => `${server.url}/v1`
const question = [{ role: 'user' as const, content: 'Where?' }]
async function all(
  options: Parameters<typeof answer>[2] = {},
  input: Parameters<typeof answer>[1] = question,
): Promise<Said[]> {
  const found: Said[] = []
  for await (const event of answer({ base: base(), model: 'big-70b' }, input, options)) found.push(event)
  return found
}
const failing = (run: Promise<unknown>): Promise<Record<string, unknown>> =>
  run.then(
    () => ({ none: true }),
    (error: { code: string; facts: object }) => ({ code: error.code, ...error.facts }),
  )
const streams =
  (...bytes: (string | Uint8Array)[]): Answerer =>
  (_, response) => {
    response.setHeader('content-type', 'text/event-stream')
    for (const one of bytes) response.write(one)
    response.end()
  }

test.each([
  ['https://example.org', 'https://example.org/v1'],
  ['https://example.org/api/v1/', 'https://example.org/api/v1'],
  ['http://127.0.0.1:8080', 'http://127.0.0.1:8080/v1'],
  ['http://localhost:11434/v1/chat/completions', 'http://localhost:11434/v1'],
])('an address: %s', (typed, read) => expect(readServer(typed)).toBe(read))
test.each([
  '',
  'x',
  'http://example.org',
  'http://192.168.0.2:8080',
  'https://user:pass@example.org',
  'https://example.org/?q=1',
  'javascript:alert(1)',
  'https://*.example.org',
  'https://example.org; script-src *',
  'file:///etc/passwd',
  'http://localhost.evil.example',
  'https://localhost',
  'ws://127.0.0.1',
  'https://example.org#x',
  '//example.org',
  'http://[::1]:80',
])('no address: %s', (typed) =>
  expect(() => readServer(typed)).toThrow(expect.objectContaining({ code: 'REMOTE_FAILED' })),
)

test('the models of a server, and an answer with its chances', async () => {
  setKey('s3cret')
  expect(await modelsOf(base())).toEqual(['big-70b', 'small'])
  const events = await all({
    maxTokens: 9,
    temperature: 0.5,
    topP: 0.9,
    topK: 0,
    minP: 0,
    seed: 4,
    stop: ['!'],
    repetitionPenalty: 1,
  })
  expect(events.flatMap((event) => (event.type === 'said' ? [event.text] : []))).toEqual(['Far', ' away', '.'])
  expect(events.at(-1)).toEqual({ type: 'end', reason: 'stop', logprobs: true })
  const [first] = events.flatMap((event) => (event.type === 'said' ? event.tokens : []))
  expect(first!.top.map(({ text, logprob }) => [text, Math.exp(logprob)])).toEqual([
    ['Far', 0.5],
    ['Near', 0.25],
  ])
  const { headers, body } = server.asked.at(-1)!
  expect(headers).toMatchObject({ authorization: 'Bearer s3cret', 'content-type': 'application/json' })
  expect(headers).not.toHaveProperty('cookie')
  expect(body).toEqual({
    model: 'big-70b',
    messages: question,
    stream: true,
    max_tokens: 9,
    temperature: 0.5,
    top_p: 0.9,
    seed: 4,
    stop: ['!'],
    logprobs: true,
    top_logprobs: 20,
  })
})

// as transformers serve and Mistral refuse what they do not know, and OpenAI its older name of the longest answer
test.each([
  ['{"detail":"Unexpected fields in the request: {\'min_p\', \'top_k\'}"}', ['top_k', 'min_p']],
  ['{"detail":[{"type":"extra_forbidden","loc":["body","top_k"],"msg":"Extra inputs are not permitted"}]}', ['top_k']],
  ['{"error":{"message":"Unsupported parameter: \'max_tokens\'. Use \'max_completion_tokens\' instead."}}', []],
])('a server that does not know a setting answers without it, and that is told: %s', async (refusal, names) => {
  const old = names.length > 0 ? names : ['max_tokens']
  server.answer = (asked, response) => {
    if (old.some((name) => name in asked.body!)) return void response.writeHead(422).end(refusal)
    return kind(asked, response)
  }
  const events = await all({ maxTokens: 9, topK: 40, minP: 0.05, repetitionPenalty: 1.1 })
  expect(events[0]).toEqual({ type: 'without', names })
  expect(events.at(-1)).toMatchObject({ reason: 'stop', logprobs: true })
  const { body } = server.asked.at(-1)!
  expect(body).toMatchObject({ repeat_penalty: 1.1, [names.length > 0 ? 'max_tokens' : 'max_completion_tokens']: 9 })
  expect(server.asked).toHaveLength(2)
  server.answer = (_, response) => void response.writeHead(422).end(refusal)
  expect(await failing(all({ maxTokens: 9 }))).toMatchObject({ code: 'REMOTE_FAILED', why: 'status', status: 422 })
})

test('events that are cut anywhere are the same events', async () => {
  const text = ': hello\r\ndata: {"a":"é€😀"}\r\n\r\nevent: x\rdata: one\rdata: two\r\rdata:[DONE]\n\n'
  const bytes = new TextEncoder().encode(text)
  const read = async (parts: Uint8Array[]): Promise<string[]> => {
    const found: string[] = []
    async function* given(): AsyncGenerator<Uint8Array> {
      await Promise.resolve()
      yield* parts
    }
    for await (const one of eventsOf(given())) found.push(one)
    return found
  }
  const whole = await read([bytes])
  expect(whole).toEqual(['{"a":"é€😀"}', 'one\ntwo', '[DONE]'])
  for (let at = 1; at < bytes.length; at++) expect(await read([bytes.slice(0, at), bytes.slice(at)])).toEqual(whole)
  expect(await read([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(whole)
  await expect(read([new TextEncoder().encode(`data: ${'x'.repeat(2 ** 22 + 9)}`)])).rejects.toThrow('without an end')
})

test('a line that comes in small parts costs its length; empty ones without end are an event without one', async () => {
  async function* parts(text: string, count: number): AsyncGenerator<Uint8Array> {
    await Promise.resolve()
    const bytes = new TextEncoder().encode(text)
    for (let i = 0; i < count; i++) yield bytes
  }
  const time = async (count: number): Promise<number> => {
    const began = performance.now()
    const found: string[] = []
    for await (const one of eventsOf(parts('x'.repeat(20), count))) found.push(one)
    return performance.now() - began
  }
  expect(await time(50_000)).toBeLessThan(3000)
  const empty = async (): Promise<void> => {
    for await (const one of eventsOf(parts('data:\n'.repeat(1000), 5000))) void one
  }
  await expect(empty()).rejects.toThrow('without an end')
})

test('fewer candidates, or none, where the server takes no more', async () => {
  const most = [5, 0]
  for (const limit of most) {
    server.asked.length = 0
    server.answer = (asked, response) => {
      if (Number(asked.body?.['top_logprobs'] ?? 0) > limit) {
        response.writeHead(400).end('{"error":{"message":"top_logprobs"}}')
      } else return kind(asked, response)
    }
    expect((await all()).at(-1)).toMatchObject({ type: 'end' })
    expect(server.asked.at(-1)!.body?.['top_logprobs']).toBe(limit || undefined)
  }
})

test('thoughts that come apart are folded as a model’s own', async () => {
  server.answer = streams(
    sse(
      { choices: [{ delta: { reasoning_content: 'Hm' } }] },
      { choices: [{ delta: { reasoning_content: '.' } }] },
      chunk('Yes', [], 'length'),
    ),
  )
  const events = await all()
  expect(events.slice(1).map((event) => ('text' in event ? event.text : 'reason' in event && event.reason))).toEqual([
    '<think>Hm',
    '.',
    '</think>Yes',
    'length',
  ])
})

test.each<[string, Answerer, object]>([
  [
    'a key is asked for',
    (_, r) => void r.writeHead(401).end('{"error":{"message":"Invalid API key"}}'),
    { why: 'key', status: 401, said: 'Invalid API key' },
  ],
  [
    'no such model (Ollama)',
    (_, r) => void r.writeHead(404).end('{"error":"model \\"x\\" not found"}'),
    { why: 'status', said: 'model "x" not found' },
  ],
  [
    'FastAPI’s words',
    (_, r) => void r.writeHead(500).end('{"detail":"out of memory"}'),
    { why: 'status', said: 'out of memory' },
  ],
  [
    'a page of a proxy',
    (_, r) => void r.writeHead(502).end('<html><script>alert(1)</script></html>'),
    { why: 'status', status: 502 },
  ],
  ['too many requests, no words', (_, r) => void r.writeHead(429).end(), { why: 'status', status: 429 }],
  [
    'a whole answer where a stream was asked for',
    (_, r) => {
      r.setHeader('content-type', 'application/json')
      r.end('{"choices":[]}')
    },
    { why: 'answer' },
  ],
  [
    'an error with status 200',
    (_, r) => {
      r.setHeader('content-type', 'application/json')
      r.end('{"error":"busy"}')
    },
    { why: 'answer', found: 'stream', said: 'busy' },
  ],
  ['no JSON in an event', streams('data: {"choices"\n\n'), { why: 'answer' }],
  ['an event that is a list', streams(sse('[1]')), { why: 'answer' }],
  ['an event without choices', streams(sse('{"x":1}')), { why: 'answer' }],
  [
    'an error in the stream',
    streams(sse(chunk('a'), '{"error":{"message":"slot lost"}}')),
    { why: 'status', said: 'slot lost' },
  ],
  ['a stream that only ends', streams(sse(chunk('a'))), { why: 'cut' }],
  ['an empty stream', streams(''), { why: 'cut' }],
  [
    'a connection that breaks',
    (_, r) => {
      r.setHeader('content-type', 'text/event-stream')
      r.write(sse(chunk('a')))
      setTimeout(() => r.destroy(), 20)
    },
    { why: 'cut' },
  ],
  [
    'a redirect to another address',
    (_, r) => void r.writeHead(307, { location: 'http://127.0.0.1:9/' }).end(),
    { why: 'unreachable' },
  ],
])('%s', async (_, answerer, facts) => {
  server.answer = answerer
  expect(await failing(all())).toMatchObject({ code: 'REMOTE_FAILED', ...facts })
})

test('nobody there; and models that are no list', async () => {
  for (const body of ['{', '[]', '{"data":{}}', 'null', '{"data":7}']) {
    server.answer = (_, response) => void response.end(body)
    expect(await failing(modelsOf(base()))).toMatchObject({ code: 'REMOTE_FAILED', why: 'answer' })
  }
  server.answer = (_, response) => void response.end('{"data":[{"id":7},null,{"id":""},{"id":"a"},{"id":"a"},"x"]}')
  expect(await modelsOf(base())).toEqual(['a'])
  server.close()
  expect(await failing(modelsOf(base()))).toMatchObject({ code: 'REMOTE_FAILED', why: 'unreachable' })
  expect(await failing(all())).toMatchObject({ code: 'REMOTE_FAILED', why: 'unreachable' })
})

test.each([
  ['n', { n: 2 }],
  ['force', { force: { 0: 1 } }],
  ['continueFrom', { continueFrom: 1 }],
  ['tools', { tools: [{}] }],
  ['logitBias', { logitBias: { 3: 1 } }],
  ['pattern', { constraint: { pattern: 'a' } }],
])('what a server cannot do is refused before anything is sent: %s', async (option, options) => {
  expect(await failing(all(options))).toMatchObject({ why: 'unsupported', option })
  expect(await failing(all({}, { ids: [1] }))).toMatchObject({ why: 'unsupported' })
  expect(server.asked).toEqual([])
})

test('what chunks hold is looked at, whatever it is', () => {
  const odd: unknown[] = [
    null,
    7,
    'x',
    [],
    {},
    { token: 7 },
    { token: 'a', logprob: NaN },
    { token: 'a', logprob: 3 },
    { token: 'a', logprob: 'x' },
  ]
  for (const one of odd) {
    expect(readChunk({ choices: [{ delta: one, logprobs: { content: odd } }] })).toMatchObject({ text: '', tokens: [] })
    expect(
      readChunk({
        choices: [{ delta: {}, logprobs: { content: [{ token: 'a', logprob: -1, bytes: [300], top_logprobs: odd }] } }],
      }),
    ).toMatchObject({ tokens: [{ text: 'a', bytes: null, top: [] }] })
  }
  readChunk(JSON.parse('{"__proto__":{"polluted":1},"choices":[{"delta":{"__proto__":{"polluted":1}}}]}'))
  expect({}).not.toHaveProperty('polluted')
})

test('a list of models, or a refusal, without end is left', async () => {
  let open = 0
  const endless =
    (status: number): Answerer =>
    (_, response) => {
      open++
      response.writeHead(status, { 'content-type': 'application/json' })
      const more = (): void => {
        while (!response.destroyed && response.write(' '.repeat(65_536)));
        if (!response.destroyed) response.once('drain', more)
      }
      response.on('close', () => open--)
      more()
    }
  server.answer = endless(200)
  expect(await failing(modelsOf(base()))).toMatchObject({ why: 'answer' })
  server.answer = endless(500)
  expect(await failing(modelsOf(base()))).toMatchObject({ why: 'status' })
  server.answer = endless(200)
  expect(await failing(all())).toMatchObject({ why: 'answer' })
  await expect.poll(() => open).toBe(0)
})

test('a key goes to the server that it was typed for, and to no other', async () => {
  const other = await fakeServer(kind)
  const state = () => useRemote.getState()
  const sent = (from: FakeServer): unknown => from.asked.at(-1)!.headers.authorization
  state().setKey('s3cret')
  state().setAddress(server.url)
  await state().connect()
  state().setAddress(`${server.url}/v1/models`)
  await state().connect()
  expect([sent(server), state().hasKey]).toEqual(['Bearer s3cret', true])
  state().setAddress(other.url)
  await state().connect()
  expect([sent(other), state().hasKey, keyNow()]).toEqual([undefined, false, ''])
  state().setKey('other')
  await state().connect()
  expect(sent(other)).toBe('Bearer other')
  other.close()
})

test('a key that no header can carry is none', () => {
  for (const bad of ['a\nb: c', 'ключ', 'x'.repeat(5000), 'a b']) expect(setKey(bad)).toBe(false)
  expect(keyNow()).toBe('')
})

test('in the chat: its words are the answer, its chances are at hand, the model here is not asked', async () => {
  useRemote.setState({ address: server.url, model: 'big-70b' })
  await useRemote.getState().use()
  expect(useModels.getState().active).toMatchObject({
    state: 'ready',
    info: null,
    remote: { base: base(), model: 'big-70b' },
  })
  await useChat.getState().send('Where?')
  const last = useChat.getState().messages.at(-1)!
  expect(last).toMatchObject({ content: 'Far away.', state: 'done', finish: 'stop', tokens: 0 })
  expect(tokensSaid(last.id).map(({ text }) => text)).toEqual(['Far', ' away', '.'])
  expect(fake.asked.filter(({ name }) => name === 'generate')).toEqual([])
  expect(server.asked[0]!.body?.['messages']).toEqual([{ role: 'user', content: 'Where?' }])
  // cut in the middle: what came is kept, and marked
  server.answer = (_, r) => {
    r.setHeader('content-type', 'text/event-stream')
    r.write(sse(chunk('Half')))
    setTimeout(() => r.destroy(), 20)
  }
  await useChat.getState().send('And?')
  expect(useChat.getState().messages.at(-1)).toMatchObject({
    content: 'Half',
    state: 'failed',
    error: { code: 'REMOTE_FAILED', facts: { why: 'cut' } },
  })
})

test('stopped: the request ends, and what came is kept', async () => {
  let ended = false
  server.answer = (_, response) => {
    response.setHeader('content-type', 'text/event-stream')
    response.write(sse(chunk('One')))
    response.on('close', () => (ended = true))
  }
  useRemote.setState({ address: server.url, model: 'm' })
  await useRemote.getState().use()
  const sent = useChat.getState().send('Go on for ever')
  await expect.poll(() => useChat.getState().messages.at(-1)?.content).toBe('One')
  useChat.getState().stop()
  await sent
  expect(useChat.getState().messages.at(-1)).toMatchObject({ content: 'One', state: 'stopped' })
  await expect.poll(() => ended).toBe(true)
})
