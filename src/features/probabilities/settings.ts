// The two settings this panel compares, and how it is set. Untouched, A is what the chat uses (with the seed of the
// answer that is looked at) and B takes nothing away: the model's own odds. Kept while other panels are open.

import { create } from 'zustand'
import { mirrored } from '../../store/classroom/views.ts'
import { biasesFor, useChat, useModels, type SamplingParams } from '../../store/index.ts'
import { answerOf } from '../../store/answer-read.ts'
import { useLesson } from '../../store/lessons/open.ts'
import { useInspect } from '../../store/inspect.ts'
import { parameters, perParameter } from '../../store/stages.ts'

export type Side = 'a' | 'b'
/** Takes nothing away and changes nothing. */
export const plain = perParameter((name) => parameters[name].off)

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
mirrored('probabilities', useSettings, ['a', 'b', 'side', 'compare', 'next', 'throws', 'sweepAll', 'all'])

/** A lesson speaks of the model's own odds: A begins there, and is the chat's again when the lesson is put away. */
export function beginPlain(): void {
  const { a, set } = useSettings.getState()
  if (a === null) set({ a: { ...plain, seed: useChat.getState().params.seed, logitBias: {} } })
}
useLesson.subscribe((s, old) => {
  if (s.id === null && old.id !== null) useSettings.getState().set({ a: null })
})

/** The settings of each side as they are in force. */
export function useParams(): Record<Side, SamplingParams> {
  const { a, b } = useSettings()
  const params = useChat((s) => s.params)
  const model = useModels((s) => s.active?.id)
  const tokens = useInspect((s) => s.tokens)
  const answer = answerOf(tokens)
  const own = answer?.message.seed ?? params.seed
  return {
    a:
      a ??
      (answer?.params
        ? { ...answer.params, logitBias: {} }
        : { ...perParameter((name) => params[name]), seed: own, logitBias: biasesFor(params.banned, model) }),
    b: b ?? { ...plain, seed: own, logitBias: {} },
  }
}
