// What panels look at, as plain state: the run, its tokens, the selection, the edits in force. Beside it `internal`: what
// no panel shows, in one place. Changed by selection.ts, edit.ts and follow.ts; inspect.ts is their door.

import { create } from 'zustand'
import type {
  Edit,
  ErrorData,
  Glass,
  GlassInfo,
  GlassToken,
  ReadProgress,
  TokenCandidate,
  Watch,
} from '../../worker/protocol.ts'
import { useChat } from '../chat.ts'

export interface Selection {
  position: number | null
  layer: number
  head: number
}

export interface Inspected {
  /** null while there is nothing to ask */
  glass: Glass | null
  /** none: no model, or no panel is open. ready: info and tokens are those of the last run (tokens may be empty: nothing ran yet).
   *  stopped: the text was to be read again, and the reader stopped it */
  state: 'none' | 'loading' | 'ready' | 'stopped' | 'error'
  /** a question is on its way: what is here may be of the run before */
  looking: boolean
  /** the text is being read again: tokens done, of all */
  reading: ReadProgress | null
  info: GlassInfo | null
  tokens: GlassToken[]
  error: ErrorData | null
  /** grows whenever the run, its tokens or its edits changed: answers of an older version are stale */
  version: number
  /** the model is writing: numbers are of the newest token, edits and timings must wait */
  writing: boolean

  /** position null only while there are no tokens */
  selection: Selection
  /** the user chose the position: it no longer follows the newest token */
  locked: boolean
  /**
   * a token of the answer whose origin was asked for (#/attention?why=17); the attention panel takes the question up
   */
  why: number | null

  edits: Edit[]
  /** the tokens as they were scored without any edit; null when there are no edits */
  before: GlassToken[] | null
  /** the likeliest tokens to come after the last one, before the edits and with them; null as above */
  ahead: { before: TokenCandidate[]; after: TokenCandidate[] } | null
  /**
   * the position whose token the edits are meant to move (tokens.length = the one to come); null: whichever moved most
   */
  watched: number | null
  /** edits are being applied */
  editing: boolean
  /** grows when the model is put to other work than the run on screen: what was asked before that is answered by either */
  turns: number
}

export const nothing = {
  glass: null,
  state: 'none' as const,
  info: null,
  tokens: [] as GlassToken[],
  error: null,
  edits: [] as Edit[],
  before: null,
  ahead: null,
  watched: null,
  editing: false,
  writing: false,
  reading: null,
}

export const useInspected = create<Inspected>()(() => ({
  ...nothing,
  looking: false,
  version: 0,
  turns: 0,
  selection: { position: null, layer: 0, head: 0 },
  locked: false,
  why: null,
}))
const { getState: get, setState: set } = useInspected

export const internal: {
  /** open panels: with none, nothing is asked */
  panels: number
  /** counts the questions for a run: an older one that comes back later is dropped */
  latest: number
  /** the run is being read; and it was asked for again meanwhile */
  asking: boolean
  again: boolean
  /** answers that ended; and how many had when the present numbers were read */
  ended: number
  shown: number
  /** the next look at a run that is being written */
  timer: ReturnType<typeof setTimeout> | undefined
  /** the recording that stands in for the live run */
  recorded: { glass: Glass; file: Blob } | null
  /** the edits that were in force when the last answer was written */
  editsAtGeneration: readonly Edit[]
  /** ends what is being read again */
  reader: AbortController
  /** the last change of edits that was asked for */
  lastEdit: Promise<unknown>
} = {
  panels: 0,
  latest: 0,
  asking: false,
  again: false,
  ended: 0,
  shown: 0,
  timer: undefined,
  recorded: null,
  editsAtGeneration: [],
  reader: new AbortController(),
  lastEdit: Promise.resolve(),
}

export const writing = (): boolean => internal.recorded === null && useChat.getState().status !== 'idle'

/** Nothing on screen is of the run that comes next. @param change what is known of that one */
export function clear(change: Partial<Inspected> = {}): void {
  internal.latest++
  set({ ...nothing, version: get().version + 1, ...change })
}

/** Says how far a text is read, and can be stopped. */
export function watchReading(): Watch {
  internal.reader = new AbortController()
  return { onProgress: (reading) => set({ reading }), signal: internal.reader.signal }
}
