// Many draws from one row, for a panel: what the same dice give when they are thrown again and again.

import type { SamplingParams } from '../types.ts'
import { Candidates } from './candidates.ts'
import { fillFormed, type Allowed } from './form.ts'
import { runStage } from './chain.ts'
import { measure } from './distribution.ts'
import { Pcg32 } from './pcg.ts'
import { pick } from './pick.ts'
import { stages } from './stages.ts'

/** of one call */
const maxDraws = 1000

export interface Drawn {
  /** how often each id came, most often first, lower ids first on ties */
  counts: { id: number; count: number }[]
  /** the uniform numbers, in the order drawn; none when the temperature is 0 */
  uniforms: number[]
}

/**
 * What a Sampler with these parameters and this history gives when it is asked `count` times (at most 1000) and
 * observes
 * nothing in between. The stages run once: only the number drawn differs.
 * @param history all token ids so far, prompt included @param form the tokens that can be drawn; without it all
 * @throws NUMERIC as Sampler.sample
 */
export function drawMany(
  logits: Float32Array,
  params: SamplingParams,
  history: Iterable<number>,
  count: number,
  form?: Allowed | null,
): Drawn {
  const own = measure(logits)
  const seen = new Map<number, number>()
  for (const id of history) seen.set(id, (seen.get(id) ?? 0) + 1)
  const c = new Candidates(logits.length)
  fillFormed(c, logits, own, form)
  for (const stage of stages) runStage(stage, c, params, seen)
  const random = new Pcg32(BigInt(params.seed))
  const came = new Map<number, number>()
  const uniforms: number[] = []
  for (let i = 0; i < Math.min(count, maxDraws); i++) {
    const draw = params.temperature === 0 ? null : random.uniform()
    if (draw !== null) uniforms.push(draw)
    const { id } = pick(c, draw)
    came.set(id, (came.get(id) ?? 0) + 1)
  }
  return {
    counts: [...came].map(([id, n]) => ({ id, count: n })).sort((a, b) => b.count - a.count || a.id - b.id),
    uniforms,
  }
}
