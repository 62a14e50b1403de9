// What the user prefers: language, theme, load formats and sampling defaults. Kept in localStorage.

import { create } from 'zustand'
import { createJSONStorage, persist } from 'zustand/middleware'
import type { LoadRequest } from '../worker/protocol.ts'
import { kept } from './kept.ts'
import { readSettings, type Lang, type Settings, type Theme } from './settings-read.ts'
import { anyModel, withChange, type OwnParams } from './sampling.ts'

export { banBias, defaultParams, type BannedToken, type OwnParams, type TurnParams } from './sampling.ts'

export interface SettingsState extends Settings {
  setLang(lang: Lang): void
  setTheme(theme: Theme): void
  setOwn(model: string | undefined, change: OwnParams): void
  /** what was set for this model, or for any, is forgotten */
  forgetOwn(model: string | undefined): void
  setSingleKeys(on: boolean): void
  setSystem(system: string): void
  setLoad(change: Partial<LoadRequest>): void
  /** null: back within the trained length */
  setLonger(model: string, context: number | null): void
  setHubHost(host: string): void
  setHints(shown: boolean): void
  reset(): void
}

const browserLang = (): Lang => (typeof navigator !== 'undefined' && /^zh\b/i.test(navigator.language) ? 'zh' : 'en')
const initial = () => ({
  lang: browserLang(),
  theme: 'system' as Theme,
  own: {} as Record<string, OwnParams>,
  system: '',
  load: {} as LoadRequest,
  longer: {} as Record<string, number>,
  hubHost: 'https://huggingface.co',
  hints: true,
  singleKeys: true,
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
      setLonger: (model, context) =>
        set(({ longer: { [model]: _, ...others } }) => ({
          longer: context === null ? others : { ...others, [model]: context },
        })),
      setHubHost: (hubHost) => set({ hubHost }),
      setHints: (hints) => set({ hints }),
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

/**
 * What a model is planned and loaded with: never beyond its trained length unless that was chosen for this very model.
 */
export function optionsFor(model: string | null, options: LoadRequest): LoadRequest {
  if (options.withinTraining !== undefined) return options
  const { longer: all } = useSettings.getState()
  const longer = model !== null && Object.hasOwn(all, model) ? all[model] : undefined
  return longer === undefined
    ? { ...options, withinTraining: true }
    : { ...options, context: longer, withinTraining: false }
}
