// Edits of one cell of the lens, as data: another run's residual in its place, a direction added, taken out, or swapped
// for another one. Pure. Directions are unit vectors; strengths are shares of the residual's own length.

import type { Edit } from '../../store/inspect.ts'
import type { CellRef } from './view.ts'

export type Vector = ArrayLike<number>

export function lengthOf(x: Vector): number {
  let sum = 0
  for (let i = 0; i < x.length; i++) sum += x[i]! * x[i]!
  return Math.sqrt(sum)
}
export function along(x: Vector, unit: Vector): number {
  let sum = 0
  for (let i = 0; i < x.length; i++) sum += x[i]! * unit[i]!
  return sum
}
/** null for a vector without a direction. */
export function unitOf(x: Vector): number[] | null {
  const length = lengthOf(x)
  return length > 0 && Number.isFinite(length) ? Array.from(x, (v) => v / length) : null
}
export const minus = (a: Vector, b: Vector): number[] => Array.from(a, (v, i) => v - b[i]!)

/** later than any context: "here and after" */
const forever = 2 ** 20
const range = ({ position }: CellRef, onward: boolean): [number, number] => [position, onward ? forever : position + 1]

export const patchEdit = ({ layer, position }: CellRef, values: number[], label: string): Edit => ({
  kind: 'patch',
  layer,
  position,
  values,
  label,
})

export const addEdit = (cell: CellRef, direction: number[], factor: number, onward: boolean, label: string): Edit => ({
  kind: 'direction',
  layer: cell.layer,
  positions: range(cell, onward),
  mode: 'add',
  factor,
  direction,
  label,
})

export const ablateEdit = (cell: CellRef, unit: number[], onward: boolean, label: string): Edit => ({
  kind: 'direction',
  layer: cell.layer,
  positions: range(cell, onward),
  mode: 'ablate',
  factor: 1,
  direction: unit,
  label,
})

/** What lies along `from` is put along `to` instead: x += (x · from)(to − from). */
export const swapEdit = (cell: CellRef, x: Vector, from: number[], to: number[], label: string): Edit => ({
  kind: 'direction',
  layer: cell.layer,
  positions: range(cell, false),
  mode: 'add',
  factor: along(x, from),
  direction: minus(to, from),
  label,
})

/** Cells whose residual an edit of this list changes. */
export const touches = (edits: readonly Edit[], { layer, position }: CellRef): boolean =>
  edits.some(
    (e) =>
      (e.kind === 'patch' && e.layer === layer && e.position === position) ||
      (e.kind === 'direction' && e.layer === layer && position >= e.positions[0] && position < e.positions[1]),
  )
