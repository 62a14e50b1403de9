// From files to a Plan: checkpoint -> description -> plain Plan -> fused Plan, with everything sized. No device yet,
// so the same code answers "will it fit?" before a download is used.

import { EngineError } from '../errors.ts'
import type { CanStack } from './fuse.ts'
import { fuse } from './fuse.ts'
import { describe } from './families/index.ts'
import { lower } from './lower.ts'
import type { Description } from './describe.ts'
import type { Plan } from './plan.ts'

export interface OpenedPlan {
  description: Description
  /** one step per operation: what probes and the references use */
  plain: Plan
  /** what runs */
  plan: Plan
}

/** @param shapeOf the checkpoint's shape of a tensor, or null */
export function openPlan(config: Record<string, unknown>, shapeOf: (tensor: string) => number[] | null, canStack: CanStack): OpenedPlan {
  const description = describe(config)
  const plain = lower(description, (tensor) => shapeOf(tensor) !== null)
  for (const w of Object.values(plain.weights)) for (const p of w.parts) expectShape(p.tensor, [p.rows, w.cols], shapeOf(p.tensor))
  for (const v of Object.values(plain.vectors)) for (const p of v.parts) expectShape(p.tensor, [p.length], shapeOf(p.tensor))
  return { description, plain, plan: fuse(plain, canStack) }
}

function expectShape(tensor: string, need: number[], found: number[] | null): void {
  if (found === null) {
    throw new EngineError('TENSOR_MISSING', `Cannot load this model: tensor "${tensor}" of shape (${need.join(', ')}) is required and the files do not hold it. Nothing was loaded; the files may be incomplete.`,
      { tensor, need: need.join(', ') })
  }
  if (found.length !== need.length || found.some((n, i) => n !== need[i])) {
    throw new EngineError('TENSOR_SHAPE', `Cannot load this model: tensor "${tensor}" must be (${need.join(', ')}), the file has (${found.join(', ')}). Nothing was loaded; config.json and weights do not belong together.`,
      { tensor, need: need.join(', '), found: found.join(', ') })
  }
}
