// An induction head is born: two layers of attention learn from nothing that blocks of letters repeat, and an LSTM beside them,
// where it is wanted. What is shown was measured in the models that learn; they are nobody else's, and stay until the page goes.

import { create } from 'zustand'
import type { ErrorData, InductionEvent, InductionLook } from '../../worker/protocol.ts'
import { getClient, toData } from '../client.ts'
import { useModels } from '../models.ts'

type Of<K extends InductionEvent['type']> = Extract<InductionEvent, { type: K }>
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
  /** the two layers as the files of a checkpoint, once they have learnt */
  files: Record<string, Uint8Array> | null
  /** what it is called among the models */
  stored: string | null
  error: ErrorData | null
  set(change: Partial<Pick<BirthState, 'seed' | 'updates' | 'beside'>>): void
  start(): Promise<void>
  stop(): void
  /** puts it among the models */
  store(name: string): Promise<void>
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

function heard(life: Life, event: InductionEvent): Life {
  if (event.type === 'step') return { ...life, steps: [...life.steps, event] }
  if (event.type === 'look') return { ...life, looks: [...life.looks, event] }
  return event.type === 'end' ? { ...life, ended: event } : life
}

export const useBirth = create<BirthState>()((set, get) => {
  let stopping = new AbortController()
  async function live(kind: Kind): Promise<void> {
    const { seed, updates: steps } = get()
    set(({ lives }) => ({ phase: kind, lives: { ...lives, [kind]: { steps: [], looks: [], ended: null } } }))
    for await (const event of getClient().training.birth({ kind, seed, steps }, { signal: stopping.signal })) {
      if (event.type === 'model') {
        if (kind === 'attention') set({ files: event.files })
        continue
      }
      set(({ lives }) => ({ lives: { ...lives, [kind]: heard(lives[kind]!, event) } }))
    }
  }
  return {
    seed: 0,
    updates: 300,
    beside: false,
    lives: {},
    phase: null,
    files: null,
    stored: null,
    error: null,
    set: (change) => set(change),
    async start() {
      if (get().phase !== null) return
      stopping = new AbortController()
      set({ lives: {}, files: null, stored: null, error: null })
      try {
        await live('attention')
        if (get().beside && !stopping.signal.aborted) await live('lstm')
      } catch (error) {
        const data = toData(error)
        if (data.code !== 'ABORTED') set({ error: data })
      } finally {
        set({ phase: null })
      }
    },
    stop() {
      if (get().phase === null) return
      set({ phase: 'stopping' })
      stopping.abort()
    },
    async store(name) {
      const files = Object.entries(get().files ?? {})
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
  }
})
