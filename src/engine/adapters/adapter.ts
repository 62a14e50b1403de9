// What an adapter is here: small tensors beside a model, and how they change what its Plan computes. A kind (LoRA, IA³ …)
// is one file that reads its tensors and rewrites a Plan, and one line in kinds.ts. Nothing is ever merged into weights.

import type { Called, GgufLayout } from '../formats/family.ts'
import type { CheckpointTensor } from '../formats/types.ts'
import type { Description } from '../model/describe.ts'
import type { Plan, VectorPart, VectorSpec, WeightPart } from '../model/plan.ts'
import type { Lead } from '../runtime/lead.ts'
import type { WeightProvider } from '../runtime/runtime.ts'
import type { AdapterConfig } from './config.ts'
import type { Trained } from './trained.ts'

/** An adapter's files, read as far as their headers. */
export interface AdapterFile {
  /** as the caller calls it */
  name: string
  config: AdapterConfig
  /** adapter-hub's whole file, whose `config` that is */
  around?: AdapterConfig
  /** of adapter-hub: a head that was trained with it */
  head?: { config: Readonly<Record<string, unknown>>; tensors: ReadonlyMap<string, CheckpointTensor> }
  /** by the names in the file */
  tensors: ReadonlyMap<string, CheckpointTensor>
}

/** The model that an adapter is put on. */
export interface AdaptedModel {
  description: Description
  /** what the family's names of modules begin with, e.g. "model." */
  root: string
  /** where the adapter was made beside files of the other sort, a checkpoint or a GGUF: how those have it */
  trained?: Trained
  /** what transformers calls otherwise than the files */
  called?: readonly Called[]
  /** model_types that it may be of: the family's, and those of which a GGUF says no more than their common architecture */
  types: readonly string[]
  /** model_types of the other families */
  others?: readonly string[]
  /** how a GGUF of the family is laid out, be the model one or not */
  gguf?: GgufLayout
  config: Readonly<Record<string, unknown>>
}

/** Of an adapter: how many entries it takes, and how its tensor becomes them. */
export interface LeadPart {
  /** entries of the cache before every text */
  count: number
  read(plan: Plan, weights: Pick<WeightProvider, 'vector'>, signal?: AbortSignal): Promise<Lead>
}

/**
 * What an adapter makes of a part of a module, for whoever measures it (norms.ts); W are the part's rows, s its strength.
 * Names are the Plan's.
 */
export type PartChange =
  | /** W + s by B diag(each) A; of a table its transpose */ {
      how: 'low-rank'
      a: string
      b: string
      each?: string
      by: number
      isTable: boolean
    }
  /** rows of W + s by B A, each given the length that was trained (DoRA); of a table columns of W + s by (B A)ᵀ */
  | { how: 'lengths'; a: string; b: string; by: number; lengths: VectorPart; isTable: boolean }
  /** rows or columns of W times 1 + s (their factor - 1) */
  | { how: 'factors'; factors: VectorPart; of: 'rows' | 'columns' }
  /** another matrix in its place */
  | { how: 'instead'; weight: string }

/** One part of a module that an adapter changes. */
export interface ModuleChange {
  /** as the model calls it */
  module: string
  layer: number
  /** rows [from, from + part.rows) of a weight of the Plan */
  weight: string
  from: number
  part: WeightPart
  change: PartChange
}
/** A vector of the model's that an adapter's own stands in the place of: a bias, a norm's gain. */
export interface VectorChange {
  /** the model's tensor */
  tensor: string
  base: VectorSpec
  other: VectorSpec
}
export interface Changes {
  parts: readonly ModuleChange[]
  vectors: readonly VectorChange[]
}

export interface Adapter {
  /** what people call it: LoRA, DoRA … */
  kind: string
  rank: number | null
  /** its own tensors, by the names that the Plan's weights and vectors have for them (`tensorName`) */
  tensors: ReadonlyMap<string, CheckpointTensor>
  /**
   * The Plan with steps of its own, which run while it is on.
   * @returns how the model calls the modules it changes, each once, and what becomes of their matrices; a module that
   * `changes` says nothing of gets something added that is no matrix. `ignored`: what of its files it leaves aside;
   * `tensors`: in place of its own, where the model says how they lie
   * @throws ADAPTER_MISFIT, ADAPTER_UNSUPPORTED
   */
  adapt(
    plan: Plan,
    model: AdaptedModel,
  ): {
    plan: Plan
    modules: readonly string[]
    changes?: Changes
    ignored?: readonly string[]
    tensors?: Adapter['tensors']
  }
  /** it works on what a branch gives: its steps stand behind those of adapters that change modules */
  last?: true
  /** of a kind that puts something before every text */
  lead?: LeadPart
}

export interface AdapterKind {
  /** peft_type of adapter_config.json */
  type: string
  /** @throws ADAPTER_MISFIT, ADAPTER_UNSUPPORTED, CONFIG_INVALID */
  open(file: AdapterFile): Adapter
}

/** Under which name a Plan knows an adapter's tensor. */
export const tensorName = (adapter: string, tensor: string): string => `adapters/${adapter}/${tensor}`
