// What is written and not sent: the message in the composer, and questions that are being changed. Survives a reload.

import { create } from 'zustand'
import { keptInTab } from './kept.ts'

interface Draft {
  text: string
  /** by the turn that is being changed */
  edits: Readonly<Record<string, string>>
  setText(text: string): void
  /** null: done with it */
  setEdit(turn: string, text: string | null): void
}
const key = 'glassbox.draft'

function read(): Pick<Draft, 'text' | 'edits'> {
  try {
    const { text, edits } = JSON.parse(keptInTab.getItem(key) ?? '{}') as Record<string, unknown>
    const pairs =
      typeof edits === 'object' && edits !== null
        ? Object.entries(edits).filter(
            (pair): pair is [string, string] => pair[0] !== '__proto__' && typeof pair[1] === 'string',
          )
        : []
    return { text: typeof text === 'string' ? text : '', edits: Object.fromEntries(pairs) }
  } catch {
    return { text: '', edits: {} }
  }
}

export const useDraft = create<Draft>()((set) => ({
  ...read(),
  setText: (text) => set({ text }),
  setEdit: (turn, text) =>
    set((s) => ({
      edits: Object.fromEntries([
        ...Object.entries(s.edits).filter(([id]) => id !== turn),
        ...(text === null ? [] : [[turn, text] as const]),
      ]),
    })),
}))
useDraft.subscribe(({ text, edits }, old) => {
  if (text !== old.text || edits !== old.edits) keptInTab.setItem(key, JSON.stringify({ text, edits }))
})
