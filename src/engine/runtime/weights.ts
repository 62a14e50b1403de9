// The checkpoint seen through a Plan: which format every weight is kept in, and its planes as a stream.

import { EngineError } from '../errors.ts'
import { canStack, planWeight, readVector, readWeight, type WeightTarget } from '../formats/weights.ts'
import type { ByteSource } from '../formats/bytes.ts'
import type { Checkpoint } from '../formats/types.ts'
import type { CanStack } from '../model/fuse/index.ts'
import type { WeightSpec } from '../model/plan.ts'
import type { LoadOptions } from '../types.ts'
import { codesBytes, dequantRow, scalesBytes, type WeightLayout } from '../quants/weight.ts'
import { makeVector } from '../model/vectors.ts'
import type { PlaneChunk } from '../formats/weights.ts'
import type { WeightProvider } from './runtime.ts'

/**
 * Float weights are quantized while loading, linears to NF4, embedding and head to i8, and packed ones stay as they are,
 * unless the options say otherwise.
 */
function targetOf(
  { role }: Pick<WeightSpec, 'role'>,
  options: Pick<LoadOptions, 'linear' | 'embedding'>,
): WeightTarget {
  if (role === 'router' || role === 'adapter') return 'native'
  const choice = role === 'linear' ? options.linear : options.embedding
  if (choice === undefined) return role === 'linear' ? 'nf4' : 'i8'
  return choice === 'keep' ? 'native' : { every: choice }
}

export function checkpointWeights(
  checkpoint: Checkpoint,
  options: Pick<LoadOptions, 'linear' | 'embedding'>,
): WeightProvider & { canStack: CanStack; stays(spec: WeightSpec): boolean } {
  /** Tensors that lie in one matrix and would not end at whole blocks stay as they are. */
  const fits = (spec: WeightSpec, wanted: WeightTarget): boolean =>
    spec.parts.length < 2 || canStack(checkpoint, spec.parts, spec.cols, wanted)
  const target = (spec: WeightSpec): WeightTarget => {
    const wanted = targetOf(spec, options)
    return fits(spec, wanted) ? wanted : 'native'
  }
  const layout: WeightProvider['layout'] = (spec) => planWeight(checkpoint, spec.parts, spec.cols, target(spec)).layout
  const read: WeightProvider['read'] = (spec, signal, scratch) =>
    readWeight(checkpoint, spec.parts, spec.cols, target(spec), { signal, scratch })
  let places: ReadonlyMap<string, number> | null = null
  return {
    canStack: (parts, cols) => canStack(checkpoint, parts, cols, targetOf({ role: 'linear' }, options)),
    /** whether it stays as it is, though something else was chosen for it */
    stays(spec) {
      const wanted = targetOf(spec, options)
      return typeof wanted === 'object' && !fits(spec, wanted)
    },
    layout,
    read,
    place: (tensor) => (places ??= placesOf(checkpoint)).get(tensor) ?? 0,
    async vector({ parts, length, shape, make }, signal, weight) {
      if (make?.kind === 'unit-rows') return unitRows(layout(weight!), read(weight!, signal))
      const values = new Float32Array(parts.reduce((n, part) => n + part.length, 0))
      let offset = 0
      for (const part of parts) {
        values.set(
          await readVector(checkpoint, part.tensor, { signal, slice: part.slice, shape: part.shape ?? shape }),
          offset,
        )
        offset += part.length
      }
      if (make?.kind === 'scaled') throw new EngineError('INTERNAL', 'An adapter made no vector of its own.', {})
      return make ? makeVector({ make, length }, values) : values
    },
  }
}

/** The tensors numbered file by file, as they lie there. */
function placesOf({ tensors }: Checkpoint): ReadonlyMap<string, number> {
  const files = new Map<ByteSource, number>()
  for (const { data } of tensors.values()) if (!files.has(data.source)) files.set(data.source, files.size)
  const inOrder = [...tensors].sort(
    ([, { data: a }], [, { data: b }]) => files.get(a.source)! - files.get(b.source)! || a.begin - b.begin,
  )
  return new Map(inOrder.map(([name], place) => [name, place]))
}

/** 1 / length of each row of a weight, as it is kept. Its planes are held while they are read. */
async function unitRows(layout: WeightLayout, chunks: AsyncIterable<PlaneChunk>): Promise<Float32Array> {
  const planes = { codes: new Uint8Array(codesBytes(layout)), scales: new Uint8Array(scalesBytes(layout)) }
  for await (const { plane, bytes, offset } of chunks) planes[plane].set(bytes, offset)
  const weight = {
    ...layout,
    codes: new Uint32Array(planes.codes.buffer),
    scales: new Uint32Array(planes.scales.buffer),
  }
  const row = new Float32Array(layout.cols)
  return Float32Array.from({ length: layout.rows }, (_, n) => {
    dequantRow(weight, n, row)
    return 1 / Math.max(Math.sqrt(row.reduce((sum, v) => sum + v * v, 0)), 1e-12)
  })
}
