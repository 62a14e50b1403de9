// The columns of the pipeline and how each one's setting is written.

import type { SamplingParams } from '../../store/index.ts'
import { cuts } from './pipeline.ts'

/** A logit or score. */
export const valueOf = (n: number): string => n.toFixed(2)
/** The setting of a column, as its head shows it; null when the stage is off. */
export function settingOf(stage: string, p: SamplingParams): string | null {
  switch (stage) {
    case 'penalties': return p.repetitionPenalty === 1 && p.presencePenalty === 0 && p.frequencyPenalty === 0 ? null
      : [p.repetitionPenalty !== 1 && `÷ ${p.repetitionPenalty}`, (p.presencePenalty !== 0 || p.frequencyPenalty !== 0) && `− ${p.presencePenalty} − ${p.frequencyPenalty}·n`].filter(Boolean).join(' ')
    case 'temperature': return p.temperature === 1 ? null : p.temperature === 0 ? 'argmax' : `÷ ${p.temperature}`
    case 'top-k': return p.topK === 0 ? null : `k ${p.topK}`
    case 'top-p': return p.topP === 1 ? null : `p ${p.topP}`
    case 'min-p': return p.minP === 0 ? null : `m ${p.minP}`
    default: return ''
  }
}
export const columns = ['logit', 'penalties', 'temperature', ...cuts, 'softmax'] as const
export type Column = (typeof columns)[number]
