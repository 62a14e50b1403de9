// Training at the engine's door: its words for rows and samples, and what must hold before anything begins.

import type { DecodingContext } from '../context.ts'
import { EngineError } from '../errors.ts'
import type { Checkpoint } from '../formats/types.ts'
import { encodePrompt, generate } from '../generate.ts'
import { generateMany } from '../many.ts'
import { parameters as sampling, perParameter } from '../sampler/params.ts'
import type { AdapterInfo, ChatMessage, ModelInfo, Prompt } from '../types.ts'
import type { Drawn, TrainEvent, TrainOptions } from './events.ts'
import { exampleOf, type TrainRow, type Writer } from './data.ts'
import type { Draws } from './reinforce.ts'
import { expectOptions } from './settings.ts'
import { baseOf } from './state.ts'
import { train } from './train.ts'

export interface Trained {
  context: DecodingContext
  checkpoint: Checkpoint
  info: ModelInfo
  off: ReadonlySet<string>
  adapters: readonly AdapterInfo[]
}

/** Answers that are written side by side: as many as generate() takes. */
const TOGETHER = 8
/** Tokens of a sample's answer. */
const SAMPLE_TOKENS = 48

export async function* trainEngine(trained: Trained, options: TrainOptions): AsyncGenerator<TrainEvent> {
  expectOptions(options)
  const { context, checkpoint, info, off, adapters } = trained
  const { model } = context
  if (options.adapter === null && adapters.length > 0) {
    const need =
      'the name of an adapter, as the model was loaded with some; load it without, and null teaches all of it'
    throw new EngineError('PARAM_INVALID', `Cannot train "null": it must be ${need}.`, {
      param: 'adapter',
      need,
      found: 'null',
    })
  }
  const learns = adapters.find(({ name }) => name === options.adapter)
  if (learns && learns.scale !== 1) {
    const need = 'an adapter at its full strength, 1'
    throw new EngineError('PARAM_INVALID', `Cannot train "${options.adapter}": it must be ${need}.`, {
      param: 'adapter',
      need,
      found: String(learns.scale),
    })
  }
  const answer = async (prompt: Prompt): Promise<string> => {
    context.adapterChanged() // what is kept of the text is of the weights before
    let text = ''
    for await (const event of generate(context, prompt, { maxTokens: SAMPLE_TOKENS, temperature: 0 })) {
      if (event.type === 'token') text += event.text
    }
    return text
  }
  /** Every stage that cuts odds off is off: what learns from an answer must have drawn it as it holds it likely. */
  const draw: Draws = async (prompt, { seed, count, maxTokens, signal }) => {
    const found: Drawn[] = []
    for (let from = 0; from < count; from += TOGETHER) {
      context.adapterChanged()
      const own = Array.from({ length: Math.min(TOGETHER, count - from) }, () => ({ ids: [] as number[] }))
      const options = {
        ...perParameter((name) => sampling[name].off),
        ...{ seed: seed + from, n: own.length, maxTokens, speculation: 'off' as const, ...(signal && { signal }) },
      }
      for await (const event of generateMany(context, [...prompt], options)) {
        const one = own['answer' in event ? (event.answer ?? 0) : 0]!
        if (event.type === 'token') one.ids.push(event.id)
        if (event.type !== 'done') continue
        if (event.reason === 'aborted') return null
        found.push({ ids: one.ids, text: event.text, isWhole: event.reason === 'stop' })
      }
    }
    return found
  }
  for (const prompt of options.samples ?? []) expectRoom(context, prompt)
  const { runtime } = model
  const { parameters, maxContext } = info
  const base = await baseOf(runtime.plan, checkpoint)
  yield* train(
    { runtime, writer: writerOf(context), parameters, base, context: maxContext, off, answer, draw },
    options,
  )
}

/** Before anything is learnt: in the middle of a run it would end it, and again whenever it goes on. */
function expectRoom({ model }: DecodingContext, prompt: Prompt): void {
  const count = encodePrompt(model, prompt, 'train').ids.length
  const { context } = model.runtime
  if (count < context) return
  throw new EngineError(
    'CONTEXT_FULL',
    `Cannot train: a prompt of "samples" is ${count} tokens and the context holds ${context}. Shorten it, or load the model with a longer context.`,
    { count, context, length: 0 },
  )
}

function writerOf({ model }: DecodingContext): Writer {
  const chat = (messages: readonly ChatMessage[], open: boolean) =>
    encodePrompt(model, [...messages], 'train', {}, open)
  return {
    chat: (messages, open) => (messages.length === 0 ? [] : chat(messages, open).ids),
    text: (text) => model.tokenizer.encode(text),
    words: model.runtime.plan.dims.V,
    ends: new Set([...model.stopIds, ...chat([{ role: 'user', content: 'a' }], true).ends.ids]),
  }
}

/** Rows as the model reads them. */
export interface TrainingRow {
  ids: readonly number[]
  texts: readonly string[]
  /** by token: is the model to say it */
  isTarget: readonly boolean[]
  /** turns at the beginning that are left out, because the row is longer than allowed */
  cut: number
}

/** @throws PARAM_INVALID where it has no target, does not fit, or cannot be cut into turns */
export function trainingRow(context: DecodingContext, row: TrainRow, index: number, longest: number): TrainingRow {
  const example = exampleOf(writerOf(context), row, index, longest)
  return { ...example, texts: example.ids.map((id) => context.model.tokenizer.tokenText(id)) }
}
