// What is told of a token that was chosen.

import type { StageReport } from '../types.ts'

export interface SampleResult {
  id: number
  logprob: number
  /** 0 = the model's favourite */
  rank: number
  /** nats */
  entropy: number
  top: { id: number; logprob: number; barred?: true }[]
  /** the stages that were on, in order; the first is "form" where one is held to, the last "pick" */
  stages: StageReport[]
  /** the uniform number, null when the temperature is 0 */
  draw: number | null
}
