// The page's words. t is the catalog itself: t.chat.send, t.chat.tokens(3). A missing word is a type error.
// The language comes from whoever mounts LanguageProvider; this room knows no store.

import { createContext, useContext, type ReactNode } from 'react'
import { en } from './en.ts'
import { explain, type Explained, type Problem } from './explain.ts'
import { formats, type Formats, type Lang } from './format.ts'
import { zh } from './zh.ts'

export type { Explained, Problem } from './explain.ts'
export type { Formats, Lang } from './format.ts'
export type Catalog = typeof en

export const catalogs: Record<Lang, Catalog> = { en, zh }

const LangContext = createContext<Lang>('en')
export const LanguageProvider = ({ lang, children }: { lang: Lang; children: ReactNode }) => <LangContext value={lang}>{children}</LangContext>

export const useLang = (): Lang => useContext(LangContext)
export const useT = (): Catalog => catalogs[useLang()]
export const useFormats = (): Formats => formats(useLang())
/** Turns an engine error into the reader's words. */
export function useExplain(): (problem: Problem) => Explained {
  const lang = useLang()
  return (problem) => explain(problem, lang)
}
