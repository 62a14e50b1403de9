// A model in the order of the files that an adapter was made beside, where a GGUF's converter has moved rows or added 1 to
// gains and its family describes both: PEFT's adapters lie as the checkpoint does, llama.cpp's as the GGUF. Knows no family;
// it compares two plans of one model, step by step.

import type { Plan, VectorMake, VectorPart, WeightPart } from '../model/plan.ts'

export interface Trained {
  /** which rows of an adapter's tensor, and how turned, belong to a part of the Plan's weight */
  part(part: WeightPart): WeightPart
  /** the same of a vector's part, and what is made of it */
  vector(part: VectorPart): { part: VectorPart; make?: VectorMake }
}

const key = (part: WeightPart | VectorPart): string => JSON.stringify([part.tensor, part.slice ?? null])

/** @param plan of the files @param own of files of the other sort, both before steps are fused */
export function trainedOn(plan: Plan, own: Plan): Trained {
  const steps = new Map(own.steps.map((step) => [step.name, step]))
  const weights = new Map<string, WeightPart>(),
    vectors = new Map<string, { part: VectorPart; make?: VectorMake }>()
  for (const { name, args } of plan.steps) {
    const other = steps.get(name)
    for (const [arg, called] of Object.entries(args)) {
      const also = other?.args[arg] ?? ''
      plan.weights[called]?.parts.forEach((part, i) => {
        const of = own.weights[also]?.parts[i]
        if (of) weights.set(key(part), of)
      })
      plan.vectors[called]?.parts.forEach((part, i) => {
        const spec = own.vectors[also],
          of = spec?.parts[i]
        if (of) vectors.set(key(part), { part: of, ...(spec.make && { make: spec.make }) })
      })
    }
  }
  return { part: (part) => weights.get(key(part)) ?? part, vector: (part) => vectors.get(key(part)) ?? { part } }
}
