// The page's words. t is the catalog itself: t.chat.send, t.chat.tokens(3). A missing word is a type error.
// Each language is its own chunk and only the one in use is loaded: loadLanguage() before showing it.
// The language comes from whoever mounts LanguageProvider; this room knows no store.

import { createContext, useContext, type ReactNode } from 'react'
import type { en } from './en.ts'
import { explain, type ErrorCatalog, type Explained, type Problem } from './explain.ts'
import { formats, type Formats, type Lang } from './format.ts'

export type { Explained, Problem } from './explain.ts'
export type { Formats, Lang } from './format.ts'
export type Catalog = typeof en
interface Book { words: Catalog; errors: ErrorCatalog }

const loaders: Record<Lang, () => Promise<Book>> = {
  en: async () => { const [words, errors] = await Promise.all([import('./en.ts'), import('./errors.en.ts')]); return { words: words.en, errors: errors.errorsEn } },
  zh: async () => { const [words, errors] = await Promise.all([import('./zh.ts'), import('./errors.zh.ts')]); return { words: words.zh, errors: errors.errorsZh } },
}
const books = new Map<Lang, Book>()

/** Must be over before LanguageProvider shows this language. */
export async function loadLanguage(lang: Lang): Promise<void> {
  if (!books.has(lang)) books.set(lang, await loaders[lang]())
}

const LanguageContext = createContext<{ lang: Lang; book: Book } | null>(null)

/** Shows `lang` when it is loaded, else a language that is. */
export function LanguageProvider({ lang, children }: { lang: Lang; children: ReactNode }) {
  const [shown, book] = books.has(lang) ? [lang, books.get(lang)!] : [...books][0]!
  return <LanguageContext value={{ lang: shown, book }}>{children}</LanguageContext>
}

function useLanguage(): { lang: Lang; book: Book } {
  const language = useContext(LanguageContext)
  if (!language) throw new Error('Words are only known inside LanguageProvider.')
  return language
}

export const useLang = (): Lang => useLanguage().lang
export const useT = (): Catalog => useLanguage().book.words
export const useFormats = (): Formats => formats(useLang())
/** Turns an engine error into the reader's words. */
export function useExplain(): (problem: Problem) => Explained {
  const { lang, book } = useLanguage()
  return (problem) => explain(problem, book.errors, lang)
}
