// The embedding as a space: how near tokens lie to each other in it. The table stays on the GPU; a number per token
// comes back.

import { ownStep, placeOf } from '../model/sites.ts'
import { checkRange } from './probe.ts'
import type { StepRunner } from './step-runner.ts'

/** Cosines of one token's row with the rows of tokens [from, to), as the kernels see the table. */
export async function embeddingCosines(
  runner: StepRunner,
  id: number,
  [from, to]: readonly [number, number],
): Promise<Float32Array> {
  const { plan } = runner.runtime
  const { V } = plan.dims
  checkRange('token', id, 0, V)
  checkRange('token', from, 0, V)
  checkRange('token', to - 1, from, V)
  const { weight } = ownStep(plan, placeOf(plan, 'embed')).args as { weight: string }
  // narrower than the model, where a projection stands behind it
  const D = plan.weights[weight]!.cols
  runner.tensor('near.id', 1)
  runner.tensor('near.x', D)
  runner.tensor('near.y', V)
  runner.write('near.id', Uint32Array.of(id))
  const gather = await runner.step(
    'near.gather',
    'gather',
    { ids: 'near.id', weight, y: 'near.x' },
    { D, accumulate: 0 },
  )
  const params = { D, first: from, count: to - from }
  const cosines = await runner.step('near.cosines', 'row-cosines', { x: 'near.x', weight, y: 'near.y' }, params)
  runner.runtime.setParams(cosines, params)
  runner.run([gather, cosines], { T: 1, pos: 0, row: 0, prefix: 0 })
  return runner.read('near.y', 0, to - from)
}
