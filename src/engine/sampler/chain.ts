// The sampler: one token id out of a row of logits, and what each stage did.
//
//   bias → repetition → temperature → top-k → top-p → min-p → pick
//
// Order and meaning of each stage are those of HF transformers' logits processors.
// logprob, rank, entropy and top are of the model's own distribution, before all of
// it. The random state and the history can be saved and restored, so that a run
// goes on with the same tokens after a lost device.

import type { SamplingParams, StageReport } from '../types.ts'
import { Candidates } from './candidates.ts'
import { logprobOf, measure, rankOf, topTokens } from './distribution.ts'
import { applyMinP } from './min-p.ts'
import { Pcg32, type PcgState } from './pcg.ts'
import { pick } from './pick.ts'
import { applyBias, applyPenalties } from './repetition.ts'
import { applyTemperature } from './temperature.ts'
import { applyTopK } from './top-k.ts'
import { applyTopP } from './top-p.ts'

export { isFlat, nonFinite } from './distribution.ts'
export { checkSampling, defaultSampling } from './params.ts'

export interface SampleResult {
  id: number
  logprob: number
  /** 0 = the model's favourite */
  rank: number
  /** nats */
  entropy: number
  top: { id: number; logprob: number }[]
  /** the stages that were on, in order; the last is "pick" */
  stages: StageReport[]
  /** the uniform number, null when the temperature is 0 */
  draw: number | null
}

/**
 * A stage by name: the list that a panel shows. Each changes the candidates and says what it did, or null when it is
 * off.
 */
export type Stage = (c: Candidates, p: SamplingParams, seen: ReadonlyMap<number, number>) => StageReport | null
export const stages: readonly Stage[] = [
  (c, p) => applyBias(c, p.logitBias),
  (c, p, seen) => applyPenalties(c, seen, p),
  (c, p) => applyTemperature(c, p.temperature),
  (c, p) => applyTopK(c, p.topK),
  (c, p) => applyTopP(c, p.topP),
  (c, p) => applyMinP(c, p.minP),
]

export interface SamplerState {
  random: PcgState
  seen: [id: number, times: number][]
}

export class Sampler {
  private readonly random: Pcg32
  private seen = new Map<number, number>()
  private candidates: Candidates | null = null

  constructor(private readonly params: SamplingParams) {
    this.random = new Pcg32(BigInt(params.seed))
  }

  /** Adds a token to the history that the penalties look at; prompt tokens too. */
  observe(id: number): void {
    this.seen.set(id, (this.seen.get(id) ?? 0) + 1)
  }

  sample(logits: Float32Array, options: { top: number }): SampleResult {
    const own = measure(logits)
    if (this.candidates?.vocab !== logits.length) this.candidates = new Candidates(logits.length)
    const c = this.candidates
    c.fill(logits)
    const reports = stages.flatMap((stage) => stage(c, this.params, this.seen) ?? [])
    const draw = this.params.temperature === 0 ? null : this.random.uniform()
    const { id, report } = pick(c, draw)
    return {
      id,
      draw,
      logprob: logprobOf(own, logits[id]!),
      rank: rankOf(logits, id),
      entropy: own.entropy,
      top: topTokens(own, logits, options.top),
      stages: [...reports, report],
    }
  }

  save(): SamplerState {
    return { random: this.random.save(), seen: [...this.seen] }
  }

  restore(saved: SamplerState): void {
    this.random.restore(saved.random)
    this.seen = new Map(saved.seen)
  }
}
