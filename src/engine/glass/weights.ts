// One tile of a weight exactly as the kernels see it: codes, scales and values read back from the runtime's own planes.

import { EngineError } from '../errors.ts'
import type { Checkpoint, CheckpointTensor } from '../formats/types.ts'
import { isFloat } from '../formats/decode.ts'
import { readTile } from '../formats/tile.ts'
import { transposed } from '../formats/transpose.ts'
import { foldedFor, readSample } from '../formats/weights.ts'
import { codesBytes, dequantRow, quantOf, quantOfDtype, scalesBytes, type WeightData } from '../quants/weight.ts'
import type { Inspection } from '../runtime/inspect.ts'
import type { WeightPart } from '../model/plan.ts'
import { checkRange } from './probe.ts'
import { firstRow, partRow } from './sites.ts'
import type { StepRunner } from './step-runner.ts'
import type { WeightTile } from './types.ts'

/** A tile may not hold more elements than a screen shows. */
const MAX_ELEMENTS = 2 ** 16

/** Which rows of the Plan's weights are this checkpoint tensor's: row -> [weight, row of it]. */
function find(
  runtime: Inspection,
  tensor: string,
): { rows: number; cols: number; transpose: boolean; at: (row: number) => [weight: string, row: number] } {
  const { plan } = runtime
  const parts = Object.entries(plan.weights).flatMap(([name, spec]) =>
    spec.parts.flatMap((part, n) =>
      part.tensor === tensor ? [{ name, part, first: firstRow(plan, { name, part: n }), cols: spec.cols }] : [],
    ),
  )
  if (parts.length === 0) {
    throw new EngineError('PARAM_INVALID', `Cannot show "${tensor}": the running model has no weight of that name.`, {
      param: 'tensor',
      value: tensor,
    })
  }
  return {
    rows: rowsOf(parts[0]!.part),
    cols: parts[0]!.cols,
    transpose: Boolean(parts[0]!.part.transpose),
    at: (row) => {
      for (const { name, part, first } of parts) {
        const within = partRow(part, row)
        if (within !== null) return [name, first + within]
      }
      throw new EngineError(
        'PARAM_INVALID',
        `Cannot show row ${row} of "${tensor}": the running model leaves it out.`,
        { param: 'row', value: String(row) },
      )
    },
  }
}

/** Rows of the checkpoint's tensor that a part is taken from. */
const rowsOf = ({ rows, slice }: WeightPart): number => (slice ? (rows / slice.count) * slice.every : rows)

export function listWeights(
  runtime: Inspection,
): { tensor: string; format: string; rows: number; cols: number; bytes: number }[] {
  const found = new Map<string, { tensor: string; format: string; rows: number; cols: number; bytes: number }>()
  for (const [name, spec] of Object.entries(runtime.plan.weights)) {
    const layout = runtime.layouts(name)[0]!
    for (const part of spec.parts) {
      const { tensor, rows } = part
      const bytes = codesBytes({ ...layout, rows }) + scalesBytes({ ...layout, rows })
      const had = found.get(tensor)
      // several weights may be slices of one tensor
      if (had) had.bytes += bytes
      else found.set(tensor, { tensor, format: layout.format, rows: rowsOf(part), cols: spec.cols, bytes })
    }
  }
  return [...found.values()]
}

export async function weightTile(
  runner: StepRunner,
  checkpoint: Checkpoint,
  tensor: string,
  row: number,
  col: number,
  rows: number,
  cols: number,
): Promise<WeightTile> {
  const { runtime } = runner
  const place = find(runtime, tensor)
  const K = place.cols
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
    offsets = new Float32Array(rows * cols),
    values = new Float32Array(rows * cols)
  const line = new Float32Array(K)
  let held: { name: string; weight: WeightData; from: number } | undefined
  for (let r = 0; r < rows; r++) {
    const [name, at] = place.at(row + r)
    if (!held || held.name !== name || at < held.from || at >= held.from + held.weight.rows) {
      held = { name, ...(await runtime.weightRows(name, at)) }
    }
    const local = at - held.from
    dequantRow(held.weight, local, line)
    for (let c = 0; c < cols; c++) {
      const i = r * cols + c
      values[i] = line[col + c]!
      const { code, scale, offset } = quantOf(held.weight.format).element(held.weight, local, col + c)
      codes[i] = code
      scales[i] = scale
      offsets[i] = offset
    }
  }
  const { format, block } = held!.weight
  const { coding, bits, book } = quantOf(format)
  const coded = coding !== 'float'
  const inFile = checkpoint.tensors.get(tensor)
  const stored = inFile && place.transpose ? transposed(foldedFor(inFile, K)) : inFile
  const packed = stored?.data.packed
  /** the file's own codes run: not those that loading made of them, or of floats */
  const own = stored !== undefined && quantOfDtype(stored.dtype)?.name === format && !isFloat(stored.dtype)
  const blocks = new Set(
    Array.from(values, (_, i) => Math.floor(((row + Math.floor(i / cols)) * K + col + (i % cols)) / block)),
  )
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
    coding,
    bits,
    offsets: offsets.some((offset) => offset !== 0) ? offsets : null,
    table: book && Float32Array.from(book),
    // of rows that were cut out of blocks, the file's blocks are others
    nested: own && packed?.block === block ? await packed.scaleSteps([...blocks]) : null,
    fileCodes: coded && own,
    // a file that is gone since, or changed on disk, costs the comparison, not the tile
    source: coded && stored && !own ? await sourceOf(stored).catch(() => null) : null,
  }

  async function sourceOf(stored: CheckpointTensor): Promise<Float32Array | null> {
    if (isFloat(stored.dtype)) return readTile(stored, row, col, rows, cols)
    const wanted = Array.from({ length: rows }, (_, r) => row + r)
    const lines = await readSample(checkpoint, { tensor, transpose: place.transpose }, K, wanted)
    return Float32Array.from({ length: rows * cols }, (_, i) => lines[Math.floor(i / cols) * K + col + (i % cols)]!)
  }
}
