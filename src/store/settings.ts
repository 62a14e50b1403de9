// What the user prefers: language, theme, load formats and sampling defaults. Kept in localStorage.

import { create } from 'zustand'
import { createJSONStorage, persist } from 'zustand/middleware'
import type { AdapterChoice, LoadRequest } from '../worker/protocol.ts'
import { kept } from './kept.ts'
import { readSettings, type Lang, type Packing, type Settings, type Theme } from './settings-read.ts'
import { anyModel, withChange, type OwnParams } from './sampling.ts'

export { biasesFor, defaultParams, type BannedToken, type OwnParams, type TurnParams } from './sampling.ts'

export interface SettingsState extends Settings {
  setLang(lang: Lang): void
  setTheme(theme: Theme): void
  setOwn(model: string | undefined, change: OwnParams): void
  /** what was set for this model, or for any, is forgotten */
  forgetOwn(model: string | undefined): void
  setSingleKeys(on: boolean): void
  setSystem(system: string): void
  setLoad(change: Settings['load']): void
  /** a part that is undefined: as usual */
  setPacking(model: string, packing: Packing): void
  /** null: back within the trained length */
  setLonger(model: string, context: number | null): void
  /** none: it is forgotten */
  setAdapters(model: string, adapters: readonly AdapterChoice[]): void
  setHubHost(host: string): void
  setHints(shown: boolean): void
  setAtLimit(atLimit: Settings['atLimit']): void
  reset(): void
}

const browserLang = (): Lang => (typeof navigator !== 'undefined' && /^zh\b/i.test(navigator.language) ? 'zh' : 'en')
const initial = () => ({
  lang: browserLang(),
  theme: 'system' as Theme,
  own: {} as Record<string, OwnParams>,
  system: '',
  load: {} as Settings['load'],
  packing: {} as Record<string, Packing>,
  longer: {} as Record<string, number>,
  adapters: {} as Record<string, readonly AdapterChoice[]>,
  hubHost: 'https://huggingface.co',
  hints: true,
  singleKeys: true,
  atLimit: 'stop' as Settings['atLimit'],
})

export const useSettings = create<SettingsState>()(
  persist(
    (set) => ({
      ...initial(),
      setLang: (lang) => set({ lang }),
      setTheme: (theme) => set({ theme }),
      setOwn: (model, change) => set((s) => ({ own: withChange(s.own, {}, model, change) })),
      forgetOwn: (model) =>
        set((s) => ({
          own: Object.fromEntries(Object.entries(s.own).filter(([name]) => name !== anyModel && name !== model)),
        })),
      setSingleKeys: (singleKeys) => set({ singleKeys }),
      setSystem: (system) => set({ system }),
      setLoad: (change) => set((s) => ({ load: { ...s.load, ...change } })),
      setPacking: (model, { linear, embedding }) =>
        set(({ packing: { [model]: _, ...others } }) => ({
          packing: linear || embedding ? { ...others, [model]: { linear, embedding } } : others,
        })),
      setLonger: (model, context) =>
        set(({ longer: { [model]: _, ...others } }) => ({
          longer: context === null ? others : { ...others, [model]: context },
        })),
      setAdapters: (model, adapters) =>
        set(({ adapters: { [model]: _, ...others } }) => ({
          adapters: adapters.length === 0 ? others : { ...others, [model]: [...adapters] },
        })),
      setHubHost: (hubHost) => set({ hubHost }),
      setHints: (hints) => set({ hints }),
      setAtLimit: (atLimit) => set({ atLimit }),
      reset: () => set(initial()),
    }),
    {
      name: 'glassbox.settings',
      version: 1,
      storage: createJSONStorage(() => kept),
      // What an older visit stored may lack a field that is new since; a newer one's is read as far as it is known
      // here.
      migrate: (old) => old as SettingsState,
      merge: (old, now) => ({ ...now, ...readSettings(old) }),
    },
  ),
)

/** What was chosen for this very model. */
const own = <T>(all: Record<string, T>, model: string | null): T | undefined =>
  model !== null && Object.hasOwn(all, model) ? all[model] : undefined

/**
 * What a model is planned and loaded with: never beyond its trained length, packed as usual, and with no adapters, unless
 * something else was chosen for this very model.
 */
export function optionsFor(model: string | null, options: LoadRequest): LoadRequest {
  const { longer, packing, adapters } = useSettings.getState()
  const on = options.adapters ?? own(adapters, model)
  const all = { ...options, ...(on && { adapters: on }) }
  // complete already: of a link, or of the model as it is loaded
  if (options.withinTraining !== undefined) return all
  const context = own(longer, model)
  const length = context === undefined ? { withinTraining: true } : { context, withinTraining: false }
  return { ...own(packing, model), ...all, ...length }
}
