// The types, held against the official package's: what is written for one is written for the other. The compiler is
// what checks this file.

import type { Client } from '../worker/client.ts'
import type OpenAI from 'openai'
import { expectTypeOf, test } from 'vitest'
import type { Engine } from '../engine/index.ts'
import type * as Ours from './index.ts'

type Functions<T> = T extends { type: 'custom' } ? never : T
type Chat = OpenAI.ChatCompletionCreateParams
/** Tools of one kind: nothing here takes the other, and its grammar is not written out. */
type ChatOf<T extends { tools?: unknown }> = Omit<T, 'tools'> & { tools?: Functions<OpenAI.ChatCompletionTool>[] }

test('requests of the official client are requests here', () => {
  expectTypeOf<ChatOf<Chat>>().toExtend<Ours.ChatRequest>()
  expectTypeOf<OpenAI.ChatCompletionMessageParam>().toExtend<Ours.Message>()
  expectTypeOf<OpenAI.CompletionCreateParams>().toExtend<Ours.CompletionRequest>()
  expectTypeOf<OpenAI.EmbeddingCreateParams>().toExtend<Ours.EmbeddingRequest>()
  expectTypeOf<OpenAI.RequestOptions>().toExtend<Ours.RequestOptions>()
})

test('requests written here can be given to the official client, with what is ours', () => {
  expectTypeOf<Ours.ChatRequest>().toExtend<Chat | OpenAI.ChatCompletionCreateParamsStreaming>()
  expectTypeOf<Ours.Message>().toExtend<OpenAI.ChatCompletionMessageParam>()
  expectTypeOf<Ours.CompletionRequest>().toExtend<OpenAI.Completions.CompletionCreateParams>()
  expectTypeOf<Ours.EmbeddingRequest>().toExtend<OpenAI.EmbeddingCreateParams>()
})

test('answers are answers, both ways', () => {
  expectTypeOf<Ours.ChatCompletion>().toExtend<OpenAI.ChatCompletion>()
  expectTypeOf<OpenAI.ChatCompletion>().toExtend<Ours.ChatCompletion>()
  expectTypeOf<Ours.ChatChunk>().toExtend<OpenAI.ChatCompletionChunk>()
  expectTypeOf<OpenAI.ChatCompletionChunk>().toExtend<Ours.ChatChunk>()
  expectTypeOf<Ours.Completion>().toExtend<OpenAI.Completion>()
  expectTypeOf<OpenAI.Completion>().toExtend<Ours.Completion>()
  expectTypeOf<Ours.EmbeddingResponse>().toExtend<OpenAI.CreateEmbeddingResponse>()
  expectTypeOf<OpenAI.CreateEmbeddingResponse>().toExtend<Ours.EmbeddingResponse>()
  expectTypeOf<Ours.Model>().toExtend<OpenAI.Model>()
  expectTypeOf<OpenAI.Model>().toExtend<Ours.Model>()
  expectTypeOf<Ours.ModelDeleted>().toExtend<OpenAI.ModelDeleted>()
  expectTypeOf<OpenAI.ModelDeleted>().toExtend<Ours.ModelDeleted>()
})

test('an engine, and the page’s client, can stand behind it', () => {
  expectTypeOf<Engine>().toExtend<Ours.Asked>()
  expectTypeOf<Client>().toExtend<Ours.AskedClient>()
})
