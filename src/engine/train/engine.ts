// Training at the engine's door: its words for rows and samples, and what must hold before anything begins.

import type { DecodingContext } from '../context.ts'
import { EngineError } from '../errors.ts'
import { encodePrompt, generate } from '../generate.ts'
import type { AdapterInfo, ChatMessage, ModelInfo, Prompt } from '../types.ts'
import type { TrainEvent, TrainOptions } from './events.ts'
import { train } from './train.ts'

export interface Trained {
  context: DecodingContext
  info: ModelInfo
  off: ReadonlySet<string>
  adapters: readonly AdapterInfo[]
}

/** Tokens of a sample's answer. */
const SAMPLE_TOKENS = 48

export async function* trainEngine(trained: Trained, options: TrainOptions): AsyncGenerator<TrainEvent> {
  const { context, info, off, adapters } = trained
  const { model } = context
  const learns = adapters.find(({ name }) => name === options.adapter)
  if (learns && learns.scale !== 1) {
    const need = 'an adapter at its full strength, 1'
    throw new EngineError('PARAM_INVALID', `Cannot train "${options.adapter}": it must be ${need}.`, {
      param: 'adapter',
      need,
      found: String(learns.scale),
    })
  }
  const chat = (messages: readonly ChatMessage[], open: boolean) =>
    encodePrompt(model, [...messages], 'train', {}, open)
  const ends = new Set([...model.stopIds, ...chat([{ role: 'user', content: 'a' }], true).ends.ids])
  const answer = async (prompt: Prompt): Promise<string> => {
    context.adapterChanged() // what is kept of the text is of the weights before
    let text = ''
    for await (const event of generate(context, prompt, { maxTokens: SAMPLE_TOKENS, temperature: 0 })) {
      if (event.type === 'token') text += event.text
    }
    return text
  }
  const writer = {
    chat: (messages: readonly ChatMessage[], open: boolean) => (messages.length === 0 ? [] : chat(messages, open).ids),
    text: (text: string) => model.tokenizer.encode(text),
    ends,
  }
  const { parameters, maxContext } = info
  yield* train({ runtime: model.runtime, writer, parameters, context: maxContext, off, answer }, options)
}
