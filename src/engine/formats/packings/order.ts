// The group that each column of a weight names (g_idx), where groups are scattered by the order in which columns were
// quantized (act-order).

import { EngineError } from '../../errors.ts'
import { orderWords } from '../../quants/grouped.ts'
import type { CheckpointTensor } from '../types.ts'
import { wholeOf } from './rows.ts'

/** What the plane of scales begins with. @throws FILE_HEADER for a group that the weight does not have */
export async function readOrder(
  weight: string,
  order: CheckpointTensor,
  groups: number,
  signal?: AbortSignal,
): Promise<Uint32Array> {
  const of = await groupsOf(order, signal)
  if (of.some((g) => g < 0 || g >= groups)) {
    throw wrongOrder(weight, `names a group outside of the ${groups} that it has`)
  }
  return orderWords(of, groups)
}

/** Without act-order, column i belongs to group floor(i / block). @throws FILE_HEADER where it does not */
export async function checkPlain(
  weight: string,
  order: CheckpointTensor,
  block: number,
  signal?: AbortSignal,
): Promise<void> {
  if (!(await isPlain(order, block, signal))) {
    throw wrongOrder(weight, 'has scattered groups (g_idx), though its settings do not say "desc_act": true')
  }
}

/** Does column i belong to group floor(i / block)? */
export const isPlain = async (order: CheckpointTensor, block: number, signal?: AbortSignal): Promise<boolean> =>
  (await groupsOf(order, signal)).every((g, i) => g === Math.floor(i / block))

/** How many columns name the group that most do: all groups are of that size, but for a last one that the columns cut short. */
export async function largestGroup(order: CheckpointTensor, signal?: AbortSignal): Promise<number> {
  const counts = new Map<number, number>()
  for (const g of await groupsOf(order, signal)) counts.set(g, (counts.get(g) ?? 0) + 1)
  return Math.max(...counts.values())
}

async function groupsOf(order: CheckpointTensor, signal?: AbortSignal): Promise<Int32Array> {
  return new Int32Array((await wholeOf(order.data, signal)).buffer)
}

const wrongOrder = (tensor: string, problem: string): EngineError =>
  new EngineError(
    'FILE_HEADER',
    `Cannot load the packed tensor "${tensor}": it ${problem}. The file is damaged, or config.json is another model's; fetch both again.`,
    { tensor, problem },
  )
