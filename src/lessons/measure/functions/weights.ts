// The model's own weights, as it computes with them: how often each code occurs, and what coarser steps would cost.

import type { Glass } from '../../../engine/glass/types.ts'
import { fn } from '../../predicate/functions.ts'
import { invalid } from '../../problem.ts'
import type { Asks } from '../asks.ts'
import { Call, type Functions } from './common.ts'

/** Elements of a tile (Glass.weightTile takes no more). */
const TILE = 2 ** 16
const MOST_BITS = 16

interface Matrix {
  /** row by row */
  values: Float32Array
  /** null: it is kept as floats */
  codes: Uint8Array | null
  bits: number
}

/** @param site what it makes, by its name in the plan: "blocks.0.attn.q" */
async function whole(glass: Glass, site: string): Promise<Matrix | null> {
  const { sites } = await glass.plan()
  const tensor = Object.hasOwn(sites, site) ? sites[site]!.matrix?.tensor : undefined
  const found = (await glass.weights()).find((one) => one.tensor === tensor)
  if (tensor === undefined || !found) return null
  const { rows, cols } = found
  const values = new Float32Array(rows * cols)
  const step = Math.max(1, Math.floor(TILE / cols))
  let codes: Uint8Array | null = null
  let bits = 0
  for (let row = 0; row < rows; row += step) {
    const tile = await glass.weightTile(tensor, row, 0, Math.min(step, rows - row), cols)
    values.set(tile.values, row * cols)
    if (tile.codes) (codes ??= new Uint8Array(rows * cols)).set(tile.codes, row * cols)
    bits = tile.bits
  }
  return { values, codes, bits }
}

/**
 * Relative error (root of the sum of squares) of whole numbers of so many bits, from -(2^(bits-1) - 1) to as much above, with
 * one scale, that of the largest size, for every `group` numbers in a row. Two bits have three values: -1, 0, 1.
 */
export function roundingError(values: Float32Array, bits: number, group: number): number {
  const top = 2 ** (bits - 1) - 1
  let off = 0,
    size = 0
  for (let from = 0; from < values.length; from += group) {
    const part = values.subarray(from, from + group)
    const scale = part.reduce((most, one) => Math.max(most, Math.abs(one)), 0) / top
    for (const one of part) {
      off += scale === 0 ? 0 : (Math.round(one / scale) * scale - one) ** 2
      size += one ** 2
    }
  }
  return size === 0 ? 0 : Math.sqrt(off / size)
}

export function weightFunctions(m: Asks): Functions {
  const matrix = async (call: Call): Promise<Matrix> => {
    const name = await call.args.text(0)
    const found = await m.ask(call.run, `weight ${name}`, (glass) => whole(glass, name))
    if (!found) throw invalid('name', { found: name }, call.args.where(0))
    return found
  }

  return {
    /** error of a weight in whole numbers of so many bits, with a scale for so many of them; 0: one for all */
    rounded: fn('text number number run?', async (args) => {
      const { values } = await matrix(new Call(m, args, args.run(3)))
      const bits = await args.whole(1, 2, MOST_BITS + 1)
      const group = await args.whole(2, 0, values.length + 1)
      return roundingError(values, bits, group || values.length)
    }),
    /** how often each code of a packed weight occurs, from code 0 */
    codes: fn('text run?', async (args) => {
      const { codes, bits } = await matrix(new Call(m, args, args.run(1)))
      if (!codes) throw invalid('nothing', { found: args.name }, args.at)
      const counts = Array.from({ length: 2 ** bits }, () => 0)
      for (const code of codes) counts[code]!++
      return counts
    }),
  }
}
