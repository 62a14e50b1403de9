// The store's door: everything features/ and app/ may use. Pick with selectors: useChat((s) => s.messages).

// loaded with the panels that need it: import useAdapters from './adapters.ts'
export type { AdaptersState } from './adapters.ts'
export { useModels, type ActiveModel, type ModelJob, type ModelsState } from './models.ts'
export { promptOf, tokensOf } from './answers.ts'
export { useChat, type ChatState, type LiveStats, type Message, type MessageState } from './chat.ts'
export { biasesFor, defaultParams, useSettings, type SettingsState, type TurnParams } from './settings.ts'
export type { Lang, Packing, Theme } from './settings-read.ts'
export { allowAgain, useRecovery } from './recovery.ts'
export { useTurn } from './other-tabs.ts'
export { recall } from './reading.ts'
export { useDraft } from './draft.ts'
export { keepCurrent } from './write.ts'
export { endOpening } from './opening.ts'
export { saveNow, useHistory } from './history.ts'
export { inTrash, inUse, unreadable, useHeads } from './heads.ts'
export { useSaving } from './save.ts'
export { kept } from './kept.ts'
export { versionsOf } from './tree.ts'
export { useUndo } from './undo.ts'
export { getClient, setClient, toData } from './client.ts'
export { forceDevice } from './forced.ts'
export type { CatalogEntry } from './catalog.ts'
export type {
  AdapterFacts,
  Client,
  ErrorCode,
  ErrorData,
  FinishReason,
  GenerateStats,
  LoadProgress,
  LoadRequest,
  MemoryPlan,
  MemoryProbe,
  ModelInfo,
  ModelListing,
  ModelOrigin,
  ModelPlanSummary,
  Prompt,
  PromptEvent,
  SamplingParams,
  StorageFacts,
  StoredModel,
  TokenCandidate,
  TokenEvent,
  Tokenized,
  TransferProgress,
} from '../worker/protocol.ts'
export type * from '../worker/protocol.ts'
