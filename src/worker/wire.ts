// What crosses the thread wall, whatever is called: plain data, no functions, no AbortSignal, no class instances.
// Types only.

import type { ErrorCode, Facts } from '../engine/errors.ts'
import type { AdapterInfo, ModelInfo, ModelNotice } from '../engine/types.ts'
import type { LoadRequest } from './requests.ts'

/** An EngineError as data: comlink itself would keep only message, name and stack. */
export interface ErrorData {
  code: ErrorCode
  message: string
  facts: Facts
}
export type Reply<T> = { ok: true; value: T } | { ok: false; error: ErrorData }
/** What rides a stream: a failure is its last word. */
export type StreamItem = { item: unknown } | { error: ErrorData }
/** What the worker says unasked. */
export type HostEvent =
  | { type: 'lost'; error: ErrorData }
  /** something happened to the loaded model, which runs on */
  | { type: 'notice'; notice: ModelNotice }
  /** another tab is writing, and what this one asked for waits in line; or its turn has come */
  | { type: 'turn'; waits: boolean }
  | OthersEvent

/** What another tab did with the engine that both use. */
export type OthersEvent =
  | { type: 'loaded'; id: string; options: LoadRequest; info: ModelInfo }
  | { type: 'unloaded' }
  /** how strong the adapters of the loaded model are */
  | { type: 'adapters'; adapters: readonly AdapterInfo[] }
  /** models or adapters were stored or removed */
  | { type: 'stored' }
  /** the model has read another tab's text, and edits of this one's are not in force any more */
  | { type: 'taken' }

/** The object that comlink exposes. Calls carry an id of the client's, so that cancel() can name them. */
export interface Wire {
  ping(): void
  events(port: MessagePort): void
  /**
   * holds the lock of this name until the worker ends (pulse.ts); false where it cannot. `tab`: a lock that the tab holds
   * in its turn; when it is free, what the tab asked for is stopped
   */
  hold(name: string, tab: string | null): Promise<boolean>
  /** lets another tab in, through this port */
  admit(port: MessagePort): void
  cancel(id: number): void
  call(id: number, name: string, args: unknown[], progress: MessagePort | null): Promise<Reply<unknown>>
  /** items go to the port (stream.ts); resolves when the stream has begun, not when it ended */
  stream(name: string, args: unknown[], port: MessagePort): Promise<Reply<null>>
}
