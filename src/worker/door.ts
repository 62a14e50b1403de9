// What is needed of engine/index.ts, and what it gives: types only, so that tests can put a fake engine there.

import type {
  AdapterFacts,
  Engine,
  FreshLora,
  InductionEvent,
  InductionOptions,
  LoadOptions,
  MemoryPlan,
  MemoryProbe,
  ModelFiles,
  ModelInfo,
  ModelSource,
  TokenizerLab,
  WeightErrors,
} from '../engine/index.ts'
import type { ReadAdapter } from '../storage/adapters.ts'
import type { Follow } from './call-types.ts'
import type { Counted, ModelPlanSummary } from './requests.ts'

/** What is needed of engine/index.ts. */
export interface EngineDoor {
  loadEngine(
    source: ModelSource,
    options: LoadOptions,
  ): Promise<
    Pick<
      Engine,
      | 'info'
      | 'generate'
      | 'read'
      | 'scan'
      | 'tokenize'
      | 'lab'
      | 'glass'
      | 'bench'
      | 'setAdapter'
      | 'train'
      | 'trainingRow'
      | 'saveAdapter'
      | 'lost'
      | 'dispose'
    >
  >
  planModel(
    source: ModelSource,
    options: LoadOptions,
  ): Promise<{ info: ModelInfo } & Pick<ModelPlanSummary, 'planText' | 'sizes'>>
  weightErrors(source: ModelSource, follow: Follow<Counted>): Promise<WeightErrors>
  newAdapter(source: ModelSource, options: FreshLora): Promise<ModelFiles>
  mergeAdapter(files: ModelFiles, adapter: ModelFiles): Promise<Map<string, Blob>>
  induction(options: InductionOptions): AsyncGenerator<InductionEvent>
  adapterSummary: ReadAdapter
  adapterFacts?(): Promise<AdapterFacts | null>
  probeMemory?(bytes: MemoryPlan, device: 'gpu' | 'cpu'): Promise<MemoryProbe>
  openTokenizerLab(json: unknown): Promise<TokenizerLab>
}

export type Loaded = Awaited<ReturnType<EngineDoor['loadEngine']>>
