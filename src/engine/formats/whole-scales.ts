// Scales of some rows of a tensor, for a format whose scales come from all of it (NF4 quantizes them once more, around
// their mean): q, k and v that a file keeps in one matrix are one Linear to bitsandbytes, and have its scales.

import { quantOf, type StorageFormat } from '../quants/weight.ts'
import { Scratch } from './scratch.ts'
import type { RowSlice } from './slice.ts'

/** The scales plane of a whole tensor, of the one that was read last: its slices are read one after the other. */
export class WholeScales {
  private last: { key: string; scales: Promise<Uint8Array> } | null = null

  /**
   * @param shape of the whole tensor
   * @param values of it, all rows
   * @returns the scales of the slice's rows; null where they do not depend on the whole, or where a block lies in two rows
   */
  async of(
    name: string,
    format: StorageFormat,
    shape: { rows: number; cols: number },
    slice: RowSlice,
    values: () => AsyncIterable<Float32Array>,
  ): Promise<Uint8Array | null> {
    const { wholeScales, block } = quantOf(format)
    const { rows, cols } = shape
    if (!wholeScales || cols % block !== 0) return null
    const key = `${format} ${cols} ${name}`
    if (this.last?.key !== key) {
      const scales = scalesOf(name, format, { ...shape, block }, values())
      this.last = { key, scales }
      scales.catch(() => (this.last = null))
    }
    const all = await this.last.scales
    const { every, from, count } = slice
    const rowBytes = (cols / block) * 4
    const out = new Uint8Array((rows / every) * count * rowBytes)
    for (let group = 0; group < rows / every; group++) {
      const at = (group * every + from) * rowBytes
      out.set(all.subarray(at, at + count * rowBytes), group * count * rowBytes)
    }
    return out
  }
}

async function scalesOf(
  name: string,
  format: StorageFormat,
  shape: { rows: number; cols: number; block: number },
  values: AsyncIterable<Float32Array>,
): Promise<Uint8Array> {
  const scratch = new Scratch()
  try {
    const encoder = quantOf(format).encode!(name, shape, scratch)
    for await (const some of values) encoder.push(some)
    return encoder.end().scales!.slice()
  } finally {
    scratch.release()
  }
}
