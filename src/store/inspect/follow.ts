// Reads the run that the chat made last, when a panel wants it and the model is free; while the model writes, a few times
// a second. Costs nothing while no panel is open.

import { useChat } from '../chat.ts'
import { getClient, onOthers, toData } from '../client.ts'
import { useEdited } from '../edited.ts'
import { sameNumbers, sameText } from '../edits.ts'
import { useModels } from '../models.ts'
import { leaveText } from './edit.ts'
import { mirrored, placed } from './selection.ts'
import { clear, internal, useInspected, watchReading, writing } from './state.ts'

/** Milliseconds between looks while the model writes: at most 5 a second. */
const pause = 200
const { getState: get, setState: set } = useInspected
const ready = (): boolean => useModels.getState().active?.state === 'ready'

/** The first question switches the activation cache on, which reruns the text: it waits until the model has stopped writing. */
export async function look(): Promise<void> {
  if (internal.panels === 0) return
  const seen = internal.ended // an answer that ends meanwhile makes this look an old one
  if (!internal.recorded && !ready()) {
    clear()
    return
  }
  if (internal.asking) {
    internal.again = true
    return
  }
  if (get().editing) {
    void internal.lastEdit.then(look)
    return
  }
  if (writing() && get().info === null) {
    set({ state: 'loading', writing: true })
    return
  }
  internal.asking = true
  set({ looking: true })
  const mine = ++internal.latest
  const { glass } = internal.recorded ?? getClient()
  if (get().state !== 'ready') set({ state: 'loading' })
  set({ writing: writing() })
  try {
    await glass.read(watchReading())
    const tokens = await glass.tokens()
    const info = await glass.info()
    if (mine !== internal.latest) return
    // the same run as before, e.g. when the reader goes from panel to panel: what was answered still holds
    if (
      get().state === 'ready' &&
      seen === internal.shown &&
      glass === get().glass &&
      sameNumbers(get().tokens, tokens) &&
      JSON.stringify(info.edits) === JSON.stringify(get().edits)
    ) {
      set({ writing: writing() })
      mirrored()
      return
    }
    internal.shown = seen
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
      ...placed(s, info, tokens),
    }))
    mirrored()
  } catch (error) {
    const { code } = toData(error)
    // stopped, or an answer began: it reads the text itself, and this is asked again when it ends
    if (code === 'ABORTED') set({ state: get().info ? get().state : 'stopped' })
    else if (mine === internal.latest && !(code === 'BUSY' && writing())) {
      // of a run that has no view of its own, what adapters change can still be asked
      const asked = code === 'VIEW_ABSENT' ? { glass, version: get().version + 1 } : {}
      set({ state: 'error', error: toData(error), writing: writing(), ...asked })
    }
  } finally {
    internal.asking = false
    set({ reading: null, looking: internal.again })
    if (internal.again) {
      internal.again = false
      void look()
    }
  }
}

function soon(): void {
  if (internal.timer !== undefined || internal.panels === 0) return
  internal.timer = setTimeout(() => {
    internal.timer = undefined
    void look()
  }, pause)
}

/** Another run stands on screen: a recording, or the live one. */
export function changeRun(next: typeof internal.recorded): void {
  internal.recorded = next
  clear({ locked: false, ...(next && { state: 'loading' }) })
}

/** Something beside the chat has run: what is looked at is that. */
export function runEnded(): void {
  internal.ended++
  void look()
}

useChat.subscribe((s, old) => {
  if (s.id !== old.id && get().edits.length + useEdited.getState().changing > 0 && !useEdited.getState().opening) {
    leaveText()
  }
  if (s.status === 'idle' && old.status !== 'idle') internal.ended++
  // a new answer begins: what was looked at belongs to the one before
  if (s.status !== 'idle' && old.status === 'idle') internal.editsAtGeneration = internal.recorded ? [] : get().edits
  if (s.status !== 'idle' && old.status === 'idle') {
    set({ writing: true, locked: false, before: null, ahead: null, watched: null })
  }
  if (internal.recorded) {
    if (s.status === 'idle' || old.status !== 'idle') return
    changeRun(null)
  }
  if (internal.panels === 0) return
  if (s.status !== old.status) {
    if (s.status === 'idle') {
      clearTimeout(internal.timer)
      internal.timer = undefined
      void look()
    }
  } else if (s.status !== 'idle' && s.messages !== old.messages && get().info !== null) soon()
})
// the model reads another tab's text now, and this tab's edits are not in force any more
onOthers(({ type }) => {
  if (type !== 'taken' || internal.recorded) return
  clear({ locked: false })
  runEnded()
})
useModels.subscribe((s, old) => {
  if (internal.recorded || (s.active?.state === old.active?.state && s.active?.id === old.active?.id)) return
  clear({ locked: false })
  void look()
})
