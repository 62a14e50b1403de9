// What the panels look at: the run that the chat just made, one selected token, layer and head, and the edits in force.
// Shared by every panel, so that a click in one moves them all, and mirrored in the address (#/attention?p=17&l=3&h=5).
// The state stands in inspect/state.ts; how a run is read in follow.ts, edited in edit.ts, pointed at in selection.ts.
//
// Costs nothing until a panel opens it: the first open() switches the engine to keep what a look inside needs.
// While the model writes, open panels follow the newest token a few times a second.
//
// A recorded run can stand in for the live one (openRecording): then no model is needed. The next answer puts it away.

import type { StoreApi, UseBoundStore } from 'zustand'
import type { Edit, EditOutcome, ErrorData, Glass } from '../worker/protocol.ts'
import { toData } from './client.ts'
import { useEdited } from './edited.ts'
import { aside, setEdits, withEdits } from './inspect/edit.ts'
import { changeRun, look } from './inspect/follow.ts'
import { addressed, follow, select, takeWhy } from './inspect/selection.ts'
import { internal, useInspected, writing, type Inspected, type Selection } from './inspect/state.ts'

export { activations } from '../engine/ops/activations.ts'
export type {
  AdapterChange,
  AdapterNorms,
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
  LensChange,
  LensRequest,
  ModuleNorm,
  PlanInfo,
  PlanSite,
  PlanStepInfo,
  ProbeRequest,
  ProbeResult,
  ReadToken,
  SamplingView,
  Site,
  StepTiming,
  WeightTile,
} from '../worker/protocol.ts'

export interface InspectState extends Inspected {
  stopReading(): void
  select(change: Partial<Selection>): void
  /** follows the newest token again */
  follow(): void
  takeWhy(): void
  watch(position: number | null): void
  /** replaces the edits and scores the same text again; null when it failed (see error) */
  setEdits(edits: Edit[]): Promise<EditOutcome | null>
  /** runs `work` as if these edits were in force, then puts the present ones back */
  withEdits<T>(edits: Edit[], work: (glass: Glass) => Promise<T>): Promise<T>
  /** runs `work`, which may let the model read anything, then lets the run on screen stand again */
  aside<T>(work: () => Promise<T>, stand?: () => Promise<void>): Promise<T>

  /** looks at a recorded run instead of the live one; tells what is wrong with the file, or null */
  openRecording(file: Blob): Promise<ErrorData | null>
  /** back to the live run */
  closeRecording(): void
  /** the run on screen as a file that openRecording reads */
  record(onProgress?: (fraction: number) => void): Promise<Blob>

  /** a panel opens; call the returned function when it closes */
  open(): () => void
  refresh(): Promise<void>
  dismissError(): void
}

const { getState: get, setState: set } = useInspected

const actions: Omit<InspectState, keyof Inspected> = {
  stopReading: () => internal.reader.abort(),
  select,
  follow,
  takeWhy,
  setEdits,
  withEdits,
  aside,
  watch(position) {
    if (position !== get().watched) set({ watched: position })
  },

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
    if (!internal.recorded) return
    changeRun(null)
    void look()
  },
  async record(onProgress) {
    const { glass, version } = get()
    if (internal.recorded) return internal.recorded.file
    if (!glass || writing()) throw new Error('Nothing to record: no finished run is open.')
    const { record } = await import('../worker/recording.ts')
    const bytes = await record(glass, onProgress)
    if (get().version !== version) throw new Error('The run changed while it was recorded. Record it again.')
    return new Blob([bytes])
  },

  open() {
    internal.panels++
    addressed()
    addEventListener('hashchange', addressed)
    if (get().state !== 'stopped') void look()
    let closed = false
    return () => {
      if (closed) return
      closed = true
      internal.panels--
      removeEventListener('hashchange', addressed)
    }
  },
  refresh: look,
  dismissError: () => set({ error: null }),
}
useInspected.setState(actions as Partial<Inspected>)

export const useInspect = useInspected as unknown as UseBoundStore<StoreApi<InspectState>>

useInspect.subscribe(({ edits, info, state }) => {
  const now = useEdited.getState(),
    next = { edits: edits.length, recorded: state === 'ready' && info?.source === 'recording' }
  if (next.edits !== now.edits || next.recorded !== now.recorded) useEdited.setState(next)
})
