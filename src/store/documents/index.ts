// The reader's documents on screen: what is taken in, what a question finds, and an answer of the loaded model whose citations
// are checked. What is found stays when another model is loaded: a model of sentences finds, one that writes answers.

import { create } from 'zustand'
import {
  checkAnswer,
  citingPrompt,
  plainPrompt,
  quotePattern,
  quotingPrompt,
  type CheckedSentence,
} from '../../retrieval/cite.ts'
import type { DocumentHead, ErrorData, FoundChunk, IndexKind, IndexLook, Meaning } from '../../worker/protocol.ts'
import { getClient, toData } from '../client.ts'
import { useModels } from '../models.ts'
import { begin, busy, end, settling, stopAnswer } from '../running.ts'
import { bring, thatDo, useStoredKinds } from '../stored-kinds.ts'
import type { LentShelf } from './lent.ts'
import { looksOf } from './looks.ts'

/** An answer to the question, from passages. */
export interface Answered {
  state: 'writing' | 'done' | 'stopped' | 'failed'
  text: string
  passages: readonly FoundChunk[]
  /** those that it was not given: of how many, why, and the tokens that its memory holds; null: it was given all */
  left: { of: number; why: 'room' | 'most' | 'form'; context: number } | null
  checked: readonly CheckedSentence[]
  /** of all that the answer's tokens look at, how much lies on each passage: mean of heads, layers and tokens; null: unknown */
  looks: readonly (number | null)[] | null
  /** layers whose attention was read, of all; null: it is not being read */
  looking: { done: number; layers: number } | null
  /** cosines of each checked sentence with each passage, by a model of sentences; null: not measured */
  likeness: readonly (readonly (number | null)[])[] | null
}
/**
 * What an answer is made of: a sentence of the passages and its number, and nothing else; the model's own words, with
 * numbers; or, of the best passage alone, for models that know no instructions.
 */
export type AnswerKind = 'quote' | 'own' | 'plain'
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
  /** what is being read, how many are left, and of it how much is counted already: 0 to 1, null where nothing is yet */
  adding: { name: string; left: number; share: number | null } | null
  errors: readonly ErrorData[]
  /** files that were added and are here already, and as what */
  again: readonly { name: string; as: string }[]
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
  kind: AnswerKind
  /** the model of sentences that questions are asked of, by the reader's choice: it is loaded for them; null: none was chosen */
  finder: string | null
  /** the model that wrote last: it is loaded for answers */
  writer: string | null
  /** a model is on its way for a search or an answer */
  bringing: string | null
  shown: Shown | null
  /** the question that was found, asked of a teaching index; null: not asked, or the vectors are not there */
  indexLook: IndexLook | null
  /** a lesson's documents stand in for the reader's, which are as they were when it is put away */
  lent: boolean

  start(): Promise<void>
  add(files: readonly File[]): Promise<void>
  stopAdding(): void
  remove(id: string): Promise<void>
  undo(): Promise<void>
  embed(): Promise<void>
  stopEmbedding(): void
  setQuestion(question: string): void
  setKind(kind: AnswerKind): void
  /** finds by meaning from now on: brings the model, makes the vectors that are missing, asks again what was asked */
  findWith(id: string): Promise<void>
  search(): Promise<void>
  /** @param writer a stored model to be loaded for it; absent: the loaded one */
  ask(lang: 'en' | 'zh', writer?: string): Promise<void>
  stop(): void
  /** the model that is on its way is not waited for */
  stopBringing(): void
  /** how alike the answer's sentences and the passages are, by the loaded model of sentences */
  compare(): Promise<void>
  lookInto(kind: IndexKind, wide: number): Promise<void>
  show(id: string, mark?: { start: number; end: number; hash: string }): Promise<void>
  hide(): void
  dismiss(): void
  /** null: the reader's own are back */
  lend(files: readonly File[] | null): Promise<void>
}

const unknown = { looks: null, looking: null, likeness: null }
const hitsShown = 5
/** passages of a prompt, and tokens left for the answer */
const offered = 3
export const longest = 160

let adding: AbortController | null = null
/** files that wait until those before them are read */
const coming: File[] = []
let embedding: AbortController | null = null
/** what a lesson brought, and what stood here before */
let lent: LentShelf | null = null
let own: Partial<DocumentsState> = {}

export const useDocuments = create<DocumentsState>()((set, get) => {
  const client = () => lent ?? getClient().documents
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
  ): Promise<Pick<Answered, 'passages' | 'left'>> {
    const context = useModels.getState().active?.info?.context ?? 0
    const most = Math.min(offered, hits.length)
    const given = (count: number): Pick<Answered, 'passages' | 'left'> => {
      const why = count < most ? 'room' : 'most'
      return { passages: hits.slice(0, count), left: count < hits.length ? { of: hits.length, why, context } : null }
    }
    for (let count = most; count > 1; count--) {
      const content = write(hits.slice(0, count).map(({ text }) => text))
      const { ids } = await getClient().tokenize([{ role: 'user', content, data: true }])
      if (ids.length + longest <= context) return given(count)
    }
    return given(1)
  }

  /** @returns whether it is there; where it failed, why is among the errors */
  async function fetched(id: string): Promise<boolean> {
    const { active } = useModels.getState()
    if (active?.state === 'ready' && active.id !== id && active.info?.does.includes('generate')) {
      set({ writer: active.id })
    }
    set({ bringing: id })
    const came = await bring(id)
    set({ bringing: null })
    const { error } = useModels.getState().active ?? {}
    if (!came && error) set((s) => ({ errors: [...s.errors, error] }))
    return came
  }
  async function makeVectors(): Promise<void> {
    if (embedding) return
    embedding = new AbortController()
    const { signal } = embedding
    set({ embedding: { loaded: 0, total: 0 }, errors: [] })
    try {
      await client().embed({ signal, onProgress: (progress) => set({ embedding: progress }) })
      set({ finder: useModels.getState().active?.id ?? null })
    } catch (error) {
      if (!signal.aborted) failed(error)
    }
    embedding = null
    set({ embedding: null })
    await refresh()
  }

  async function answer(lang: 'en' | 'zh'): Promise<void> {
    const { found, kind } = get()
    if (!found || found.hits.length === 0) return
    const plain = kind === 'plain'
    const write = (texts: readonly string[]): string =>
      plain
        ? plainPrompt(found.question, texts[0]!)
        : (kind === 'quote' ? quotingPrompt : citingPrompt)(found.question, texts, lang)
    const change = (more: Partial<Answered>): void => set((s) => (s.answer ? { answer: { ...s.answer, ...more } } : {}))
    const signal = begin(null)
    try {
      const of = found.hits.length
      const alone = { of, why: 'form', context: 0 } as const
      const { passages, left } = plain
        ? { passages: found.hits.slice(0, 1), left: of > 1 ? alone : null }
        : await fit(found.hits, write)
      set({ answer: { state: 'writing', text: '', passages, left, checked: [], ...unknown } })
      const texts = passages.map((one) => one.text)
      const content = write(texts)
      let text = ''
      const pattern = kind === 'quote' ? quotePattern(texts) : null
      const options = {
        temperature: 0,
        maxTokens: longest,
        signal,
        ...(pattern !== null && { constraint: { pattern } }),
      }
      for await (const event of getClient().generate([{ role: 'user', content, data: true }], options)) {
        if (event.type === 'token') change({ text: (text += event.text) })
      }
      change({ state: signal.aborted ? 'stopped' : 'done', checked: checkAnswer(text, texts) })
      if (signal.aborted) return
      const written = plain ? texts.map((one) => one.replace(/\s+/g, ' ')) : texts
      const told = (done: number, layers: number): void => change({ looking: { done, layers } })
      change({ looks: await looksOf(written, signal, told).catch(() => null), looking: null })
    } catch (error) {
      change({ state: 'failed' })
      failed(error)
    } finally {
      change({ looking: null })
      end()
    }
  }

  return {
    heads: null,
    adding: null,
    errors: [],
    again: [],
    removed: [],
    meaning: null,
    embedding: null,
    question: '',
    found: null,
    searching: false,
    answer: null,
    kind: 'quote',
    finder: null,
    writer: null,
    bringing: null,
    shown: null,
    indexLook: null,
    lent: false,
    async start() {
      await refresh()
      await useStoredKinds.getState().look()
    },
    async add(files) {
      coming.push(...files)
      if (get().adding) return // they are read behind the others
      adding = new AbortController()
      const { signal } = adding
      set({ errors: [], again: [] })
      const here = new Set(get().heads?.map(({ id }) => id))
      for (let file = coming.shift(); file && !signal.aborted; file = coming.shift()) {
        const { name } = file
        const told = (share: number | null): void => set({ adding: { name, left: coming.length + 1, share } })
        told(null)
        const head = await client()
          .add(file, { signal, onProgress: ({ loaded, total }) => told(loaded / total) })
          .catch((error: unknown) => {
            if (!signal.aborted) failed(error)
          })
        if (head && here.has(head.id)) set((s) => ({ again: [...s.again, { name, as: head.name }] }))
        if (head) here.add(head.id)
      }
      coming.length = 0
      set({ adding: null })
      await refresh()
    },
    stopAdding: () => adding?.abort(),
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
    embed: makeVectors,
    stopEmbedding: () => embedding?.abort(),
    setQuestion: (question) => set({ question }),
    setKind: (kind) => set({ kind }),
    async findWith(id) {
      if (busy() || get().bringing || !(await fetched(id))) return
      await makeVectors()
      if (get().found) await get().search()
    },
    async search() {
      const question = get().question.trim()
      if (question === '' || get().searching) return
      set((s) => ({
        searching: true,
        errors: [],
        answer: null,
        indexLook: null,
        shown: s.shown?.mark ? null : s.shown,
      }))
      const { finder } = get()
      // while the model writes, and where the model of sentences is gone, by words alone, which is said
      if (finder !== null && !busy() && thatDo('embed').some(({ id }) => id === finder)) await fetched(finder)
      try {
        set({ found: { question, ...(await client().search(question, hitsShown)) } })
      } catch (error) {
        failed(error)
      }
      set({ searching: false })
    },
    async ask(lang, writer) {
      if (busy() || get().bringing) return
      set({ errors: [] })
      if (writer !== undefined && !(await fetched(writer))) return
      if (!busy()) await settling(answer(lang))
    },
    stop: stopAnswer,
    stopBringing: () => useModels.getState().cancelLoad(),
    async compare() {
      const { answer: now } = get()
      const [model] = thatDo('embed')
      if (!now || busy() || !model || !(await fetched(model.id))) return
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
    dismiss: () => set({ errors: [], again: [] }),
    async lend(files) {
      const { question, found, answer, kind, shown, finder, removed, lent: isLent } = get()
      if (!files && !isLent) return
      if (!isLent) own = { question, found, answer, kind, shown, finder, removed }
      const nothing = {
        question: '',
        found: null,
        answer: null,
        shown: null,
        finder: null,
        removed: [],
        indexLook: null,
      }
      lent = files && (await (await import('./lent.ts')).lentShelf(files))
      set({ lent: lent !== null, ...nothing, kind: 'plain', ...(lent === null && own), errors: [], again: [] })
      await refresh()
    },
  }
})
