// The words of one panel: one file beside this one, loaded with the panel, both languages in it.
//
//   // i18n/panels/lens.ts
//   const en = { title: 'Lens', layers: (n: number) => `${n} layers` }
//   const zh: typeof en = { title: '透镜', layers: (n) => `${n} 层` }
//   export const lens = { en, zh }
//   // features/lens/Panel.tsx
//   const t = usePanelText(lens)

import type { Lang } from '../format.ts'
import { useLang } from '../index.tsx'

export type PanelText<T> = Record<Lang, T>
export const usePanelText = <T>(text: PanelText<T>): T => text[useLang()]
