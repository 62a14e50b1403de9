// What a caller of the engine may ask for, option by option: names, kinds and ranges as data. Everything is looked at
// once, at the door, whoever calls; an option nobody knows is a mistyped one and is refused by its name.

import { forceWords, readForce } from './device-features.ts'
import { EngineError } from './errors.ts'
import { cacheFormats } from './cache-formats.ts'
import {
  checkNumber,
  checkSampling,
  defaultSampling,
  readOption,
  refuse,
  samplingRanges,
  type Range,
} from './sampler/params.ts'
import { formatNames, type FormatName } from './chat/names.ts'
import { plainData } from './plain-data.ts'
import type {
  Constraint,
  GenerateOptions,
  LoadOptions,
  ModelDefaults,
  PromptOptions,
  ReadOptions,
  SamplingParams,
  Speculation,
  ToolChoice,
  WeightChoice,
} from './types.ts'

/** Texts that end an answer: how many, and characters in one. */
const maxStops = 100,
  longestStop = 1000

/** Tokens that are put into one answer. */
const maxForced = 65_536

const isIndex = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0

const ranges = {
  maxTokens: { low: 1, high: 1e9, whole: true, need: 'a whole number from 1 to 1000000000' },
  continueFrom: { low: 0, high: 1e9, whole: true, need: 'a whole number from 0 to 1000000000' },
  top: { low: 0, high: 1e6, whole: true, need: 'a whole number from 0 to 1000000' },
  context: { low: 1, high: 1e9, whole: true, need: 'a whole number, 1 or more' },
  chunk: { low: 1, high: 4096, whole: true, need: 'a whole number from 1 to 4096' },
  n: { low: 1, high: 8, whole: true, need: 'a whole number from 1 to 8' },
  threads: { low: 1, high: 4, whole: true, need: 'a whole number from 1 to 4' },
} satisfies Record<string, Range>

/** Every option of generate() beside the sampling parameters; TypeScript asks for the one that was forgotten. */
const generateNames: Record<Exclude<keyof GenerateOptions, keyof SamplingParams>, true> = {
  maxTokens: true,
  stop: true,
  stopTokenIds: true,
  signal: true,
  continueFrom: true,
  force: true,
  seedAt: true,
  top: true,
  constraint: true,
  toolChoice: true,
  speculation: true,
  n: true,
  format: true,
  tools: true,
  documents: true,
  thinking: true,
  templateVariables: true,
}
const readNames: Record<keyof ReadOptions, true> = { pair: true, top: true, signal: true }
/** What weights may become, in the order in which they are offered. */
export const weightChoices: readonly WeightChoice[] = ['keep', 'nf4', 'i8', 'f16']
/** The one of the fewest bits. */
export const fewestBits: WeightChoice = 'nf4'
const loadNames: Record<keyof LoadOptions, true> = {
  onProgress: true,
  signal: true,
  context: true,
  withinTraining: true,
  fusion: true,
  linear: true,
  embedding: true,
  kvCache: true,
  chunk: true,
  gpu: true,
  device: true,
  force: true,
  threads: true,
  kernels: true,
  kernelTimings: true,
  sampling: true,
  selfCheck: true,
  checkedKernels: true,
  startThread: true,
  trials: true,
  onNotice: true,
  adapters: true,
}

/** @throws PARAM_INVALID that names what nobody knows: a mistyped option would silently do nothing */
export function known(verb: string, options: unknown, names: object): object {
  if (options === null || typeof options !== 'object' || Array.isArray(options)) {
    refuse(verb, 'options', 'an object of options', options)
  }
  for (const name of Object.keys(options)) {
    if (!Object.hasOwn(names, name)) {
      refuse(verb, name, `one of ${Object.keys(names).join(', ')}`, readOption(verb, options, name))
    }
  }
  return options
}

export interface CheckedOptions {
  sampling: SamplingParams
  maxTokens: number
  top: number
  stop: string[]
  stopTokenIds: number[]
  continueFrom: number | undefined
  force: Record<number, number>
  seedAt: number[]
  signal: AbortSignal | undefined
  constraint: Constraint | undefined
  toolChoice: ToolChoice | undefined
  speculation: Speculation
  n: number
  prompt: PromptOptions
}

/** Objects can throw at anything that is done with them (proxies): that, too, is a refusal. */
function atTheDoor<T>(verb: string, check: (verb: string) => T): T {
  try {
    return check(verb)
  } catch (error) {
    if (error instanceof EngineError) throw error
    refuse(verb, 'options', 'an object of plain values', undefined)
  }
}

/**
 * @param own what the model's files say, in force where the caller says nothing; its stop texts always. @throws
 * PARAM_INVALID with the option, its range and what came
 */
export const checkGenerate = (given: unknown, own?: ModelDefaults): CheckedOptions =>
  atTheDoor('generate', (verb) => {
    const options = known(verb, given, { ...defaultSampling, ...generateNames })
    const number = <T extends number | undefined>(
      name: 'maxTokens' | 'continueFrom' | 'top' | 'n',
      absent: T,
    ): number | T => {
      const value = readOption(verb, options, name)
      return value === undefined ? absent : checkNumber(verb, name, value, ranges[name])
    }
    const list = <T>(
      name: 'stop' | 'stopTokenIds' | 'seedAt',
      max: number,
      need: string,
      is: (item: unknown) => boolean,
    ): T[] => {
      const value = readOption(verb, options, name)
      if (value === undefined) return []
      if (!Array.isArray(value) || value.length > max) refuse(verb, name, need, value)
      const bad = value.findIndex((item) => !is(item))
      if (bad >= 0) refuse(verb, name, need, value[bad])
      return [...value] as T[]
    }
    const sampling = checkSampling(options, verb, own?.sampling),
      n = number('n', 1)
    checkNumber(verb, 'seed', sampling.seed + (n - 1), samplingRanges.seed)
    return {
      sampling,
      n,
      maxTokens: number('maxTokens', own?.maxTokens ?? 512),
      top: number('top', 20),
      continueFrom: number('continueFrom', undefined),
      force: forced(verb, readOption(verb, options, 'force')),
      seedAt: list('seedAt', maxForced, `a list of at most ${maxForced} indices in the answer`, isIndex),
      stop: [
        ...(own?.stop ?? []),
        ...list<string>(
          'stop',
          maxStops,
          `a list of at most ${maxStops} texts of at most ${longestStop} characters`,
          (item) => typeof item === 'string' && item.length <= longestStop,
        ),
      ],
      stopTokenIds: list('stopTokenIds', maxStops, `a list of at most ${maxStops} token ids`, isIndex),
      signal: signalOf(verb, options),
      constraint: constraintOf(verb, readOption(verb, options, 'constraint')),
      toolChoice: toolChoiceOf(verb, readOption(verb, options, 'toolChoice')),
      speculation: speculationOf(verb, readOption(verb, options, 'speculation')),
      prompt: promptOptions(verb, options),
    }
  })

/** Most tokens that are guessed at once. */
const mostDrafted = 7

function speculationOf(verb: string, value: unknown): Speculation {
  if (value === undefined || value === 'auto' || value === 'off') return value ?? 'auto'
  const need = `"auto", "off" or a whole number from 1 to ${mostDrafted}`
  return checkNumber(verb, 'speculation', value, { low: 1, high: mostDrafted, whole: true, need })
}

/** Which tools there are is looked at where the prompt is known (generate.ts). */
function toolChoiceOf(verb: string, value: unknown): ToolChoice | undefined {
  if (value === undefined) return undefined
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    return refuse(verb, 'toolChoice', 'an object { required, only, one }', value)
  }
  const choice: Record<string, unknown> = {}
  for (const name of Object.keys(value)) {
    const given = readOption(verb, value, name)
    if (given === undefined) continue
    const isList = Array.isArray(given) && given.length > 0 && given.every((item) => typeof item === 'string')
    if (name === 'only' ? !isList : typeof given !== 'boolean' || !['required', 'one'].includes(name)) {
      const need = name === 'only' ? 'a list of names of tools' : 'true or false, of "required" or "one"'
      refuse(verb, `toolChoice.${name}`, need, given)
    }
    choice[name] = isList ? [...(given as string[])] : given
  }
  return choice
}

/** What it asks for is looked at where the model's tokens are known (constrain/form.ts); here, that it is one of three. */
function constraintOf(verb: string, value: unknown): Constraint | undefined {
  if (value === undefined || value === 'json') return value
  const need = '"json", { schema } or { pattern }'
  if (value === null || typeof value !== 'object') return refuse(verb, 'constraint', need, value)
  const [name, ...more] = Object.keys(value)
  if (more.length > 0) refuse(verb, `constraint.${more[0]}`, need, readOption(verb, value, more[0]!))
  if (name === 'pattern') {
    const pattern = readOption(verb, value, name)
    return typeof pattern === 'string' ? { pattern } : refuse(verb, 'constraint.pattern', 'a text', pattern)
  }
  if (name !== 'schema') return refuse(verb, 'constraint', need, value)
  const schema = readOption(verb, value, name)
  if (typeof schema !== 'boolean' && (schema === null || typeof schema !== 'object' || Array.isArray(schema))) {
    return refuse(verb, 'constraint.schema', 'an object, true or false', schema)
  }
  return { schema: plainData(verb, schema, 'constraint.schema') as Record<string, unknown> | boolean }
}

export interface CheckedRead {
  text: string
  pair: string | null
  top: number
  signal: AbortSignal | undefined
}

/** @throws PARAM_INVALID with the option, its range and what came */
export const checkRead = (text: unknown, given: unknown): CheckedRead =>
  atTheDoor('read', (verb) => {
    const options = known(verb, given, readNames)
    const pair = readOption(verb, options, 'pair') ?? null
    const top = readOption(verb, options, 'top') ?? 10
    if (typeof text !== 'string') return refuse(verb, 'text', 'a text', text)
    if (pair !== null && typeof pair !== 'string') return refuse(verb, 'pair', 'a text', pair)
    return { text, pair, top: checkNumber(verb, 'top', top, ranges.top), signal: signalOf(verb, options) }
  })

const promptNames = { format: true, tools: true, documents: true, thinking: true, templateVariables: true }

/** @throws PARAM_INVALID naming the option */
export const checkPromptOptions = (verb: string, given: unknown): PromptOptions =>
  atTheDoor(verb, () => promptOptions(verb, known(verb, given, promptNames)))

/** Tools and documents of one prompt. */
const maxGiven = 1000

function promptOptions(verb: string, options: object): PromptOptions {
  const format = readOption(verb, options, 'format')
  if (format !== undefined && !formatNames.includes(format as FormatName)) {
    refuse(verb, 'format', `one of ${formatNames.join(', ')}`, format)
  }
  const thinking = readOption(verb, options, 'thinking')
  if (thinking !== undefined && typeof thinking !== 'boolean') refuse(verb, 'thinking', 'true or false', thinking)
  const objects = (name: 'tools' | 'documents'): readonly object[] | undefined => {
    const list = readOption(verb, options, name)
    if (list === undefined) return undefined
    const need = `a list of at most ${maxGiven} objects`
    if (!Array.isArray(list) || list.length > maxGiven) return refuse(verb, name, need, list)
    return list.map((item: unknown, i) => {
      if (item === null || typeof item !== 'object' || Array.isArray(item)) {
        refuse(verb, `${name}[${i}]`, 'an object', item)
      }
      return plainData(verb, item, `${name}[${i}]`) as object
    })
  }
  const tools = objects('tools'),
    documents = objects('documents')
  const variables = readOption(verb, options, 'templateVariables')
  if (variables !== undefined && (variables === null || typeof variables !== 'object' || Array.isArray(variables))) {
    refuse(verb, 'templateVariables', 'an object of variables by name', variables)
  }
  return {
    ...(format !== undefined && { format: format as FormatName }),
    ...(thinking !== undefined && { thinking }),
    // as in transformers a list of no tools is no list
    ...(tools?.length && { tools }),
    ...(documents?.length && { documents }),
    ...(variables !== undefined && {
      templateVariables: plainData(verb, variables, 'templateVariables') as Record<string, unknown>,
    }),
  }
}

function forced(verb: string, value: unknown): Record<number, number> {
  if (value === undefined) return {}
  const need = `an object from indices in the answer to token ids, at most ${maxForced} of them`
  if (value === null || typeof value !== 'object' || Array.isArray(value)) refuse(verb, 'force', need, value)
  const indices = Object.keys(value)
  if (indices.length > maxForced) refuse(verb, 'force', need, indices.length)
  return Object.fromEntries(
    indices.map((index) => {
      if (!/^\d{1,9}$/.test(index)) refuse(verb, 'force', need, index)
      const id = readOption(verb, value, index)
      return isIndex(id) ? [Number(index), id as number] : refuse(verb, 'force', need, id)
    }),
  )
}

/** Checks in place: what is right stays as it is. @throws PARAM_INVALID */
export const checkLoad = (given: unknown): LoadOptions =>
  atTheDoor('load', (verb) => {
    const options = known(verb, given, loadNames)
    for (const name of ['context', 'chunk', 'threads'] as const) {
      const value = readOption(verb, options, name)
      if (value !== undefined) checkNumber(verb, name, value, ranges[name])
    }
    const oneOf = (name: string, words: readonly unknown[], need: string): void => {
      const value = readOption(verb, options, name)
      if (value !== undefined && !words.includes(value)) refuse(verb, name, need, value)
    }
    for (const name of ['linear', 'embedding']) oneOf(name, weightChoices, '"keep", "nf4", "i8" or "f16"')
    oneOf('kvCache', cacheFormats, '"f32", "f16" or "int8"')
    oneOf('device', ['auto', 'gpu', 'cpu', 'reference'], '"auto", "gpu", "cpu" or "reference"')
    oneOf('fusion', ['auto', 'all', 'none'], '"auto", "all" or "none"')
    checkForce(verb, readOption(verb, options, 'force'))
    oneOf('sampling', ['auto', 'device', 'host'], '"auto", "device" or "host"')
    oneOf('withinTraining', [true, false], 'true or false')
    oneOf('selfCheck', [true, false], 'true or false')
    checkAdapters(verb, readOption(verb, options, 'adapters'))
    signalOf(verb, options)
    return options
  })

function checkForce(verb: string, text: unknown): void {
  if (text === undefined) return
  const unknown = typeof text === 'string' ? readForce(text).unknown : text
  if (unknown !== null) refuse(verb, 'force', `words of ${forceWords.join(', ')}, one class at most`, unknown)
}

/** Adapters of one model at once. */
const mostAdapters = 16
/** How much stronger than trained an adapter may be, and how far it may be turned round. */
export const adapterScale: Range = { low: -4, high: 4, need: 'a number from -4 to 4' }

/** @throws PARAM_INVALID where no adapter has that name, or the strength is out of range */
export function checkSetAdapter(name: unknown, scale: unknown, names: readonly string[]): number {
  return atTheDoor('set', (verb) => {
    if (!names.includes(name as string)) {
      refuse(verb, 'adapter', names.length ? `one of ${names.join(', ')}` : 'absent: the model has no adapter', name)
    }
    return checkNumber(verb, 'scale', scale, adapterScale)
  })
}

function checkAdapters(verb: string, list: unknown): void {
  if (list === undefined) return
  const need = `a list of at most ${mostAdapters} objects { name, files, scale } with names that differ`
  if (!Array.isArray(list) || list.length > mostAdapters) return refuse(verb, 'adapters', need, list)
  const names = new Set<unknown>()
  for (const item of list as unknown[]) {
    const { name, files, scale = 1 } = Object(item) as { name?: unknown; files?: unknown; scale?: unknown }
    const isName = typeof name === 'string' && name !== '' && name.length <= 200 && !names.has(name)
    if (!isName || !(files instanceof Map)) refuse(verb, 'adapters', need, name)
    names.add(name)
    checkNumber(verb, 'adapters.scale', scale, adapterScale)
  }
}

function signalOf(verb: string, options: object): AbortSignal | undefined {
  const signal = readOption(verb, options, 'signal')
  if (signal !== undefined && !(signal instanceof AbortSignal)) refuse(verb, 'signal', 'an AbortSignal', signal)
  return signal
}
