// One GGUF file, or all parts of a split one, as a checkpoint with Hugging Face names and config.

import { EngineError, checkAborted } from '../errors.ts'
import type { ByteSource, ModelFiles } from './bytes.ts'
import type { Checkpoint, CheckpointTensor } from './checkpoint.ts'
import { decodeFloats } from './decode.ts'
import { readGguf, type Gguf, type GgufTensor } from './gguf.ts'
import { ggufConfig } from './gguf-config.ts'
import { judgeGgufKeys } from './gguf-keys.ts'
import { refuseForeign } from './foreign-gguf.ts'
import { hfName, permutedHeads } from './names.ts'
import { plainly } from '../shown.ts'

interface Part extends Gguf {
  source: ByteSource
}

const ropeFactorsName = 'rope_freqs.weight'

/** @param weights names of the GGUF files that were given */
export async function openGguf(files: ModelFiles, weights: string[], signal?: AbortSignal): Promise<Checkpoint> {
  const parts: Part[] = []
  for (const name of weights) parts.push({ source: files.get(name)!, ...(await readGguf(files.get(name)!, signal)) })
  for (const part of parts) refuseForeign(part.source.name, part)
  const ordered = orderParts(parts)
  const { metadata, source: first } = ordered[0]!
  const all = ordered.flatMap(({ source, tensors }) => tensors.map((tensor) => ({ source, tensor })))

  const config = ggufConfig(
    first.name,
    metadata,
    all.map(({ tensor }) => tensor),
    await readRopeFactors(all, signal),
  )
  const ignored = judgeGgufKeys(
    first.name,
    metadata,
    metadata.get('general.architecture') as string,
    config.head_dim as number,
  )
  const tensors = new Map<string, CheckpointTensor>()
  for (const {
    source,
    tensor: { name: gguf, shape, dtype, begin, end },
  } of all) {
    if (gguf === ropeFactorsName) continue
    const name = hfName(gguf) ?? gguf
    if (tensors.has(name)) {
      throw new EngineError(
        'FILE_HEADER',
        `Cannot read "${source.name}": the tensor "${gguf}" appears twice among its parts.`,
        { file: source.name, tensor: gguf },
      )
    }
    const heads = permutedHeads(
      metadata.get('general.architecture') as string,
      gguf,
      config.num_attention_heads as number,
      config.num_key_value_heads as number,
    )
    tensors.set(name, {
      name,
      shape,
      dtype,
      byteLength: end - begin,
      data: { source, begin, end, ...(heads !== undefined && { permutedHeads: heads }) },
    })
  }
  return { format: 'gguf', config, generationConfig: null, tensors, metadata, files, prefix: null, ignored }
}

/** The parts of one model by their split.no; refuses anything but a complete set. */
function orderParts(parts: Part[]): Part[] {
  const count = parts[0]!.metadata.get('split.count') ?? 1
  const ordered: Part[] = []
  for (const part of parts) {
    const no = part.metadata.get('split.no') ?? 0
    if (
      (part.metadata.get('split.count') ?? 1) !== count ||
      typeof no !== 'number' ||
      !(no >= 0 && no < Number(count)) ||
      ordered[no]
    ) {
      throw new EngineError(
        'FILE_FORMAT',
        `Cannot open the ${parts.length} GGUF files together: "${part.source.name}" is not another part of the model in "${parts[0]!.source.name}". Choose one model's file or files.`,
        { first: parts[0]!.source.name, second: part.source.name },
      )
    }
    ordered[no] = part
  }
  if (ordered.length !== count || parts.length !== count) {
    throw new EngineError(
      'FILE_MISSING',
      `Cannot open "${parts[0]!.source.name}": the model is split into ${plainly(count)} files and ${parts.length} were given. Choose all of them.`,
      { file: parts[0]!.source.name, missing: Number(count) - parts.length, shards: Number(count) },
    )
  }
  return ordered
}

async function readRopeFactors(
  all: { source: ByteSource; tensor: GgufTensor }[],
  signal?: AbortSignal,
): Promise<Float32Array | null> {
  const found = all.find(({ tensor }) => tensor.name === ropeFactorsName)
  if (!found) return null
  const {
    source,
    tensor: { dtype, shape, begin, end },
  } = found
  if (dtype !== 'F32' || shape.length !== 1 || shape[0]! > 65536) {
    throw new EngineError(
      'TENSOR_SHAPE',
      `Cannot load the model: tensor "${ropeFactorsName}" must be one row of F32, the file has (${shape.join(', ')}) ${dtype}.`,
      { tensor: ropeFactorsName, need: 'rotary / 2', found: shape.join(', ') },
    )
  }
  const bytes = await source.read(begin, end - begin, signal)
  checkAborted(signal)
  return decodeFloats('F32', bytes)
}
