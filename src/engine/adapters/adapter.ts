// What an adapter is here: small tensors beside a model, and how they change what its Plan computes. A kind (LoRA, IA³ …)
// is one file that reads its tensors and rewrites a Plan, and one line in kinds.ts. Nothing is ever merged into weights.

import type { CheckpointTensor } from '../formats/types.ts'
import type { Description } from '../model/describe.ts'
import type { Plan } from '../model/plan.ts'
import type { Lead } from '../runtime/lead.ts'
import type { WeightProvider } from '../runtime/runtime.ts'
import type { AdapterConfig } from './config.ts'

/** An adapter's files, read as far as their headers. */
export interface AdapterFile {
  /** as the caller calls it */
  name: string
  config: AdapterConfig
  /** adapter-hub's whole file, whose `config` that is */
  around?: AdapterConfig
  /** by the names in the file */
  tensors: ReadonlyMap<string, CheckpointTensor>
}

/** The model that an adapter is put on. */
export interface AdaptedModel {
  description: Description
  /** what the family's names of modules begin with, e.g. "model." */
  root: string
}

/** Of an adapter: how many entries it takes, and how its tensor becomes them. */
export interface LeadPart {
  /** entries of the cache before every text */
  count: number
  read(plan: Plan, weights: Pick<WeightProvider, 'vector'>, signal?: AbortSignal): Promise<Lead>
}

export interface Adapter {
  /** what people call it: LoRA, DoRA … */
  kind: string
  rank: number | null
  /** its own tensors, by the names that the Plan's weights and vectors have for them (`tensorName`) */
  tensors: ReadonlyMap<string, CheckpointTensor>
  /**
   * The Plan with steps of its own, which run while it is on.
   * @returns how the model calls the modules it changes, each once
   * @throws ADAPTER_MISFIT, ADAPTER_UNSUPPORTED
   */
  adapt(plan: Plan, model: AdaptedModel): { plan: Plan; modules: readonly string[] }
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
