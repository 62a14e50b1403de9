// How many edits change the model now, and what an answer has to wait for. Apart from inspect.ts, so that the rest of
// the page can tell without loading what looks inside.

import { create } from 'zustand'
import { until } from './until.ts'

export interface Edited {
  edits: number
  /** a recording stands in for the model */
  recorded: boolean
  /** changes of the edits that were asked for and are not in force yet */
  changing: number
  /** edits of another text that were taken back, to be told */
  takenBack: number
  /** a shared run is being opened: its answer and edits come first */
  opening: boolean
}
export const useEdited = create<Edited>()(() => ({
  edits: 0,
  recorded: false,
  changing: 0,
  takenBack: 0,
  opening: false,
}))

/**
 * Resolves when every edit that was asked for is in force, and the model is what the page says it is. Rejects when
 * `signal` ends the waiting.
 */
export async function editsSettled(signal: AbortSignal): Promise<void> {
  if (useEdited.getState().changing > 0) {
    await Promise.race([
      until(useEdited, (s) => s.changing === 0),
      new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true })),
    ])
  }
  signal.throwIfAborted()
}

/** Resolves when no shared run is being opened. */
export const opened = (): Promise<void> => until(useEdited, (s) => !s.opening)
