// One tile of a weight exactly as the kernels see it: codes, scales and values read back from the GPU's own planes.

import { EngineError } from '../errors.ts'
import type { Checkpoint } from '../formats/checkpoint.ts'
import { readNestedScales } from '../formats/nested.ts'
import { readTile } from '../formats/tile.ts'
import { codesBytes, scalesBytes, type WeightData } from '../tensor/format.ts'
import { dequantRow } from '../tensor/dequant.ts'
import { halfToFloat } from '../tensor/half.ts'
import { nf4Codes } from '../tensor/nf4.ts'
import type { Inspection } from '../runtime/inspect.ts'
import { checkRange } from './probe.ts'
import type { Machine } from './machine.ts'
import type { WeightTile } from './types.ts'

/** A tile may not hold more elements than a screen shows. */
const MAX_ELEMENTS = 2 ** 16

/** Where a checkpoint tensor stands in the Plan's stacked weights. */
function find(runtime: Inspection, tensor: string): { weight: string; rowStart: number; rows: number } {
  for (const [weight, spec] of Object.entries(runtime.plan.weights)) {
    let rowStart = 0
    for (const part of spec.parts) {
      if (part.tensor === tensor) return { weight, rowStart, rows: part.rows }
      rowStart += part.rows
    }
  }
  throw new EngineError('PARAM_INVALID', `Cannot show "${tensor}": the running model has no weight of that name.`, {
    param: 'tensor',
    value: tensor,
  })
}

export function listWeights(
  runtime: Inspection,
): { tensor: string; format: string; rows: number; cols: number; bytes: number }[] {
  return Object.entries(runtime.plan.weights).flatMap(([name, spec]) => {
    const layout = runtime.layouts(name)[0]!
    return spec.parts.map(({ tensor, rows }) => ({
      tensor,
      format: layout.format,
      rows,
      cols: spec.cols,
      bytes: codesBytes({ ...layout, rows }) + scalesBytes({ ...layout, rows }),
    }))
  })
}

export async function weightTile(
  machine: Machine,
  checkpoint: Checkpoint,
  tensor: string,
  row: number,
  col: number,
  rows: number,
  cols: number,
): Promise<WeightTile> {
  const { runtime } = machine
  const place = find(runtime, tensor)
  const { cols: K } = runtime.plan.weights[place.weight]!
  checkRange('row', row, 0, place.rows)
  checkRange('column', col, 0, K)
  rows = Math.min(rows, place.rows - row)
  cols = Math.min(cols, K - col)
  if (!(rows > 0 && cols > 0 && rows * cols <= MAX_ELEMENTS)) {
    throw new EngineError(
      'PARAM_INVALID',
      `Cannot show a tile of ${rows} x ${cols}: it must hold 1 to ${MAX_ELEMENTS} elements.`,
      { param: 'tile', value: `${rows} x ${cols}` },
    )
  }

  const codes = new Uint8Array(rows * cols),
    scales = new Float32Array(rows * cols),
    values = new Float32Array(rows * cols)
  const line = new Float32Array(K)
  let held: { weight: WeightData; from: number } | null = null
  for (let r = 0; r < rows; r++) {
    const at = place.rowStart + row + r
    if (!held || at >= held.from + held.weight.rows) held = await runtime.weightRows(place.weight, at)
    const local = at - held.from
    dequantRow(held.weight, local, line)
    for (let c = 0; c < cols; c++) {
      const i = r * cols + c
      values[i] = line[col + c]!
      ;[codes[i], scales[i]] = codeAndScale(held.weight, local, col + c)
    }
  }
  const { format, block } = held!.weight
  const coded = block > 0
  const stored = checkpoint.tensors.get(tensor)
  const blocks = new Set(
    Array.from(values, (_, i) => Math.floor(((row + Math.floor(i / cols)) * K + col + (i % cols)) / block)),
  )
  const nested = format === 'nf4' && stored ? await readNestedScales(stored, [...blocks]) : null
  return {
    tensor,
    format,
    rows: place.rows,
    cols: K,
    tile: { row, col, rows, cols },
    block,
    values,
    codes: coded ? codes : null,
    scales: coded ? scales : null,
    table: format === 'nf4' ? Float32Array.from(nf4Codes) : null,
    nested,
    // a file that is gone since, or changed on disk, costs the comparison, not the tile
    source: coded && stored ? await readTile(stored, row, col, rows, cols).catch(() => null) : null,
  }
}

/** The raw code and the scale that multiplies it (d of the q formats; q4_1's offset shows in the value). */
function codeAndScale(w: WeightData, row: number, col: number): [code: number, scale: number] {
  const f = row * w.cols + col
  const codes = new Uint8Array(w.codes.buffer, w.codes.byteOffset, w.codes.byteLength)
  const floats = new Float32Array(w.scales.buffer, w.scales.byteOffset, w.scales.length)
  const half = (index: number): number => halfToFloat((w.scales[index >> 1]! >>> (16 * (index & 1))) & 0xffff)
  const block = Math.floor(f / 32),
    within = f % 32
  const nibble = (byte: number, high: boolean): number => (high ? byte >> 4 : byte & 15)
  switch (w.format) {
    case 'nf4':
      return [nibble(codes[f >> 1]!, f % 2 === 0), floats[Math.floor(f / w.block)]!]
    case 'i8':
      return [
        codes[row * Math.ceil(w.cols / 4) * 4 + col]!,
        floats[row * Math.ceil(w.cols / 64) + Math.floor(col / 64)]!,
      ]
    case 'q4_0':
      return [nibble(codes[block * 16 + (within % 16)]!, within >= 16), half(block)]
    case 'q4_1':
      return [nibble(codes[block * 16 + (within % 16)]!, within >= 16), half(block * 2)]
    case 'q8_0':
      return [codes[f]!, half(block)]
    default:
      return [0, 1]
  }
}
