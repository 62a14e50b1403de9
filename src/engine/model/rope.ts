// Rotary position embedding: which frequencies a config asks for. Su et al. 2021 (RoFormer); scalings as in
// transformers' modeling_rope_utils. What is computed from them: rope-table.ts.

import { EngineError } from '../errors.ts'
import type { Config } from './describe.ts'
import { notComputed } from './keys.ts'
import type { RopeSpec } from './rope-table.ts'
import { plainly, shown } from '../shown.ts'

/** What each kind reads beside rope_type, rope_theta and partial_rotary_factor. */
const read: Readonly<Record<string, readonly string[]>> = {
  default: [],
  linear: ['factor'],
  dynamic: ['factor'],
  proportional: ['factor'],
  llama3: ['factor', 'low_freq_factor', 'high_freq_factor', 'original_max_position_embeddings'],
  yarn: [
    'factor',
    'original_max_position_embeddings',
    'attention_factor',
    'beta_fast',
    'beta_slow',
    'mscale',
    'mscale_all_dim',
    'truncate',
  ],
  longrope: ['factor', 'original_max_position_embeddings', 'attention_factor', 'short_factor', 'long_factor'],
  custom: ['freq_factors'],
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What Python takes for false. */
const isFalsy = (value: unknown): boolean => !value || (typeof value === 'object' && Object.keys(value).length === 0)

/**
 * The dict that holds the scaling: an older config's rope_scaling wins over rope_parameters, and counts as absent where
 * it is false in Python.
 */
function givenBy(config: Config): { where: string; given: Record<string, unknown> } {
  const found = (['rope_scaling', 'rope_parameters'] as const).flatMap((where) => {
    const given = where === 'rope_scaling' && isFalsy(config.raw(where)) ? undefined : config.raw(where)
    if (given !== undefined && !isRecord(given)) throw config.invalid(where, 'an object', given)
    return given && Object.keys(given).length ? [{ where, given }] : []
  })
  if (found[1]) config.ignored.push({ key: 'rope_parameters', value: shown(found[1].given), why: 'overruled' })
  return found[0] ?? { where: 'rope_parameters', given: {} }
}

/**
 * Both config forms, v4 `rope_theta` + `rope_scaling` and v5 `rope_parameters`, alone and together, with the order of
 * transformers 5.24: rope_scaling before rope_parameters, theta inside before theta outside, but
 * original_max_position_embeddings outside before inside. What is left aside goes to config.ignored.
 * @param partial for families that turn a part of each head: which part, when the config does not say
 * @throws CONFIG_INVALID for a value that cannot be used, FAMILY_UNSUPPORTED for a kind of scaling that is not known
 */
export function readRope(
  config: Config,
  headDim: number,
  maxPositions: number,
  {
    layout = 'half',
    partial: usual,
    theta: usualTheta = 10000,
  }: { layout?: RopeSpec['layout']; partial?: number; theta?: number } = {},
): RopeSpec {
  const { where, given } = givenBy(config)
  const { ropeKinds, partialRope } = config.wording
  const num = (key: string, fallback?: number): number => {
    const value = given[key] ?? fallback
    if (typeof value !== 'number' || !Number.isFinite(value)) throw config.invalid(`${where}.${key}`, 'a number', value)
    return value
  }
  const overruled = (key: string, inside: boolean): void => {
    const value = inside ? given[key] : config.raw(key)
    config.ignored.push({ key: inside ? `${where}.${key}` : key, value: shown(value), why: 'overruled' })
  }
  const outer = config.number('rope_theta', usualTheta)
  const theta = num('rope_theta', outer)
  if (theta !== outer && config.has('rope_theta')) overruled('rope_theta', false)

  const type = 'rope_type' in given ? given['rope_type'] : (given['type'] ?? 'default')
  const known = Object.keys(read).filter((kind) => kind !== 'custom' || ropeKinds.includes(kind))
  if (typeof type !== 'string' || !known.includes(type)) {
    throw new EngineError(
      'FAMILY_UNSUPPORTED',
      `Cannot lower this model: its rope scaling is ${shown(type)}; known are ${known.join(', ')}.`,
      { word: `rope ${plainly(type)}`, known: known.join(', ') },
    )
  }
  for (const [key, value] of Object.entries(given)) {
    if (value === null || ['rope_type', 'type', 'rope_theta', 'partial_rotary_factor', ...read[type]!].includes(key)) {
      continue
    }
    if (isRecord(value)) throw notComputed('rope', `${where}.${key}`, value) // one scaling per kind of layer
    config.ignored.push({ key: `${where}.${key}`, value: shown(value), why: 'unknown' })
  }

  const partial = num('partial_rotary_factor', config.number('partial_rotary_factor', usual ?? 1))
  let rotary = headDim
  if (partialRope || usual !== undefined) rotary = Math.floor(headDim * partial)
  else if (type === 'default') {
    // families that turn whole heads do so whatever the key says
    if (partial !== 1) config.ignored.push({ key: 'partial_rotary_factor', value: String(partial), why: 'family' })
  } else if (type !== 'proportional' && Math.floor(headDim * partial) !== headDim) {
    throw config.invalid(
      'partial_rotary_factor',
      `1 beside rope_type "${type}": this family turns whole heads`,
      partial,
    )
  }
  if (rotary < 2 || rotary % 2) {
    throw new EngineError(
      'CONFIG_INVALID',
      `Cannot use config.json: rope turns pairs, so it needs an even number of each head's values; ${partial} of ${headDim} is ${rotary}.`,
      { key: 'partial_rotary_factor', need: 'an even number of values', found: rotary },
    )
  }
  const list = (key: string): number[] => {
    const value = given[key]
    if (
      !Array.isArray(value) ||
      value.length !== rotary / 2 ||
      !value.every((x) => typeof x === 'number' && Number.isFinite(x) && x > 0)
    ) {
      throw config.invalid(
        `${where}.${key}`,
        `a list of ${rotary / 2} positive numbers, one per pair`,
        Array.isArray(value) ? `${value.length} entries` : value,
      )
    }
    return value as number[]
  }
  const outside = config.has('original_max_position_embeddings')
    ? config.count('original_max_position_embeddings')
    : undefined
  if (outside !== undefined && !read[type]!.includes('original_max_position_embeddings')) {
    config.ignored.push({ key: 'original_max_position_embeddings', value: String(outside), why: 'family' })
  } else if (
    outside !== undefined &&
    given['original_max_position_embeddings'] != null &&
    given['original_max_position_embeddings'] !== outside
  ) {
    overruled('original_max_position_embeddings', true)
  }
  const original = (): number => outside ?? num('original_max_position_embeddings', maxPositions)
  /** null asks for the ratio of the two lengths; only longrope may leave the key out */
  const ratioOr = (needed: boolean): number =>
    given['factor'] === null || (!needed && !('factor' in given)) ? maxPositions / original() : num('factor')
  const base = { kind: 'rope' as const, layout, theta, maxPositions, rotary }
  switch (type) {
    case 'linear':
      return { ...base, scaling: { type, factor: num('factor') } }
    case 'dynamic':
      if (rotary === 2) throw config.invalid('head_dim', 'above 2 with dynamic rope scaling', headDim)
      return { ...base, scaling: { type, factor: num('factor') } }
    case 'proportional':
      return { ...base, scaling: { type, factor: num('factor', 1), turned: Math.floor((partial * headDim) / 2) } }
    case 'llama3':
      return {
        ...base,
        scaling: {
          type,
          factor: num('factor'),
          low: num('low_freq_factor'),
          high: num('high_freq_factor'),
          original: original(),
        },
      }
    case 'yarn': {
      const factor = ratioOr(true)
      const mscale = (m: number): number => (factor <= 1 ? 1 : 0.1 * m * Math.log(factor) + 1)
      const [m, all] = [num('mscale', 0), num('mscale_all_dim', 0)]
      return {
        ...base,
        scaling: {
          type,
          factor,
          original: original(),
          betaFast: num('beta_fast', 32) || 32,
          betaSlow: num('beta_slow', 1) || 1,
          attentionFactor: num('attention_factor', m && all ? mscale(m) / mscale(all) : mscale(1)),
          truncate: !('truncate' in given) || !isFalsy(given['truncate']),
        },
      }
    }
    case 'longrope':
      return {
        ...base,
        scaling: {
          type,
          factor: ratioOr(false),
          original: original(),
          short: list('short_factor'),
          long: list('long_factor'),
          attentionFactor: given['attention_factor'] == null ? null : num('attention_factor'),
        },
      }
    case 'custom':
      return { ...base, scaling: { type: 'factors', factors: list('freq_factors') } }
    default:
      return { ...base, scaling: { type: 'default' } }
  }
}
