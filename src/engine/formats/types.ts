// What a model's files hold, once opened: tensors with the names of their family, and where the bytes of each lie.

import type { Planes, Workspace } from '../quants/quant.ts'
import type { ByteSource, ModelFiles } from './bytes.ts'
import type { RowOrder } from './family.ts'
import type { Renaming } from './prefix.ts'

/** Bytes [begin, end) of a file; already checked to lie inside it. */
export interface ByteRange {
  source: ByteSource
  begin: number
  end: number
}

export interface StreamOptions {
  signal?: AbortSignal
  chunkBytes: number
}

/** One scale that was itself quantized, step by step: scale = fround(fround(map * absmax) + offset). */
export interface ScaleSteps {
  block: number
  code: number
  map: number
  absmax: number
  offset: number
  scale: number
}

/** A tensor that a file stores as several: how its planes are read. */
export interface PackedTensor {
  /** elements per scale */
  block: number
  /** both planes in order; what is yielded is valid until the next. @param name the tensor's, for errors */
  planes(name: string, workspace: Workspace, options: StreamOptions): AsyncGenerator<Planes>
  /**
   * the same, both planes of some whole rows at a time, as a matrix of these rows alone (what all rows share is in each)
   * @param rowBytes of a row's codes
   */
  together(
    name: string,
    rowBytes: number,
    workspace: Workspace,
    options: StreamOptions,
  ): AsyncGenerator<Required<Planes>>
  /** its blocks lie in the flattened matrix: `together` gives whole blocks, each as a row of its own */
  flat?: true
  /** some of the rows as a tensor of their own: row i of `count` is row rowAt(i) of this one */
  pick(rowAt: (row: number) => number, count: number): PackedTensor
  /** how the scales of some blocks came about; null when the file holds them as they are */
  scaleSteps(blocks: readonly number[]): Promise<ScaleSteps[] | null>
}

/** Where a tensor's values lie; read by formats/ only. */
export interface TensorData extends ByteRange {
  /** of a tensor that the file stores as several (bnb.ts); the range itself holds the codes */
  packed?: PackedTensor
  /** rows that a converter reordered; undone while reading */
  rowOrder?: RowOrder
  /** a matrix whose rows are columns of the file's, which has `width` of them; undone while reading (transpose.ts) */
  turned?: { width: number; column(row: number): number }
}

export interface CheckpointTensor {
  /** as the family names it, e.g. model.layers.0.self_attn.q_proj.weight */
  name: string
  /** HF order [out, in] / [n] */
  shape: number[]
  /** quants/ says which can be computed with; others are listed, and refused by name when used */
  dtype: string
  /** as people call what the file holds, where `dtype` is no word of the file */
  called?: string
  /** on disk, scales included */
  byteLength: number
  data: TensorData
}

export interface Checkpoint {
  format: 'safetensors' | 'gguf'
  /** config.json; a GGUF's keys in the words of its family's config.json */
  config: Record<string, unknown>
  generationConfig: Record<string, unknown> | null
  tensors: ReadonlyMap<string, CheckpointTensor>
  /** GGUF key/values: numeric arrays are typed arrays, string arrays plain ones */
  metadata: ReadonlyMap<string, unknown> | null
  /** names relative to the model's folder */
  files: ModelFiles
  /** what was taken away from before the tensors' names, or added (prefix.ts), or null */
  renamed: Renaming | null
  /** how the files themselves call a tensor, be it there or missing: a GGUF has names of its own */
  nameInFile: (name: string) => string
  /** keys of a GGUF that the config leaves aside; of a config.json they are judged by model/keys.ts */
  ignored: readonly { key: string; value: string; why?: 'activations' }[]
}
