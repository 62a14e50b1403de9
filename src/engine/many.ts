// Several answers to one prompt, side by side: the prompt is read once, and every forward then runs one token of each
// ("strands", ops/strands.ts). Weights are read once for all of them, which is most of what a token costs.
//
// Answer r is the one that generate() gives with the seed + r, event by event, to the last bits of its numbers where
// kernels of several rows add in another order. Where a model's steps need their rows in one text, on the processor, where
// somebody looks inside, and from where the cache has no room for all, answers are written one after the other: the same,
// and no quicker than that.

import type { Answer } from './answer.ts'
import type { DecodingContext } from './context.ts'
import { checkAborted, EngineError } from './errors.ts'
import {
  answerTo,
  callsIn,
  formOf,
  openPrompt,
  promptEvent,
  readPrompt,
  statsOf,
  tokenEvent,
  write,
} from './generate.ts'
import type { OpenPrompt } from './generate.ts'
import { numericError } from './numeric.ts'
import { checkGenerate, type CheckedOptions } from './options.ts'
import { isFlat, nonFinite } from './sampler/chain.ts'
import type { FinishReason, GenerateEvent, GenerateOptions, Prompt } from './types.ts'

/** One of the answers while it is written. */
interface Strand {
  number: number
  checked: CheckedOptions
  answer: Answer
  /** its tokens, those that the prompt ends with included */
  written: number[]
  /** what this call wrote */
  text: string
  count: number
  reason: FinishReason | null
}

/**
 * generate(), options.n times: every event says of which answer it is.
 * @throws as generate()
 */
export async function* generateMany(
  c: DecodingContext,
  input: Prompt,
  options: GenerateOptions,
): AsyncGenerator<GenerateEvent> {
  const checked = checkGenerate(options, c.model.defaults)
  const opened = openPrompt(c.model, input, checked)
  const prompt = { ...opened, form: await formOf(c.model, checked, opened) }
  const strands = Array.from({ length: checked.n }, (_, number) => strandOf(c, prompt, checked, number))
  // whoever looks inside sees one text
  const together = !c.samples && c.model.runtime.mostStrands >= checked.n
  if (together) yield* sideBySide(c, prompt, strands)
  for (const strand of strands) if (!strand.reason) yield* alone(c, prompt, strand, together)
}

function strandOf(c: DecodingContext, prompt: OpenPrompt, given: CheckedOptions, number: number): Strand {
  const checked = { ...given, sampling: { ...given.sampling, seed: given.sampling.seed + number } }
  return {
    number,
    checked,
    answer: answerTo(c.model, prompt, checked),
    written: prompt.ids.slice(prompt.answerFrom),
    text: '',
    count: 0,
    reason: null,
  }
}

/** Writes all of them as far as the cache has room; those that are not at their end then have no reason. */
async function* sideBySide(
  c: DecodingContext,
  prompt: OpenPrompt,
  strands: readonly Strand[],
): AsyncGenerator<GenerateEvent> {
  const { runtime } = c.model,
    { signal } = strands[0]!.checked
  const reused = c.begin(prompt.ids, prompt.answerFrom, prompt.source)
  for (const { number, answer } of strands) yield { ...promptEvent(prompt, reused, answer.said), answer: number }
  const started = performance.now()
  let prefilled = started,
    before = { ...runtime.counters },
    forwards = 0
  const done = (strand: Strand): GenerateEvent => {
    const { number, text, count, written } = strand
    const stats = statsOf(prompt, {
      reused,
      count,
      decoded: forwards,
      seconds: [(prefilled - started) / 1000, (performance.now() - prefilled) / 1000],
      before,
      after: runtime.counters,
      drafted: 0,
      accepted: 0,
    })
    return {
      type: 'done',
      reason: strand.reason!,
      text,
      ...strand.answer.fits,
      stats,
      ...callsIn(c.model, prompt, written),
      answer: number,
    }
  }

  try {
    const reading = readPrompt(c, prompt, reused, signal)
    let first: Float32Array
    for (;;) {
      const { done: isRead, value } = await reading.next()
      if (isRead) {
        first = value
        break
      }
      for (const { number } of strands) yield { ...value, answer: number }
    }
    prefilled = performance.now()
    before = { ...runtime.counters }
    let rows = strands.map(() => first)
    for (;;) {
      for (const [i, strand] of strands.entries()) {
        if (strand.reason) continue
        checkAborted(signal)
        const token = await next(c, strand, rows[i]!)
        if (token) yield { ...token, answer: strand.number }
        if (strand.reason) yield done(strand)
      }
      // those at their end run on with the others, unheard: entries of the cache are dealt out in turn
      const hasRoom = runtime.length + (forwards + 1) * strands.length <= runtime.context
      if (!hasRoom || strands.every(({ reason }) => reason)) return
      rows = await runtime.runStrands(
        strands.map(({ written }) => written.at(-1)!),
        forwards++,
      )
    }
  } catch (error) {
    if (!(error instanceof EngineError && error.code === 'ABORTED')) throw error
    for (const strand of strands) {
      if (strand.reason) continue
      strand.reason = 'aborted'
      strand.text += strand.answer.rest()
      yield done(strand)
    }
  }
}

/** The strand's next token; null where it ends without one. */
async function next(c: DecodingContext, strand: Strand, logits: Float32Array): Promise<GenerateEvent | null> {
  const bad = nonFinite(logits)
  if (bad >= 0 || isFlat(logits)) throw await numericError(c, logits[Math.max(bad, 0)]!)
  const { answer, checked, written } = strand,
    { maxTokens, top } = checked
  const index = written.length,
    position = c.model.runtime.length + strand.count
  const choice = answer.choose(logits, top)
  if (!choice) {
    strand.reason = 'dead-end'
    strand.text += answer.rest()
    return null
  }
  const piece = answer.write(choice.id)
  strand.count++
  if (piece.ended) strand.reason = 'stop'
  else if (strand.count >= maxTokens) strand.reason = 'length'
  else if (position >= c.model.runtime.context) strand.reason = 'context'
  const text = piece.text + (strand.reason && !piece.ended ? answer.rest() : '')
  strand.text += text
  written.push(choice.id)
  return tokenEvent(c.model, choice, { index, position, text, top })
}

/** Goes on with one of them as generate() does. @param begun its prompt was told, and what it wrote so far */
async function* alone(
  c: DecodingContext,
  prompt: OpenPrompt,
  { number, checked, written, text, count }: Strand,
  begun: boolean,
): AsyncGenerator<GenerateEvent> {
  const ids = [...prompt.ids.slice(0, prompt.answerFrom), ...written]
  for await (const event of write(c, { ...prompt, ids }, { ...checked, maxTokens: checked.maxTokens - count })) {
    if (begun && (event.type === 'prompt' || event.type === 'prefill')) continue
    if (event.type !== 'done') yield { ...event, answer: number }
    else {
      const stats = { ...event.stats, generatedTokens: event.stats.generatedTokens + count }
      yield { ...event, text: text + event.text, stats, answer: number }
    }
  }
}
