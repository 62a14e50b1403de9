// The sampler: one token id out of a row of logits, and what each stage did.
//
//   logits → the tokens of the answer's form → every stage of stages.ts → pick
//
// logprob, rank, entropy and top are of the model's own distribution, before all of
// it. One number is drawn per token: the i-th of the seed for the i-th token.

import type { SamplingParams, StageReport } from '../types.ts'
import { Candidates } from './candidates.ts'
import { logprobOf, measure, rankOf, topTokens, type Distribution } from './distribution.ts'
import { tellDrawn, type DrawnToken } from './drawn.ts'
import { fillFormed, told, type Allowed } from './form.ts'
import { Pcg32 } from './pcg.ts'
import { pick } from './pick.ts'
import type { SampleResult } from './sample-result.ts'
import { isOff, type Stage } from './stage.ts'
import { stages, type ParameterName } from './stages.ts'

export type { SampleResult } from './sample-result.ts'
export { isFlat, nonFinite } from './distribution.ts'
export { checkSampling, defaultSampling } from './params.ts'

/**
 * Lets one stage act on the candidates.
 * @returns what it did, or null when it is off
 */
export function runStage(
  stage: Stage<ParameterName>,
  c: Candidates,
  params: SamplingParams,
  seen: ReadonlyMap<number, number>,
): StageReport | null {
  if (isOff(stage, params)) return null
  const { removed, removedMass } = stage.apply(c, params, seen) ?? { removed: 0, removedMass: 0 }
  return { stage: stage.name, kept: c.count, removed, removedMass }
}

export class Sampler {
  private random: Pcg32
  private readonly seen = new Map<number, number>()
  private candidates: Candidates | null = null

  constructor(private readonly params: SamplingParams) {
    this.random = new Pcg32(BigInt(params.seed))
  }

  /** The seed's numbers come from the first one on again. */
  restart(): void {
    this.random = new Pcg32(BigInt(this.params.seed))
  }

  /** Passes over the numbers of `count` tokens. */
  skip(count: number): void {
    for (let i = 0; i < count; i++) this.random.uniform()
  }

  /** Adds a token to the history that the penalties look at; prompt tokens too. */
  observe(id: number): void {
    this.seen.set(id, (this.seen.get(id) ?? 0) + 1)
  }

  /** @param options.form the tokens that may be drawn; without it all; one of them has a logit */
  sample(logits: Float32Array, options: { top: number; form?: Allowed | null }): SampleResult {
    const own = measure(logits)
    if (this.candidates?.vocab !== logits.length) this.candidates = new Candidates(logits.length)
    const c = this.candidates
    const formed = fillFormed(c, logits, own, options.form)
    const reports = stages.flatMap((stage) => runStage(stage, c, this.params, this.seen) ?? [])
    const draw = this.params.temperature === 0 ? null : this.random.uniform()
    const { id, report } = pick(c, draw)
    const all = [...(formed ? [formed] : []), ...reports, report]
    return { ...this.seenBy(own, logits, id, options), draw, stages: all }
  }

  /** A token that is put there: what it is to the model. No stage chose it, and its number is passed over. */
  put(id: number, logits: Float32Array, options: { top: number; form?: Allowed | null }): SampleResult {
    this.skip(1)
    return { ...this.seenBy(measure(logits), logits, id, options), draw: null, stages: [] }
  }

  /** A token that the device drew with the next number. */
  drawn(token: DrawnToken, V: number, options: { top: number }): SampleResult {
    const number = this.params.temperature === 0 ? null : this.random.uniform()
    return tellDrawn(token, V, this.params, number, options.top)
  }

  /** Token id → how often it is in the history. */
  get history(): ReadonlyMap<number, number> {
    return this.seen
  }

  /** The numbers of the tokens that come, of the same seed; nothing here moves on. @param restarts which of them begin anew */
  *ahead(restarts: (n: number) => boolean): Generator<number, never> {
    let random = this.random.copy()
    for (let n = 0; ; n++) {
      if (restarts(n)) random = new Pcg32(BigInt(this.params.seed))
      yield random.uniform()
    }
  }

  private seenBy(
    own: Distribution,
    logits: Float32Array,
    id: number,
    { top, form }: { top: number; form?: Allowed | null },
  ): Omit<SampleResult, 'draw' | 'stages'> {
    return {
      id,
      logprob: logprobOf(own, logits[id]!),
      rank: rankOf(logits, id),
      entropy: own.entropy,
      top: told(topTokens(own, logits, top), form),
    }
  }
}
