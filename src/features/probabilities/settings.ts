// The two settings this panel compares, and how it is set. Untouched, A is what the chat uses (with the seed of the
// answer that is looked at) and B takes nothing away: the model's own odds. Kept while other panels are open.

import { create } from 'zustand'
import { banBias, useChat, useModels, type SamplingParams } from '../../store/index.ts'
import { answerOf } from '../../store/branches.ts'
import { useInspect } from '../../store/inspect.ts'

export type Side = 'a' | 'b'
export type SliderName =
  | 'repetitionPenalty'
  | 'presencePenalty'
  | 'frequencyPenalty'
  | 'temperature'
  | 'topK'
  | 'topP'
  | 'minP'

/** In the order in which the engine applies them. `off` is the value that does nothing. */
export const sliders: readonly { name: SliderName; min: number; max: number; step: number; off?: number }[] = [
  { name: 'repetitionPenalty', min: 1, max: 2, step: 0.01, off: 1 },
  { name: 'presencePenalty', min: -2, max: 2, step: 0.05, off: 0 },
  { name: 'frequencyPenalty', min: -2, max: 2, step: 0.05, off: 0 },
  { name: 'temperature', min: 0, max: 5, step: 0.05 },
  { name: 'topK', min: 0, max: 200, step: 1, off: 0 },
  { name: 'topP', min: 0.01, max: 1, step: 0.01, off: 1 },
  { name: 'minP', min: 0, max: 0.5, step: 0.01, off: 0 },
]
/** Takes nothing away and changes nothing. */
export const plain: Omit<SamplingParams, 'seed' | 'logitBias'> = {
  temperature: 1,
  topK: 0,
  topP: 1,
  minP: 0,
  repetitionPenalty: 1,
  presencePenalty: 0,
  frequencyPenalty: 0,
}

interface Settings {
  /** null: as described above */
  a: SamplingParams | null
  b: SamplingParams | null
  /** whose sliders are shown */
  side: Side
  compare: boolean
  /** the token still to come is looked at */
  next: boolean
  /** seeds past the settings' own, one for each throw of the dice */
  throws: number
  /** the sweep goes through every stage, or through the temperature alone */
  sweepAll: boolean
  all: boolean
  set(change: Partial<Omit<Settings, 'set'>>): void
}

export const useSettings = create<Settings>()((set) => ({
  a: null,
  b: null,
  side: 'a',
  compare: false,
  next: false,
  throws: 0,
  sweepAll: false,
  all: false,
  set: (change) => set(change),
}))

/** The settings of each side as they are in force. */
export function useParams(): Record<Side, SamplingParams> {
  const { a, b } = useSettings()
  const { temperature, topK, topP, minP, repetitionPenalty, presencePenalty, frequencyPenalty, seed, banned } = useChat(
    (s) => s.params,
  )
  const model = useModels((s) => s.active?.id)
  const tokens = useInspect((s) => s.tokens)
  const own = answerOf(tokens)?.message.seed ?? seed
  return {
    a: a ?? {
      temperature,
      topK,
      topP,
      minP,
      repetitionPenalty,
      presencePenalty,
      frequencyPenalty,
      seed: own,
      logitBias: banBias(banned, model),
    },
    b: b ?? { ...plain, seed: own, logitBias: {} },
  }
}
