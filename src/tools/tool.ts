// What a local tool is: something the model may ask for, that runs in this page and touches nothing: no network, no file, no
// code of the model's. What it gives is a text for the model; what it refuses is a sentence for the model, too.

/** One argument, in the words of JSON Schema. */
export interface Argument {
  type: 'string' | 'number'
  description: string
  /** characters of a text at most; 1000 where nothing is said */
  maxLength?: number
}

export interface Arguments {
  type: 'object'
  properties: Readonly<Record<string, Argument>>
  required: readonly string[]
  additionalProperties: false
}

/** A message that says what was sought. */
export interface Passage {
  chat: string
  text: string
}

/** A passage of one of the reader's documents. */
export interface Found {
  document: string
  /** its number in the document, from 1 */
  passage: number
  text: string
}

/** What of the world a tool may see; handed to it, so that a test can say what time it is. */
export interface Surroundings {
  now: Date
  /** IANA, of this computer */ timeZone: string
  /** messages of the reader's other chats that say all of these words, newest chat first */
  searchChats(query: string, most: number, signal: AbortSignal): Promise<Passage[]>
  /** passages of the reader's documents, the best first */
  searchDocuments(query: string, most: number, signal: AbortSignal): Promise<Found[]>
  /** a document's text and where its passages begin; the names of all where none is called so */
  readDocument(
    name: string,
    signal: AbortSignal,
  ): Promise<{ text: string; starts: readonly number[] } | { names: readonly string[] }>
  /** what was noted in this talk: the one thing that a tool may change */
  notes: string[]
  /** aborted: the reader stopped it, or it took too long */ signal: AbortSignal
}

export interface Tool {
  /** what the model calls it by */
  name: string
  /** for the model */
  description: string
  parameters: Arguments
  /** its results are texts that somebody else may have written */
  tells?: true
  /** for people */
  words: Readonly<Record<'en' | 'zh', { title: string; about: string }>>
  /** @param given arguments that fit `parameters` @returns a text for the model @throws Error whose message is for the model */
  run(given: Readonly<Record<string, string | number>>, here: Surroundings): string | Promise<string>
}

/** As chat templates expect it. */
export const asFunction = ({ name, description, parameters }: Tool): object => ({
  type: 'function',
  function: { name, description, parameters },
})
