// The current conversation: its messages, the answer that is streaming, and its parameters.
//
// Token events are big and many: they live in a plain side map (tokensOf), never in the
// reactive state. A message's `tokens` count changes at most once per frame and tells panels to look.

import { create } from 'zustand'
import type { ErrorData, FinishReason, GenerateStats, PromptEvent, TokenEvent } from '../worker/protocol.ts'
import { defaultParams, type TurnParams } from './settings.ts'

export type MessageState = 'done' | 'streaming' | 'stopped' | 'failed'

export interface Message {
  id: string
  role: 'user' | 'assistant'
  content: string
  state: MessageState
  /** generated tokens so far (assistant) */
  tokens: number
  /** milliseconds since 1970 */
  at: number
  modelName?: string
  finish?: FinishReason
  stats?: GenerateStats
  /** the seed this answer was drawn with */
  seed?: number
  /** from the engine, e.g. that the built-in template was used */
  notice?: string
  error?: ErrorData
}

export interface ConversationSummary { id: string; title: string; updatedAt: number; messages: number }

/** Live numbers of the running answer. */
export interface LiveStats { promptTokens: number; reusedTokens: number; tokens: number; secondsToFirst: number | null; tokensPerSecond: number }

export interface ChatState {
  conversations: ConversationSummary[]
  id: string
  title: string
  messages: Message[]
  system: string
  params: TurnParams
  /** 'prefill' = before the first token; 'stopping' = stop was asked */
  status: 'idle' | 'prefill' | 'streaming' | 'stopping'
  live: LiveStats | null
  /** a failure to read or save conversations */
  error: ErrorData | null

  /** call once when the page starts: reads the conversations and opens the newest */
  start(): Promise<void>
  send(text: string): Promise<void>
  stop(): void
  /** answers the last user message again, replacing the last answer */
  regenerate(): Promise<void>
  /** replaces a user message, drops everything after it and answers */
  editAndResend(messageId: string, text: string): Promise<void>
  setSystem(system: string): void
  setParams(change: Partial<TurnParams>): void
  resetParams(): void
  newChat(): void
  open(id: string): Promise<void>
  rename(id: string, title: string): Promise<void>
  remove(id: string): Promise<void>
  removeAll(): Promise<void>
  /** all conversations as JSON text, and back; import returns how many were added */
  exportAll(): Promise<string>
  importAll(json: string): Promise<number>
  dismissError(): void
}

const tokens = new Map<string, TokenEvent[]>()
const prompts = new Map<string, PromptEvent>()
/** Token events of an assistant message of this session; [] for messages read back from disk. Not reactive: watch Message.tokens. */
export const tokensOf = (messageId: string): readonly TokenEvent[] => tokens.get(messageId) ?? []
/** The prompt event (ids and text after the template) that led to an assistant message of this session. */
export const promptOf = (messageId: string): PromptEvent | null => prompts.get(messageId) ?? null

const later = (): never => { throw new Error('store/chat: not written yet') }

export const useChat = create<ChatState>()(() => ({
  conversations: [], id: 'new', title: '', messages: [], system: '', params: defaultParams, status: 'idle', live: null, error: null,
  start: async () => {}, send: later, stop: later, regenerate: later, editAndResend: later, setSystem: later, setParams: later,
  resetParams: later, newChat: later, open: later, rename: later, remove: later, removeAll: later, exportAll: later, importAll: later,
  dismissError: later,
}))
