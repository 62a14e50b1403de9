// Sampling parameters that an address names, as chat pages spell them: ?temperature=0.2&top_p=0.9&top_k=40&seed=7. What is
// out of its range, or no number, is no choice.

import { inRange, samplingRanges } from '../engine/sampler/params.ts'
import type { TurnParams } from './sampling.ts'

const names = { temperature: 'temperature', top_p: 'topP', top_k: 'topK', seed: 'seed' } as const
/** Their names in the address. */
export const addressParams = Object.keys(names) as (keyof typeof names)[]

export function paramsInAddress(query: URLSearchParams): Partial<TurnParams> {
  const params: Partial<TurnParams> = {}
  for (const name of addressParams) {
    const text = query.get(name)?.trim()
    const own = names[name]
    if (!text || !inRange(samplingRanges[own], Number(text))) continue
    params[own] = Number(text)
    if (own === 'seed') params.randomSeed = false
  }
  return params
}
