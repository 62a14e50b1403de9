// What somebody gave an encoder to read, and what it said: kept while panels change. The text then stands in the engine,
// and every panel that looks inside looks at it. Of several texts (one a line, for vectors) it is the last.

import { create } from 'zustand'
import type { ErrorData, Reading } from '../worker/protocol.ts'
import { getClient, toData } from './client.ts'
import { runEnded } from './inspect/follow.ts'
import { useModels } from './models.ts'

/** Texts compared at most. */
export const mostTexts = 24

interface ReadState {
  text: string
  /** null: one text only */
  pair: string | null
  busy: boolean
  error: ErrorData | null
  reading: Reading | null
  /** one for each line, where the model gives vectors */
  vectors: { text: string; vector: Float32Array }[]
  /** what the results are about: the texts as they were read */
  done: Texts | null
  /** tokens that were chosen for its blanks, by their place among them */
  chosen: Readonly<Record<number, string>>
  setText(text: string): void
  setPair(pair: string | null): void
  run(): Promise<void>
  /** puts a token into the n-th blank of what was read, in place of one that was chosen before */
  fill(n: number, token: string): void
}
export interface Texts {
  text: string
  pair: string | null
}

const nothing = { error: null, reading: null, vectors: [], done: null, chosen: {} }
const maskNow = (): string | null => useModels.getState().active?.info?.mask ?? null

export const useRead = create<ReadState>()((set, get) => ({
  text: '',
  pair: null,
  busy: false,
  ...nothing,
  setText: (text) => set({ text }),
  setPair: (pair) => set({ pair }),

  async run() {
    const { text, pair, busy } = get()
    const info = useModels.getState().active?.info
    if (busy || !info) return
    set({ busy: true, error: null })
    try {
      if (info.does.includes('embed')) {
        const vectors: ReadState['vectors'] = []
        let reading: Reading | null = null
        for (const line of linesOf(text)) {
          reading = await getClient().read(line, {})
          if (reading.vector) vectors.push({ text: line, vector: reading.vector })
        }
        set({ reading, vectors, done: { text, pair }, chosen: {} })
      } else {
        const reading = await getClient().read(text, pair === null ? {} : { pair })
        set({ reading, vectors: [], done: { text, pair }, chosen: {} })
      }
      runEnded()
    } catch (error) {
      set({ ...nothing, error: toData(error) })
    } finally {
      set({ busy: false })
    }
  },

  fill(n, token) {
    const { done, chosen: before } = get()
    const mask = maskNow()
    if (!done || mask === null) return
    const chosen = { ...before, [n]: token }
    set({ chosen, ...filled(done, mask, chosen) })
  },
}))

/**
 * Lets a model that reads texts whole read once more what it was given last, for what looks inside; undefined: the model
 * writes, and what it read is not of this store.
 */
export function givenAgain(): (() => Promise<void>) | undefined {
  const { done } = useRead.getState()
  const { does = [] } = useModels.getState().active?.info ?? {}
  if (!done || does.includes('generate')) return undefined
  const { text, pair } = done
  const last = does.includes('embed') ? linesOf(text).at(-1) : text
  return async () => {
    if (last !== undefined) await getClient().read(last, pair === null || does.includes('embed') ? {} : { pair })
  }
}

/** The texts with the tokens that were chosen for their blanks; those of the second count on from those of the first. */
export function filled({ text, pair }: Texts, mask: string, chosen: Readonly<Record<number, string>>): Texts {
  const inFirst = text.split(mask).length - 1
  const all: Texts = { text, pair }
  // the last one first: a blank that is filled is no blank, and those behind it would move
  for (const n of Object.keys(chosen)
    .map(Number)
    .sort((a, b) => b - a)) {
    if (n < inFirst) all.text = withBlank(all.text, mask, n, chosen[n]!)
    else if (all.pair !== null) all.pair = withBlank(all.pair, mask, n - inFirst, chosen[n]!)
  }
  return all
}

/** Was the text changed since it was read, by more than a choice among its candidates? */
export function isOld({ text, pair, done, chosen }: Pick<ReadState, 'text' | 'pair' | 'done' | 'chosen'>): boolean {
  if (!done) return false
  const mask = maskNow()
  const now = mask === null ? done : filled(done, mask, chosen)
  return now.text !== text || now.pair !== pair
}

export const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
    .slice(0, mostTexts)

/** The text with its n-th blank filled; a piece that goes on with a word (##s) leaves no space before it. */
export function withBlank(text: string, mask: string, n: number, token: string): string {
  const parts = text.split(mask)
  const before = parts.slice(0, n + 1).join(mask),
    after = parts.slice(n + 1).join(mask)
  return token.startsWith('##') ? `${before.trimEnd()}${token.slice(2)}${after}` : `${before}${token.trim()}${after}`
}

// another model says other things of the text, and may write its blanks otherwise
let lastMask: string | null = null
useModels.subscribe((s, old) => {
  if (s.active?.id !== old.active?.id || s.active?.state !== old.active?.state) useRead.setState(nothing)
  const mask = s.active?.info?.mask ?? null
  if (mask === null || mask === lastMask) return
  const was = lastMask
  lastMask = mask
  if (was === null) return
  const { text, pair } = useRead.getState()
  useRead.setState({ text: text.replaceAll(was, mask), pair: pair?.replaceAll(was, mask) ?? null })
})
