// What others have built for OpenAI's API, over our fetch, unchanged: LangChain.js's chat model and embeddings, and the
// AI SDK with its provider for compatible servers. Neither needs an adapter of ours.

import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { ChatOpenAI } from '@langchain/openai'
import { generateText, jsonSchema, streamText, tool } from 'ai'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { collect, load, question } from '../engine/testing/answers.ts'
import type { Engine } from '../engine/index.ts'
import { counted, says } from './testing.ts'
import { openai, openaiFetch, type Asked } from './index.ts'

const model = 'storyteller',
  baseURL = 'http://glassbox.invalid/v1',
  seed = 5,
  temperature = 1.2,
  asked = question[0]!.content
let engine: Engine, own: string
beforeAll(async () => {
  engine = await load({ device: 'cpu', threads: 1 })
  own = (await collect(engine.generate(question, { seed, temperature, maxTokens: 8 }))).done.text
})
afterAll(() => engine.dispose())

const said = '<tool_call>{"name": "add", "arguments": {"a": 1, "b": 2}}</tool_call>'
const parameters = { type: 'object' as const, properties: { a: { type: 'number' }, b: { type: 'number' } } }

const langchain = (engine: Asked, more: object = {}) =>
  new ChatOpenAI({
    model,
    apiKey: 'none',
    maxTokens: 8,
    temperature,
    maxRetries: 0,
    configuration: { baseURL, fetch: openaiFetch(openai(engine)) },
    modelKwargs: { seed },
    ...more,
  })
const sdk = (engine: Asked) =>
  createOpenAICompatible({ name: 'glassbox', baseURL, fetch: openaiFetch(openai(engine)), includeUsage: true })(model)

test('LangChain.js: an answer, whole and streamed', async () => {
  const chat = langchain(engine)
  const answer = await chat.invoke(asked)
  expect(answer.content).toBe(own)
  expect(answer.usage_metadata).toMatchObject({ output_tokens: expect.any(Number) as number })
  let text = ''
  for await (const { content } of await chat.stream(asked)) text += content as string
  expect(text).toBe(own)
})

test('LangChain.js: tools that are bound are called', async () => {
  const chat = langchain(await says(said), { maxTokens: 90, modelKwargs: { format: 'Qwen2.5' } })
  const { tool_calls } = await chat
    .bindTools([{ type: 'function', function: { name: 'add', description: 'Adds.', parameters } }])
    .invoke(asked)
  expect(tool_calls).toMatchObject([{ name: 'add', args: { a: 1, b: 2 } }])
})

test('the AI SDK: an answer, whole and streamed, and one that is stopped', async () => {
  const request = { model: sdk(engine), prompt: asked, seed, temperature, maxOutputTokens: 8, maxRetries: 0 }
  const { text, usage, finishReason } = await generateText(request)
  expect(text).toBe(own)
  expect(['stop', 'length']).toContain(finishReason)
  expect(usage.totalTokens).toBe(usage.inputTokens! + usage.outputTokens!)
  let streamed = ''
  for await (const part of streamText(request).textStream) streamed += part
  expect(streamed).toBe(own)

  const counting = counted(engine),
    stop = new AbortController()
  const { textStream } = streamText({
    ...{ ...request, model: sdk(counting), maxOutputTokens: 100, abortSignal: stop.signal },
    providerOptions: { glassbox: { logit_bias: { 0: -1e4, 2: -1e4 } } },
  })
  for await (const part of textStream) if (part) stop.abort()
  const after = await generateText({ ...request, model: sdk(counting) })
  expect(after.text).toBe(own)
  expect(counting.written).toBeLessThan(60)
})

test('the AI SDK: a tool that is called is run', async () => {
  const ran: unknown[] = []
  await generateText({
    model: sdk(await says(said)),
    prompt: asked,
    maxOutputTokens: 90,
    maxRetries: 0,
    providerOptions: { glassbox: { format: 'Qwen2.5' } },
    tools: {
      add: tool({
        description: 'Adds.',
        inputSchema: jsonSchema<{ a: number; b: number }>(parameters),
        execute: (numbers) => void ran.push(numbers),
      }),
    },
  })
  expect(ran).toEqual([{ a: 1, b: 2 }])
})
