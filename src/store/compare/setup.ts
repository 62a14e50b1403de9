// What the two sides are: a model, how strong its adapters are, what differs from the chat's settings. Pure.

import type { SamplingParams } from '../../worker/protocol.ts'
import type { TurnParams } from '../sampling.ts'
import { perParameter } from '../stages.ts'
import type { Strengths, Which } from '../side-by-side.ts'

export const numbers = ['temperature', 'topK', 'topP', 'repetitionPenalty'] as const
export type SetNumber = (typeof numbers)[number]
export interface Setup {
  /** a stored model's id; null: the loaded one */
  model: string | null
  /** of the loaded model's adapters; what is absent is as set now */
  strengths: Strengths
  /** null: the chat's own */
  system: string | null
  /** what is absent is the chat's own */
  numbers: Readonly<Partial<Record<SetNumber, number>>>
}
export const asNow: Setup = { model: null, strengths: {}, system: null, numbers: {} }

/** How both are written: piece by piece in turns, or one whole answer after the other, and why. */
export type Way = 'turns' | 'adapters' | 'models'

/** @param home the loaded model's id @param now its strengths */
export function wayOf({ a, b }: Readonly<Record<Which, Setup>>, home: string, now: Strengths): Way {
  if ((a.model ?? home) !== home || (b.model ?? home) !== home) return 'models'
  const same = Object.entries(now).every(([id, at]) => (a.strengths[id] ?? at) === (b.strengths[id] ?? at))
  return same ? 'turns' : 'adapters'
}

export const paramsOf = (setup: Setup, chat: TurnParams): TurnParams => ({ ...chat, ...setup.numbers })

/** What the sampler alone is told; tokens of one model that are never drawn are the caller's to say. */
export const samplingOf = (params: TurnParams, seed: number): SamplingParams => ({
  ...perParameter((name) => params[name]),
  seed,
  logitBias: {},
})
