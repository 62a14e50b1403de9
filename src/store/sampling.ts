// Which sampling parameters are in force, and whose they are. Pure.
//
//   the page's own  <  what the model's files say  <  what the reader set for any model  <  what the reader set for
// this model
//
// What the reader moves is kept for the model it was moved with (a temperature that suits one model spoils another);
// seed and stop texts go with the reader to every model.

import { formatNames, type FormatName } from '../engine/chat/names.ts'
import { defaultSampling, parameters } from '../engine/sampler/params.ts'
import type { ParameterName } from '../engine/sampler/stages.ts'
import type { GenerateRequest, ModelDefaults, PromptOptions, SamplingParams } from '../worker/protocol.ts'

/** Sampling parameters as the sliders know them. randomSeed: draw a fresh seed for every turn. */
export interface TurnParams extends Omit<SamplingParams, 'logitBias'> {
  maxTokens: number
  /** the built-in prompt format to write the chat in; auto: as the model's own files say */
  format: FormatName | 'auto'
  /** tools the model may call: JSON, a list of functions as chat templates expect them; '' for none */
  tools: string
  /** the form of answers: any, a JSON object, or what the text of that name says (both are kept) */
  form: FormKind
  formSchema: string
  formPattern: string
  stop: string[]
  randomSeed: boolean
  /** tokens that are never drawn, or raised and lowered by hand; ids are those of one model */
  banned: BannedToken[]
}
export const formKinds = ['free', 'json', 'schema', 'pattern'] as const
export type FormKind = (typeof formKinds)[number]
export interface BannedToken {
  id: number
  text: string
  model: string
  /** added to its logit, from −100 to 100; absent: it is never drawn */
  bias?: number
}
/** The largest bias by hand, as OpenAI's; and tokens that may have one. */
export const largestBias = 100
export const mostBiased = 100
/** What the reader set; what is absent was left alone. */
export type OwnParams = Partial<Omit<TurnParams, 'banned'>>

const { logitBias: _, ...engineDefaults } = defaultSampling
/** The engine's own, but a fresh seed every turn. */
export const defaultParams: TurnParams = {
  ...engineDefaults,
  randomSeed: true,
  maxTokens: 512,
  format: 'auto',
  tools: '',
  form: 'free',
  formSchema: '',
  formPattern: '',
  stop: [],
  banned: [],
}
/** Every format that can be chosen. */
export const formatChoices: readonly TurnParams['format'][] = ['auto', ...formatNames]

/** Tools out of a text; null where it is no JSON list of objects. An empty text is none. */
export function readTools(text: string): readonly object[] | null {
  if (text.trim() === '') return []
  try {
    const value: unknown = JSON.parse(text)
    const isOne = (one: unknown): boolean => one !== null && typeof one === 'object' && !Array.isArray(one)
    return Array.isArray(value) && value.length <= 128 && value.every(isOne) ? (value as object[]) : null
  } catch {
    return null
  }
}

/** What of the parameters shapes the prompt, as the engine takes it. */
export function promptOptions({ format, tools }: Pick<TurnParams, 'format' | 'tools'>): PromptOptions {
  const given = readTools(tools) ?? []
  return { ...(format !== 'auto' && { format }), ...(given.length > 0 && { tools: given }) }
}

/** The form as the engine takes it; none where the text of one is still empty, or no JSON. */
export function constraintOf({
  form,
  formSchema,
  formPattern,
}: Pick<TurnParams, 'form' | 'formSchema' | 'formPattern'>): GenerateRequest['constraint'] {
  if (form === 'json') return 'json'
  if (form === 'pattern') return formPattern === '' ? undefined : { pattern: formPattern }
  const schema = form === 'schema' ? readSchemaText(formSchema) : null
  return schema === null ? undefined : { schema }
}

/** A schema out of a text; null where it is no JSON object. */
export function readSchemaText(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null
  } catch {
    return null
  }
}

/** All that is set, as the engine takes it; seed and banned tokens are the caller's to say. */
export function answerOptions(params: TurnParams): Omit<GenerateRequest, 'seed' | 'logitBias'> {
  const {
    randomSeed: _r,
    banned: _b,
    format: _f,
    tools: _t,
    form: _k,
    formSchema: _s,
    formPattern: _p,
    ...sampling
  } = params
  const constraint = constraintOf(params)
  return { ...sampling, ...promptOptions(params), ...(constraint !== undefined && { constraint }) }
}

/** As the engine takes them; a token that is never drawn gets less than any logit can make up for. */
export const biasesFor = (banned: readonly BannedToken[], model: string | undefined): Record<number, number> =>
  Object.fromEntries(banned.filter((token) => token.model === model).map(({ id, bias }) => [id, bias ?? -1e4]))

/** Sliders of one model. They, the format and the tools are set for one model, everything else for all. */
export type PerModel = ParameterName | 'maxTokens'
const isPerModel = (key: string): boolean =>
  ['maxTokens', 'format', 'tools'].includes(key) || Object.hasOwn(parameters, key)
/** The name under which stands what was set for any model. */
export const anyModel = '*'

/** What is in force while nothing was set. */
export const baseParams = (defaults: ModelDefaults | null | undefined): TurnParams => ({
  ...defaultParams,
  stop: [],
  banned: [],
  ...defaults?.sampling,
  ...(defaults?.maxTokens !== undefined && { maxTokens: defaults.maxTokens }),
})

/** What the reader set for this model, of the chat's own or, where it has none, of the settings. */
export const ownFor = (
  own: Record<string, OwnParams>,
  settings: Record<string, OwnParams>,
  model: string | undefined,
): OwnParams => ({
  ...(own[anyModel] ?? settings[anyModel]),
  ...(model !== undefined && (own[model] ?? settings[model])),
})

/** `own` with a change made while `model` is loaded. */
export function withChange(
  own: Record<string, OwnParams>,
  settings: Record<string, OwnParams>,
  model: string | undefined,
  change: OwnParams,
): Record<string, OwnParams> {
  const next = { ...own }
  for (const [key, value] of Object.entries(change)) {
    const at = isPerModel(key) && model !== undefined ? model : anyModel
    next[at] = { ...(next[at] ?? settings[at]), [key]: value }
  }
  return next
}

/** Parameters given whole (an older chat, a link), as what was set: for one model, or for any. */
export function ownFrom(params: TurnParams, model: string | undefined): Record<string, OwnParams> {
  const { banned: _, ...all } = params
  if (model === undefined) {
    return {
      [anyModel]: Object.fromEntries(
        Object.entries(all).filter(
          ([key, value]) => JSON.stringify(value) !== JSON.stringify(defaultParams[key as keyof TurnParams]),
        ),
      ),
    }
  }
  const entries = Object.entries(all)
  return {
    [anyModel]: Object.fromEntries(entries.filter(([key]) => !isPerModel(key))),
    [model]: Object.fromEntries(entries.filter(([key]) => isPerModel(key))),
  }
}

/** Whose value a parameter has. */
export function whose(
  key: PerModel,
  value: number,
  defaults: ModelDefaults | null | undefined,
): 'reader' | 'model' | 'page' {
  const said = key === 'maxTokens' ? defaults?.maxTokens : defaults?.sampling[key]
  if (value !== (said ?? defaultParams[key])) return 'reader'
  return said === undefined ? 'page' : 'model'
}
