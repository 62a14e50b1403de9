// The adapters as people see them: those on the loaded model, in the order they were given to it, then the stored
// others, newest first. Pure.

import type { AdapterInfo, ErrorData, StoredAdapter } from '../../store/index.ts'

export interface Row {
  id: string
  name: string
  /** on the loaded model */
  live: AdapterInfo | null
  /** null: it came in the model's own file */
  stored: StoredAdapter | null
}

export function rowsOf(stored: readonly StoredAdapter[], live: readonly AdapterInfo[]): Record<'on' | 'off', Row[]> {
  const on = live.map((one): Row => {
    const kept = stored.find(({ id }) => id === one.name) ?? null
    return { id: one.name, name: kept?.name ?? one.name, live: one, stored: kept }
  })
  const off = stored
    .filter(({ id }) => !on.some((row) => row.id === id))
    .map((kept): Row => ({ id: kept.id, name: kept.name, live: null, stored: kept }))
    .reverse()
  return { on, off }
}

/** What people call an adapter. */
export const nameOf = (stored: readonly StoredAdapter[], id: string): string =>
  stored.find((one) => one.id === id)?.name ?? id

/** The engine calls an adapter by its id; people call it by its name. */
export function withNames(error: ErrorData, stored: readonly StoredAdapter[]): ErrorData {
  const { adapter } = error.facts
  return typeof adapter === 'string' ? { ...error, facts: { ...error.facts, adapter: nameOf(stored, adapter) } } : error
}
