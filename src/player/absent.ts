// What panels find in a saved page where the app has its chat, its models and its worker: nothing runs here. The build of
// the player (scripts/player.mjs) puts this file in the place of the modules named at each export; the types are theirs.
//
// Stateless: no storage, no thread, no network. What changes the chat is hidden by the page (data-live in player.css).

import { create } from 'zustand'
import { EngineError } from '../engine/errors.ts'
import type { useBranches as Branches, canFork as CanFork } from '../store/branches.ts'
import type { ChatState } from '../store/chat.ts'
import type { getClient as GetClient, onOthers as OnOthers } from '../store/client.ts'
import type { ModelsState } from '../store/models.ts'
import { defaultParams } from '../store/sampling.ts'

// store/client.ts
export { toData } from '../worker/failures.ts'
export const getClient: typeof GetClient = () => {
  throw new EngineError(
    'WORKER_DIED',
    'Nothing runs in this page: it shows a recorded run. Open Glassbox to ask a model.',
  )
}

/** no other tab has a say here */
export const onOthers: typeof OnOthers = () => undefined

// store/chat.ts
const chat: Pick<ChatState, 'id' | 'status' | 'live' | 'messages' | 'params' | 'setParams'> = {
  id: '',
  status: 'idle',
  live: null,
  messages: [],
  params: defaultParams,
  setParams: () => undefined,
}
export const useChat = create(() => chat)

// store/models.ts
const models: Pick<ModelsState, 'active'> = { active: null }
export const useModels = create(() => models)

// store/branches.ts
export const canFork: typeof CanFork = () => false
const branches: Pick<ReturnType<typeof Branches.getState>, 'fork'> = { fork: () => Promise.resolve(false) }
export const useBranches = create(() => branches)

// store/index.ts
export { promptOf, tokensOf } from '../store/answers.ts'
export { biasesFor } from '../store/sampling.ts'
