// chat.completions.create: messages in, one answer or several out, whole or as they are written.

import { argumentsAsData } from '../tools/as-data.ts'
import type { ChatMessage, DoneEvent, GenerateOptions } from '../engine/types.ts'
import { madeBy, newId, noticesOf } from './made.ts'
import { toolChoiceOf, toolsOf } from './tools.ts'
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
import type { Api } from './models.ts'
import { runAhead } from './queue.ts'
import type {
  ChatChunk,
  ChatCompletion,
  ChatFinish,
  ChatRequest,
  FunctionCall,
  RequestOptions,
  TokenLogprob,
} from './types.ts'
import { UsageSum, writeAll, type Piece, type WriteJob } from './writing.ts'

export interface ChatCompletions {
  create(request: ChatRequest & { stream?: false | null }, options?: RequestOptions): Promise<ChatCompletion>
  create(request: ChatRequest & { stream: true }, options?: RequestOptions): Promise<AsyncIterable<ChatChunk>>
  create(request: ChatRequest, options?: RequestOptions): Promise<ChatCompletion | AsyncIterable<ChatChunk>>
}

const fates: Fates = {
  ...writeFates,
  max_completion_tokens: 'own',
  top_logprobs: 'own',
  messages: 'own',
  tools: 'own',
  tool_choice: 'own',
  documents: { option: 'documents' },
  thinking: { option: 'thinking' },
  format: { option: 'format' },
  chat_template_kwargs: { option: 'templateVariables' },
  response_format: 'own',
  parallel_tool_calls: 'own',
  modalities: refused('answers are text only', ['text']),
  store: refused('nothing is stored', false),
  functions: refused('give "tools"'),
  function_call: refused('give "tools" and "tool_choice"'),
  ...Object.fromEntries(
    ['audio', 'moderation', 'prediction', 'reasoning_effort', 'verbosity', 'web_search_options'].map((name) => [
      name,
      refused('no model here computes with it'),
    ]),
  ),
  ...Object.fromEntries(
    [
      'metadata',
      'prompt_cache_key',
      'prompt_cache_options',
      'prompt_cache_retention',
      'safety_identifier',
      'service_tier',
    ].map((name): [string, 'label'] => [name, 'label']),
  ),
}

interface Chat extends WriteJob {
  hasTools: boolean
  stream: boolean
  usage: boolean
}

function read(api: Api, given: unknown): Chat {
  const body = readBody(given, fates)
  const model = api.loaded(body['model'])
  const { max_tokens } = body
  const most = count(body, 'max_completion_tokens', 1e9, 1) ?? max_tokens
  if (max_tokens !== undefined && max_tokens !== most) {
    refuse('max_tokens', 'left out beside "max_completion_tokens"', max_tokens)
  }
  const logprobs = plain(body, 'logprobs', 'boolean') === true
  const top = count(body, 'top_logprobs', mostTop)
  if (top !== undefined && !logprobs) refuse('top_logprobs', 'left out where "logprobs" is not true', top)
  const tools = toolsOf(body)
  const toolChoice = tools && toolChoiceOf(body, tools)
  const constraint = formOf(body['response_format'])
  const options = optionsOf({ ...body, max_tokens: most }, fates, model.info.vocab, {
    maxTokens: model.info.defaults?.maxTokens ?? model.info.context,
    ...(tools && { tools }),
    ...(toolChoice && { toolChoice }),
    ...(constraint && { constraint }),
  })
  return {
    model,
    prompts: [messagesOf(body['messages'])],
    options,
    logprobs: logprobs ? (top ?? 0) : null,
    hasTools: tools !== undefined,
    ...streaming(body),
  }
}

const formatFates: Fates = { type: 'own', json_schema: 'own' }
/** `strict` asks for what every answer does */
const schemaFates: Fates = { name: 'own', description: 'label', schema: 'own', strict: 'own' }

/** The form that the answer is held to. */
function formOf(given: unknown): GenerateOptions['constraint'] {
  if (given === undefined) return undefined
  const { type, json_schema: asked } = readBody(given, formatFates, 'response_format')
  if (type !== 'json_schema' && asked !== undefined) {
    refuse('response_format.json_schema', 'left out where "type" is not "json_schema"', asked)
  }
  if (type === 'text') return undefined
  if (type === 'json_object') return 'json'
  if (type !== 'json_schema') return refuse('response_format.type', '"text", "json_object" or "json_schema"', type)
  const at = 'response_format.json_schema'
  const { name, schema, strict } = readBody(asked, schemaFates, at)
  if (typeof name !== 'string') refuse(`${at}.name`, 'a text', name)
  if (strict !== undefined && typeof strict !== 'boolean') refuse(`${at}.strict`, 'true or false', strict)
  if (schema === undefined || typeof schema !== 'object') return refuse(`${at}.schema`, 'an object', schema)
  return { schema: schema as Record<string, unknown> }
}

/** Fields of a message that OpenAI's answers have and no prompt needs: what one answers can be sent back as it came. */
const unused = new Set(['refusal', 'audio', 'function_call', 'annotations'])
/** The last one says where a service may cut its cache: it changes no answer. */
const partNames = new Set(['type', 'text', 'prompt_cache_breakpoint'])
const isNothing = (value: unknown): boolean =>
  value === null || value === undefined || (Array.isArray(value) && value.length === 0)

function messagesOf(given: unknown): ChatMessage[] {
  if (!Array.isArray(given) || given.length === 0) return refuse('messages', 'a list of one message or more', given)
  return given.map((message: unknown, i): ChatMessage => {
    const at = `messages[${i}]`
    if (message === null || typeof message !== 'object') return refuse(at, 'a message { role, content }', message)
    const fields = Object.entries(message).filter(([name, value]) => !(unused.has(name) && isNothing(value)))
    const odd = fields.find(([name]) => unused.has(name))
    if (odd) refuse(`${at}.${odd[0]}`, 'left out: models here read text', odd[1])
    const { content } = message as { content?: unknown }
    for (const [j, part] of (Array.isArray(content) ? (content as unknown[]) : []).entries()) {
      const beside = Object.keys(Object(part) as object).find((name) => !partNames.has(name))
      const { type } = Object(part) as { type?: unknown }
      if (type === 'text' && beside !== undefined) {
        refuse(`${at}.content[${j}].${beside}`, 'left out: a part has a type and a text', (part as never)[beside])
      }
    }
    const told = fields.map(([name, value]) => [name, name === 'tool_calls' ? asData(value) : value])
    return Object.fromEntries(told) as unknown as ChatMessage // the engine looks at everything in it
  })
}

/** The protocol has a call's arguments as text, templates write them out themselves: a text they would quote once more. */
const asData = (calls: unknown): unknown =>
  Array.isArray(calls)
    ? calls.map((call: { function?: { arguments?: unknown } } | null) =>
        typeof call?.function?.arguments === 'string'
          ? { ...call, function: { ...call.function, arguments: argumentsAsData(call.function.arguments) } }
          : call,
      )
    : calls

export const chatCompletions = (api: Api): ChatCompletions => ({
  create: (async (given: ChatRequest, { signal }: RequestOptions = {}) => {
    const chat = read(api, given)
    const pieces = await runAhead((stop) => answering(chat, stop), signal ?? undefined)
    const made = madeBy('chatcmpl', chat.model, api.build)
    return chat.stream ? chunks(chat, pieces, made) : whole(chat, pieces, made)
  }) as ChatCompletions['create'],
})

/** @throws PARAM_INVALID where tools were given, and nobody could tell a call of one from text */
async function* answering(chat: Chat, signal: AbortSignal): AsyncGenerator<Piece> {
  for await (const piece of writeAll(chat, signal)) {
    if (piece.type === 'begin' && chat.hasTools && !piece.prompt.calls) {
      refuse('tools', "left out: how this model's answers call tools is not known here", chat.options.tools)
    }
    yield piece
  }
}

type Made = ReturnType<typeof madeBy>
type Ended = Extract<Piece, { type: 'end' }>

const finishOf = ({ reason, done }: Ended): ChatFinish => (reason === 'stop' && done.calls ? 'tool_calls' : reason)
const callsOf = ({ calls = [] }: DoneEvent): FunctionCall[] =>
  calls.map(({ function: { name, arguments: args } }) => ({
    id: newId('call'),
    type: 'function',
    function: { name, arguments: typeof args === 'string' ? args : JSON.stringify(args) },
  }))
const contentOf = (text: string, { calls, beside }: DoneEvent): string | null => (calls ? beside || null : text)
const logged = ({ logprobs }: Chat, content: TokenLogprob[]) => (logprobs === null ? null : { content, refusal: null })

async function whole(chat: Chat, pieces: AsyncIterable<Piece>, made: Made): Promise<ChatCompletion> {
  const texts = new Map<number, { text: string; tokens: TokenLogprob[] }>()
  const choices: ChatCompletion['choices'] = [],
    sum = new UsageSum()
  let notices: string[] | undefined
  for await (const piece of pieces) {
    const { index } = piece
    if (piece.type === 'begin') {
      texts.set(index, { text: '', tokens: [] })
      notices ??= noticesOf(piece.prompt)
    } else if (piece.type === 'text') {
      const said = texts.get(index)!
      said.text += piece.text
      said.tokens.push(...piece.tokens)
    } else {
      const { text, tokens } = texts.get(index)!
      const calls = callsOf(piece.done)
      sum.add(piece.done, index === 0)
      choices[index] = {
        index,
        message: {
          role: 'assistant',
          content: contentOf(text, piece.done),
          refusal: null,
          ...(calls.length > 0 && { tool_calls: calls }),
        },
        logprobs: logged(chat, tokens),
        finish_reason: finishOf(piece),
      }
    }
  }
  return { ...made, object: 'chat.completion', choices, usage: sum.usage, ...(notices && { notices }) }
}

async function* chunks(
  chat: Chat,
  pieces: AsyncIterable<Piece>,
  made: Made,
): AsyncGenerator<ChatChunk, void, undefined> {
  const sum = new UsageSum()
  const chunk = (choices: ChatChunk['choices'], usage: ChatChunk['usage'] = null): ChatChunk => ({
    ...made,
    object: 'chat.completion.chunk',
    choices,
    ...(chat.usage && { usage }),
  })
  const of = (index: number, delta: ChatChunk['choices'][0]['delta'], tokens: TokenLogprob[] = []) =>
    chunk([{ index, delta, logprobs: tokens.length > 0 ? logged(chat, tokens) : null, finish_reason: null }])
  /** what may turn out to be a call comes when the answer is whole */
  const held = new Map<number, { text: string; tokens: TokenLogprob[] }>()
  for await (const piece of pieces) {
    const { index } = piece
    if (piece.type === 'begin') {
      const notices = noticesOf(piece.prompt)
      held.set(index, { text: '', tokens: [] })
      yield { ...of(index, { role: 'assistant', content: '', refusal: null }), ...(notices && { notices }) }
    } else if (piece.type === 'text') {
      if (!chat.hasTools) yield of(index, { content: piece.text }, piece.tokens)
      held.get(index)!.text += piece.text
      if (chat.hasTools) held.get(index)!.tokens.push(...piece.tokens)
    } else {
      const { text, tokens } = held.get(index)!
      if (chat.hasTools) {
        const content = contentOf(text, piece.done)
        if (content || tokens.length > 0) yield of(index, { content }, tokens)
        const calls = callsOf(piece.done).map((call, i) => ({ index: i, ...call }))
        if (calls.length > 0) yield of(index, { tool_calls: calls })
      }
      sum.add(piece.done, index === 0)
      yield chunk([{ index, delta: {}, logprobs: null, finish_reason: finishOf(piece) }])
    }
  }
  if (chat.usage) yield chunk([], sum.usage)
}
