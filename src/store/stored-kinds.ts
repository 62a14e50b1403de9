// What the stored models can do, known by their files before they are loaded: for panels that bring the model they need
// themselves. Each is asked once; loading another replaces the loaded one, since one model lies on the device at a time.

import { create } from 'zustand'
import type { ModelInfo } from '../worker/protocol.ts'
import { getClient } from './client.ts'
import { useModels } from './models.ts'

export type Does = ModelInfo['does'][number]

interface StoredKinds {
  /** by model id; one whose files could not be opened does nothing */
  does: Readonly<Record<string, ModelInfo['does']>>
  look(): Promise<void>
}

export const useStoredKinds = create<StoredKinds>()((set, get) => ({
  does: {},
  async look() {
    for (const { id, complete } of useModels.getState().stored) {
      if (!complete || get().does[id]) continue
      const does = await getClient()
        .plan(id)
        .then((plan) => plan.does)
        .catch(() => [])
      set((s) => ({ does: { ...s.does, [id]: does } }))
    }
  },
}))

/** The loaded model where it does this, else stored ones, the last used first. */
export function thatDo(what: Does): { id: string; name: string }[] {
  const { active, stored, catalog } = useModels.getState()
  const { does } = useStoredKinds.getState()
  const loaded = active?.state === 'ready' && active.info?.does.includes(what) ? [active] : []
  const others = stored
    .filter(({ id, complete }) => complete && id !== loaded[0]?.id && does[id]?.includes(what))
    .sort((a, b) => (b.usedAt ?? 0) - (a.usedAt ?? 0))
  return [...loaded, ...others].map(({ id, name }) => ({
    id,
    name: catalog.find((one) => one.id === id)?.title ?? name,
  }))
}

/** Loads a stored model unless it is the loaded one. @returns false where it was stopped or failed (see active.error) */
export async function bring(id: string): Promise<boolean> {
  const { active, load } = useModels.getState()
  return (active?.id === id && active.state === 'ready') || load(id)
}
