// What the user prefers: language, theme, load formats and sampling defaults. Kept in localStorage.

import { create } from 'zustand'
import { persist } from 'zustand/middleware'
import type { LoadRequest, SamplingParams } from '../worker/protocol.ts'

export type Lang = 'zh' | 'en'
export type Theme = 'system' | 'light' | 'dark'

/** Sampling parameters as the sliders know them. randomSeed: draw a fresh seed for every turn. */
export interface TurnParams extends Omit<SamplingParams, 'logitBias'> {
  maxTokens: number
  stop: string[]
  randomSeed: boolean
}

export const defaultParams: TurnParams = {
  temperature: 0.7, topK: 40, topP: 0.95, minP: 0, repetitionPenalty: 1.1, presencePenalty: 0, frequencyPenalty: 0,
  seed: 0, randomSeed: true, maxTokens: 512, stop: [],
}

export interface SettingsState {
  lang: Lang
  theme: Theme
  /** where new conversations start from */
  params: TurnParams
  system: string
  load: LoadRequest
  /** the Hugging Face host or a mirror of it */
  hubHost: string
  setLang(lang: Lang): void
  setTheme(theme: Theme): void
  setParams(change: Partial<TurnParams>): void
  setSystem(system: string): void
  setLoad(change: Partial<LoadRequest>): void
  setHubHost(host: string): void
  reset(): void
}

const browserLang = (): Lang => (typeof navigator !== 'undefined' && /^zh\b/i.test(navigator.language) ? 'zh' : 'en')
const initial = () => ({
  lang: browserLang(), theme: 'system' as Theme, params: defaultParams, system: '', load: {} as LoadRequest,
  hubHost: 'https://huggingface.co',
})

export const useSettings = create<SettingsState>()(persist((set) => ({
  ...initial(),
  setLang: (lang) => set({ lang }),
  setTheme: (theme) => set({ theme }),
  setParams: (change) => set((s) => ({ params: { ...s.params, ...change } })),
  setSystem: (system) => set({ system }),
  setLoad: (change) => set((s) => ({ load: { ...s.load, ...change } })),
  setHubHost: (hubHost) => set({ hubHost }),
  reset: () => set(initial()),
}), { name: 'glassbox.settings', version: 1 }))
