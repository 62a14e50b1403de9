// How panels are set, for a window that shows the same. Each panel names its store and what of it is plain:
//
//   mirrored('attention', useView, ['mode', 'sink', 'key', …])
//
// Costs nothing while nobody presents or follows: a line in a list.

import type { StoreApi } from 'zustand/vanilla'
import type { Views } from './message.ts'

type Plain = Record<string, unknown>
interface Mirrored {
  store: Pick<StoreApi<Plain>, 'getState' | 'setState' | 'subscribe'>
  keys: readonly string[]
}
const all = new Map<string, Mirrored>()
const watchers = new Map<() => void, (() => void)[]>()
/** taken over for panels that are not loaded yet */
let waiting: Views = {}

export function mirrored<T extends object>(
  panel: string,
  store: Pick<StoreApi<T>, 'getState' | 'setState' | 'subscribe'>,
  keys: readonly (keyof T & string)[],
): void {
  const entry = { store: store as unknown as Mirrored['store'], keys }
  all.set(panel, entry)
  for (const [changed, stops] of watchers) stops.push(entry.store.subscribe(changed))
  if (waiting[panel]) takeView(entry, waiting[panel])
}

export const viewsNow = (): Views =>
  Object.fromEntries(
    [...all].map(([panel, { store, keys }]) => {
      const state = store.getState()
      return [panel, Object.fromEntries(keys.map((key) => [key, state[key]]))]
    }),
  )

/** A value of another kind than the one it takes the place of is left out. */
function takeView({ store, keys }: Mirrored, view: Plain): void {
  const state = store.getState()
  const fits = (key: string): boolean =>
    key in view && (view[key] === null || state[key] === null || typeof view[key] === typeof state[key])
  const change = keys.filter((key) => fits(key) && JSON.stringify(view[key]) !== JSON.stringify(state[key]))
  if (change.length > 0) store.setState(Object.fromEntries(change.map((key) => [key, view[key]])))
}

export function takeViews(views: Views): void {
  waiting = views
  for (const [panel, view] of Object.entries(views)) {
    const entry = all.get(panel)
    if (entry) takeView(entry, view)
  }
}

/** Told when a panel is set otherwise. @returns ends it */
export function onViews(changed: () => void): () => void {
  const stops = [...all.values()].map(({ store }) => store.subscribe(changed))
  watchers.set(changed, stops)
  return () => {
    watchers.delete(changed)
    for (const stop of stops) stop()
  }
}
