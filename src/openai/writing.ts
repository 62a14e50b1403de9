// What both endpoints that write have in common: prompts are answered one after the other, the answers to one side by
// side (engine/many.ts), and what comes are pieces of choices, in the order in which they were written.

import { EngineError } from '../engine/errors.ts'
import type { DoneEvent, GenerateOptions, Prompt, PromptEvent } from '../engine/types.ts'
import { Ledger } from './logprobs.ts'
import { inOurWords } from './params.ts'
import type { LoadedModel } from './shelf.ts'
import type { TokenLogprob, Usage } from './types.ts'

export interface WriteJob {
  model: LoadedModel
  prompts: readonly Prompt[]
  options: GenerateOptions
  /** best tokens told beside each; null: nothing is told of tokens */
  logprobs: number | null
}

/** `index`: of the choice. One 'begin' and one 'end' for each, texts between. */
export type Piece = { index: number } & (
  | { type: 'begin'; prompt: PromptEvent }
  | { type: 'text'; text: string; tokens: TokenLogprob[] }
  | { type: 'end'; reason: 'stop' | 'length'; done: DoneEvent }
)

/**
 * @throws EngineError in the words of this API; the signal's reason where it fired, ABORTED where somebody else stopped
 * the answer
 */
export async function* writeAll(job: WriteJob, signal: AbortSignal): AsyncGenerator<Piece, void, undefined> {
  const { model, prompts, options } = job
  for (const [i, prompt] of prompts.entries()) {
    yield* model.queue.stream(() => writeOne(job, prompt, i * (options.n ?? 1), signal), signal)
  }
}

async function* writeOne(
  { model, options, logprobs }: WriteJob,
  prompt: Prompt,
  first: number,
  signal: AbortSignal,
): AsyncGenerator<Piece, void, undefined> {
  const ledgers = new Map<number, Ledger>()
  try {
    for await (const event of model.generate(prompt, { ...options, top: logprobs ?? 0, signal })) {
      const index = first + (event.answer ?? 0)
      if (event.type === 'prompt') {
        if (logprobs !== null) ledgers.set(index, new Ledger(model, logprobs))
        yield { type: 'begin', index, prompt: event }
      } else if (event.type === 'token') {
        const ledger = ledgers.get(index)
        if (!ledger && event.text !== '') yield { type: 'text', index, text: event.text, tokens: [] }
        if (ledger?.text) yield { type: 'text', index, ...(await ledger.take()) }
        ledger?.add(event)
      } else if (event.type === 'done') {
        if (event.reason === 'aborted') throw stopped(signal)
        // half a form is no answer, and none of OpenAI's reasons says so
        if (event.reason === 'dead-end') throw stuck()
        const last = await ledgers.get(index)?.take(event.reason === 'stop')
        if (last && (last.text || last.tokens.length > 0)) yield { type: 'text', index, ...last }
        yield { type: 'end', index, reason: event.reason === 'stop' ? 'stop' : 'length', done: event }
      }
    }
  } catch (error) {
    throw signal.aborted ? stopped(signal) : inOurWords(error)
  }
}

const stopped = (signal: AbortSignal): unknown =>
  signal.aborted
    ? signal.reason
    : new EngineError(
        'ABORTED',
        'The answer was stopped before its end: the model was unloaded, or loaded again. Ask again.',
      )

const stuck = (): EngineError =>
  new EngineError(
    'CONSTRAINT_INVALID',
    "Cannot hold the answer to this form to its end: none of the model's tokens goes on with it from here. Change the form, and ask again.",
    { problem: 'tokens', param: 'response_format' },
  )

/** What all prompts and answers took, from the last events of each. */
export class UsageSum {
  private prompt = 0
  private cached = 0
  private written = 0

  /** @param first is it the first answer to its prompt */
  add({ stats }: DoneEvent, first: boolean): void {
    this.written += stats.generatedTokens
    if (!first) return
    this.prompt += stats.promptTokens
    this.cached += stats.reusedTokens
  }
  get usage(): Usage {
    return {
      prompt_tokens: this.prompt,
      completion_tokens: this.written,
      total_tokens: this.prompt + this.written,
      prompt_tokens_details: { cached_tokens: this.cached },
    }
  }
}
