// The conversation on screen: what there is of it, what of it is not on disk yet, and how both come together. What
// happens to it (asking, answering, settings) is chat.ts; which versions there are branches.ts; what other tabs write
// incoming.ts.

import { create } from 'zustand'
import type { ChatHead, ErrorData } from '../worker/protocol.ts'
import { drawnWith, prompts, runIn, tokens } from './answers.ts'
import { toData } from './client.ts'
import { newId, toChange, type Conversation, type Message } from './conversation.ts'
import { putHead } from './heads.ts'
import { useModels } from './models.ts'
import { packRun } from './runs.ts'
import { anyModel, baseParams, ownFor, type OwnParams, type TurnParams } from './sampling.ts'
import { save } from './save.ts'
import { useSettings } from './settings.ts'
import { endUnder, pathTo } from './tree.ts'

/** Live numbers of the running answer. */
export interface LiveStats {
  promptTokens: number
  reusedTokens: number
  /** tokens of the prompt that are read */ readTokens: number
  tokens: number
  secondsToFirst: number | null
  tokensPerSecond: number
}

export interface Current {
  id: string
  title: string
  /** every turn there is (tree.ts) */
  turns: readonly Message[]
  /** the last turn on screen */
  leaf: string | null
  /** the turns on screen: the path to `leaf` */
  messages: readonly Message[]
  system: string
  /** in force: the page's own, the model's, the reader's */
  params: TurnParams
  /** what the reader set in this conversation, by model */
  own: Record<string, OwnParams>
  /** it lies in the trash, put there by another tab */
  deletedAt: number | null
  /** rows of turns that could not be read: they stay on disk */
  lost: number
  /** 'prefill' = before the first token; 'stopping' = stop was asked */
  status: 'idle' | 'prefill' | 'streaming' | 'stopping'
  live: LiveStats | null
  /** a failure to read conversations; to write them: save.ts */
  error: ErrorData | null
  /** a conversation that was left closed, because a page stopped answering while it was opened */
  leftClosed: { id: string; title: string } | null
}

export type Field = 'title' | 'system' | 'own' | 'banned' | 'leaf'
/** What is not on disk yet. stored: the conversation has a row there. */
export interface Marks {
  stored: boolean
  fields: Set<Field>
  turns: Set<string>
  runs: Set<string>
}
const clean = (stored: boolean): Marks => ({ stored, fields: new Set(), turns: new Set(), runs: new Set() })
let marks = clean(false)
export const unsaved = (): Readonly<Marks> => marks
/** The conversation is not on disk (any more), or not as this version writes it: the next write writes all of it. */
export const markAll = (): void => {
  marks = clean(false)
}
/** Another tab has written it as this version does: from here on only what changes is written. */
export const markStored = (): void => {
  marks = { ...marks, stored: true }
}
export function mark(change: { field?: Field; turn?: string; run?: string }): void {
  if (change.field !== undefined) marks.fields.add(change.field)
  if (change.turn !== undefined) marks.turns.add(change.turn)
  if (change.run !== undefined) marks.runs.add(change.run)
}

/** the way that was on screen last at every fork */
const seen = new Map<string, string>()
export const wasSeen: ReadonlyMap<string, string> = seen

const modelNow = () => useModels.getState().active
export const paramsFor = (own: Record<string, OwnParams>, banned: TurnParams['banned']): TurnParams => ({
  ...baseParams(modelNow()?.info?.defaults),
  ...ownFor(own, useSettings.getState().own, modelNow()?.id),
  banned,
})

/** The turns, and the path through them that ends at `leaf`, as state. */
export function tree(turns: readonly Message[], leaf: string | null): Pick<Current, 'turns' | 'leaf' | 'messages'> {
  const messages = pathTo(turns, leaf)
  for (const { id, parent } of messages) seen.set(parent ?? '', id)
  return { turns, leaf, messages }
}

/** An empty conversation; what was known of the one before is forgotten. */
export function blank(): Omit<Current, 'error' | 'leftClosed'> {
  const { own: all, system } = useSettings.getState(),
    model = modelNow()?.id
  const own = Object.fromEntries(Object.entries(all).filter(([name]) => name === anyModel || name === model))
  for (const known of [tokens, prompts, drawnWith]) known.clear()
  seen.clear()
  marks = clean(false)
  return {
    id: newId(),
    title: '',
    ...tree([], null),
    system,
    own,
    params: paramsFor(own, []),
    deletedAt: null,
    lost: 0,
    status: 'idle',
    live: null,
  }
}

/** The one store of the conversation; chat.ts gives it its actions and its name. */
export const useCurrent = create<Current>()(() => ({ ...blank(), error: null, leftClosed: null }))
const { getState: get, setState: set } = useCurrent

export const fail = (error: unknown): void => set({ error: toData(error) })
export function patch(id: string, change: Partial<Message>): void {
  const one = (message: Message): Message => (message.id === id ? { ...message, ...change } : message)
  set((s) => ({ turns: s.turns.map(one), messages: s.messages.map(one) }))
}

/** Puts a conversation on screen. `stored`: it is on disk just so. */
export function put(
  { banned, own, turns, leaf, deletedAt, ...chat }: Omit<Conversation, 'updatedAt'>,
  stored: boolean,
  lost = 0,
): void {
  const { id, title, system } = chat
  set({
    ...blank(),
    id,
    title,
    system,
    own,
    params: paramsFor(own, banned),
    ...tree(turns, leaf ?? endUnder(turns, null)),
    deletedAt: deletedAt ?? null,
    lost,
  })
  marks = clean(stored)
}

export const whole = (): Conversation => {
  const { id, title, system, own, params, turns, leaf, deletedAt } = get()
  return {
    id,
    title,
    updatedAt: Date.now(),
    system,
    own,
    banned: params.banned,
    turns: [...turns],
    leaf,
    ...(deletedAt !== null && { deletedAt }),
  }
}

let saveSoon: ReturnType<typeof setTimeout> | undefined
/** Writes what changed of the current conversation; an empty one is not worth a row. */
export async function write(): Promise<void> {
  clearTimeout(saveSoon)
  const now = marks
  if (get().turns.length === 0) return
  marks = clean(true)
  const chat = whole()
  const runs = (ids: Iterable<string>) =>
    [...ids].flatMap((turn) => {
      const run = runIn(turn)
      return run ? [{ turn, run: packRun(run) }] : []
    })
  const all = () => ({ ...toChange(chat), runs: get().id === chat.id ? runs(tokens.keys()) : [] })
  const { head, body = {}, turns = [] } = toChange(chat)
  const edited = head?.edited && { edited: head.edited }
  // a look at another version is no news
  const onlyLook = now.stored && now.turns.size === 0 && [...now.fields].every((field) => field === 'leaf')
  const change = now.stored
    ? {
        id: chat.id,
        create: false,
        head: {
          ...(!onlyLook && { updatedAt: chat.updatedAt }),
          ...(now.fields.has('title') && { title: chat.title }),
          messages: turns.length,
          ...edited,
        },
        body: Object.fromEntries(Object.entries(body).filter(([field]) => now.fields.has(field as Field))),
        turns: turns.filter((turn) => now.turns.has(turn.id)),
        runs: runs(now.runs),
      }
    : all()
  const shown: ChatHead = {
    id: chat.id,
    title: chat.title,
    updatedAt: chat.updatedAt,
    messages: turns.length,
    ...edited,
    ...(chat.deletedAt !== undefined && { deletedAt: chat.deletedAt }),
  }
  if ((await save({ change, whole: all })) && !onlyLook) putHead(shown)
}

/** A change that is no turn: saved when the typing pauses. */
export function touch(field: Field): void {
  marks.fields.add(field)
  clearTimeout(saveSoon)
  saveSoon = setTimeout(() => void write(), 500)
}

/** Out of the trash, where another tab put it, or onto the disk again, where another tab removed it. */
export async function keepCurrent(): Promise<void> {
  const { id, deletedAt } = get()
  if (deletedAt === null) return
  set({ deletedAt: null })
  if (!marks.stored) return write()
  await save({ change: { id, create: false, head: { deletedAt: undefined } }, whole: () => toChange(whole()) })
}

// the model's own defaults come and go with the model
useModels.subscribe((s, before) => {
  if (s.active?.id !== before.active?.id || s.active?.info !== before.active?.info) {
    set((now) => ({ params: paramsFor(now.own, now.params.banned) }))
  }
})
