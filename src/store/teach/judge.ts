// The reward model that was taught last: whose answers it can reward, and how well it tells pairs apart that it never learnt from.

import { create } from 'zustand'
import type { JudgeFacts, KeptRun } from '../../worker/protocol.ts'
import { getClient } from '../client.ts'
import type { TeachRun } from './run.ts'

/** null: none, or not looked yet */
export const useJudge = create<{ judge: JudgeFacts | null }>()(() => ({ judge: null }))

/** Looks again. */
export async function refreshJudge(): Promise<void> {
  useJudge.setState({ judge: await getClient().training.judge() })
}

/** The one of this model; null: none. */
export const judgeFor = (model: string | undefined, { judge } = useJudge.getState()): JudgeFacts | null =>
  judge?.model === model ? judge : null

/** Is it a run that teaches one? */
export const isJudging = ({ options }: Pick<KeptRun, 'options'>): boolean => options.objective === 'reward'

/** As far as a run tells itself: it learns from pairs, and is asked others. */
export const isJudgeRun = ({ begun, steps }: TeachRun): boolean => (begun?.heldOut ?? 0) > 0 && !!steps[0]?.pairs

/** What its run has told of it. */
export const judgeOf = (model: string, { begun, heldOut }: TeachRun): Omit<JudgeFacts, 'adapter' | 'name'> => ({
  model,
  pairs: begun?.rows ?? 0,
  heldOut: begun?.heldOut ?? 0,
  right: heldOut.at(-1)?.pairs?.right ?? null,
})
