// The columns of the pipeline and how each one's setting is written.

import type { SamplingParams } from '../../store/index.ts'
import { cuts } from './pipeline.ts'

/** A logit or score. */
export const valueOf = (n: number): string => n.toFixed(2)
/** The setting of a column, as its head shows it; null when the stage is off. */
export function settingOf(stage: string, p: SamplingParams): string | null {
  switch (stage) {
    case 'penalties':
      return p.repetitionPenalty === 1 && p.presencePenalty === 0 && p.frequencyPenalty === 0 && bans(p) === 0
        ? null
        : [
            bans(p) > 0 && `⊘ ${bans(p)}`,
            p.repetitionPenalty !== 1 && `÷ ${p.repetitionPenalty}`,
            (p.presencePenalty !== 0 || p.frequencyPenalty !== 0) && `− ${p.presencePenalty} − ${p.frequencyPenalty}·n`,
          ]
            .filter(Boolean)
            .join(' ')
    case 'temperature':
      return p.temperature === 1 ? null : p.temperature === 0 ? 'argmax' : `÷ ${p.temperature}`
    case 'top-k':
      return p.topK === 0 ? null : `k ${p.topK}`
    case 'top-p':
      return p.topP === 1 ? null : `p ${p.topP}`
    case 'min-p':
      return p.minP === 0 ? null : `m ${p.minP}`
    default:
      return ''
  }
}
const bans = (p: SamplingParams): number => Object.values(p.logitBias).filter(isBan).length
/** A bias that no logit makes up for. */
export const isBan = (bias: number | undefined): boolean => bias !== undefined && bias <= -1000
export const columns = ['logit', 'penalties', 'temperature', ...cuts, 'softmax'] as const
export type Column = (typeof columns)[number]
