// How many columns share a scale: told by the settings, or by the number of groups that the tensors have.

import { shown } from '../../shown.ts'
import type { Members } from './packing.ts'

/**
 * Columns per group.
 * @param said what the settings say: a number; -1 or nothing for one group a row
 */
export function blockOf(
  members: Members,
  weight: string,
  { cols, groups, said }: { cols: number; groups: number; said: unknown },
): number {
  if (groups === 1) return cols
  const size = typeof said === 'number' && Number.isSafeInteger(said) && said > 0 ? said : null
  if (size !== null && Math.ceil(cols / size) === groups) return size
  // modules may have settings of their own: where the groups divide the columns, there is one answer
  if (cols % groups === 0) return cols / groups
  return members.fail(
    weight,
    `has ${groups} groups of scales for ${cols} columns, which groups of ${shown(said, 20)} do not make`,
  )
}
