// The loop: encode -> forward -> sample -> decode -> yield. Read this first.
// The only place where text, tokens and logits meet. It knows no GPU and no page.

import { EngineError, checkAborted } from './errors.ts'
import { renderChat, type ChatTemplate } from './chat/template.ts'
import { StopMatcher } from './chat/stop.ts'
import { JOURNAL_TOP, type Journal } from './glass/journal.ts'
import { reusablePrefix } from './runtime/cache.ts'
import { readPieces } from './runtime/read.ts'
import type { Runtime } from './runtime/runtime.ts'
import { checkGenerate } from './options.ts'
import { isFlat, nonFinite, Sampler } from './sampler/chain.ts'
import { refuse } from './sampler/params.ts'
import { beyondError } from './text.ts'
import { StreamDecoder } from './tokenizer/detokenize.ts'
import { checkPrompt } from './prompt.ts'
import type { Tokenizer } from './tokenizer/load.ts'
import type {
  FinishReason,
  GenerateEvent,
  GenerateOptions,
  GenerateStats,
  ModelDefaults,
  Prompt,
  TemplateNotice,
} from './types.ts'

/**
 * What a conversation needs besides a runtime. `cached` are the ids whose keys and values are in the runtime's cache.
 */
export interface Conversation {
  runtime: Runtime
  tokenizer: Tokenizer
  template: ChatTemplate
  /** the template's special tokens by name; without it bos and eos of the tokenizer */
  specials?: Readonly<Record<string, string>>
  stopIds: ReadonlySet<number>
  /** in force where the caller says nothing */
  defaults?: ModelDefaults | undefined
  cached: number[]
  name: string
  planText: string
  /**
   * ids that stood in the cache and have to be read again before the glass can say anything of them; what is read of
   * them is in `cached`
   */
  unread?: number[] | null
  /** position of the first token of the last answer, tokens that the reader forced into it included */
  generatedFrom: number
  /** kept while someone looks inside; null costs nothing */
  journal: Journal | null
}

/**
 * Text or messages -> the ids the model reads. A chat template writes its own special tokens, plain text gets the
 * tokenizer's.
 */
export function encodePrompt(
  c: Conversation,
  given: Prompt,
  verb = 'generate',
): { ids: number[]; text: string; notice?: TemplateNotice } {
  const input = checkPrompt(verb, given)
  if (typeof input === 'object' && 'ids' in input) return { ids: input.ids, text: c.tokenizer.decode(input.ids) }
  if (typeof input === 'string') return { ids: c.tokenizer.encode(input), text: input }
  const special = (id: number | null | undefined): string | undefined =>
    id == null ? undefined : c.tokenizer.tokenText(id)
  const chat = renderChat(c.template, input, {
    bosToken: special(c.tokenizer.specialIds.bos),
    eosToken: special(c.tokenizer.specialIds.eos[0]),
    addGenerationPrompt: true,
    ...(c.specials && { specials: c.specials }),
    hasToken: (token) => c.tokenizer.idOf(token) !== undefined,
  })
  return {
    ids: c.tokenizer.encode(chat.text, { addSpecial: false }),
    text: chat.text,
    ...(chat.notice && { notice: chat.notice }),
  }
}

/**
 * Yields one 'prompt' event, a 'prefill' event after each piece of it but the last, a 'token' event per generated
 * token, and one 'done' event.
 * Stopping (signal) takes effect within one token; what is in the cache stays usable for the next call.
 * @throws EngineError PARAM_INVALID, CONTEXT_FULL, NUMERIC, GPU_LOST …
 */
export async function* generate(
  c: Conversation,
  input: Prompt,
  options: GenerateOptions = {},
): AsyncGenerator<GenerateEvent> {
  const { sampling, maxTokens, top, stop, stopTokenIds, answerFrom, signal } = checkGenerate(options, c.defaults)
  const { runtime, tokenizer } = c
  const prompt = encodePrompt(c, input)
  if (prompt.ids.length === 0) {
    throw new EngineError(
      'PARAM_INVALID',
      'Cannot generate from nothing: the prompt holds no token. Write something first.',
      { param: 'prompt' },
    )
  }
  const { V } = runtime.plan.dims
  const stranger = prompt.ids.find((id) => !(Number.isInteger(id) && id >= 0 && id < V))
  if (stranger !== undefined && !(typeof input === 'object' && 'ids' in input)) throw beyondError(c, stranger, V)
  if (stranger !== undefined) {
    refuse('generate', 'ids', `whole numbers below ${V}, the rows of the model's embedding`, stranger)
  }
  if (prompt.ids.length >= runtime.context) {
    throw new EngineError(
      'CONTEXT_FULL',
      `Cannot answer: the prompt is ${prompt.ids.length} tokens and the context holds ${runtime.context}. Shorten it, start a new chat, or load the model with a longer context.`,
      { count: prompt.ids.length, context: runtime.context, length: 0 },
    )
  }

  const reused = runtime.reusable(reusablePrefix(c.cached.slice(0, runtime.length), prompt.ids), prompt.ids.length)
  runtime.truncate(reused)
  c.cached.length = reused
  c.journal?.truncate(reused)
  c.unread = null
  c.generatedFrom = Math.min(answerFrom ?? Infinity, prompt.ids.length)
  yield { type: 'prompt', ids: prompt.ids, reused, text: prompt.text, ...(prompt.notice && { notice: prompt.notice }) }

  const sampler = new Sampler(sampling)
  for (const id of prompt.ids) sampler.observe(id)
  const decoder = new StreamDecoder(tokenizer, { skipSpecial: true })
  const stops = new StopMatcher(stop)
  const stopIds = new Set([...c.stopIds, ...stopTokenIds])

  /** what decoder and stop strings still hold back */
  const rest = (): string => stops.push(decoder.flush()).emit + stops.flush()

  let text = ''
  let count = 0
  let reason: FinishReason = 'length'
  const started = performance.now()
  let prefilled = started
  const beforeDecode = { ...runtime.counters }

  try {
    checkAborted(signal)
    const fresh = prompt.ids.slice(reused)
    let logits: Float32Array | undefined
    const reading = readPieces(runtime, fresh, 'last')
    for (let piece = await reading.next(); ; piece = await reading.next()) {
      if (piece.done) {
        logits = piece.value
        break
      }
      c.cached.push(...fresh.slice(c.cached.length - reused, piece.value))
      checkAborted(signal)
      if (piece.value < fresh.length) yield { type: 'prefill', done: reused + piece.value, total: prompt.ids.length }
    }
    prefilled = performance.now()
    Object.assign(beforeDecode, runtime.counters)

    while (count < maxTokens) {
      if (signal?.aborted) {
        reason = 'aborted'
        break
      }
      const bad = nonFinite(logits!)
      if (bad >= 0 || isFlat(logits!)) throw await numericError(runtime, c, logits![Math.max(bad, 0)]!)
      // whoever looks inside needs the best few, also when the reader asked for none
      const choice = sampler.sample(logits!, { top: c.journal ? Math.max(top, JOURNAL_TOP) : top })
      sampler.observe(choice.id)
      c.journal?.set(runtime.length, { ...choice, logits: logits! })
      const ended = stopIds.has(choice.id)
      const piece = ended ? { emit: '', stopped: false } : stops.push(decoder.push(choice.id))
      const finish: FinishReason | null =
        ended || piece.stopped
          ? 'stop'
          : count + 1 >= maxTokens
            ? 'length'
            : runtime.length >= runtime.context
              ? 'context'
              : null
      // the last token brings along what was held back: the tokens' texts joined are the answer
      if (finish && !piece.stopped) piece.emit += rest()
      text += piece.emit
      yield {
        type: 'token',
        index: count++,
        position: runtime.length,
        id: choice.id,
        bytes: tokenizer.tokenBytes(choice.id),
        text: piece.emit,
        logprob: choice.logprob,
        rank: choice.rank,
        entropy: choice.entropy,
        stages: choice.stages,
        draw: choice.draw,
        top: choice.top.slice(0, top).map((t) => ({ ...t, text: tokenizer.tokenText(t.id) })),
      }
      if (finish) {
        reason = finish
        break
      }
      ;[logits] = await runtime.forward([choice.id], 'last')
      c.cached.push(choice.id)
    }
  } catch (error) {
    if (!(error instanceof EngineError && error.code === 'ABORTED')) throw error
    reason = 'aborted'
  }

  const ended = performance.now()
  if (reason === 'aborted') text += rest()
  const { counters } = runtime
  const decoded = counters.forwards - beforeDecode.forwards
  const rate = (tokens: number, seconds: number): number | null => (tokens > 0 && seconds > 0 ? tokens / seconds : null)
  const [prefillSeconds, decodeSeconds] = [(prefilled - started) / 1000, (ended - prefilled) / 1000]
  const per = (key: 'dispatches' | 'submits' | 'readBytes'): number =>
    decoded ? Math.round((counters[key] - beforeDecode[key]) / decoded) : 0
  const stats: GenerateStats = {
    promptTokens: prompt.ids.length,
    reusedTokens: reused,
    generatedTokens: count,
    prefillSeconds,
    decodeSeconds,
    prefillPerSecond: rate(prompt.ids.length - reused, prefillSeconds),
    decodePerSecond: rate(decoded, decodeSeconds),
    dispatchesPerToken: per('dispatches'),
    submitsPerToken: per('submits'),
    readBytesPerToken: per('readBytes'),
  }
  yield { type: 'done', reason, text, stats }
}

/** Tokens that are run once more, step by step, to find where a number was lost: damaged weights show at the first. */
const SEARCHED = 8

/** The sampled row is not finite, or the same everywhere: say where it began, and forget the cache that made it. */
async function numericError(runtime: Runtime, c: Conversation, value: number): Promise<EngineError> {
  const step = (await runtime.findNonFinite(c.cached.slice(0, SEARCHED))) ?? 'logits'
  runtime.truncate(0)
  c.cached.length = 0
  if (step === 'logits' && Number.isFinite(value)) {
    return new EngineError(
      'NUMERIC',
      `The model gave every token the same score, ${value}: there is nothing to choose by. Numbers too large on the way are the usual cause. The answer so far is kept. The weights may be damaged; load the model again, or try another one.`,
      { step, value: String(value), flat: true },
    )
  }
  return new EngineError(
    'NUMERIC',
    `The model stopped computing numbers: "${step}" is the first operation whose result is ${value}. The answer so far is kept. The weights may be damaged, or this GPU computes "${step}" wrongly; load the model again, or try another one.`,
    { step, value: String(value) },
  )
}
