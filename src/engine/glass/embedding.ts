// The embedding as a space: how near tokens lie to each other in it. The table stays on the GPU; a number per token
// comes back.

import { checkRange } from './probe.ts'
import type { Machine } from './machine.ts'

/** Cosines of one token's row with the rows of tokens [from, to), as the kernels see the table. */
export async function embeddingCosines(
  machine: Machine,
  id: number,
  [from, to]: readonly [number, number],
): Promise<Float32Array> {
  const { plan } = machine.runtime
  const { D, V } = plan.dims
  checkRange('token', id, 0, V)
  checkRange('token', from, 0, V)
  checkRange('token', to - 1, from, V)
  const { weight } = plan.steps.find((s) => s.op === 'gather')!.args as { weight: string }
  machine.tensor('near.id', 1)
  machine.tensor('near.x', D)
  machine.tensor('near.y', V)
  machine.write('near.id', Uint32Array.of(id))
  const gather = await machine.step('near.gather', 'gather', { ids: 'near.id', weight, y: 'near.x' }, { D })
  const params = { D, first: from, count: to - from }
  const cosines = await machine.step('near.cosines', 'row-cosines', { x: 'near.x', weight, y: 'near.y' }, params)
  machine.runtime.setParams(cosines, params)
  machine.run([gather, cosines], { T: 1, pos: 0, row: 0 })
  return machine.read('near.y', 0, to - from)
}
