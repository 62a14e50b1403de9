// What of the chat on screen is not on disk yet. It knows names only; what is written is write.ts.

export type Field = 'title' | 'system' | 'own' | 'banned' | 'leaf'
/** What is not on disk yet. stored: the chat has a row there. */
export interface Marks {
  stored: boolean
  fields: Set<Field>
  turns: Set<string>
  runs: Set<string>
}
const clean = (stored: boolean): Marks => ({ stored, fields: new Set(), turns: new Set(), runs: new Set() })
const state = { marks: clean(false) }

export const unsaved = (): Readonly<Marks> => state.marks
/** Another chat is on screen. @param stored it is on disk just so */
export const unmark = (stored: boolean): void => {
  state.marks = clean(stored)
}
/** The chat is not on disk (any more), or not as this version writes it: the next write writes all of it. */
export const markAll = (): void => unmark(false)
/** Another tab has written it as this version does: from here on only what changes is written. */
export const markStored = (): void => {
  state.marks = { ...state.marks, stored: true }
}
export function mark(change: { field?: Field; turn?: string; run?: string }): void {
  const { fields, turns, runs } = state.marks
  if (change.field !== undefined) fields.add(change.field)
  if (change.turn !== undefined) turns.add(change.turn)
  if (change.run !== undefined) runs.add(change.run)
}
/** What is to be written now: from here on it counts as written. */
export function takeMarks(): Marks {
  const { marks } = state
  state.marks = clean(true)
  return marks
}
