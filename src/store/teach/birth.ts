// An induction head is born: two layers of attention learn from nothing that blocks of letters repeat, and an LSTM beside them,
// where it is wanted. What is shown was measured in the models that learn; they are nobody else's, and outlive the page
// (worker/birth.ts): a run that was cut waits to go on.

import { create } from 'zustand'
import type { BirthEvent, ErrorData, InductionLook, KeptBirth } from '../../worker/protocol.ts'
import { getClient, onLost, onOthers, toData } from '../client.ts'
import { useModels } from '../models.ts'
import { listOf } from '../stored.ts'
import { between, event, frame } from './draft.ts'

type Of<K extends BirthEvent['type']> = Extract<BirthEvent, { type: K }>
export type Kind = 'attention' | 'lstm'
export type { InductionLook } from '../../worker/protocol.ts'

/** What one of the two did so far. */
export interface Life {
  steps: readonly Of<'step'>[]
  looks: readonly InductionLook[]
  ended: Of<'end'> | null
}
interface BirthState {
  seed: number
  updates: number
  /** an LSTM learns behind the two layers, from the same texts */
  beside: boolean
  lives: Partial<Record<Kind, Life>>
  /** which one learns now */
  phase: Kind | 'stopping' | null
  /** the two layers as the files of a checkpoint, once they have learnt in this visit */
  files: Record<string, Uint8Array> | null
  /** one that was cut, or is another tab's; null: none */
  waits: { kind: Kind; step: number; steps: number; isRunning: boolean } | null
  /** why the last state is not on the disk */
  unkept: ErrorData | null
  /** what it is called among the models */
  stored: string | null
  error: ErrorData | null
  set(change: Partial<Pick<BirthState, 'seed' | 'updates' | 'beside'>>): void
  /** when it is shown */
  open(): Promise<void>
  start(): Promise<void>
  stop(): void
  goOn(): Promise<void>
  discard(): Promise<void>
  /** puts it among the models */
  store(name: string): Promise<void>
  /** its files; null: see error */
  made(): Promise<Record<string, Uint8Array> | null>
}

/** nats of guessing among the 31 letters that are not the one before */
export const CHANCE = Math.log(31)
/** Does it still guess, near enough? */
export const guesses = ({ looks }: Life): boolean => looks.at(-1)!.loss > CHANCE - 0.2

/** Where more than half of the repeats are right for the first time. */
export const bornAt = ({ looks }: Life): number | null => looks.find(({ right }) => right > 0.5)?.step ?? null

/** The head of the last layer that looks most at what stands behind the occurrences before. */
export function bestHead({ looks }: Life): { layer: number; head: number } {
  const { prefix, frame } = looks.at(-1)!
  if (!frame) return { layer: 0, head: 0 }
  const at = prefix.indexOf(Math.max(...prefix))
  return { layer: Math.floor(at / frame.heads), head: at % frame.heads }
}

function heard(life: Life, event: BirthEvent): Life {
  if (event.type === 'step') return { ...life, steps: [...life.steps, event] }
  if (event.type === 'look') return { ...life, looks: [...life.looks, event] }
  return event.type === 'end' ? { ...life, ended: event } : life
}

const fresh: Life = { steps: [], looks: [], ended: null }

/** Looks that were kept, as far as they can be drawn. */
const readLooks = listOf<InductionLook>((value, at, bad) => {
  const given = event<InductionLook>('look', ['step', 'loss', 'right'])(value, at, bad)
  const scores = listOf(between(0, 1.001, false), 4096)
  const [prefix, previous] = [scores(given?.prefix, at, bad), scores(given?.previous, at, bad)]
  return given && prefix && previous
    ? { ...given, prefix, previous, frame: frame(given.frame, at, bad) ?? null }
    : undefined
}, 5000)
const readSteps = listOf(event<Of<'step'>>('step', ['step', 'steps', 'loss', 'norm', 'lr', 'tokens', 'ms']), 5000)
/** A life as it was kept; whoever is through has ended. */
function lifeOf({ events, step, steps }: KeptBirth): Life {
  const of = (type: string): readonly unknown[] => events.filter((one) => one.type === type)
  const ended = step === steps ? ({ type: 'end', why: 'done', step } as const) : null
  return { steps: readSteps(of('step'), '', []) ?? [], looks: readLooks(of('look'), '', []) ?? [], ended }
}

export const useBirth = create<BirthState>()((set, get) => {
  let stopping = new AbortController()
  let isBusy = false
  async function live(kind: Kind, goesOn: boolean): Promise<void> {
    const { seed, updates: steps, beside } = get()
    set(({ lives }) => ({ phase: kind, lives: { ...lives, [kind]: fresh } }))
    const task = { kind, seed, steps, beside }
    for await (const event of getClient().training.birth(task, goesOn, { signal: stopping.signal })) {
      if (event.type === 'model') {
        if (kind === 'attention') set({ files: event.files })
      } else if (event.type === 'kept') set({ unkept: event.error })
      else set(({ lives }) => ({ lives: { ...lives, [kind]: heard(lives[kind]!, event) } }))
    }
  }
  /** What is kept, and what of it is not over. */
  async function refresh(): Promise<readonly KeptBirth[]> {
    const kept = await getClient().training.births()
    const [first, second] = (['attention', 'lstm'] as const).map((kind) => kept.find((one) => one.kind === kind))
    const cut = [first, second].find((one) => one && one.step < one.steps)
    // the two layers are through, and the LSTM that was wanted has no state yet
    const next = cut ?? (first?.beside && !second ? { ...first, kind: 'lstm' as const, step: 0 } : null)
    const waits = next && { kind: next.kind, step: next.step, steps: next.steps, isRunning: next.isRunning }
    set({ waits })
    if (first && get().phase === null) {
      const { seed, steps: updates, beside } = first
      const lives = { attention: lifeOf(first), ...(second && { lstm: lifeOf(second) }) }
      set({ lives, ...(waits && { seed, updates, beside }) })
    }
    return kept
  }
  /** One at a time; whatever ends it, it is said, and what waits then. */
  async function alone(work: () => Promise<void>): Promise<void> {
    if (isBusy) return
    isBusy = true
    stopping = new AbortController()
    set({ files: null, stored: null, error: null, unkept: null })
    try {
      await work()
    } catch (error) {
      const data = toData(error)
      if (data.code !== 'ABORTED') set({ error: data })
    } finally {
      await refresh().catch((error: unknown) => set({ error: toData(error) }))
      set({ phase: null })
      isBusy = false
    }
  }
  /** @param kept which of the two go on from their last state */
  async function both(kept: readonly Kind[]): Promise<void> {
    await live('attention', kept.includes('attention'))
    if (get().beside && !stopping.signal.aborted) await live('lstm', kept.includes('lstm'))
  }
  /** Of a model that has learnt in an earlier visit: it is made of its last state. */
  async function made(): Promise<Record<string, Uint8Array> | null> {
    if (get().files === null) await alone(() => live('attention', true))
    return get().files
  }
  let opening: Promise<void> | null = null
  async function read(): Promise<void> {
    await refresh().catch((error: unknown) => set({ error: toData(error) }))
    onOthers(({ type }) => {
      if (type === 'stored' && get().phase === null) void refresh().catch(() => undefined)
    })
    // what another tab's engine was at ended with it: it may be ours to go on with
    onLost(() => {
      if (get().waits?.isRunning && get().phase === null) void refresh().catch(() => undefined)
    })
  }
  return {
    seed: 0,
    updates: 300,
    beside: false,
    lives: {},
    phase: null,
    files: null,
    waits: null,
    unkept: null,
    stored: null,
    error: null,
    open: () => (opening ??= read()),
    set: (change) => set(change),
    start: () =>
      alone(() => {
        set({ lives: {} })
        return both([])
      }),
    goOn: () =>
      alone(async () => {
        const kept = await refresh()
        const [first] = kept
        if (first) set({ seed: first.seed, updates: first.steps, beside: first.beside })
        await both(kept.map(({ kind }) => kind))
      }),
    async discard() {
      if (isBusy) return
      try {
        await getClient().training.forgetBirths()
        set({ lives: {}, files: null, waits: null, stored: null, error: null })
      } catch (error) {
        set({ error: toData(error) })
      }
    },
    stop() {
      if (get().phase === null) return
      set({ phase: 'stopping' })
      stopping.abort()
    },
    async store(name) {
      const files = Object.entries((await made()) ?? {})
      if (files.length === 0) return
      try {
        await getClient().models.import(
          files.map(([path, bytes]) => new File([bytes as Uint8Array<ArrayBuffer>], path)),
          name,
        )
        set({ stored: name, error: null })
        await useModels.getState().refresh()
      } catch (error) {
        set({ error: toData(error) })
      }
    },
    made,
  }
})
