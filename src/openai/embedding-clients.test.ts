// Vectors through what others have built, unchanged, over our fetch: LangChain.js's embeddings and a vector store of ours under
// its own class, and the AI SDK's embedding model.

import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { Document } from '@langchain/core/documents'
import { VectorStore } from '@langchain/core/vectorstores'
import { OpenAIEmbeddings } from '@langchain/openai'
import { cosineSimilarity, embed, embedMany } from 'ai'
import { expect, test } from 'vitest'
import type { Asked } from './index.ts'
import { openai, openaiFetch, vectorStore } from './index.ts'
import { says } from './testing.ts'

const baseURL = 'http://glassbox.invalid/v1'
/** Knows how much of a text is about animals and how much about machines; float arrays as an engine gives them. */
async function sentences(): Promise<Asked> {
  const { info, ...engine } = await says('')
  const count = (text: string, words: RegExp): number => [...text.matchAll(words)].length + 0.125
  return {
    ...engine,
    info: { ...info, name: 'two', does: ['embed'] },
    read: (text) => {
      const [a, b] = [count(text, /cat|kitten|dog/gi), count(text, /motor|engine/gi)]
      const length = Math.hypot(a, b)
      return Promise.resolve({ vector: Float32Array.of(a / length, b / length), ids: [1, 2], leftOut: 0 } as never)
    },
  }
}
const texts = ['The kitten sleeps.', 'The motor is loud.', 'A dog beside an engine.']
const own = async () => {
  const engine = await sentences()
  return Promise.all(texts.map(async (text) => [...(await engine.read(text)).vector!]))
}
const langchain = async () =>
  new OpenAIEmbeddings({
    model: 'two',
    apiKey: 'none',
    maxRetries: 0,
    configuration: { baseURL, fetch: openaiFetch(openai(await sentences())) },
  })

test('LangChain.js: its embeddings are the engine’s, and its retriever finds by them', async () => {
  const embeddings = await langchain()
  expect(await embeddings.embedDocuments(texts)).toEqual(await own())
  expect(await embeddings.embedQuery(texts[1]!)).toEqual((await own())[1])

  const Store = vectorStore(VectorStore)
  const store = new Store(embeddings, {})
  const documents = texts.map((pageContent, i) => new Document({ pageContent, metadata: { i } }))
  const ids = (await store.addDocuments(documents)) as string[]
  expect(new Set(ids).size).toBe(3)
  const found = await store.asRetriever(2).invoke('feline kitten')
  expect(found.map(({ metadata }) => metadata['i'])).toEqual([0, 2])
  const scored = await store.similaritySearchWithScore('motor', 3)
  expect(scored.map(([{ metadata }]) => metadata['i'])).toEqual([1, 2, 0])
  const [query, all] = [await embeddings.embedQuery('motor'), await own()]
  for (const [{ metadata }, score] of scored) {
    expect(Math.abs(score - cosineSimilarity(query, all[metadata['i'] as number]!))).toBeLessThan(0.01)
  }
  const even = (document: { metadata: Record<string, unknown> }): boolean => Number(document.metadata['i']) % 2 === 0
  expect((await store.similaritySearch('motor', 3, even)).map(({ metadata }) => metadata['i'])).toEqual([2, 0])
  // an id is one document
  await store.addDocuments([new Document({ pageContent: 'A cat.', metadata: { i: 9 } })], { ids: [ids[1]!] })
  expect((await store.similaritySearch('motor', 9)).map(({ metadata }) => metadata['i'])).toEqual([2, 0, 9])
  await store.delete({ ids: ids.slice(0, 2) })
  expect(await store.similaritySearch('motor', 9)).toHaveLength(1)
  await store.delete()
  expect(await store.similaritySearch('motor', 9)).toEqual([])
  await store.addVectors([[1, 0]], documents.slice(0, 1))
  expect(() => store.addVectors([[1, 0, 0]], documents.slice(0, 1))).toThrow(
    expect.objectContaining({ code: 'PARAM_INVALID' }),
  )
})

test('the AI SDK: one vector and many', async () => {
  const model = createOpenAICompatible({
    name: 'glassbox',
    baseURL,
    fetch: openaiFetch(openai(await sentences())),
  }).textEmbeddingModel('two')
  const { embeddings, usage } = await embedMany({ model, values: texts, maxRetries: 0 })
  expect(embeddings).toEqual(await own())
  expect(usage.tokens).toBe(6)
  const { embedding } = await embed({ model, value: texts[2]!, maxRetries: 0 })
  expect(embedding).toEqual((await own())[2])
})
