// Rotary positions of models whose layers are of two kinds, those that see everything and those that see a window: newer
// configs have an object for each kind in rope_parameters, older ones rope_scaling and frequencies under other names.
// As in transformers 5.24, which lays rope_scaling over what rope_parameters says. Knows no family's names.

import { readConfig } from '../config.ts'
import type { Config } from '../describe.ts'
import { readRope } from '../rope.ts'
import type { RopeSpec } from '../rope-table.ts'

export const layerKinds = ['full_attention', 'sliding_attention'] as const
export type LayerKind = (typeof layerKinds)[number]

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What rope_parameters says of one kind. @throws CONFIG_INVALID where it is not an object for each kind */
export function rotaryOf(config: Config, kind: LayerKind): Readonly<Record<string, unknown>> {
  const both = config.raw('rope_parameters') ?? {}
  if (!isRecord(both) || Object.values(both).some((value) => value !== null && !isRecord(value))) {
    throw config.invalid('rope_parameters', `one object for ${layerKinds.join(' and one for ')}`, both)
  }
  // with a rope_type, so that an older "type" laid over it says nothing
  return (both[kind] as Record<string, unknown> | null | undefined) ?? { rope_type: 'default' }
}

/**
 * How the layers of one kind turn `d` values of each head.
 * @param theta where rope_parameters has none for this kind
 * @param scaled whether an older rope_scaling is theirs
 * @throws CONFIG_INVALID, FAMILY_UNSUPPORTED as readRope
 */
export function ropeOfKind(
  config: Config,
  kind: LayerKind,
  { d, maxContext, theta, scaled }: { d: number; maxContext: number; theta: number; scaled: boolean },
): RopeSpec {
  const scaling = (scaled && config.raw('rope_scaling')) || {}
  if (!isRecord(scaling)) throw config.invalid('rope_scaling', 'an object', scaling)
  const own = readConfig(
    {
      rope_parameters: { rope_theta: theta, ...rotaryOf(config, kind), ...scaling },
      partial_rotary_factor: config.raw('partial_rotary_factor') ?? null,
      original_max_position_embeddings: config.raw('original_max_position_embeddings') ?? null,
    },
    config.wording,
  )
  const spec = readRope(own, d, maxContext)
  config.ignored.push(...own.ignored)
  return spec
}
