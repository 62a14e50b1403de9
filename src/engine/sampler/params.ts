// Sampling parameters: defaults and ranges, read off the stages, and the check of what a caller passed. Nothing is bent
// to fit: what is outside its range is refused with the range, because a run with another number would be a run nobody
// asked for.

import { EngineError } from '../errors.ts'
import type { SamplingParams } from '../types.ts'
import type { Parameter } from './stage.ts'
import { stages, type ParameterName } from './stages.ts'

type Name = ParameterName | 'seed'

/** Every number that a stage lets a caller set, in the order of the stages. */
export const parameters = Object.fromEntries(stages.flatMap((stage) => Object.entries(stage.parameters))) as Readonly<
  Record<ParameterName, Parameter>
>
export const parameterNames = Object.keys(parameters) as ParameterName[]
/** Something for every parameter, by its name. */
export const perParameter = <T>(of: (name: ParameterName) => T): Record<ParameterName, T> =>
  Object.fromEntries(parameterNames.map((name) => [name, of(name)])) as Record<ParameterName, T>

/** The stages' defaults, which are llama.cpp's; no penalties; always the same seed, so a run can be repeated. */
export const defaultSampling: SamplingParams = {
  ...perParameter((name) => parameters[name].default),
  seed: 0,
  logitBias: {},
}

export interface Range {
  low: number
  high: number
  whole?: boolean
  /** a value below `low` that is allowed, too */
  or?: number
  need: string
}

const rangeOf = ({ low, high, whole, or, off, need }: Parameter): Range => ({
  low,
  high,
  ...(whole && { whole }),
  ...(or !== undefined && { or }),
  need:
    need ??
    `a ${whole ? 'whole ' : ''}number from ${low}${off === low ? ' (off)' : ''} to ${high}` +
      (off === high ? ' (off)' : off === low ? '' : `, ${off} is off`),
})

export const samplingRanges: Readonly<Record<Name, Range>> = {
  ...perParameter((name) => rangeOf(parameters[name])),
  seed: {
    low: Number.MIN_SAFE_INTEGER,
    high: Number.MAX_SAFE_INTEGER,
    whole: true,
    need: 'a whole number from -9007199254740991 to 9007199254740991',
  },
}

const maxBiases = 10_000
const maxBias = 1e4

/** Any value in a few characters, for a sentence: never throws, whatever it is. */
export function shown(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return `the text "${value.slice(0, 40)}"`
    case 'number':
      return Object.is(value, -0) ? '0' : String(value)
    case 'bigint':
      return 'a BigInt'
    case 'undefined':
    case 'boolean':
      return String(value)
    case 'object':
      return value === null ? 'null' : Array.isArray(value) ? 'a list' : 'an object'
    default:
      return `a ${typeof value}`
  }
}

export function refuse(verb: string, param: string, need: string, value: unknown): never {
  const found = shown(value)
  throw new EngineError(
    'PARAM_INVALID',
    `Cannot ${verb} with "${param.slice(0, 40)}" = ${found}: it must be ${need}. Correct it and try again.`,
    { param: param.slice(0, 40), need, value: found },
  )
}

export const inRange = ({ low, high, whole, or }: Range, value: unknown): value is number =>
  typeof value === 'number' && (value === or || (value >= low && value <= high)) && (!whole || Number.isInteger(value))

/** The number when it lies in the range; -0 is 0. @throws PARAM_INVALID with the range */
export function checkNumber(verb: string, param: string, value: unknown, range: Range): number {
  if (!inRange(range, value)) refuse(verb, param, range.need, value)
  return value + 0 === 0 ? 0 : value
}

/** One property of what came from anywhere; its getter may throw. */
export function readOption(verb: string, given: object, name: string): unknown {
  try {
    return (given as Record<string, unknown>)[name]
  } catch {
    refuse(verb, name, 'a plain value', { getter: true })
  }
}

/**
 * Fills in defaults, the model's own before ours. Other keys are not looked at: options.ts knows them all. @throws
 * PARAM_INVALID
 */
export function checkSampling(
  params: Partial<SamplingParams>,
  verb = 'sample',
  own: Partial<SamplingParams> = {},
): SamplingParams {
  const p = { ...defaultSampling, ...own, logitBias: {} as Record<number, number> }
  if (params === null || typeof params !== 'object') refuse(verb, 'params', 'an object of parameters', params)
  for (const name of Object.keys(samplingRanges) as Name[]) {
    const value = readOption(verb, params, name)
    if (value !== undefined) p[name] = checkNumber(verb, name, value, samplingRanges[name])
  }
  const bias = readOption(verb, params, 'logitBias')
  if (bias !== undefined) p.logitBias = checkBias(verb, bias)
  return p
}

function checkBias(verb: string, value: unknown): Record<number, number> {
  const need = `an object from token ids to numbers from -${maxBias} to ${maxBias}`
  if (value === null || typeof value !== 'object' || Array.isArray(value)) refuse(verb, 'logitBias', need, value)
  const ids = Object.keys(value)
  if (ids.length > maxBiases) refuse(verb, 'logitBias', `${need}, at most ${maxBiases} of them`, ids.length)
  const bias: Record<number, number> = {}
  for (const id of ids) {
    if (!/^\d{1,9}$/.test(id)) refuse(verb, 'logitBias', need, id)
    const amount = readOption(verb, value, id)
    if (typeof amount !== 'number' || !(Math.abs(amount) <= maxBias)) refuse(verb, 'logitBias', need, amount)
    bias[Number(id)] = amount
  }
  return bias
}
