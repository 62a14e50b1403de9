// Edits of the run on screen: one change at a time, the same text scored before and after.

import type { Edit, EditOutcome, Glass } from '../../worker/protocol.ts'
import { withSource } from '../answers.ts'
import { useChat } from '../chat.ts'
import { getClient, toData } from '../client.ts'
import { useEdited } from '../edited.ts'
import { lookAhead, ofText } from '../edits.ts'
import { placed } from './selection.ts'
import { clear, internal, useInspected, watchReading } from './state.ts'

const { getState: get, setState: set } = useInspected

export const editsOfAnswer = (): readonly Edit[] => internal.editsAtGeneration

/**
 * One change of edits at a time, in the order asked. An answer that is asked for meanwhile waits for the last of
 * them.
 */
const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
  useEdited.setState((s) => ({ changing: s.changing + 1 }))
  const run = internal.lastEdit.then(work, work).finally(() => {
    const { status, live } = useChat.getState()
    if (status === 'prefill' && !live?.promptTokens && !internal.recorded) internal.editsAtGeneration = get().edits // the answer that waits
    useEdited.setState((s) => ({ changing: s.changing - 1 }))
  })
  internal.lastEdit = run.catch(() => undefined)
  return run
}

/** From here on the model is not what the page says it is. */
const takeModel = (): void => set((s) => ({ editing: true, turns: s.turns + 1 }))

/** Another text is on screen: what was edited at places of the old one is not of this one. */
export function leaveText(): void {
  void inTurn(async () => {
    const { edits: old, glass } = get(),
      edits = old.filter((edit) => !ofText(edit))
    set({ before: null, ahead: null, watched: null })
    if (!glass || internal.recorded || edits.length === old.length) return
    if (await change(edits, false)) useEdited.setState({ takenBack: old.length - edits.length })
  })
}

/** @param compared what the same text was before is kept, to be compared with */
async function change(edits: Edit[], compared = true): Promise<EditOutcome | null> {
  const { glass, before, ahead, edits: old } = get()
  if (!glass) return null
  takeModel()
  try {
    // asked now: what is on screen may be of an answer that was half written (a link edits as soon as it is whole)
    const tokens = old.length === 0 && edits.length > 0 ? await glass.tokens() : []
    const toCome = old.length === 0 ? await lookAhead(glass) : ahead?.before
    const outcome = await glass.setEdits(edits, watchReading())
    const now = edits.length > 0 && toCome ? await lookAhead(glass) : undefined
    const info = await glass.info()
    internal.latest++ // a look that began before knows the old edits
    set((s) => ({
      edits: outcome.edits,
      tokens: outcome.tokens,
      before: edits.length === 0 || !compared ? null : old.length === 0 ? tokens : before,
      ahead: compared && toCome && now ? { before: toCome, after: now } : null,
      info,
      error: null,
      version: s.version + 1,
      ...placed(s, info, outcome.tokens),
    }))
    return outcome
  } catch (error) {
    if (toData(error).code !== 'ABORTED') set({ error: toData(error) })
    // the edits before are in force again, and the text is read under them, before any panel asks
    else {
      await glass.read(watchReading()).catch((again: unknown) => {
        if (toData(again).code === 'ABORTED') clear({ state: 'stopped' })
      })
    }
    return null
  } finally {
    set({ editing: false, reading: null })
  }
}

/** Replaces the edits and scores the same text again; null when it failed (see error). */
export function setEdits(edits: Edit[]): Promise<EditOutcome | null> {
  useEdited.setState({ takenBack: 0 })
  return inTurn(() => change(edits))
}

/** Runs `work` as if these edits were in force, then puts the present ones back. */
export const withEdits = <T>(edits: Edit[], work: (glass: Glass) => Promise<T>): Promise<T> =>
  inTurn(async () => {
    const { glass, edits: present } = get()
    if (!glass) throw new Error('Nothing to edit: no run is open.')
    if (JSON.stringify(edits) === JSON.stringify(present)) return work(glass)
    takeModel()
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
  })

/**
 * Runs `work` on the model beside what is on screen: it may read other texts and edit them. The run on screen stands
 * again afterwards, edits included; meanwhile panels wait, and so does an answer that is asked for.
 * @param stand lets the model read the text on screen once more
 */
export const aside = <T>(work: () => Promise<T>, stand: () => Promise<void> = readShown): Promise<T> =>
  inTurn(async () => {
    const { glass, edits } = get()
    takeModel()
    try {
      if (glass && edits.length > 0) await glass.setEdits([])
      return await work()
    } finally {
      // not to be stopped: the model must be again what the page says it is
      try {
        await stand()
        if (glass && !internal.recorded) await glass.setEdits(edits, { onProgress: (reading) => set({ reading }) })
      } catch (error) {
        set({ error: toData(error) })
      }
      set({ editing: false, reading: null })
    }
  })

async function readShown(): Promise<void> {
  const { tokens, info } = get()
  if (internal.recorded || tokens.length === 0) return
  const ids = tokens.map(({ id }) => id)
  const answer = tokens.findIndex(({ generated }) => generated)
  const input = withSource(info?.encoder ? { source: info.encoder.tokens.map(({ id }) => id) } : {}, ids)
  // the token that comes of it is not looked at
  const options = { maxTokens: 1, temperature: 0, continueFrom: answer < 0 ? ids.length : answer }
  for await (const _ of getClient().generate(input, options));
}
