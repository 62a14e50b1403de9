// What a model family tells the readers of files: where its modules stand among a checkpoint's names, and how a GGUF
// holds them. Words only; the families fill them in (model/families/), and whoever opens files hands them in.
// formats/ itself knows no family.

import type { EngineError } from '../errors.ts'

export interface FileFamily {
  /** values of config.json's model_type it answers to; the config made of a GGUF gets the first */
  types: readonly string[]
  /** model_types of models with more senses, whose config holds this family's own under text_config */
  within?: readonly string[]
  /** which configs of a model_type that several families share are of this one */
  is?: (config: Readonly<Record<string, unknown>>) => boolean
  /** every key of config.json that the family computes with: the others are judged and listed in the plan */
  keys: readonly string[]
  modules: Modules
  /** absent where llama.cpp has no architecture for it */
  gguf?: GgufLayout
}

/** The family that a config.json belongs to. */
export const familyOf = <F extends FileFamily>(
  families: readonly F[],
  config: Readonly<Record<string, unknown>>,
): F | undefined =>
  families.find(({ types, is }) => types.includes(config['model_type'] as string) && (is?.(config) ?? true))

/**
 * The model_types that a family's model may be of, and those of all others: an architecture of GGUF may stand for several
 * families, which its files do not tell apart.
 */
export function typesOf(
  families: readonly FileFamily[],
  family: FileFamily,
  isGguf: boolean,
): { types: string[]; others: string[] } {
  const isOwn = ({ gguf }: FileFamily): boolean => gguf !== undefined && gguf.arch === family.gguf?.arch
  const all = (some: readonly FileFamily[]): string[] => some.flatMap(({ types, within = [] }) => [...types, ...within])
  const own = new Set(all([family, ...families.filter((one) => isGguf && isOwn(one))]))
  return { types: [...own], others: all(families).filter((type) => !own.has(type)) }
}

/**
 * The config of the model of text within one that also sees or hears: its own keys over those around it. Any other config
 * as it is.
 */
export function textConfig(
  families: readonly Pick<FileFamily, 'types' | 'within'>[],
  config: Record<string, unknown>,
): Record<string, unknown> {
  const own = config['text_config']
  const family = families.find(({ within }) => within?.includes(config['model_type'] as string))
  if (!family || typeof own !== 'object' || own === null || Array.isArray(own)) return config
  const { text_config: _, ...around } = config
  return { ...around, model_type: family.types[0], ...own }
}

/**
 * The modules that a checkpoint's names begin with. Files saved without their head lack `root`, wrapped models have
 * more in front: the decoder is found by its embedding and its first block (prefix.ts).
 */
export interface Modules {
  /** "model.", "transformer.", or "" where nothing stands in front */
  root: string
  /** behind the root: the token embedding, the list of blocks, and what else there is */
  embed: string
  blocks: string
  others: readonly string[]
  /** beside the root */
  heads: readonly string[]
  /** what transformers calls otherwise than its files do, and so do adapters */
  called?: readonly Called[]
}

/** A pattern of transformers' name for a module, and the files' name; `part`: which of so many equal parts of its rows. */
export type Called = readonly [pattern: RegExp, file: string, part?: readonly [number, number]]

export interface GgufLayout {
  /** general.architecture */
  arch: string
  /** which files of a shared architecture are of this family; the family without it takes the others */
  is?: (keys: GgufKeys) => boolean
  /** module in a checkpoint -> in the file, {i} being the block's number; .weight or .bias, if any, follows in both */
  names: Readonly<Record<string, string>>
  /** modules whose rows the converter reordered, by the checkpoint's name: undone while reading, biases too */
  rows?: Readonly<Record<string, (config: Readonly<Record<string, unknown>>) => RowOrder>>
  /** the config.json that the file would have. A key that is read here is a key that is computed with */
  config(keys: GgufKeys): Record<string, unknown>
}

/** How a converter reordered the rows of a tensor: within each of `heads` groups of equal, even size. */
export interface RowOrder {
  heads: number
  /** where in the file row `row` of a group of `rows` rows stands, both counted within the group */
  fileRow(row: number, rows: number): number
}

/** The keys of one GGUF behind "<architecture>.", checked. */
export interface GgufKeys {
  /** as the file has it: a list of numbers is a typed array */
  raw(key: string): unknown
  /** a list with one value for all layers counts as that value */
  number(key: string): number | undefined
  required(key: string): number
  /** a whole number from 1 to 2^20 */
  count(key: string): number | undefined
  requiredCount(key: string): number
  /** Hugging Face order; undefined when the file has no such tensor */
  shape(tensor: string): readonly number[] | undefined
  /** what the others are computed from, so it is read first: no other key is blamed for it */
  sizes(): { hidden: number; heads: number; headDim: number }
  /** rope_theta, partial_rotary_factor and rope_scaling of the keys rope.* and the tensor rope_freqs.weight */
  rope(): Record<string, unknown>
  /** the complaint about a key or a tensor, to throw */
  invalid(key: string, must: string, found: unknown): EngineError
}
