// In which order a Plan's weights and vectors are read at a load: as they lie in the files. Storage then reads, hashes and
// forgets every stretch of them once, and knows what comes next.

import type { Plan, VectorSpec, WeightSpec } from '../model/plan.ts'
import type { WeightProvider } from './runtime.ts'

export type ToRead = { name: string } & ({ weight: WeightSpec } | { vector: VectorSpec })

/** Every weight and vector of a Plan once; where nobody knows where they lie, vectors first, in the Plan's own order. */
export function readingOrder(
  { weights, vectors }: Pick<Plan, 'weights' | 'vectors'>,
  provider: Pick<WeightProvider, 'place'>,
): ToRead[] {
  const all: ToRead[] = [
    ...Object.entries(vectors).map(([name, vector]) => ({ name, vector })),
    ...Object.entries(weights).map(([name, weight]) => ({ name, weight })),
  ]
  const placed = all.map((one) => {
    const { parts } = 'weight' in one ? one.weight : one.vector
    return { one, at: Math.min(...parts.map(({ tensor }) => provider.place?.(tensor) ?? 0)) }
  })
  // parts is empty where a vector is made of a whole weight: then it is Infinity, behind all else
  return placed.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)).map(({ one }) => one)
}
