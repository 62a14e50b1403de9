// The engine in the shape of OpenAI's API: the same names, parameters and answers, over an Engine in this thread or the
// page's client. Nothing is sent anywhere. What OpenAI's API has and no model here computes with is refused by name.
//
//   const api = openai(engine)
//   const answer = await api.chat.completions.create({ model: 'storyteller', messages, seed: 7 })
//   const client = new OpenAI({ fetch: openaiFetch(api), apiKey: 'none', baseURL: 'http://glassbox/v1' })
//
// Errors are EngineErrors; `facts.param` names the parameter as the request does.

import type { ModelInfo } from '../engine/types.ts'
import { chatCompletions } from './chat.ts'
import { completions } from './completions.ts'
import { embeddings } from './embeddings.ts'
import { models, openShelf } from './models.ts'
import type { OpenAIShaped } from './shaped.ts'
import { clientShelf, engineShelf, type Asked, type AskedClient, type LoadEngine } from './shelf.ts'

export type * from './types.ts'
export type * from './shaped.ts'
export type { Asked, AskedClient, LoadEngine } from './shelf.ts'
export { openaiFetch } from './fetch.ts'
export { vectorStore, type StoredDocument, type StoreFilter } from './vector-store.ts'

export interface OpenAIOptions {
  /** engines only: how models.load() starts one by its name */
  load?: LoadEngine
  /** client only: the model that it has loaded already. From then on it is to be loaded by models.load() */
  loaded?: { id: string; info: ModelInfo }
  /** names the build in every fingerprint; default 'glassbox' */
  build?: string
}

/**
 * @param source engines, each asked by the name that it was loaded under, or the page's client. Requests to one engine
 * wait in line; nothing else should ask it meanwhile (BUSY)
 */
export function openai(source: Asked | readonly Asked[] | AskedClient, options: OpenAIOptions = {}): OpenAIShaped {
  const { load, loaded, build = 'glassbox' } = options
  const shelf =
    'models' in source ? clientShelf(source, loaded) : engineShelf('info' in source ? [source] : source, load)
  const api = openShelf(shelf, build)
  return {
    chat: { completions: chatCompletions(api) },
    completions: completions(api),
    embeddings: embeddings(api),
    models: models(api),
  }
}
