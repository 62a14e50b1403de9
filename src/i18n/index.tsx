// The page's words. t is the catalog itself: t.chat.send, t.chat.tokens(3). A missing word is a type error.
// Each language is its own chunk and only the one in use is loaded: loadLanguage() before showing it. The sentences for
// errors are a chunk beside it that nobody waits for: loadErrors() fetches it after the first screen, or at the first
// error. The language comes from whoever mounts LanguageProvider; this room knows no store.

import { createContext, useContext, useSyncExternalStore, type ReactNode } from 'react'
import type { en } from './en.ts'
import { explain, type ErrorCatalog, type Explained, type Problem } from './explain.ts'
import { formats, type Formats, type Lang } from './format.ts'

export type { Explained, Problem } from './explain.ts'
export type { Formats, Lang } from './format.ts'
export type Catalog = typeof en
interface Book {
  lang: Lang
  words: Catalog
}

const loaders: Record<Lang, () => Promise<Book>> = {
  en: async () => ({ lang: 'en', words: (await import('./en.ts')).en }),
  zh: async () => ({ lang: 'zh', words: (await import('./zh.ts')).zh }),
}
const books = new Map<Lang, Book>()

const errorLoaders: Record<Lang, () => Promise<ErrorCatalog>> = {
  en: async () => (await import('./errors.en.ts')).errorsEn,
  zh: async () => (await import('./errors.zh.ts')).errorsZh,
}
const errorBooks = new Map<Lang, ErrorCatalog>()
const waiting = new Set<() => void>()
const onErrors = (changed: () => void): (() => void) => {
  waiting.add(changed)
  return () => waiting.delete(changed)
}

/** Fetches the sentences for errors; those on screen are said anew in the reader's words. */
export async function loadErrors(lang: Lang): Promise<void> {
  if (errorBooks.has(lang)) return
  errorBooks.set(lang, await errorLoaders[lang]())
  for (const changed of waiting) changed()
}

/** Must be over before LanguageProvider shows this language. */
export async function loadLanguage(lang: Lang): Promise<void> {
  if (!books.has(lang)) books.set(lang, await loaders[lang]())
}

const LanguageContext = createContext<Book | null>(null)

/** Shows `lang` when it is loaded, else a language that is. */
export function LanguageProvider({ lang, children }: { lang: Lang; children: ReactNode }) {
  const book = books.get(lang) ?? books.values().next().value ?? null
  return <LanguageContext value={book}>{children}</LanguageContext>
}

function useBook(): Book {
  const book = useContext(LanguageContext)
  if (!book) throw new Error('Words are only known inside LanguageProvider.')
  return book
}

export const useLang = (): Lang => useBook().lang
export const useT = (): Catalog => useBook().words
export const useFormats = (): Formats => formats(useLang())
/** Turns an engine error into the reader's words. */
export function useExplain(): (problem: Problem) => Explained {
  const { lang } = useBook()
  const now = () => errorBooks.get(lang) ?? null
  const errors = useSyncExternalStore(onErrors, now, now)
  return (problem) => {
    if (errors) return explain(problem, errors, lang)
    // until they are here (or when they cannot be fetched) the engine's own sentence has to do
    void loadErrors(lang).catch(() => undefined)
    return { title: problem.code, text: problem.message, todo: '' }
  }
}
