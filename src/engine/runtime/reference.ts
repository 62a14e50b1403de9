// One step on its op's plain reference, over tensors as arrays.

import type { PlanStep } from '../model/plan.ts'
import { ops } from '../ops/index.ts'
import type { ReferenceArgs, StepValues } from '../ops/op.ts'
import type { WeightData } from '../quants/weight.ts'
import { boundParams, type RuntimeSize } from './size.ts'

export interface ReferenceTensors {
  /** a tensor of the Plan or the inspector, raw words where it holds no floats; undefined for a weight */
  tensor(name: string): Float32Array | undefined
  weight(name: string): WeightData
  /** the tokens that run now */
  readonly ids: Uint32Array
}

/** What the op's reference gets of a step, but the values of the run. */
export function referenceArgs(s: PlanStep, from: ReferenceTensors, size: RuntimeSize): Omit<ReferenceArgs, 'step'> {
  const { args: kinds } = ops[s.op]!
  const tensors: Record<string, Float32Array> = {},
    words: { ids: Uint32Array; maskedEdges?: Uint32Array } = { ids: from.ids }
  for (const [arg, name] of Object.entries(s.args)) {
    const data = kinds[arg] === 'weight' ? undefined : from.tensor(name)
    if (!data) continue
    if (kinds[arg] === 'ids') {
      words[arg as 'ids' | 'maskedEdges'] = new Uint32Array(data.buffer, data.byteOffset, data.length)
    } else tensors[arg] = data
  }
  const weight = s.args['weight'] ? from.weight(s.args['weight']) : undefined
  return { tensors, ...words, weight, params: { ...boundParams(s, size), ...(weight && { rowStart: 0 }) } }
}

export function runReference(s: PlanStep, from: ReferenceTensors, size: RuntimeSize, values: StepValues): void {
  ops[s.op]!.reference({ ...referenceArgs(s, from, size), step: values })
}
