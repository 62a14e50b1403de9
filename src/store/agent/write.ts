// One turn of the model: asked as the run says, and what it wrote, read, with every token's own numbers.

import { readNative, type AgentMessage } from '../../agent/prompt.ts'
import { read, stops, turnForm } from '../../agent/react.ts'
import type { Grammar, Said } from '../../agent/machine.ts'
import { asFunction, type Tool } from '../../tools/index.ts'
import type { ChatMessage, Client, DoneEvent, GenerateRequest, SamplingParams } from '../../worker/protocol.ts'
import { asText } from '../able.ts'
import type { AnswerRun } from '../answers.ts'
import { parameters, perParameter } from '../stages.ts'

export interface Wanted {
  grammar: Grammar
  tools: readonly Tool[]
  /** ReAct: only what is a whole turn of these tools can be drawn; native: calls of these tools with arguments they take */
  held: boolean
  maxTokens: number
  temperature: number
  seed: number
}
export interface Written {
  said: Said
  run: AnswerRun
}

const asStrict = (tool: Tool): object => {
  const { type, function: made } = asFunction(tool) as { type: string; function: object }
  return { type, function: { ...made, strict: true } }
}

/** The temperature alone: a model's own cuts and penalties would be numbers that nobody sees. */
export const sampling = (temperature: number, seed: number): Omit<SamplingParams, 'logitBias'> => ({
  ...perParameter((name) => parameters[name].off),
  temperature,
  seed,
})

export const optionsOf = ({ grammar, tools, held, maxTokens, temperature, seed }: Wanted): GenerateRequest => ({
  maxTokens,
  ...sampling(temperature, seed),
  ...(grammar === 'native' && tools.length > 0 && { tools: tools.map(held ? asStrict : asFunction) }),
  // calls are free to come or not; where one comes, its arguments are held to the tool's schema
  ...(grammar === 'native' && tools.length > 0 && held && { toolChoice: {} }),
  ...(grammar === 'react' && { stop: [...stops] }),
  ...(grammar === 'react' && held && { constraint: { pattern: turnForm(tools) } }),
})

/** @param grown told of the text so far @returns null where it was stopped */
export async function writeTurn(
  client: Pick<Client, 'generate'>,
  messages: readonly AgentMessage[],
  wanted: Wanted,
  signal: AbortSignal,
  grown: (text: string) => void,
): Promise<Written | null> {
  const events: AnswerRun['events'][number][] = []
  let prompt: AnswerRun['prompt'] | null = null
  let done: DoneEvent | null = null
  let text = ''
  for await (const event of client.generate(asText(messages as ChatMessage[]), { ...optionsOf(wanted), signal })) {
    if (event.type === 'prompt') prompt = event
    else if (event.type === 'done') done = event
    else if (event.type === 'token') {
      events.push(event)
      grown((text += event.text))
    }
  }
  if (signal.aborted || !prompt || !done) return null
  const isCut = done.reason === 'length' || done.reason === 'context' || done.reason === 'dead-end'
  const said =
    wanted.grammar === 'native'
      ? readNative(done.text, done.calls, done.beside, isCut)
      : read(done.text, wanted.tools, isCut)
  return { said: { ...said, tokens: events.length }, run: { prompt, events } }
}
