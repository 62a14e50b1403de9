// What becomes of every parameter of a request, as data: an option of the engine's, read by the endpoint itself, a label
// that changes no answer, or refused by name. Nothing is dropped: a name that nobody knows is refused, too.

import { EngineError } from '../engine/errors.ts'
import { checkGenerate } from '../engine/options.ts'
import { parameterNames, refuse as refuseIn } from '../engine/sampler/params.ts'
import type { GenerateOptions } from '../engine/types.ts'

/** 'own': the endpoint reads it · 'label': for a service's books · `only`: refused but for these values, which ask for nothing */
type Fate = 'own' | 'label' | { option: keyof GenerateOptions } | { only: readonly unknown[]; need: string }
export type Fates = Readonly<Record<string, Fate>>

export const refuse = (param: string, need: string, value: unknown): never => refuseIn('answer', param, need, value)

/** Refused, but for values that ask for nothing. */
export const refused = (need: string, ...only: unknown[]): Fate => ({ only, need: `left out: ${need}` })

const unknownName = 'left out: no parameter of this name is known'
const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** Of both endpoints that write. Every number of the sampler has its name in snake_case. */
export const writeFates: Fates = {
  ...Object.fromEntries(parameterNames.map((name): [string, Fate] => [snake(name), { option: name }])),
  seed: { option: 'seed' },
  logit_bias: { option: 'logitBias' },
  stop_token_ids: { option: 'stopTokenIds' },
  n: { option: 'n' },
  max_tokens: { option: 'maxTokens' },
  model: 'own',
  stop: 'own',
  stream: 'own',
  stream_options: 'own',
  logprobs: 'own',
  user: 'label',
}

/** Names of the engine's that are others here, beside those in snake_case. */
const others: Readonly<Record<string, string>> = {
  top: 'top_logprobs',
  templateVariables: 'chat_template_kwargs',
  constraint: 'response_format',
  toolChoice: 'tool_choice',
}

/** An error of the engine's about an option, in the words of this API. */
export function inOurWords(error: unknown): unknown {
  if (!(error instanceof EngineError)) return error
  if (error.code === 'CONSTRAINT_INVALID') {
    const { calls, at } = error.facts
    const param = calls !== true ? 'response_format' : typeof at === 'string' ? at.split('/')[0]! : 'tool_choice'
    return new EngineError(error.code, error.message, { ...error.facts, param }, { cause: error })
  }
  if (error.code !== 'PARAM_INVALID') return error
  const { param } = error.facts
  if (typeof param !== 'string') return error
  const ours = param.replace(/^\w+/, (name) => others[name] ?? snake(name))
  const message = error.message.replace(`"${param}"`, `"${ours}"`)
  return ours === param
    ? error
    : new EngineError(error.code, message, { ...error.facts, param: ours }, { cause: error })
}

function isAlike(one: unknown, value: unknown): boolean {
  try {
    return JSON.stringify(one) === JSON.stringify(value)
  } catch {
    return false // a circle, a BigInt
  }
}

/** A request, or an object in it (`at`), as plain data: its own values, null left out. @throws PARAM_INVALID for what no fate is known of */
export function readBody(given: unknown, fates: Fates, at = 'body'): Record<string, unknown> {
  if (given === null || typeof given !== 'object' || Array.isArray(given)) {
    return refuse(at, 'an object of parameters', given)
  }
  const body: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || value === null) continue
    const fate = Object.hasOwn(fates, name) ? fates[name]! : { only: [], need: unknownName }
    if (fate === 'label') continue
    if (typeof fate === 'object' && 'only' in fate) {
      const named = at === 'body' ? name : `${at}.${name}`
      if (!fate.only.some((one) => isAlike(one, value))) refuse(named, fate.need, value)
      continue
    }
    body[name] = value
  }
  return body
}

/**
 * The engine's options of a request that was read, checked as the engine checks them. @param vocab tokens of the model: a
 * bias of any other would be dropped @throws PARAM_INVALID
 */
export function optionsOf(
  body: Record<string, unknown>,
  fates: Fates,
  vocab: number,
  more: GenerateOptions,
): GenerateOptions {
  const options: Record<string, unknown> = { ...more }
  for (const [name, fate] of Object.entries(fates)) {
    if (typeof fate === 'object' && 'option' in fate && body[name] !== undefined) options[fate.option] = body[name]
  }
  const { stop } = body
  if (stop !== undefined) options['stop'] = typeof stop === 'string' ? [stop] : stop
  try {
    checkGenerate(options)
  } catch (error) {
    throw inOurWords(error)
  }
  const { logitBias = {}, stopTokenIds = [] } = options as GenerateOptions
  const need = `of the model's tokens, 0 to ${vocab - 1}`
  const biased = Object.keys(logitBias).find((id) => Number(id) >= vocab)
  if (biased !== undefined) refuse('logit_bias', need, Number(biased))
  const stops = stopTokenIds.find((id) => id >= vocab)
  if (stops !== undefined) refuse('stop_token_ids', need, stops)
  return options
}

/** @throws PARAM_INVALID unless it is absent, or of this kind */
export function plain(body: Record<string, unknown>, name: string, kind: 'boolean' | 'string'): unknown {
  const value = body[name]
  const need = kind === 'boolean' ? 'true or false' : 'a text'
  return value === undefined || typeof value === kind ? value : refuse(name, need, value)
}

/** @throws PARAM_INVALID unless it is absent, or a whole number of the range */
export function count(body: Record<string, unknown>, name: string, high: number, low = 0): number | undefined {
  const value = body[name]
  if (value === undefined) return undefined
  const isCount = Number.isInteger(value) && (value as number) >= low && (value as number) <= high
  return isCount ? (value as number) : refuse(name, `a whole number from ${low} to ${high}`, value)
}

/** Most tokens that are listed beside each. */
export const mostTop = 50

export interface Streaming {
  stream: boolean
  usage: boolean
}
const streamFates: Fates = { include_usage: 'own', include_obfuscation: refused('nobody listens on the way', false) }
/** @throws PARAM_INVALID */
export function streaming(body: Record<string, unknown>): Streaming {
  const stream = plain(body, 'stream', 'boolean') === true
  const given = body['stream_options']
  if (given !== undefined && !stream) refuse('stream_options', 'left out where "stream" is not true', given)
  const options = given === undefined ? {} : readBody(given, streamFates, 'stream_options')
  return { stream, usage: plain(options, 'include_usage', 'boolean') === true }
}
