// The page's words. t is the catalog itself: t.chat.send, t.chat.tokens(3). A missing word is a type error.
// Each language is its own chunk and only the one in use is loaded: loadLanguage() before showing it.
// The language comes from whoever mounts LanguageProvider; this room knows no store.

import { createContext, useContext, type ReactNode } from 'react'
import type { en } from './en.ts'
import { explain, type ErrorCatalog, type Explained, type Problem } from './explain.ts'
import { formats, type Formats, type Lang } from './format.ts'
import { noticeText, type Noticed } from './notices.ts'

export type { Explained, Problem } from './explain.ts'
export type { Formats, Lang } from './format.ts'
export type { Noticed } from './notices.ts'
export type Catalog = typeof en
interface Book { lang: Lang; words: Catalog; errors: ErrorCatalog }

const loaders: Record<Lang, () => Promise<Book>> = {
  en: async () => { const [words, errors] = await Promise.all([import('./en.ts'), import('./errors.en.ts')]); return { lang: 'en', words: words.en, errors: errors.errorsEn } },
  zh: async () => { const [words, errors] = await Promise.all([import('./zh.ts'), import('./errors.zh.ts')]); return { lang: 'zh', words: words.zh, errors: errors.errorsZh } },
}
const books = new Map<Lang, Book>()

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
  const { lang, errors } = useBook()
  return (problem) => explain(problem, errors, lang)
}
/** The sentence of a notice about a model, in the reader's words. */
export function useNoticeText(): (notice: Noticed) => string {
  const lang = useLang()
  return (notice) => noticeText(notice, lang)
}
