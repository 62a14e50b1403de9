// What the panels look at: the run that the chat just made, one selected token, layer and head, and the edits in force.
// Shared by every panel, so that a click in one moves them all, and mirrored in the address (#/attention?p=17&l=3&h=5).
//
// Costs nothing until a panel opens it: the first open() switches the engine to keep what a look inside needs.
// While the model writes, open panels follow the newest token a few times a second.
//
// A recorded run can stand in for the live one (openTrace): then no model is needed. The next answer puts it away.

import { create } from 'zustand'
import type {
  Edit,
  EditOutcome,
  ErrorData,
  Glass,
  GlassInfo,
  GlassToken,
  ReadProgress,
  TokenCandidate,
  Watch,
} from '../worker/protocol.ts'
import { useChat } from './chat.ts'
import { getClient, toData } from './client.ts'
import { useEdited } from './edited.ts'
import { lookAhead, ofText, sameNumbers, sameText } from './edits.ts'
import { mirror, readAddress } from './inspect-address.ts'
import { useModels } from './models.ts'

export { activations } from '../engine/ops/activations.ts'
export type {
  AttentionRequest,
  AttentionTile,
  Contributions,
  Edit,
  EditOutcome,
  Glass,
  GlassInfo,
  GlassToken,
  HeadStats,
  LensCell,
  LensRequest,
  PlanStepInfo,
  ProbeRequest,
  ProbeResult,
  SamplingView,
  Site,
  StepTiming,
  WeightTile,
} from '../worker/protocol.ts'

export interface Selection {
  position: number | null
  layer: number
  head: number
}

export interface InspectState {
  /** null while there is nothing to ask */
  glass: Glass | null
  /** none: no model, or no panel is open. ready: info and tokens are those of the last run (tokens may be empty: nothing ran yet).
   *  stopped: the text was to be read again, and the reader stopped it */
  state: 'none' | 'loading' | 'ready' | 'stopped' | 'error'
  /** a look is on its way: what is here may be of the run before */
  looking: boolean
  /** the text is being read again: tokens done, of all */
  reading: ReadProgress | null
  stopReading(): void
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
  select(change: Partial<Selection>): void
  /** follows the newest token again */
  follow(): void
  /**
   * a token of the answer whose origin was asked for (#/attention?why=17); the attention panel takes the question up
   */
  why: number | null
  takeWhy(): void

  edits: Edit[]
  /** the tokens as they were scored without any edit; null when there are no edits */
  before: GlassToken[] | null
  /** the likeliest tokens to come after the last one, before the edits and with them; null as above */
  ahead: { before: TokenCandidate[]; after: TokenCandidate[] } | null
  /**
   * the position whose token the edits are meant to move (tokens.length = the one to come); null: whichever moved most
   */
  watched: number | null
  watch(position: number | null): void
  /** edits are being applied */
  editing: boolean
  /** replaces the edits and scores the same text again; null when it failed (see error) */
  setEdits(edits: Edit[]): Promise<EditOutcome | null>
  /** runs `work` as if these edits were in force, then puts the present ones back */
  withEdits<T>(edits: Edit[], work: (glass: Glass) => Promise<T>): Promise<T>

  /** looks at a recorded run instead of the live one; tells what is wrong with the file, or null */
  openRecording(file: Blob): Promise<ErrorData | null>
  /** back to the live run */
  closeRecording(): void
  /** the run on screen as a file that openTrace reads */
  record(onProgress?: (fraction: number) => void): Promise<Blob>

  /** a panel opens; call the returned function when it closes */
  open(): () => void
  refresh(): Promise<void>
  dismissError(): void
}

/** Milliseconds between looks while the model writes: at most 5 a second. */
const pause = 200
const nothing = {
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

let panels = 0
/** counts looks: an older one that comes back later is dropped */
let latest = 0
let looking = false
/** answers that ended; and how many had when the present numbers were read */
let ended = 0
let shown = 0
let again = false
/** the recording that stands in for the live run */
let recorded: { glass: Glass; file: Blob } | null = null
/** the edits that were in force when the last answer was written */
let editsAtGeneration: readonly Edit[] = []
export const editsOfAnswer = (): readonly Edit[] => editsAtGeneration
let timer: ReturnType<typeof setTimeout> | undefined
/** ends what is being read again */
let reader = new AbortController()
let chain: Promise<unknown> = Promise.resolve()

const clamp = (value: number, count: number): number => Math.max(0, Math.min(value, Math.max(0, count - 1)))

export const useInspect = create<InspectState>()((set, get) => {
  const ready = (): boolean => useModels.getState().active?.state === 'ready'
  const writing = (): boolean => recorded === null && useChat.getState().status !== 'idle'
  /** Nothing on screen is of the run that comes next. */
  const changeRun = (next: typeof recorded): void => {
    recorded = next
    latest++
    set({ ...nothing, version: get().version + 1, locked: false, ...(next && { state: 'loading' as const }) })
  }

  /** Says how far a text is read, and can be stopped. */
  const watchReading = (): Watch => {
    reader = new AbortController()
    return { onProgress: (reading) => set({ reading }), signal: reader.signal }
  }

  /** The first question switches the activation cache on, which reruns the text: it waits until the model has stopped writing. */
  async function look(): Promise<void> {
    if (panels === 0) return
    const seen = ended // an answer that ends meanwhile makes this look an old one
    if (!recorded && !ready()) {
      latest++
      set({ ...nothing, version: get().version + 1 })
      return
    }
    if (looking) {
      again = true
      return
    }
    if (get().editing) {
      void chain.then(look)
      return
    }
    if (writing() && get().info === null) {
      set({ state: 'loading', writing: true })
      return
    }
    looking = true
    set({ looking })
    const mine = ++latest
    const { glass } = recorded ?? getClient()
    if (get().state !== 'ready') set({ state: 'loading' })
    set({ writing: writing() })
    try {
      await glass.read(watchReading())
      const tokens = await glass.tokens()
      const info = await glass.info()
      if (mine !== latest) return
      // the same run as before, e.g. when the reader goes from panel to panel: what was answered still holds
      if (
        get().state === 'ready' &&
        seen === shown &&
        glass === get().glass &&
        sameNumbers(get().tokens, tokens) &&
        JSON.stringify(info.edits) === JSON.stringify(get().edits)
      ) {
        set({ writing: writing() })
        mirrored()
        return
      }
      shown = seen
      set((s) => ({
        glass,
        info,
        tokens,
        state: 'ready',
        error: null,
        edits: info.edits,
        ...(info.edits.length && sameText(s.before, tokens) ? null : { before: null, ahead: null }),
        writing: writing(),
        version: s.version + 1,
        ...place(s, info, tokens),
      }))
      mirrored()
    } catch (error) {
      const { code } = toData(error)
      // stopped, or an answer began: it reads the text itself, and this is asked again when it ends
      if (code === 'ABORTED') set({ state: get().info ? get().state : 'stopped' })
      else if (mine === latest && !(code === 'BUSY' && writing())) {
        set({ state: 'error', error: toData(error), writing: writing() })
      }
    } finally {
      looking = false
      set({ reading: null, looking: again })
      if (again) {
        again = false
        void look()
      }
    }
  }

  const mirrored = (): void => {
    if (panels > 0) mirror(get())
  }
  const addressed = (): void => {
    const now = readAddress(get())
    if (now) set(now)
  }

  /** Keeps the selection inside what there is. */
  const place = (
    s: InspectState,
    info: GlassInfo,
    tokens: GlassToken[],
  ): Pick<InspectState, 'selection' | 'locked'> => {
    const { position, layer, head } = s.selection
    if (tokens.length === 0) {
      return {
        selection: { position, layer: clamp(layer, info.layers), head: clamp(head, info.heads) },
        locked: s.locked,
      }
    } // an address may wait for its run
    const kept = position !== null && position < tokens.length && s.locked
    return {
      selection: {
        position: kept ? position : tokens.length - 1,
        layer: clamp(layer, info.layers),
        head: clamp(head, info.heads),
      },
      locked: kept,
    }
  }

  function soon(): void {
    if (timer !== undefined || panels === 0) return
    timer = setTimeout(() => {
      timer = undefined
      void look()
    }, pause)
  }

  useChat.subscribe((s, old) => {
    if (s.id !== old.id && get().edits.length + useEdited.getState().changing > 0 && !useEdited.getState().opening) {
      leaveText()
    }
    if (s.status === 'idle' && old.status !== 'idle') ended++
    // a new answer begins: what was looked at belongs to the one before
    if (s.status !== 'idle' && old.status === 'idle') editsAtGeneration = recorded ? [] : get().edits
    if (s.status !== 'idle' && old.status === 'idle') {
      set({ writing: true, locked: false, before: null, ahead: null, watched: null })
    }
    if (recorded) {
      if (s.status === 'idle' || old.status !== 'idle') return
      changeRun(null)
    }
    if (panels === 0) return
    if (s.status !== old.status) {
      if (s.status === 'idle') {
        clearTimeout(timer)
        timer = undefined
        void look()
      }
    } else if (s.status !== 'idle' && s.messages !== old.messages && get().info !== null) soon()
  })
  useModels.subscribe((s, old) => {
    if (recorded || (s.active?.state === old.active?.state && s.active?.id === old.active?.id)) return
    latest++
    set({ ...nothing, version: get().version + 1, locked: false })
    void look()
  })

  /**
   * One change of edits at a time, in the order asked. An answer that is asked for meanwhile waits for the last of
   * them.
   */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    useEdited.setState((s) => ({ changing: s.changing + 1 }))
    const run = chain.then(work, work).finally(() => {
      const { status, live } = useChat.getState()
      if (status === 'prefill' && !live?.promptTokens && !recorded) editsAtGeneration = get().edits // the answer that waits
      useEdited.setState((s) => ({ changing: s.changing - 1 }))
    })
    chain = run.catch(() => undefined)
    return run
  }
  /** Another text is on screen: what was edited at places of the old one is not of this one. */
  function leaveText(): void {
    void inTurn(async () => {
      const { edits: old, glass } = get(),
        edits = old.filter((edit) => !ofText(edit))
      set({ before: null, ahead: null, watched: null })
      if (!glass || recorded || edits.length === old.length) return
      if (await change(edits, false)) useEdited.setState({ takenBack: old.length - edits.length })
    })
  }

  /** @param compared what the same text was before is kept, to be compared with */
  async function change(edits: Edit[], compared = true): Promise<EditOutcome | null> {
    const { glass, before, ahead, edits: old } = get()
    if (!glass) return null
    set({ editing: true })
    try {
      // asked now: what is on screen may be of an answer that was half written (a link edits as soon as it is whole)
      const tokens = old.length === 0 && edits.length > 0 ? await glass.tokens() : []
      const toCome = old.length === 0 ? await lookAhead(glass) : ahead?.before
      const outcome = await glass.setEdits(edits, watchReading())
      const now = edits.length > 0 && toCome ? await lookAhead(glass) : undefined
      const info = await glass.info()
      latest++ // a look that began before knows the old edits
      set((s) => ({
        edits: outcome.edits,
        tokens: outcome.tokens,
        before: edits.length === 0 || !compared ? null : old.length === 0 ? tokens : before,
        ahead: compared && toCome && now ? { before: toCome, after: now } : null,
        info,
        error: null,
        version: s.version + 1,
        ...place(s, info, outcome.tokens),
      }))
      return outcome
    } catch (error) {
      if (toData(error).code !== 'ABORTED') set({ error: toData(error) })
      // the edits before are in force again, and the text is read under them, before any panel asks
      else {
        await glass.read(watchReading()).catch((again: unknown) => {
          if (toData(again).code === 'ABORTED') {
            latest++
            set({ ...nothing, state: 'stopped', version: get().version + 1 })
          }
        })
      }
      return null
    } finally {
      set({ editing: false, reading: null })
    }
  }

  return {
    ...nothing,
    looking: false,
    version: 0,
    selection: { position: null, layer: 0, head: 0 },
    locked: false,
    why: null,

    select(change) {
      const { selection, tokens, info, locked } = get()
      const next = { ...selection, ...change }
      if (info) {
        next.layer = clamp(next.layer, info.layers)
        next.head = clamp(next.head, info.heads)
      }
      if (next.position !== null) next.position = tokens.length ? clamp(next.position, tokens.length) : next.position
      if (next.position === selection.position && next.layer === selection.layer && next.head === selection.head) return
      set({ selection: next, locked: change.position === undefined ? locked : change.position !== null })
      mirrored()
    },
    follow() {
      const { tokens, selection } = get()
      set({ locked: false, selection: { ...selection, position: tokens.length ? tokens.length - 1 : null } })
      mirrored()
    },

    stopReading() {
      reader.abort()
    },
    takeWhy() {
      set({ why: null })
      mirrored()
    },

    watch(position) {
      if (position !== get().watched) set({ watched: position })
    },

    setEdits: (edits) => {
      useEdited.setState({ takenBack: 0 })
      return inTurn(() => change(edits))
    },

    withEdits: (edits, work) =>
      inTurn(async () => {
        const { glass, edits: present } = get()
        if (!glass) throw new Error('Nothing to edit: no run is open.')
        if (JSON.stringify(edits) === JSON.stringify(present)) return work(glass)
        set({ editing: true })
        try {
          await glass.setEdits(edits, watchReading())
          return await work(glass)
        } finally {
          // not to be stopped: the model must be again what the page says it is
          await glass
            .setEdits(present, { onProgress: (reading) => set({ reading }) })
            .catch((error: unknown) => set({ error: toData(error) }))
          set({ editing: false, reading: null })
        }
      }),

    async openRecording(file) {
      try {
        const { openRecording } = await import('../worker/recording.ts')
        changeRun({ glass: await openRecording(file), file })
      } catch (error) {
        return toData(error)
      }
      void look()
      return null
    },
    closeRecording() {
      if (!recorded) return
      changeRun(null)
      void look()
    },
    async record(onProgress) {
      const { glass, version } = get()
      if (recorded) return recorded.file
      if (!glass || writing()) throw new Error('Nothing to record: no finished run is open.')
      const { record } = await import('../worker/recording.ts')
      const bytes = await record(glass, onProgress)
      if (get().version !== version) throw new Error('The run changed while it was recorded. Record it again.')
      return new Blob([bytes])
    },

    open() {
      panels++
      addressed()
      addEventListener('hashchange', addressed)
      if (get().state !== 'stopped') void look()
      let closed = false
      return () => {
        if (closed) return
        closed = true
        panels--
        removeEventListener('hashchange', addressed)
      }
    },
    refresh: look,
    dismissError: () => set({ error: null }),
  }
})

useInspect.subscribe(({ edits, info, state }) => {
  const now = useEdited.getState(),
    next = { edits: edits.length, recorded: state === 'ready' && info?.source === 'recording' }
  if (next.edits !== now.edits || next.recorded !== now.recorded) useEdited.setState(next)
})
