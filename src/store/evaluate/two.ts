// Two models, adapters or settings on one set, one after the other: one model lies on the device at a time, so each is loaded
// for its turn, and at the end the one that was there before is back. What A made is a result of its own before B begins.

import { create } from 'zustand'
import { useEdited } from '../edited.ts'
import { useModels, type ActiveModel } from '../models.ts'
import { busy } from '../running.ts'
import { bring } from '../stored-kinds.ts'
import { useEvaluate } from './index.ts'

export type Which = 'a' | 'b'
export interface Side {
  /** null: the one that is loaded */
  model: string | null
  temperature: number
  maxTokens: number
  /** share of the strengths that are set for its adapters: 0 to 1 */
  strength: number
}
interface Two {
  a: Side
  b: Side
  /** whose turn it is; back: the model from before is loaded again */
  at: Which | 'back' | null
  /** the model from before, as it is called; null: none is away */
  home: string | null
  stopping: boolean
  setSide(which: Which, change: Partial<Side>): void
  compare(): Promise<void>
  stop(): void
}

const side: Side = { model: null, temperature: 0, maxTokens: 32, strength: 1 }
const within = (value: number, low: number, high: number, old: number): number =>
  Number.isFinite(value) ? Math.min(high, Math.max(low, value)) : old
/** The model that is there, and how it was loaded: it comes back so. A server's is none of the page's. */
type Home = Pick<ActiveModel, 'id' | 'options'>
const loaded = (): Home | null => {
  const { active } = useModels.getState()
  return active?.state === 'ready' && !active.remote ? active : null
}

/** Nothing would differ. */
export const areAlike = ({ a, b }: Pick<Two, 'a' | 'b'>, now: string | null): boolean =>
  (a.model ?? now) === (b.model ?? now) &&
  a.temperature === b.temperature &&
  a.maxTokens === b.maxTokens &&
  a.strength === b.strength

export const useTwo = create<Two>()((set, get) => {
  /** @returns whether it is loaded; where it failed, why is shown */
  async function fetched(id: string, home: Home): Promise<boolean> {
    const { active: now, load } = useModels.getState()
    const isThere = now?.id === id && now.state === 'ready'
    if (isThere || (await (id === home.id ? load(id, home.options) : bring(id)))) return true
    const { active } = useModels.getState()
    if (active?.error) useEvaluate.setState({ error: active.error })
    return false
  }
  async function turns(home: Home): Promise<void> {
    const first = await turn('a', home, null)
    if (!first?.whole || get().stopping) return
    const second = await turn('b', home, first.at)
    // nothing of B: what A made is what there is
    if (!second) useEvaluate.setState({ result: first })
  }
  async function turn(at: Which, home: Home, beside: number | null) {
    set({ at })
    const { model, temperature, maxTokens, strength } = get()[at]
    if (!(await fetched(model ?? home.id, home)) || get().stopping) return null
    const { start, settings } = useEvaluate.getState()
    return start({ settings: { ...settings, temperature, maxTokens, adapters: strength > 0 }, strength, beside })
  }

  return {
    a: side,
    b: side,
    at: null,
    home: null,
    stopping: false,
    setSide(which, change) {
      const old = get()[which]
      const next = { ...old, ...change }
      const temperature = within(next.temperature, 0, 2, old.temperature)
      const maxTokens = Math.round(within(next.maxTokens, 1, 1024, old.maxTokens))
      const strength = within(next.strength, 0, 1, old.strength)
      set({ [which]: { model: next.model, temperature, maxTokens, strength } })
    },
    async compare() {
      const home = loaded()
      const { set: rows, running } = useEvaluate.getState()
      const changed = useEdited.getState().edits > 0
      if (get().at || running || busy() || changed || home === null || !rows || rows.rows.length === 0) return
      useEvaluate.setState({ paired: true, error: null })
      set({ stopping: false, home: useModels.getState().active?.name ?? null })
      try {
        await turns(home)
      } finally {
        set({ at: 'back' })
        const { a, b } = get()
        const now = useModels.getState().active?.id
        // a model that the reader chose meanwhile is theirs
        if (now === undefined || [home.id, a.model, b.model].includes(now)) await fetched(home.id, home)
        set({ at: null, home: null, stopping: false })
        useEvaluate.setState({ paired: false })
      }
    },
    stop() {
      const { at } = get()
      if (at === null || at === 'back') return
      set({ stopping: true })
      useEvaluate.getState().stop()
      if (useModels.getState().active?.state === 'loading') useModels.getState().cancelLoad()
    },
  }
})
