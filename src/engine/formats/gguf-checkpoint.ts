// One GGUF file, or all parts of a split one, as a checkpoint with the names and the config of its family.

import { EngineError, checkAborted } from '../errors.ts'
import type { ByteSource, ModelFiles } from './bytes.ts'
import type { Checkpoint, CheckpointTensor } from './types.ts'
import { decodeFloats } from './decode.ts'
import type { FileFamily } from './family.ts'
import { refuseForeign } from './foreign-gguf.ts'
import { readGguf, type Gguf, type GgufTensor } from './gguf.ts'
import { ggufConfig } from './gguf-config.ts'
import { judgeGgufKeys } from './gguf-keys.ts'
import { ggufNames } from './gguf-names.ts'
import { ropeFactorsNames, type RopeFactors } from './gguf-rope.ts'
import { plainly } from '../shown.ts'

interface Part extends Gguf {
  source: ByteSource
}

/**
 * @param weights names of the GGUF files that were given
 * @param families what is known of each: the file says which one it is
 */
export async function openGguf(
  files: ModelFiles,
  weights: string[],
  families: readonly FileFamily[],
  signal?: AbortSignal,
): Promise<Checkpoint> {
  const parts: Part[] = []
  for (const name of weights) parts.push({ source: files.get(name)!, ...(await readGguf(files.get(name)!, signal)) })
  for (const part of parts) refuseForeign(part.source.name, part, families)
  const ordered = orderParts(parts)
  const { metadata, source: first } = ordered[0]!
  const all = ordered.flatMap(({ source, tensors }) => tensors.map((tensor) => ({ source, tensor })))

  const head = {
    file: first.name,
    metadata,
    tensors: all.map(({ tensor }) => tensor),
    ropeFactors: await readRopeFactors(all, signal),
  }
  const { layout, config, keys, read } = ggufConfig(head, families)
  const ignored = judgeGgufKeys(first.name, metadata, layout.arch, () => keys.sizes().headDim, read)
  const names = ggufNames(layout)
  const { short, long } = head.ropeFactors
  // the others are left for whoever judges tensors that no step reads
  const inConfig: string[] = short && long ? [ropeFactorsNames.short, ropeFactorsNames.long] : [ropeFactorsNames.all]
  const tensors = new Map<string, CheckpointTensor>()
  for (const {
    source,
    tensor: { name: own, shape, dtype, begin, end },
  } of all) {
    if (inConfig.includes(own)) continue
    const name = names.toCheckpoint(own)
    if (tensors.has(name)) {
      throw new EngineError(
        'FILE_HEADER',
        `Cannot read "${source.name}": the tensor "${own}" appears twice among its parts.`,
        { file: source.name, tensor: own },
      )
    }
    const rowOrder = layout.rows?.[names.module(own) ?? '']?.(config)
    tensors.set(name, {
      name,
      shape,
      dtype,
      byteLength: end - begin,
      data: { source, begin, end, ...(rowOrder && { rowOrder }) },
    })
  }
  return {
    format: 'gguf',
    config,
    generationConfig: null,
    tensors,
    metadata,
    files,
    renamed: null,
    nameInFile: names.toFile,
    ignored,
  }
}

/** The parts of one model by their split.no; refuses anything but a complete set, with all the tensors it should have. */
function orderParts(parts: Part[]): Part[] {
  const first = parts[0]!.source.name
  const count = splitCount(parts[0]!)
  const ordered: Part[] = []
  for (const part of parts) {
    const no = part.metadata.get('split.no') ?? 0
    if (
      splitCount(part) !== count ||
      typeof no !== 'number' ||
      !(Number.isInteger(no) && no >= 0 && no < count) ||
      ordered[no]
    ) {
      throw new EngineError(
        'FILE_FORMAT',
        `Cannot open the ${parts.length} GGUF files together: "${part.source.name}" is not another part of the model in "${first}". Choose one model's file or files.`,
        { first, second: part.source.name },
      )
    }
    ordered[no] = part
  }
  if (parts.length !== count) {
    const lost = Array.from({ length: parts.length + 1 }, (_, no) => no).find((no) => !ordered[no])!
    const name = nameOfPart(first, lost)
    throw new EngineError(
      'FILE_MISSING',
      `Cannot open "${first}": the model is split into ${count} files and ${parts.length} were given; ${name ? `"${name}"` : `part ${lost + 1}`} is missing. Choose all of them.`,
      { file: name ?? first, missing: count - parts.length, shards: count, ...(!name && { part: lost + 1 }) },
    )
  }
  const tensors = parts.reduce((sum, part) => sum + part.tensors.length, 0)
  const said = ordered[0]!.metadata.get('split.tensors.count') ?? tensors
  if (said !== tensors) {
    throw new EngineError(
      'FILE_HEADER',
      `Cannot open "${first}": its ${parts.length} parts should hold ${plainly(said)} tensors and hold ${tensors}. They are of different versions; fetch them again.`,
      { file: first, problem: `split.tensors.count ${plainly(said)}, ${tensors}` },
    )
  }
  return ordered
}

/** Of how many files the model is, as one of them says. One that was put together again says 0. */
function splitCount({ metadata, source: { name } }: Part): number {
  const count = metadata.get('split.count') ?? 1
  if (Number.isInteger(count) && (count as number) >= 0 && (count as number) <= 65535) return (count as number) || 1
  const problem = `split.count must be a whole number up to 65535, the file has ${plainly(count, 40)}`
  throw new EngineError('FILE_HEADER', `Cannot read "${name}": ${problem}. The file is damaged; fetch it again.`, {
    file: name,
    problem,
  })
}

/** What part `no` is called where another one is called so; null where that name counts no parts. */
function nameOfPart(name: string, no: number): string | null {
  const [, stem, count, ending] = /^(.*)-\d{5}-of-(\d{5})(\.gguf)$/i.exec(name) ?? []
  return stem === undefined ? null : `${stem}-${String(no + 1).padStart(5, '0')}-of-${count!}${ending!}`
}

async function readRopeFactors(
  all: { source: ByteSource; tensor: GgufTensor }[],
  signal?: AbortSignal,
): Promise<RopeFactors> {
  const factors: RopeFactors = {}
  for (const [kind, wanted] of Object.entries(ropeFactorsNames)) {
    const found = all.find(({ tensor }) => tensor.name === wanted)
    if (!found) continue
    const {
      source,
      tensor: { dtype, shape, begin, end },
    } = found
    if (dtype !== 'F32' || shape.length !== 1 || shape[0]! > 65536) {
      throw new EngineError(
        'TENSOR_SHAPE',
        `Cannot load the model: tensor "${wanted}" must be one row of F32, the file has (${shape.join(', ')}) ${dtype}.`,
        { tensor: wanted, need: 'rotary / 2', found: shape.join(', ') },
      )
    }
    const bytes = await source.read(begin, end - begin, signal)
    checkAborted(signal)
    factors[kind as keyof RopeFactors] = decodeFloats('F32', bytes)
  }
  return factors
}
