// Losses that the page gets over by itself: the GPU or the engine's thread is gone, the model is loaded again as it was,
// and the answer that was being written goes on. Twice within a minute; then, and where only the reader can help (the
// browser gives no GPU until its own reload, the thread never ran), the page says so and waits for a click.
//
// It watches the state of the models: how a loss is noticed is worker/connection.ts's and engine/gpu/lost.ts's.

import { create } from 'zustand'
import type { ErrorCode, ErrorData, ModelInfo } from '../worker/protocol.ts'
import { getClient } from './client.ts'
import { useModels, type ModelsState } from './models.ts'
import { until } from './until.ts'

/** So many starts within so many milliseconds; the second one waits a little, for a driver that comes back. */
const budget = { starts: 2, within: 60_000, pause: 1000 }

export interface Recovery {
  /** what is being got over now */
  after: ErrorData | null
  /** it came back as often as it may by itself */
  spent: boolean
}
export const useRecovery = create<Recovery>()(() => ({ after: null, spent: false }))

const lostCodes: ReadonlySet<ErrorCode> = new Set(['GPU_LOST', 'WORKER_DIED', 'WORKER_TIMEOUT'])
/** Can a start without a click help? Not where the browser holds the GPU back, nor where the thread never ran. */
const canHelp = ({ code, facts }: ErrorData): boolean =>
  lostCodes.has(code) && facts.reload !== true && facts.reason !== 'disposed' && facts.started !== false

const lossOf = ({ error, active }: Pick<ModelsState, 'error' | 'active'>): ErrorData | null => {
  const found = error ?? (active?.state === 'failed' ? active.error : null)
  return active && found && canHelp(found) ? found : null
}

let starts: number[] = []
let working: Promise<boolean> | null = null

async function comeBack(after: ErrorData): Promise<boolean> {
  useRecovery.setState({ after, spent: false })
  try {
    for (;;) {
      const now = Date.now()
      starts = starts.filter((at) => now - at < budget.within)
      if (starts.length >= budget.starts) {
        useRecovery.setState({ spent: true })
        return false
      }
      // another tab runs the engine: it starts it anew, and this one asks for it then, later than that one in any case
      const pauses = Number(starts.push(now) > 1) + Number(getClient().guest())
      if (pauses > 0) await new Promise((resolve) => setTimeout(resolve, pauses * budget.pause))
      await useModels.getState().restart()
      const state = useModels.getState()
      if (state.active?.state === 'ready') return true
      if (!lossOf(state)) return false // stopped by the reader, or something that a start does not cure
    }
  } finally {
    useRecovery.setState({ after: null })
  }
}

function begin(after: ErrorData): Promise<boolean> {
  return (working ??= comeBack(after).finally(() => {
    working = null
  }))
}

useModels.subscribe((state) => {
  const loss = working ? null : lossOf(state)
  // what else is told at this moment is told first: who asked for it has its own error then
  if (loss) queueMicrotask(() => void (lossOf(useModels.getState()) && begin(loss)))
})

/**
 * After work on the model failed: resolves true once the same model is there again, and false where it does not come back
 * by itself, `loss` is of another kind, or `signal` ends the waiting.
 *
 * @param before the model's facts when the work began: other ones are those of a later load
 */
export async function comesBack(loss: ErrorData, before: ModelInfo | null, signal: AbortSignal): Promise<boolean> {
  const { active } = useModels.getState()
  if (!canHelp(loss) || signal.aborted || !active) return false
  if (active.state !== 'ready' || active.info === before) {
    // a stream may hear of it before the page does
    if (!working && active.state === 'ready') useModels.setState({ error: loss })
    const stopped = new Promise<false>((resolve) => {
      signal.addEventListener('abort', () => resolve(false), { once: true })
    })
    if (!(await Promise.race([begin(loss), stopped]))) return false
  }
  await Promise.race([until(useModels, (s) => s.active?.state !== 'loading'), aborted(signal)])
  const now = useModels.getState().active
  return !signal.aborted && now?.state === 'ready' && now.info?.name === before?.name
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))

/** The reader asked for a start: it may come back by itself as often again. */
export function allowAgain(): void {
  starts = []
  useRecovery.setState({ spent: false })
}
