// The whole API as one object: its names are those of the official client. Types only.

import type { ChatCompletions } from './chat.ts'
import type { Completions } from './completions.ts'
import type { Embeddings } from './embeddings.ts'
import type { Models } from './models.ts'

export type { ChatCompletions, Completions, Embeddings, Models }

export interface OpenAIShaped {
  chat: { completions: ChatCompletions }
  completions: Completions
  embeddings: Embeddings
  models: Models
}
