// What this panel is about: one word of a text (store/lessons/typed.ts), one token of the vocabulary, and the tokenizer beside the loaded
// one. Kept while other panels are open.

import { create } from 'zustand'
import type { TokenizerFacts, WhichTokenizer } from '../../store/index.ts'

export interface View {
  which: WhichTokenizer
  /** the word whose way is shown; null: the first that takes several steps */
  word: number | null
  step: number
  /** a row of the vocabulary */
  token: number | null
  query: string
  other: { name: string; facts: TokenizerFacts; serial: number } | null
  set(change: Partial<Omit<View, 'set'>>): void
}

export const useView = create<View>()((set) => ({
  which: 'loaded',
  word: null,
  step: Number.MAX_SAFE_INTEGER,
  token: null,
  query: '',
  other: null,
  set: (change) => set(change),
}))
