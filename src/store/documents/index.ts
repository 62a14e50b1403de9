// The reader's documents on screen: what is taken in, what a question finds, and an answer of the loaded model whose citations
// are checked. What is found stays when another model is loaded: a model of sentences finds, one that writes answers.

import { create } from 'zustand'
import { checkAnswer, citingPrompt, plainPrompt, spansOf, type CheckedSentence } from '../../retrieval/cite.ts'
import type { DocumentHead, ErrorData, FoundChunk, IndexKind, IndexLook, Meaning } from '../../worker/protocol.ts'
import { getClient, toData } from '../client.ts'
import { useModels } from '../models.ts'
import { begin, busy, end, settling, stopAnswer } from '../running.ts'

/** An answer to the question, from passages. */
export interface Answered {
  state: 'writing' | 'done' | 'stopped' | 'failed'
  text: string
  passages: readonly FoundChunk[]
  checked: readonly CheckedSentence[]
  /** of all that the answer's tokens look at, how much lies on each passage: mean of heads, layers and tokens; null: unknown */
  looks: readonly (number | null)[] | null
  /** cosines of each checked sentence with each passage, by a model of sentences; null: not measured */
  likeness: readonly (readonly (number | null)[])[] | null
}
/** A document that is shown, and the passage in it that is marked. */
export interface Shown {
  id: string
  name: string
  text: string
  chunks: readonly { start: number; end: number }[]
  mark: { start: number; end: number } | null
}

export interface DocumentsState {
  heads: readonly DocumentHead[] | null
  /** files that are being read, and how many are left */
  adding: { name: string; left: number } | null
  errors: readonly ErrorData[]
  /** put away, the last first */
  removed: readonly { id: string; name: string }[]
  /** what search by meaning can do; null: the loaded model gives no vectors */
  meaning: Meaning | null
  embedding: { loaded: number; total: number } | null
  question: string
  /** null: nothing was asked yet */
  found: { question: string; hits: readonly FoundChunk[]; meaning: Meaning | null } | null
  searching: boolean
  answer: Answered | null
  /** passages with numbers and an instruction, or the best one and the question */
  plain: boolean
  shown: Shown | null
  /** the question that was found, asked of a teaching index; null: not asked, or the vectors are not there */
  indexLook: IndexLook | null

  start(): Promise<void>
  add(files: readonly File[]): Promise<void>
  stopAdding(): void
  remove(id: string): Promise<void>
  undo(): Promise<void>
  embed(): Promise<void>
  stopEmbedding(): void
  setQuestion(question: string): void
  setPlain(plain: boolean): void
  search(): Promise<void>
  ask(lang: 'en' | 'zh'): Promise<void>
  stop(): void
  /** how alike the answer's sentences and the passages are, by the loaded model of sentences */
  compare(): Promise<void>
  lookInto(kind: IndexKind, wide: number): Promise<void>
  show(id: string, mark?: { start: number; end: number; hash: string }): Promise<void>
  hide(): void
  dismiss(): void
}

const hitsShown = 5
/** passages of a prompt, and tokens left for the answer */
const offered = 3
const longest = 160

let stopAdding = false
let embedding: AbortController | null = null

export const useDocuments = create<DocumentsState>()((set, get) => {
  const client = () => getClient().documents
  const failed = (error: unknown): void => set((s) => ({ errors: [...s.errors, toData(error)] }))
  const refresh = async (): Promise<void> => {
    try {
      const heads = await client().list()
      set({ heads, meaning: heads.length > 0 ? await client().meaning() : null })
    } catch (error) {
      failed(error)
    }
  }

  /** As many of the best passages as leave room for an answer. */
  async function fit(
    hits: readonly FoundChunk[],
    write: (texts: readonly string[]) => string,
  ): Promise<readonly FoundChunk[]> {
    const context = useModels.getState().active?.info?.context ?? 0
    for (let count = Math.min(offered, hits.length); count > 1; count--) {
      const content = write(hits.slice(0, count).map(({ text }) => text))
      const { ids } = await getClient().tokenize([{ role: 'user', content, data: true }])
      if (ids.length + longest <= context) return hits.slice(0, count)
    }
    return hits.slice(0, 1)
  }

  /** How much the answer looked at each passage, out of the run itself. */
  async function looksOf(passages: readonly FoundChunk[], plain: boolean): Promise<(number | null)[] | null> {
    const glass = getClient().glass
    const info = await glass.info()
    const tokens = await glass.tokens()
    const from = tokens.findIndex(({ generated }) => generated)
    if (from < 1) return null
    const written = (text: string): string => (plain ? text.replace(/\s+/g, ' ') : text)
    const spans = spansOf(
      tokens.slice(0, from),
      passages.map(({ text }) => written(text)),
    )
    const sums = spans.map(() => 0)
    // the row of a token is what it looked at while the next one was drawn
    const rows: [number, number] = [from - 1, tokens.length - 1]
    const heads = Array.from({ length: info.heads }, (_, i) => i)
    if (heads.length * (rows[1] - rows[0]) * from > 2 ** 20) return null
    for (let layer = 0; layer < info.layers; layer++) {
      const size = { maxRows: rows[1] - rows[0], maxCols: from }
      const tile = await glass.attention({ layer, heads, rows, cols: [0, from], ...size })
      spans.forEach((span, i) => {
        if (!span) return
        for (let row = 0; row < heads.length * tile.rows; row++) {
          for (let col = span[0]; col < span[1]; col++) {
            const cell = tile.values[row * tile.cols + col]!
            if (!Number.isNaN(cell)) sums[i]! += cell
          }
        }
      })
    }
    const all = info.layers * heads.length * (rows[1] - rows[0])
    return spans.map((span, i) => (span ? sums[i]! / all : null))
  }

  async function answer(lang: 'en' | 'zh'): Promise<void> {
    const { found, plain } = get()
    if (!found || found.hits.length === 0) return
    const write = (texts: readonly string[]): string =>
      plain ? plainPrompt(found.question, texts[0]!) : citingPrompt(found.question, texts, lang)
    const change = (more: Partial<Answered>): void => set((s) => (s.answer ? { answer: { ...s.answer, ...more } } : {}))
    const signal = begin(null)
    try {
      const passages = plain ? found.hits.slice(0, 1) : await fit(found.hits, write)
      set({ answer: { state: 'writing', text: '', passages, checked: [], looks: null, likeness: null } })
      const content = write(passages.map(({ text }) => text))
      let text = ''
      const options = { temperature: 0, maxTokens: longest, signal }
      for await (const event of getClient().generate([{ role: 'user', content, data: true }], options)) {
        if (event.type === 'token') change({ text: (text += event.text) })
      }
      const checked = checkAnswer(
        text,
        passages.map((one) => one.text),
      )
      change({ state: signal.aborted ? 'stopped' : 'done', checked })
      if (!signal.aborted) change({ looks: await looksOf(passages, plain).catch(() => null) })
    } catch (error) {
      change({ state: 'failed' })
      failed(error)
    } finally {
      end()
    }
  }

  return {
    heads: null,
    adding: null,
    errors: [],
    removed: [],
    meaning: null,
    embedding: null,
    question: '',
    found: null,
    searching: false,
    answer: null,
    plain: false,
    shown: null,
    indexLook: null,
    start: refresh,
    async add(files) {
      if (get().adding) return
      stopAdding = false
      set({ errors: [] })
      for (const [i, file] of files.entries()) {
        if (stopAdding) break
        set({ adding: { name: file.name, left: files.length - i } })
        await client().add(file).catch(failed)
      }
      set({ adding: null })
      await refresh()
    },
    stopAdding: () => {
      stopAdding = true
    },
    async remove(id) {
      const head = get().heads?.find((one) => one.id === id)
      try {
        await client().put(id, true)
        if (head) set((s) => ({ removed: [{ id, name: head.name }, ...s.removed] }))
        set((s) => ({
          found: s.found && { ...s.found, hits: s.found.hits.filter(({ document }) => document !== id) },
          shown: s.shown?.id === id ? null : s.shown,
        }))
      } catch (error) {
        failed(error)
      }
      await refresh()
    },
    async undo() {
      const [last, ...removed] = get().removed
      if (!last) return
      await client()
        .put(last.id, false)
        .then(() => set({ removed }), failed)
      await refresh()
    },
    async embed() {
      if (embedding) return
      embedding = new AbortController()
      const { signal } = embedding
      set({ embedding: { loaded: 0, total: 0 }, errors: [] })
      try {
        await client().embed({ signal, onProgress: (progress) => set({ embedding: progress }) })
      } catch (error) {
        if (!signal.aborted) failed(error)
      }
      embedding = null
      set({ embedding: null })
      await refresh()
    },
    stopEmbedding: () => embedding?.abort(),
    setQuestion: (question) => set({ question }),
    setPlain: (plain) => set({ plain }),
    async search() {
      const question = get().question.trim()
      if (question === '' || get().searching) return
      set({ searching: true, errors: [], answer: null, indexLook: null })
      try {
        set({ found: { question, ...(await client().search(question, hitsShown)) } })
      } catch (error) {
        failed(error)
      }
      set({ searching: false })
    },
    async ask(lang) {
      if (busy()) return
      set({ errors: [] })
      await settling(answer(lang))
    },
    stop: stopAnswer,
    async compare() {
      const { answer: now } = get()
      if (!now) return
      try {
        const texts = now.checked.map(({ start, end }) => now.text.slice(start, end).replace(/\[\d+\]/g, ''))
        const likeness = await client().likeness(texts, now.passages)
        set((s) => (s.answer === now ? { answer: { ...now, likeness } } : {}))
      } catch (error) {
        failed(error)
      }
    },
    async lookInto(kind, wide) {
      const { found } = get()
      if (!found) return
      try {
        const indexLook = await client().lookInto(found.question, kind, wide)
        if (get().found === found) set({ indexLook })
      } catch (error) {
        failed(error)
      }
    },
    async show(id, mark) {
      try {
        const document = await client().text(id)
        const name = get().heads?.find((one) => one.id === id)?.name ?? ''
        // offsets belong to the very text that was searched
        const same = mark === undefined || document?.hash === mark.hash
        set({
          shown: document && {
            id,
            name,
            ...document,
            mark: same && mark ? { start: mark.start, end: mark.end } : null,
          },
        })
      } catch (error) {
        failed(error)
      }
    },
    hide: () => set({ shown: null }),
    dismiss: () => set({ errors: [] }),
  }
})
