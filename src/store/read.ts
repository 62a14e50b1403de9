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
  setText(text: string): void
  setPair(pair: string | null): void
  run(): Promise<void>
  /** puts a token into the n-th blank */
  fill(n: number, token: string): void
}

const nothing = { error: null, reading: null, vectors: [] }

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
        set({ reading, vectors })
      } else set({ reading: await getClient().read(text, pair === null ? {} : { pair }), vectors: [] })
      runEnded()
    } catch (error) {
      set({ ...nothing, error: toData(error) })
    } finally {
      set({ busy: false })
    }
  },

  fill(n, token) {
    const mask = useModels.getState().active?.info?.mask
    if (!mask) return
    const { text, pair } = get()
    const inFirst = text.split(mask).length - 1
    if (n < inFirst) set({ text: withBlank(text, mask, n, token) })
    else if (pair !== null) set({ pair: withBlank(pair, mask, n - inFirst, token) })
  },
}))

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

// another model says other things of the text
useModels.subscribe((s, old) => {
  if (s.active?.id !== old.active?.id || s.active?.state !== old.active?.state) useRead.setState(nothing)
})
