// What the user prefers: language, theme, load formats and sampling defaults. Kept in localStorage.

import { create } from 'zustand'
import { createJSONStorage, persist } from 'zustand/middleware'
import type { LoadRequest, SamplingParams } from '../worker/protocol.ts'

export type Lang = 'zh' | 'en'
export type Theme = 'system' | 'light' | 'dark'

/** Sampling parameters as the sliders know them. randomSeed: draw a fresh seed for every turn. */
export interface TurnParams extends Omit<SamplingParams, 'logitBias'> {
  maxTokens: number
  stop: string[]
  randomSeed: boolean
  /** tokens that are never drawn; ids are those of one model */
  banned: BannedToken[]
}
export interface BannedToken { id: number; text: string; model: string }

/** As the engine takes it: less than any logit can make up for. */
export const banBias = (banned: readonly BannedToken[], model: string | undefined): Record<number, number> =>
  Object.fromEntries(banned.filter((token) => token.model === model).map(({ id }) => [id, -1e4]))

/** As the engine's own (engine/sampler/params.ts; settings.test.ts compares them), but a fresh seed every turn. */
export const defaultParams: TurnParams = {
  temperature: 0.8, topK: 40, topP: 0.95, minP: 0.05, repetitionPenalty: 1, presencePenalty: 0, frequencyPenalty: 0,
  seed: 0, randomSeed: true, maxTokens: 512, stop: [], banned: [],
}

export interface SettingsState {
  lang: Lang
  theme: Theme
  /** where new conversations start from */
  params: TurnParams
  system: string
  load: LoadRequest
  /** by model: a context beyond what it was trained for, chosen for it alone */
  longer: Record<string, number>
  /** the Hugging Face host or a mirror of it */
  hubHost: string
  /** what can be done with an answer is shown under it */
  hints: boolean
  setLang(lang: Lang): void
  setTheme(theme: Theme): void
  setParams(change: Partial<TurnParams>): void
  setSystem(system: string): void
  setLoad(change: Partial<LoadRequest>): void
  /** null: back within the trained length */
  setLonger(model: string, context: number | null): void
  setHubHost(host: string): void
  setHints(shown: boolean): void
  reset(): void
}

const browserLang = (): Lang => (typeof navigator !== 'undefined' && /^zh\b/i.test(navigator.language) ? 'zh' : 'en')
const memory = new Map<string, string>()
/** Private windows may refuse localStorage: settings then last as long as the page. */
const kept = {
  getItem: (key: string): string | null => { try { return localStorage.getItem(key) } catch { return memory.get(key) ?? null } },
  setItem: (key: string, value: string): void => { try { localStorage.setItem(key, value) } catch { memory.set(key, value) } },
  removeItem: (key: string): void => { try { localStorage.removeItem(key) } catch { memory.delete(key) } },
}
const initial = () => ({
  lang: browserLang(), theme: 'system' as Theme, params: defaultParams, system: '', load: {} as LoadRequest, longer: {} as Record<string, number>,
  hubHost: 'https://huggingface.co', hints: true,
})

export const useSettings = create<SettingsState>()(persist((set) => ({
  ...initial(),
  setLang: (lang) => set({ lang }),
  setTheme: (theme) => set({ theme }),
  setParams: (change) => set((s) => ({ params: { ...s.params, ...change } })),
  setSystem: (system) => set({ system }),
  setLoad: (change) => set((s) => ({ load: { ...s.load, ...change } })),
  setLonger: (model, context) => set(({ longer: { [model]: _, ...others } }) => ({ longer: context === null ? others : { ...others, [model]: context } })),
  setHubHost: (hubHost) => set({ hubHost }),
  setHints: (hints) => set({ hints }),
  reset: () => set(initial()),
}), {
  name: 'glassbox.settings', version: 1, storage: createJSONStorage(() => kept),
  // What an older visit stored may lack a field that is new since.
  merge: (old, now) => ({ ...now, ...(old as Partial<SettingsState>), params: { ...now.params, ...(old as Partial<SettingsState> | undefined)?.params } }),
}))

/** What a model is planned and loaded with: never beyond its trained length unless that was chosen for this very model. */
export function optionsFor(model: string | null, options: LoadRequest): LoadRequest {
  if (options.withinTraining !== undefined) return options
  const longer = model === null ? undefined : useSettings.getState().longer[model]
  return longer === undefined ? { ...options, withinTraining: true } : { ...options, context: longer, withinTraining: false }
}
