// The loop: encode -> forward -> sample -> decode -> yield. Read this first.
// The only place where text, tokens and logits meet. It knows no GPU and no page.

import { saysOwnToken } from './model/plan.ts'
import { EngineError, checkAborted } from './errors.ts'
import { parseCalls, type CallStyle } from './chat/calls.ts'
import { shownOf } from './chat/format.ts'
import { callsOf, endsOf, writeChat, type Ends, type WriteVars } from './chat/write.ts'
import { Answer } from './answer.ts'
import type { Form } from './constrain/form.ts'
import { Ahead } from './speculation.ts'
import type { DecodingContext, DecodingModel } from './context.ts'
import { checkGenerate, type CheckedOptions } from './options.ts'
import { numericError } from './numeric.ts'
import { Drawing } from './drawing.ts'
import type { Landed } from './runtime/flight.ts'
import type { Counters } from './runtime/runtime.ts'
import { isFlat, nonFinite, type SampleResult } from './sampler/chain.ts'
import { refuse } from './sampler/params.ts'
import { SAMPLE_LOG_TOP } from './sampler/sample-log.ts'
import { beyondError } from './text.ts'
import { callForm } from './tool-choice.ts'
import { checkPrompt } from './prompt.ts'
import type {
  DoneEvent,
  FinishReason,
  GenerateEvent,
  GenerateOptions,
  GenerateStats,
  PrefillEvent,
  Prompt,
  PromptEvent,
  PromptOptions,
  TemplateNotice,
  TokenEvent,
} from './types.ts'

export interface EncodedPrompt {
  ids: number[]
  text: string
  notice?: TemplateNotice
  /** it ends inside a reasoning block */ thinks?: true
  /** how the answer calls the tools that were given; null without any, and where none can be told */ calls: CallStyle | null
  /** what ends the answer, beside the model's own ends */ ends: Ends
}

/**
 * Text or messages -> the ids the model reads. A chat format writes its own special tokens, plain text gets the
 * tokenizer's.
 */
export function encodePrompt(
  model: DecodingModel,
  given: Prompt,
  verb = 'generate',
  options: PromptOptions = {},
  open = true,
): EncodedPrompt {
  const { tokenizer } = model
  const input = checkPrompt(verb, given)
  const special = (id: number | null | undefined): string | undefined =>
    id == null ? undefined : tokenizer.tokenText(id)
  const speech = { template: model.template, toolTemplate: model.toolTemplate, format: model.format ?? null }
  const vars: WriteVars = {
    bosToken: special(tokenizer.specialIds.bos),
    eosToken: special(tokenizer.specialIds.eos[0]),
    ...(model.specials && { specials: model.specials }),
    idOf: (token) => tokenizer.idOf(token),
    hide: (text, mark, counts) => tokenizer.hide(text, mark, counts),
    roleIds: model.roleIds,
    addGenerationPrompt: open,
    format: options.format,
    tools: options.tools,
    documents: options.documents,
    thinking: options.thinking,
    extra: options.templateVariables,
  }
  if (!Array.isArray(input)) {
    const whole = typeof input === 'string'
    if (whole) refuseBeside(verb, options)
    const ids = whole ? tokenizer.encode(input) : input.ids
    const text = whole ? input : tokenizer.decode(ids)
    return { ids, text, calls: options.tools ? callsOf(speech, options) : null, ends: endsOf(speech, vars) }
  }
  const { pieces, bare, notice, calls, ends } = writeChat(speech, input, vars)
  const ids = bare
    ? pieces.flatMap((piece) => ('id' in piece ? [piece.id] : tokenizer.encode(piece.text, { mark: piece.mark })))
    : pieces.flatMap((piece) =>
        'id' in piece
          ? [piece.id]
          : tokenizer.encode(piece.text, { addSpecial: false, special: piece.special === true, mark: piece.mark }),
      )
  const text = pieces.map((piece) => ('id' in piece ? tokenizer.tokenText(piece.id) : shownOf(piece))).join('')
  return {
    ids,
    text,
    ...(notice && { notice }),
    ...(/<think>\s*$/.test(text) && { thinks: true as const }),
    calls: options.tools ? calls : null,
    ends,
  }
}

/** A text is read as it is: nothing of a chat has a place in it. */
function refuseBeside(verb: string, options: PromptOptions): void {
  for (const name of ['tools', 'documents', 'thinking', 'templateVariables'] as const) {
    if (options[name] !== undefined) {
      refuse(verb, name, 'left out beside a text: it needs a list of messages', options[name])
    }
  }
}

/**
 * What is read of a prompt, and by whom. A decoder reads all of it. Of an encoder–decoder the encoder does, and the text
 * that is written begins with a token of the model's own; `{ ids, source }` says both.
 */
function readBy(
  { runtime: { plan } }: DecodingModel,
  input: Prompt,
  ids: number[],
): { ids: number[]; source?: number[] } {
  if (plan.start === undefined) return { ids }
  const source = typeof input === 'object' && 'ids' in input ? input.source : undefined
  return source ? { ids, source } : { ids: [plan.start], source: ids }
}

/** A prompt that is ready to be answered. */
export interface OpenPrompt extends EncodedPrompt {
  /** of an encoder–decoder: what its encoder reads */ source?: number[]
  /** position of the answer's first token */ answerFrom: number
  /** what the answer is held to, once somebody asked formOf() */ form?: Form | null
}

/** @throws EngineError where there is nothing to answer, or no room for an answer */
export function openPrompt(model: DecodingModel, input: Prompt, checked: CheckedOptions): OpenPrompt {
  checkWrites(model)
  const given = encodePrompt(model, input, 'generate', checked.prompt)
  const prompt = { ...given, ...readBy(model, checkPrompt('generate', input), given.ids) }
  checkIds(model, input, prompt, checked.force)
  const answerFrom = checked.continueFrom ?? prompt.ids.length
  if (answerFrom > prompt.ids.length) {
    const need = `a place among the prompt's tokens, at most ${prompt.ids.length}`
    refuse('generate', 'continueFrom', need, answerFrom)
  }
  return { ...prompt, answerFrom }
}

/** Forms are loaded when one is asked for. @throws CONSTRAINT_INVALID where an answer cannot be held to the one that is */
export async function formOf(
  { tokenizer, runtime }: DecodingModel,
  { constraint, toolChoice, prompt: { tools } }: CheckedOptions,
  { thinks, calls: style }: EncodedPrompt,
): Promise<Form | null> {
  if (constraint === undefined && toolChoice === undefined) return null
  const { formed, marksOf, refuseForm } = await import('./constrain/form.ts')
  const size = runtime.plan.outputs[0]!.width
  if (constraint !== undefined) {
    if (tools || toolChoice) refuseForm({ problem: 'tools' })
    if (thinks) refuseForm({ problem: 'thinks' })
    return formed(tokenizer, size, constraint)
  }
  const form = callForm(toolChoice!, tools, style)
  if (thinks) refuseForm({ problem: 'thinks', calls: true })
  const marks = marksOf[form.style].map((text) => [text, tokenizer.idOf(text)] as const)
  return formed(tokenizer, size, form, new Map(marks.filter((mark) => mark[1] !== undefined) as [string, number][]))
}

/** The answer to a prompt, with what the prompt's format ends it by. */
export const answerTo = (model: DecodingModel, prompt: OpenPrompt, checked: CheckedOptions): Answer =>
  new Answer(
    model,
    prompt.ids,
    prompt.answerFrom,
    {
      ...checked,
      stop: [...checked.stop, ...prompt.ends.stops],
      stopTokenIds: [...checked.stopTokenIds, ...prompt.ends.ids],
    },
    prompt.form ?? null,
  )

/** @param said text of the answer's tokens so far */
export const promptEvent = (prompt: OpenPrompt, reused: number, said: string): PromptEvent => ({
  type: 'prompt',
  ids: prompt.ids,
  ...(prompt.source && { source: prompt.source }),
  answerFrom: prompt.answerFrom,
  reused,
  text: prompt.text,
  ...(prompt.answerFrom < prompt.ids.length && { said }),
  ...(prompt.thinks && { thinks: true as const }),
  ...(prompt.calls && { calls: prompt.calls }),
  ...(prompt.notice && { notice: prompt.notice }),
  ...(prompt.form && prompt.form.ignored.length > 0 && { ignored: prompt.form.ignored }),
})

export const tokenEvent = (
  { tokenizer }: DecodingModel,
  choice: SampleResult,
  { index, position, text, top }: Pick<TokenEvent, 'index' | 'position' | 'text'> & { top: number },
): TokenEvent => ({
  type: 'token',
  index,
  position,
  id: choice.id,
  bytes: tokenizer.tokenBytes(choice.id),
  text,
  logprob: choice.logprob,
  rank: choice.rank,
  entropy: choice.entropy,
  stages: choice.stages,
  draw: choice.draw,
  top: choice.top.slice(0, top).map((t) => ({ ...t, text: tokenizer.tokenText(t.id) })),
})

/** Reads what of the prompt is not in the cache; yields how far it is. @returns the last token's row of logits */
export async function* readPrompt(
  c: DecodingContext,
  prompt: OpenPrompt,
  reused: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<PrefillEvent, Float32Array, undefined> {
  checkAborted(signal)
  const fresh = prompt.ids.slice(reused)
  const reading = c.read(fresh, 'last')
  for (;;) {
    const { done, value } = await reading.next()
    if (done) return value!
    checkAborted(signal)
    if (value < fresh.length) yield { type: 'prefill', done: reused + value, total: prompt.ids.length }
  }
}

/** What the tool calls in an answer's tokens are, where the prompt brought tools: their marks are often special tokens. */
export function callsIn(
  { tokenizer, stopIds }: DecodingModel,
  prompt: OpenPrompt,
  given: number[],
): Pick<DoneEvent, 'calls' | 'beside'> {
  if (!prompt.calls) return {}
  // the token that ended the answer is no part of a call, whatever it is called
  const written = stopIds.has(given.at(-1) ?? -1) ? given.slice(0, -1) : given
  const { calls, text: beside } = parseCalls(tokenizer.decode(written), prompt.calls)
  // words that read like a call of no tool are words, where the answer was held to its calls
  const names = prompt.form?.names
  if (names && !calls.every(({ name }) => names.has(name))) return {}
  return calls.length === 0 ? {} : { calls: calls.map((call) => ({ type: 'function', function: call })), beside }
}

/**
 * Yields one 'prompt' event, a 'prefill' event after each piece of it but the last, a 'token' event per token that is
 * written, and one 'done' event.
 * Stopping (signal) takes effect within one token; what is in the cache stays usable for the next call.
 * @throws EngineError PARAM_INVALID, CONTEXT_FULL, NUMERIC, GPU_LOST …
 */
export async function* generate(
  c: DecodingContext,
  input: Prompt,
  options: GenerateOptions = {},
): AsyncGenerator<GenerateEvent> {
  const checked = checkGenerate(options, c.model.defaults)
  const prompt = openPrompt(c.model, input, checked)
  yield* write(c, { ...prompt, form: await formOf(c.model, checked, prompt) }, checked)
}

/** generate() of a prompt that is open. */
export async function* write(
  c: DecodingContext,
  prompt: OpenPrompt,
  checked: CheckedOptions,
): AsyncGenerator<GenerateEvent> {
  const { maxTokens, top, signal } = checked
  const { runtime } = c.model
  const answer = answerTo(c.model, prompt, checked)
  const written = prompt.ids.slice(prompt.answerFrom)
  const reused = c.begin(prompt.ids, prompt.answerFrom, prompt.source)
  yield promptEvent(prompt, reused, answer.said)

  let index = prompt.ids.length - prompt.answerFrom
  let text = ''
  let count = 0
  let reason: FinishReason = 'length'
  const ahead = new Ahead(c, checked.speculation)
  const started = performance.now()
  let prefilled = started
  const beforeDecode = { ...runtime.counters }
  const drawing = new Drawing(c, answer, typeof checked.speculation === 'number')

  try {
    let logits: Float32Array = yield* readPrompt(c, prompt, reused, signal)
    let drawn: Landed | null = null
    prefilled = performance.now()
    Object.assign(beforeDecode, runtime.counters)

    while (count < maxTokens) {
      if (signal?.aborted) {
        reason = 'aborted'
        break
      }
      const choice: SampleResult | null = drawn
        ? takeDrawn(c, answer, drawn, top)
        : await chooseHere(c, answer, logits, top)
      if (!choice) {
        reason = 'dead-end'
        break
      }
      const piece = answer.write(choice.id)
      written.push(choice.id)
      const finish: FinishReason | null = piece.ended
        ? 'stop'
        : count + 1 >= maxTokens
          ? 'length'
          : runtime.length >= runtime.context
            ? 'context'
            : null
      // the last token brings along what was held back: the tokens' texts joined are the answer
      if (finish && !piece.ended) piece.text += answer.rest()
      text += piece.text
      count++
      yield tokenEvent(c.model, choice, { index: index++, position: runtime.length, text: piece.text, top })
      if (finish) {
        reason = finish
        break
      }
      const left = maxTokens - count,
        isAhead = ahead.sees(choice.id, left),
        asked = performance.now()
      if (isAhead) drawing.end()
      drawn = isAhead ? null : await drawing.next(choice.id, left, top)
      if (drawn) ahead.ranAlone(asked)
      else logits = await ahead.step(choice.id)
    }
  } catch (error) {
    if (!(error instanceof EngineError && error.code === 'ABORTED')) throw error
    reason = 'aborted'
  } finally {
    drawing.end()
  }

  const ended = performance.now()
  if (reason === 'aborted' || reason === 'dead-end') text += answer.rest()
  const { drafted, accepted } = ahead
  const stats = statsOf(prompt, {
    reused,
    count,
    // those that were sent too far when the answer ended count as work, not as tokens
    decoded: runtime.counters.forwards - beforeDecode.forwards + accepted,
    seconds: [(prefilled - started) / 1000, (ended - prefilled) / 1000],
    before: beforeDecode,
    after: runtime.counters,
    drafted,
    accepted,
    drawnOnDevice: drawing.drawn,
    ...(drawing.why && { drawnByHost: drawing.why }),
  })
  yield { type: 'done', reason, text, ...answer.fits, stats, ...callsIn(c.model, prompt, written) }
}

interface Took extends Pick<GenerateStats, 'drafted' | 'accepted' | 'drawnOnDevice' | 'drawnByHost'> {
  reused: number
  /** tokens written, and tokens that were run for them: some of those in flight may be too many */
  count: number
  decoded: number
  /** of the prompt, of the answer */
  seconds: [prefill: number, decode: number]
  /** counters before the answer's second token, and behind its last */
  before: Counters
  after: Counters
}
export function statsOf(prompt: OpenPrompt, took: Took): GenerateStats {
  const { reused, count, decoded, before, after } = took
  const [prefillSeconds, decodeSeconds] = took.seconds
  const rate = (tokens: number, seconds: number): number | null => (tokens > 0 && seconds > 0 ? tokens / seconds : null)
  const per = (key: keyof Counters): number => (decoded ? Math.round((after[key] - before[key]) / decoded) : 0)
  const promptTokens = prompt.ids.length + (prompt.source?.length ?? 0)
  return {
    promptTokens,
    reusedTokens: reused,
    generatedTokens: count,
    prefillSeconds,
    decodeSeconds,
    prefillPerSecond: rate(promptTokens - reused, prefillSeconds),
    decodePerSecond: rate(Math.min(decoded, Math.max(0, count - 1)), decodeSeconds),
    dispatchesPerToken: per('dispatches'),
    submitsPerToken: per('submits'),
    readBytesPerToken: per('readBytes'),
    passesPerToken: per('passes'),
    writesPerToken: per('writes'),
    waitsPerToken: per('waits'),
    drafted: took.drafted,
    accepted: took.accepted,
    drawnOnDevice: took.drawnOnDevice,
    ...(took.drawnByHost && { drawnByHost: took.drawnByHost }),
  }
}

/** The next token of a row of logits; null where no token goes on with the answer's form. @throws NUMERIC where they say nothing */
async function chooseHere(
  c: DecodingContext,
  answer: Answer,
  logits: Float32Array,
  top: number,
): Promise<SampleResult | null> {
  const bad = nonFinite(logits)
  if (bad >= 0 || isFlat(logits)) throw await numericError(c, logits[Math.max(bad, 0)]!)
  const choice = answer.choose(logits, listed(c, top))
  if (choice) c.samples?.set(c.model.runtime.length, { ...choice, logits })
  if (choice?.form) c.keepForm(choice.form)
  return choice
}

/** The next token, as the device drew it. */
function takeDrawn(c: DecodingContext, answer: Answer, { row, ...drawn }: Landed, top: number): SampleResult {
  const { length, plan } = c.model.runtime
  const choice = answer.take(drawn, plan.outputs[0]!.width, listed(c, top))
  if (row) c.samples?.set(length, { ...choice, logits: row })
  return choice
}

/** Whoever looks inside needs the best few, also when the reader asked for none. */
const listed = ({ samples }: DecodingContext, top: number): number => (samples ? Math.max(top, SAMPLE_LOG_TOP) : top)

/** @throws TASK_UNSUPPORTED for a model that names labels, fills blanks or gives vectors */
function checkWrites({ runtime: { plan } }: DecodingModel): void {
  if (plan.outputs[0]!.name === 'logits' && !saysOwnToken(plan)) return
  throw new EngineError(
    'TASK_UNSUPPORTED',
    'Cannot write an answer: this model reads a whole text at once and does not go on with one. Give it a text to read.',
    { asked: 'generate' },
  )
}

/** @throws EngineError where the model cannot read these tokens, or has no room for one more */
function checkIds(
  model: DecodingModel,
  input: Prompt,
  { ids: written, source = [] }: { ids: readonly number[]; source?: readonly number[] },
  force: Record<number, number>,
): void {
  const { runtime } = model
  const ids = [...source, ...written]
  if (written.length === 0 || (runtime.plan.start !== undefined && source.length === 0)) {
    throw new EngineError(
      'PARAM_INVALID',
      'Cannot generate from nothing: the prompt holds no token. Write something first.',
      { param: 'prompt' },
    )
  }
  const { V } = runtime.plan.dims
  const isBeyond = (id: number): boolean => !(Number.isInteger(id) && id >= 0 && id < V)
  const need = `whole numbers below ${V}, the rows of the model's embedding`
  const beyond = ids.find(isBeyond)
  if (beyond !== undefined && !(typeof input === 'object' && 'ids' in input)) throw beyondError(model, beyond, V)
  if (beyond !== undefined) refuse('generate', 'ids', need, beyond)
  const wrong = Object.values(force).find(isBeyond)
  if (wrong !== undefined) refuse('generate', 'force', need, wrong)
  const count = Math.max(written.length, source.length - 1) // the encoder's text has the cache for itself
  if (count >= runtime.context) {
    throw new EngineError(
      'CONTEXT_FULL',
      `Cannot answer: the prompt is ${count} tokens and the context holds ${runtime.context}. Shorten it, start a new chat, or load the model with a longer context.`,
      { count, context: runtime.context, length: 0 },
    )
  }
}
