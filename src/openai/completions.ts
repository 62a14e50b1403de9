// completions.create: texts or token ids that are gone on with, as they are.

import type { Prompt } from '../engine/types.ts'
import { madeBy } from './made.ts'
import type { Api } from './models.ts'
import {
  count,
  mostTop,
  optionsOf,
  plain,
  readBody,
  refuse,
  refused,
  streaming,
  writeFates,
  type Fates,
} from './params.ts'
import { runAhead } from './queue.ts'
import type {
  Completion,
  CompletionChunk,
  CompletionLogprobs,
  CompletionRequest,
  RequestOptions,
  TokenLogprob,
} from './types.ts'
import { UsageSum, writeAll, type Piece, type WriteJob } from './writing.ts'

export interface Completions {
  create(request: CompletionRequest & { stream?: false | null }, options?: RequestOptions): Promise<Completion>
  create(
    request: CompletionRequest & { stream: true },
    options?: RequestOptions,
  ): Promise<AsyncIterable<CompletionChunk>>
  create(request: CompletionRequest, options?: RequestOptions): Promise<Completion | AsyncIterable<CompletionChunk>>
}

const fates: Fates = {
  ...writeFates,
  prompt: 'own',
  echo: 'own',
  best_of: refused('every answer is told. Ask for "n" of them', 1),
  suffix: refused('no text is filled in before another', ''),
}

/** Prompts of one request. */
const mostPrompts = 100
/** Tokens of an answer where nobody says how many, as at OpenAI. */
const defaultTokens = 16

interface Job extends WriteJob {
  echo: boolean
  stream: boolean
  usage: boolean
}

function read(api: Api, given: unknown): Job {
  const body = readBody(given, fates)
  const model = api.loaded(body['model'])
  const logprobs = count(body, 'logprobs', mostTop) ?? null
  const echo = plain(body, 'echo', 'boolean') === true
  if (echo && logprobs !== null) refuse('echo', 'false beside "logprobs": the prompt’s are not computed', true)
  const options = optionsOf(body, fates, model.info.vocab, { maxTokens: defaultTokens })
  return { model, prompts: promptsOf(body['prompt']), options, logprobs, echo, ...streaming(body) }
}

function promptsOf(given: unknown): Prompt[] {
  const isIds = (value: unknown): value is number[] =>
    Array.isArray(value) && value.length > 0 && value.every((id) => Number.isInteger(id) && id >= 0)
  const one = (value: unknown): Prompt | null =>
    typeof value === 'string' ? value : isIds(value) ? { ids: value } : null
  const single = one(given)
  if (single !== null) return [single]
  const need = `a text or a list of token ids, or a list of 1 to ${mostPrompts} of either`
  if (!Array.isArray(given) || given.length === 0 || given.length > mostPrompts) return refuse('prompt', need, given)
  return given.map((value: unknown, i) => one(value) ?? refuse(`prompt[${i}]`, 'a text or a list of token ids', value))
}

export const completions = (api: Api): Completions => ({
  create: (async (given: CompletionRequest, { signal }: RequestOptions = {}) => {
    const job = read(api, given)
    const pieces = await runAhead((stop) => writeAll(job, stop), signal ?? undefined)
    const parts = chunks(job, pieces, madeBy('cmpl', job.model, api.build))
    return job.stream ? parts : whole(parts)
  }) as Completions['create'],
})

/** All pieces as one. */
async function whole(parts: AsyncIterable<CompletionChunk>): Promise<Completion> {
  const choices: Completion['choices'] = []
  let last: Completion | undefined
  for await (const part of parts) {
    last = part
    for (const { index, text, logprobs, finish_reason } of part.choices) {
      const choice = (choices[index] ??= { index, text: '', logprobs: null, finish_reason })
      choice.text += text
      choice.finish_reason = finish_reason
      if (!logprobs) continue
      choice.logprobs ??= { text_offset: [], token_logprobs: [], tokens: [], top_logprobs: [] }
      for (const name of ['text_offset', 'token_logprobs', 'tokens', 'top_logprobs'] as const) {
        ;(choice.logprobs[name] as unknown[]).push(...logprobs[name]!)
      }
    }
  }
  return { ...last!, choices }
}

type Made = ReturnType<typeof madeBy>

/** The last one brings the usage. */
async function* chunks(
  job: Job,
  pieces: AsyncIterable<Piece>,
  made: Made,
): AsyncGenerator<CompletionChunk, void, undefined> {
  const { options, logprobs, echo, stream, usage } = job
  const sum = new UsageSum()
  const lengths = new Map<number, number>()
  const chunk = (choice: Partial<Completion['choices'][0]> & { index: number }): CompletionChunk => ({
    ...made,
    object: 'text_completion',
    // null until the end, as OpenAI's servers have it and its types have not
    choices: [{ text: '', logprobs: null, finish_reason: null as unknown as 'stop', ...choice }],
    ...(usage && stream && { usage: null as unknown as Completion['usage'] }),
  })
  for await (const piece of pieces) {
    const { index } = piece
    if (piece.type === 'begin') {
      lengths.set(index, 0)
      if (echo) yield chunk({ index, text: piece.prompt.text })
    } else if (piece.type === 'text') {
      const from = lengths.get(index)!
      lengths.set(index, from + piece.text.length)
      const told = logprobs === null ? null : told4(piece.tokens, from, logprobs)
      yield chunk({ index, text: piece.text, logprobs: told })
    } else {
      sum.add(piece.done, index % (options.n ?? 1) === 0)
      yield chunk({ index, finish_reason: piece.reason })
    }
  }
  if (usage || !stream) yield { ...made, object: 'text_completion', choices: [], usage: sum.usage }
}

/** Tokens in the four lists of this endpoint. @param from where their text begins in the answer */
function told4(tokens: readonly TokenLogprob[], from: number, top: number): CompletionLogprobs {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  let at = from
  const offsets = tokens.map(({ bytes }) => {
    const here = at
    at += decoder.decode(Uint8Array.from(bytes!), { stream: true }).length
    return here
  })
  return {
    text_offset: offsets,
    token_logprobs: tokens.map(({ logprob }) => logprob),
    tokens: tokens.map(({ token }) => token),
    // of two tokens with one text the likelier counts: it is named last
    top_logprobs:
      top === 0
        ? []
        : tokens.map(({ top_logprobs: all }) =>
            Object.fromEntries(all.toReversed().map(({ token, logprob }) => [token, logprob])),
          ),
  }
}
