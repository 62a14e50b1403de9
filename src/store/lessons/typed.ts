// What stands in a panel's text field, for lessons that ask to type something. The tokenizer's is kept here, the others'
// where they belong.

import { create } from 'zustand'
import { useDraft } from '../draft.ts'
import { useRead } from '../read.ts'

/** null: the panel's sample, in the page's language */
export const useTokenizerText = create<{ text: string | null }>()(() => ({ text: null }))

interface Field {
  now(): string | null
  set(text: string): void
  subscribe(changed: () => void): () => void
}
const fields: Readonly<Record<string, Field>> = {
  tokenizer: {
    now: () => useTokenizerText.getState().text,
    set: (text) => useTokenizerText.setState({ text }),
    subscribe: (changed) => useTokenizerText.subscribe(changed),
  },
  chat: {
    now: () => useDraft.getState().text,
    set: (text) => useDraft.getState().setText(text),
    subscribe: (changed) => useDraft.subscribe(changed),
  },
  read: {
    now: () => useRead.getState().text,
    set: (text) => useRead.getState().setText(text),
    subscribe: (changed) => useRead.subscribe(changed),
  },
}

/** null where the panel has no field. */
export const typedIn = (panel: string): string | null => fields[panel]?.now() ?? null
export const typeInto = (panel: string, text: string): void => fields[panel]?.set(text)
/** The same for a page that shows a lesson's text: what the reader is writing in the chat stays. */
export const showIn = (panel: string, text: string): void => {
  if (panel !== 'chat') typeInto(panel, text)
}
export const onTyped = (panel: string, changed: () => void): (() => void) =>
  fields[panel]?.subscribe(changed) ?? (() => undefined)
