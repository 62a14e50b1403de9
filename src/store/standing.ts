// A run that is no answer of the chat and that the panels look at (an agent's turn): its own tokens, draws and settings.

import { create } from 'zustand'
import type { SamplingParams } from '../worker/protocol.ts'
import type { AnswerRun } from './answers.ts'

export interface Standing {
  run: AnswerRun
  /** what it was drawn with */
  params: Omit<SamplingParams, 'logitBias'>
}
export const useStanding = create<{ standing: Standing | null }>()(() => ({ standing: null }))
