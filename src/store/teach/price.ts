// What a run would take on this machine, before it begins: a few answers, looks and updates are measured, by a copy of the
// model that is thrown away. Tokens a second go on standing for what is learnt next; all else is of the very lesson that was
// measured.

import { create } from 'zustand'
import type { ErrorData, LoadRequest } from '../../worker/protocol.ts'
import { getClient, toData } from '../client.ts'
import { useModels } from '../models.ts'
import { rehearsal } from './homes.ts'
import { useTeach } from './index.ts'
import { everyOf, likeRehearsal, taskOf, type Lesson } from './lesson.ts'
import { speedOf, type TeachRun } from './run.ts'

export interface Price {
  /** which lesson, of which model: priceOf() */
  of: string
  /** milliseconds of an update, of an answer of its own, and of a look inside */
  update: number
  answer: number
  look: number
  /** that learn, and bytes beside the model's */
  numbers: number
  bytes: number
}
interface PriceState {
  price: Price | null
  /** updates that were measured; null: nothing is */
  measured: number | null
  error: ErrorData | null
  measure(lesson: Lesson): Promise<void>
  stop(): void
}

/** What tells a lesson from another one that takes something else; how many updates is no matter of it. */
export const keyOf = (model: string, { fresh, options: { rows, ...options }, own, reward, judge }: Lesson): string =>
  JSON.stringify([model, fresh.rank, rows, { ...options, steps: 0, lr: 0, seed: 0 }, own, reward, judge])

/** Milliseconds of all of it: updates, its own answers, those in between, and the looks inside. */
export function timeOf({ update, answer, look }: Price, { options: { steps }, asked, own }: Lesson): number {
  const times = Math.ceil(steps / everyOf(steps))
  return steps * update + answer * (own.count + times * asked.length) + look * (times + 1)
}
/** Rows of an update, as the engine has them where nothing else is said. */
const BATCH = 4
/** Answers that are timed, to stories as it answers them itself: the first one compiles what the others run. */
const ANSWERS = 3
const meanMs = (all: readonly { ms: number }[]): number => all.reduce((sum, { ms }) => sum + ms, 0) / all.length

export const usePrice = create<PriceState>()((set, get) => {
  let stopping = new AbortController()
  return {
    price: null,
    measured: null,
    error: null,
    async measure(lesson) {
      const { active } = useModels.getState()
      if (get().measured !== null || active?.state !== 'ready') return
      stopping = new AbortController()
      set({ measured: 0, price: null, error: null })
      // rows as long as those that it will answer itself
      const own = lesson.own.use === 'learn' ? likeRehearsal(lesson.options.rows.length).slice(0, lesson.own.count) : []
      const { name: _, ...task } = taskOf(active.id, '', { ...lesson, asked: rehearsal(ANSWERS) }, own)
      const answers: { ms: number }[] = []
      const looks: { ms: number }[] = []
      let begun: TeachRun['begun'] = null
      const steps: TeachRun['steps'][number][] = []
      try {
        for await (const event of getClient().training.price(task, withJudge(active.options, lesson.judge), {
          signal: stopping.signal,
        })) {
          if (event.type === 'answer') answers.push(event)
          else if (event.type === 'look') looks.push(event)
          else if (event.type === 'begin') begun = event
          else {
            steps.push(event)
            set({ measured: Math.max(0, steps.length - 1) })
          }
        }
        const tokens = speedOf(steps)
        if (begun === null || tokens === null || stopping.signal.aborted) return
        const perUpdate = meanMs(steps.slice(1))
        // of pairs to be said all rows are counted: the measured ones may be longer, or shorter
        const mean = lesson.own.use === 'learn' ? meanOf(begun, steps, perUpdate) : perUpdate
        const { numbers, bytes } = begun
        const key = keyOf(active.id, lesson)
        const [answer, look] = [answers, looks].map((timed) => meanMs(timed.slice(1))) as [number, number]
        set({ price: { of: key, update: mean, answer, look, numbers, bytes } })
        if (lesson.own.use === 'learn') useTeach.setState({ speed: { model: active.id, tokens } })
      } catch (error) {
        const data = toData(error)
        if (data.code !== 'ABORTED') set({ error: data })
      } finally {
        set({ measured: null })
      }
    },
    stop: () => stopping.abort(),
  }
})

/** As the model is loaded, with a reward model's adapter that is off. */
const withJudge = (options: LoadRequest, judge: string | undefined): LoadRequest =>
  judge === undefined
    ? options
    : { ...options, adapters: [...(options.adapters ?? []).filter(({ id }) => id !== judge), { id: judge, scale: 0 }] }

/** Milliseconds of an update as long as all rows are in the mean. */
function meanOf(
  { tokens, rows, heldOut }: NonNullable<TeachRun['begun']>,
  steps: TeachRun['steps'],
  perUpdate: number,
): number {
  const timed = steps.slice(1)
  const own = timed.reduce((sum, one) => sum + one.tokens, 0) / timed.length
  return (perUpdate * BATCH * (tokens / (rows + heldOut))) / own
}
