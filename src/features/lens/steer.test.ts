import { describe, expect, it } from 'vitest'
import { steer, steerModes } from '../../engine/ops/steer.ts'
import type { Edit } from '../../store/inspect.ts'
import { ablateEdit, addEdit, along, lengthOf, minus, patchEdit, swapEdit, touches, unitOf } from './steer.ts'

const D = 6
const x = [0.5, -1, 2, 0.75, 3, -0.25],
  a = unitOf([1, 2, 0, -1, 0.5, 0])!,
  b = unitOf([0, 1, -1, 2, 0, 1])!
const cell = { layer: 3, position: 7 }

/** What the engine's own reference of the kernel makes of an edit at position 7. */
function apply(edit: Edit, values: readonly number[]): number[] {
  if (edit.kind !== 'direction' && edit.kind !== 'patch') throw new Error('not of the residual')
  const row = Float64Array.from(values)
  const [first, end] = edit.kind === 'patch' ? [edit.position, edit.position + 1] : edit.positions
  steer.reference({
    tensors: { x: row, vector: Float64Array.from(edit.kind === 'patch' ? edit.values : edit.direction) },
    step: { T: 1, pos: 7, row: 0, prefix: 0 },
    params: {
      D,
      first,
      end,
      mode: edit.kind === 'patch' ? steerModes.patch : steerModes[edit.mode],
      factor: edit.kind === 'patch' ? 1 : edit.factor,
    },
  } as never)
  return [...row]
}
const close = (is: readonly number[], should: readonly number[]): void =>
  is.forEach((v, i) => expect(v).toBeCloseTo(should[i]!, 6))

describe('edits of one cell, through the kernel’s reference', () => {
  it('puts another residual there', () => close(apply(patchEdit(cell, [1, 2, 3, 4, 5, 6], ''), x), [1, 2, 3, 4, 5, 6]))
  it('adds a share of the residual’s length along a direction', () => {
    const now = apply(addEdit(cell, a, 0.5 * lengthOf(x), false, ''), x)
    expect(along(minus(now, x), a)).toBeCloseTo(0.5 * lengthOf(x), 6)
    expect(lengthOf(minus(now, x))).toBeCloseTo(0.5 * lengthOf(x), 6)
  })
  it('the whole difference to a kept residual is that residual', () =>
    close(apply(addEdit(cell, minus([1, 2, 3, 4, 5, 6], x), 1, false, ''), x), [1, 2, 3, 4, 5, 6]))
  it('takes a direction out, whole', () => expect(along(apply(ablateEdit(cell, a, true, ''), x), a)).toBeCloseTo(0, 6))
  it('swaps: what lay along one lies along the other, the rest stays', () => {
    const c = along(x, a)
    expect(Math.abs(c)).toBeGreaterThan(0.1)
    close(
      apply(swapEdit(cell, x, a, b, ''), x),
      x.map((v, i) => v - c * a[i]! + c * b[i]!),
    )
  })
  it('a vector of zeros has no direction', () => expect(unitOf([0, 0])).toBeNull())
  it('knows the cells it changes', () => {
    const edits = [patchEdit(cell, x, ''), addEdit({ layer: 1, position: 4 }, a, 1, true, '')]
    expect([
      touches(edits, cell),
      touches(edits, { layer: 3, position: 8 }),
      touches(edits, { layer: 1, position: 400 }),
      touches(edits, { layer: 1, position: 3 }),
    ]).toEqual([true, false, true, false])
  })
})
