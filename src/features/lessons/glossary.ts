// The glossary in use: loaded once, one word open at a time, and where its words stand in a text.

import { useEffect } from 'react'
import { create } from 'zustand'
import { loadGlossary, type Glossary, type Terms } from '../../i18n/glossary/index.ts'

interface State {
  glossary: Glossary | null
  /** id of the word that is open */
  open: string | null
}
const useState = create<State>()(() => ({ glossary: null, open: null }))
let loading: Promise<void> | null = null

/** null while it is on its way, or where it cannot be had: texts can be read without it. */
export function useGlossary(): Glossary | null {
  useEffect(() => {
    loading ??= loadGlossary().then(
      (glossary) => useState.setState({ glossary }),
      () => {
        loading = null
      },
    )
  }, [])
  return useState((s) => s.glossary)
}
export const useOpenWord = (): string | null => useState((s) => s.open)
export const openWord = (id: string | null): void => useState.setState({ open: id })

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
const latin = /^[\p{Script=Latin}\d]/u

/** A pattern that finds these words in a text, the longest first: each form that stands in texts is a group's text. */
export function formsOf(
  terms: Terms,
  ids: readonly string[],
): { pattern: RegExp; idOf: (form: string) => string } | null {
  const forms = ids.flatMap((id) =>
    Object.hasOwn(terms, id)
      ? [terms[id]!.term, ...(terms[id]!.also ?? [])].map((form): [string, string] => [form.toLowerCase(), id])
      : [],
  )
  if (forms.length === 0) return null
  const map = new Map(forms)
  const words = [...map.keys()]
    .sort((a, b) => b.length - a.length)
    // a Latin word stands alone, perhaps as several; Chinese has no such ends
    .map((form) =>
      latin.test(form)
        ? String.raw`(?<![\p{Script=Latin}\d-])${escaped(form)}(?:s|es)?(?![\p{Script=Latin}\d-])`
        : escaped(form),
    )
  return {
    pattern: new RegExp(words.join('|'), 'giu'),
    idOf: (form) => {
      const said = form.toLowerCase()
      return map.get(said) ?? map.get(said.replace(/s$/, '')) ?? map.get(said.replace(/es$/, '')) ?? ''
    },
  }
}

/** The text in pieces: plain ones, and words that have an entry, each at its first place only. */
export function piecesOf(
  text: string,
  terms: Terms,
  ids: readonly string[],
): (string | { id: string; text: string })[] {
  const found = formsOf(terms, ids)
  if (!found) return [text]
  const pieces: (string | { id: string; text: string })[] = []
  const seen = new Set<string>()
  let at = 0
  for (const match of text.matchAll(found.pattern)) {
    const id = found.idOf(match[0])
    if (id === '' || seen.has(id)) continue
    seen.add(id)
    if (match.index > at) pieces.push(text.slice(at, match.index))
    pieces.push({ id, text: match[0] })
    at = match.index + match[0].length
  }
  if (at < text.length) pieces.push(text.slice(at))
  return pieces
}

/** What of a text stays on the line of the word behind it: an opening mark ends no line. */
export const marksBefore = (text: string): string => /[\p{Ps}\p{Pi}]*$/u.exec(text)![0]
/** What of a text stays on the line of the word before it: a comma or a full stop begins no line. */
export const marksAfter = (text: string): string => /^[\p{Po}\p{Pe}\p{Pf}]*/u.exec(text)![0]
