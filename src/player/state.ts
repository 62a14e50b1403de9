// What the player shows: one recorded run at one panel, or why there is none. Nothing is kept anywhere.

import { create } from 'zustand'
import type { ErrorData } from '../store/index.ts'
import { useInspect } from '../store/inspect.ts'
import type { Show } from '../store/saved-page/slot.ts'
import { until } from '../store/until.ts'

export type Place = Pick<Show, 'panel'> & { layer?: number; head?: number; position?: number }

export interface Playing extends Pick<Show, 'panel' | 'lang' | 'theme'> {
  /** nothing: no run in the file, and none asked for; waiting: the page around this one passes it */
  stage: 'opening' | 'waiting' | 'nothing' | 'open' | 'failed'
  /** why there is no run: the engine's error, or what is missing by its name in words (i18n/panels/player.ts) */
  error: ErrorData | { unknown: string } | 'unreachable' | 'tooBig' | null
  /** the model in words, where the file says it */
  model: string | null
  /** of a file that holds a part of the run */
  part: Pick<Show, 'kept' | 'of'> | null
}

export const usePlayer = create<Playing>()(() => ({
  stage: 'opening',
  panel: 'attention',
  lang: 'en',
  theme: 'system',
  error: null,
  model: null,
  part: null,
}))

/** @returns what is wrong with the file, or null when it is on screen */
export async function openRun(file: Blob, { panel, ...at }: Place): Promise<ErrorData | null> {
  usePlayer.setState({ stage: 'opening', panel, error: null })
  const { openRecording, select } = useInspect.getState()
  const error = await openRecording(file)
  usePlayer.setState({ stage: error ? 'failed' : 'open', error })
  if (error) return error
  select(at)
  await until(useInspect, ({ state }) => state === 'ready' || state === 'error')
  return useInspect.getState().error
}
