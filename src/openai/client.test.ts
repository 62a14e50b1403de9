// The same API over the page's client: its calls cross a real port, its models are stored. And vectors.

import 'fake-indexeddb/auto'
import OpenAI from 'openai'
import { beforeAll, expect, test } from 'vitest'
import { folderFiles, namesIn } from '../engine/formats/testing.ts'
import { readFileSync } from 'node:fs'
import { failure } from '../engine/testing/answers.ts'
import * as engine from '../engine/index.ts'
import { Database } from '../storage/database.ts'
import { Library } from '../storage/library.ts'
import { calls } from '../worker/calls.ts'
import { createHost } from '../worker/host.ts'
import { across } from '../worker/testing/across.ts'
import { openai, openaiFetch, type AskedClient } from './index.ts'

const folder = (name: string): string => `public/models/${name}`
const files = (name: string): File[] =>
  namesIn(folder(name)).map(
    (file) => new File([new Uint8Array(readFileSync(`${folder(name)}/${file}`))], `${name}/${file}`),
  )
const device = 'reference'
const written = { max_tokens: 6, temperature: 2, seed: 4, logprobs: true, top_logprobs: 3 }

test('models are stored, loaded, asked, unloaded and deleted by their names', async () => {
  const library = new Library(new Database('openai'), { chunkBytes: 65_536 })
  const remote = across(calls, createHost(engine, library))
  const lost: (() => void)[] = []
  const client: AskedClient = {
    ...remote,
    generate: (input, { signal, ...options } = {}) => remote.generate(input, options, { signal }),
    onLost: (listener) => lost.push(listener),
  }
  const { id: model } = await library.import(files('experts'), 'experts')
  const { id: other } = await library.import(files('sentence-vectors'), 'sentence-vectors')
  const api = openai(client)
  const messages = [{ role: 'user' as const, content: '1 2 3 4 5' }]
  const ask = () => api.chat.completions.create({ model, messages, ...written, n: 2 })

  expect(await failure(ask())).toMatchObject({ code: 'PARAM_INVALID', facts: { param: 'model' } })
  expect((await api.models.list()).data.map(({ id, loaded }) => [id, loaded])).toEqual([
    [model, false],
    [other, false],
  ])
  const phases = new Set<string>()
  const loaded = await api.models.load(model, { device, onProgress: ({ phase }) => phases.add(phase) })
  expect(loaded).toMatchObject({ id: model, loaded: true, owned_by: 'local', info: { name: 'experts' } })
  expect(loaded.created).toBeGreaterThan(1.6e9)
  expect(phases).toContain('plan')

  // as an engine in this thread answers
  const direct = await engine.loadEngine({ name: model, files: folderFiles(folder('experts')) }, { device })
  const own = openai(direct)
  expect((await ask()).choices).toEqual(
    (await own.chat.completions.create({ model, messages, ...written, n: 2 })).choices,
  )
  const official = new OpenAI({ fetch: openaiFetch(api), apiKey: 'none', baseURL: 'http://glassbox.invalid/v1' })
  let streamed = ''
  for await (const { choices } of await official.chat.completions.create({
    model,
    messages,
    ...written,
    stream: true,
  })) {
    streamed += choices[0]?.delta.content ?? ''
  }
  expect(streamed).toBe((await ask()).choices[0]!.message.content)
  direct.dispose()

  // aborted while it writes: the page's client ends it, and answers the next one
  const stop = new AbortController()
  const stream = await api.chat.completions.create(
    { model, messages, stream: true, temperature: 3 },
    { signal: stop.signal },
  )
  const reading = (async () => {
    for await (const chunk of stream) if (chunk.choices[0]?.delta.content) stop.abort(new Error('enough'))
  })()
  await expect(reading).rejects.toThrow('enough')
  expect((await ask()).choices).toHaveLength(2)

  // one at a time: who writes is stopped, who waits in line is not answered by another
  const endings = Promise.all([ask(), ask()].map(failure))
  await api.models.load(other, { device })
  expect(await endings).toMatchObject([{ code: 'ABORTED' }, { code: 'ABORTED' }])
  expect(await failure(ask())).toMatchObject({ facts: { param: 'model' } })
  const { data } = await api.embeddings.create({ model: other, input: 'two' })
  expect(data[0]!.embedding).toHaveLength(vectors.info.hidden)
  for (const listener of lost) listener()
  expect(await failure(api.embeddings.create({ model: other, input: 'two' }))).toMatchObject({
    facts: { param: 'model' },
  })

  await api.models.load(model, { device })
  expect(await api.models.unload(model)).toMatchObject({ loaded: false })
  expect(await api.models.delete(model)).toEqual({ id: model, object: 'model', deleted: true })
  expect((await api.models.list()).data.map(({ id }) => id)).toEqual([other])
  expect(await failure(api.models.load(model))).toBeTruthy()
})

let vectors: engine.Engine
beforeAll(async () => {
  vectors = await engine.loadEngine({ name: 'vectors', files: folderFiles(folder('sentence-vectors')) }, { device })
})

test('a text’s vector is the one that the engine reads, as floats and as base64', async () => {
  const texts = ['Mia had a red ball.', 'Tom was at the lake.']
  const own = []
  for (const text of texts) own.push(await vectors.read(text))
  const api = openai(vectors)
  const answer = await api.embeddings.create({ model: 'vectors', input: texts })
  expect(answer.data.map(({ embedding }) => embedding)).toEqual(own.map(({ vector }) => [...vector!]))
  expect(answer.usage.prompt_tokens).toBe(own.reduce((sum, { ids }) => sum + ids.length, 0))
  // the official client asks for base64 and reads it back, unless it is told otherwise
  const client = new OpenAI({ fetch: openaiFetch(api), apiKey: 'none', baseURL: 'http://glassbox.invalid/v1' })
  expect((await client.embeddings.create({ model: 'vectors', input: texts })).data).toEqual(answer.data)
  const width = own[0]!.vector!.length
  expect((await client.embeddings.create({ model: 'vectors', input: 'x', dimensions: width })).data).toHaveLength(1)
})

test.each<[string, object, string | undefined, string]>([
  ['token ids', { input: [1, 2] }, 'input[0]', 'PARAM_INVALID'],
  ['nothing', { input: [] }, 'input', 'PARAM_INVALID'],
  ['another width', { dimensions: 8 }, 'dimensions', 'PARAM_INVALID'],
  ['another format', { encoding_format: 'int8' }, 'encoding_format', 'PARAM_INVALID'],
  ['a text that would be cut', { input: 'red ball '.repeat(400) }, undefined, 'CONTEXT_FULL'],
  ['an option nobody knows', { truncate: true }, 'truncate', 'PARAM_INVALID'],
])('%s is refused', async (_, more, param, code) => {
  const error = await failure(openai(vectors).embeddings.create({ model: 'vectors', input: 'x', ...more } as never))
  expect(error).toMatchObject({ code, ...(param && { facts: { param } }) })
})

test('what reads does not write, and engines are loaded as the caller says', async () => {
  const api = openai(vectors, {
    load: async (name, options) => {
      expect(options).toMatchObject({ device })
      return engine.loadEngine({ name, files: folderFiles(folder('experts')) }, options)
    },
  })
  const request = { prompt: '1 2 3', max_tokens: 2 }
  expect(await failure(api.completions.create({ model: 'vectors', ...request }))).toMatchObject({
    code: 'TASK_UNSUPPORTED',
  })
  expect(await failure(openai(vectors).models.load('experts'))).toMatchObject({ facts: { param: 'model' } })
  await api.models.load('experts', { device })
  expect((await api.models.list()).data.map(({ id }) => id)).toEqual(['vectors', 'experts'])
  expect((await api.completions.create({ model: 'experts', ...request })).choices[0]!.text).not.toBe('')
  expect(await failure(api.models.delete('experts'))).toMatchObject({ facts: { param: 'model' } })
  await api.models.unload('experts')
  expect((await api.models.list()).data.map(({ id }) => id)).toEqual(['vectors'])
})
