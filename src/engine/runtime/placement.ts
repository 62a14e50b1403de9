// Puts a Plan's weights, tables, caches and activations into GPU buffers, once, at load. Nothing is allocated later.
// A weight over the binding limit is split by rows into segments, each its own pair of buffers.

import { EngineError } from '../errors.ts'
import { Scratch } from '../formats/scratch.ts'
import type { GpuBuffer, Memory } from '../gpu/memory.ts'
import { vectorFloats, vectorPlaces, weightOf, type Plan } from '../model/plan.ts'
import { rowWords } from '../ops/cache-format.ts'
import { codesBytes, planePieces, scalesBytes, splitUnit, type WeightLayout } from '../quants/weight.ts'
import { readingOrder } from './reading-order.ts'
import type { RopeTables } from './rope-rows.ts'
import type { WeightProvider } from './runtime.ts'
import type { RuntimeSize } from './size.ts'

/** Rows [rowStart, rowStart + layout.rows) of a weight. */
export interface Segment {
  rowStart: number
  layout: WeightLayout
  codes: GpuBuffer
  scales: GpuBuffer | null
}

export interface Placement {
  weights: Map<string, Segment[]>
  /** tables, caches and activations by their Plan names */
  tensors: Map<string, GpuBuffer>
  /** all vectors in one buffer, and where each lies in it, in floats */
  vectors: { buffer: GpuBuffer; at: ReadonlyMap<string, { offset: number; count: number }> }
  /** values of a row of each KV cache that is packed (size.kvCache) */
  packed: Map<string, number>
}

export interface UploadProgress {
  loaded: number
  total: number
  detail: string
}

export async function placePlan(
  plan: Plan,
  tables: RopeTables,
  provider: WeightProvider,
  size: RuntimeSize,
  memory: Memory,
  options: { signal?: AbortSignal; onProgress?: (p: UploadProgress) => void },
): Promise<Placement> {
  const tensors = new Map<string, GpuBuffer>()
  const f32 = (name: string, count: number): GpuBuffer => {
    const buffer = memory.storage(name, count * 4)
    tensors.set(name, buffer)
    return buffer
  }
  // everything is allocated first, so that "does not fit" is said before a byte is moved
  const weights = new Map<string, Segment[]>()
  let total = 0
  for (const [name, spec] of Object.entries(plan.weights)) {
    const layout = provider.layout(spec)
    total += codesBytes(layout) + scalesBytes(layout)
    weights.set(
      name,
      splitRows(layout, memory.maxBinding).map(({ rowStart, rows }) => {
        const part = { ...layout, rows }
        const scales = scalesBytes(part)
        return {
          rowStart,
          layout: part,
          codes: memory.storage(`${name}.codes`, codesBytes(part)),
          scales: scales ? memory.storage(`${name}.scales`, scales) : null,
        }
      }),
    )
  }
  const packed = new Map<string, number>()
  for (const [name, { kvHeads, headDim }] of Object.entries(plan.caches)) {
    f32(name, kvHeads * size.context * rowWords(size.kvCache ?? 'f32', headDim))
    if ((size.kvCache ?? 'f32') !== 'f32') packed.set(name, headDim)
  }
  for (const [name, b] of Object.entries(plan.buffers)) {
    f32(name, (b.rows === 'T' ? size.chunk : size.logitRows) * b.width)
  }
  const at = vectorPlaces(plan)
  const vectors = memory.storage('vectors', vectorFloats(plan) * 4)
  for (const { table, values } of tables.first()) memory.write(f32(table, values.length), 0, values)
  await memory.check()

  let loaded = 0
  const scratch = new Scratch()
  try {
    for (const one of readingOrder(plan, provider)) {
      const { name } = one
      if ('vector' in one) {
        const values = await provider.vector(one.vector, options.signal, weightOf(plan, one.vector))
        memory.write(vectors, at.get(name)!.offset * 4, values)
        continue
      }
      const segments = weights.get(name)!
      for await (const chunk of provider.read(one.weight, options.signal, scratch)) {
        writeAcross(segments, chunk.plane, chunk.offset, chunk.bytes, memory)
        loaded += chunk.bytes.byteLength
        options.onProgress?.({ loaded, total, detail: name })
        await memory.backPressure(chunk.bytes.byteLength)
      }
    }
  } finally {
    scratch.release()
  }
  await memory.check()
  return { weights, tensors, vectors: { buffer: vectors, at }, packed }
}

/** Cuts rows so that each part's planes fit one binding; cuts fall where no word and no quantization block is split. */
export function splitRows(layout: WeightLayout, maxBinding: number): { rowStart: number; rows: number }[] {
  const unit = splitUnit(layout)
  const fits = (rows: number): boolean =>
    codesBytes({ ...layout, rows }) <= maxBinding && scalesBytes({ ...layout, rows }) <= maxBinding
  if (fits(layout.rows)) return [{ rowStart: 0, rows: layout.rows }]
  const perRow = codesBytes({ ...layout, rows: unit }) / unit
  let rows = Math.floor(maxBinding / perRow / unit) * unit
  while (rows > 0 && !fits(rows)) rows -= unit
  if (rows <= 0) {
    throw new EngineError(
      'LIMIT_TOO_SMALL',
      `Cannot place a weight of ${layout.cols} columns: ${unit} of its rows need ${Math.ceil(perRow * unit)} bytes and this device binds at most ${maxBinding}.`,
      { limit: 'maxStorageBufferBindingSize', needed: Math.ceil(perRow * unit), found: maxBinding },
    )
  }
  const parts = []
  for (let rowStart = 0; rowStart < layout.rows; rowStart += rows) {
    parts.push({ rowStart, rows: Math.min(rows, layout.rows - rowStart) })
  }
  return parts
}

function writeAcross(
  segments: Segment[],
  plane: 'codes' | 'scales',
  offset: number,
  bytes: Uint8Array,
  memory: Memory,
): void {
  for (const { layout, rowStart, [plane]: buffer } of segments) {
    let start = 0
    for (const piece of planePieces(layout, plane, rowStart, layout.rows)) {
      const from = Math.max(offset, piece.offset),
        to = Math.min(offset + bytes.byteLength, piece.offset + piece.bytes)
      if (from < to) memory.write(buffer!, start + from - piece.offset, bytes.subarray(from - offset, to - offset))
      start += piece.bytes
    }
  }
}
