// What scaling positions does to a layer's frequencies, by the engine's own formulas. Pure.

import { ropeFrequencies, type RopeScaling } from '../../store/rope.ts'

export const kinds = ['linear', 'ntk', 'yarn'] as const
export type Kind = (typeof kinds)[number]
export interface Chosen {
  kind: Kind
  factor: number
  /** tokens of the longest text in training */
  trained: number
}

/** The base of frequencies base^(-j/n); null where they are not of this kind: scaled already, or the model's own. */
export function baseOf(inv: readonly number[]): number | null {
  const n = inv.length
  if (n < 2) return null
  const base = inv.at(-1)! ** (-n / (n - 1))
  // they may be rounded to 16-bit floats
  return inv.every((v, j) => Math.abs(v * base ** (j / n) - 1) < 2e-3) ? base : null
}

/** @returns the scaled frequencies, and what cos and sin are multiplied by */
export function scaled(count: number, base: number, { kind, factor, trained }: Chosen) {
  const scaling: Record<Kind, RopeScaling> = {
    linear: { type: 'linear', factor },
    // of a text that is as many times as long: the base grows by factor^(r/(r - 2))
    ntk: { type: 'dynamic', factor: 1 },
    // the numbers of Peng et al. 2023, as models with YaRN have them
    yarn: {
      type: 'yarn',
      factor,
      original: trained,
      betaFast: 32,
      betaSlow: 1,
      attentionFactor: 0.1 * Math.log(factor) + 1,
      truncate: true,
    },
  }
  const spec = {
    kind: 'rope',
    layout: 'half',
    rotary: 2 * count,
    theta: base,
    maxPositions: trained,
    scaling: scaling[kind],
  } as const
  return ropeFrequencies(spec, factor * trained)
}

/** Tokens that a pair takes for a whole turn. */
export const waveOf = (speed: number): number => (2 * Math.PI) / speed
