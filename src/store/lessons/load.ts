// The lesson's model: loaded when the lesson opens, and the one of before brought back when the lesson is put away.

import type { ErrorData } from '../../worker/protocol.ts'
import type { CatalogEntry } from '../catalog.ts'
import { useChat } from '../chat.ts'
import { toData } from '../client.ts'
import { useModels } from '../models.ts'
import { tinyEntry } from '../tiny.ts'
import { until } from '../until.ts'
import { base, lessonPart } from './parts.ts'

/** Resolves when nothing is written. */
export const idle = (): Promise<void> => until(useChat, (s) => s.status === 'idle')

/** The model that was loaded before lessons took its place, and how. */
let before: { id: string; options: ReturnType<typeof useModels.getState>['active'] } | null = null

const isReady = (id: string): boolean => {
  const { active } = useModels.getState()
  return active?.id === id && active.state === 'ready'
}
const isComing = (id: string): boolean => {
  const { active, jobs } = useModels.getState()
  return jobs[id]?.state === 'running' || (active?.id === id && active.state === 'loading')
}

/** A model that only lessons load (public/lessons). */
async function offered(id: string): Promise<CatalogEntry | undefined> {
  const model = await lessonPart(id)
  return model?.files.some(({ name }) => name === 'config.json') ? tinyEntry(base(), model, 'lessons') : undefined
}

/** Loads the lesson's model; its progress is told where every model's is (useModels). @returns why not, or null */
export async function loadFor(id: string): Promise<ErrorData | 'absent' | null> {
  await useModels.getState().start()
  for (;;) {
    await until(useModels, () => !isComing(id))
    // what the page loads by itself goes from the download to the load in a moment that is neither
    await new Promise((resolve) => setTimeout(resolve))
    if (!isComing(id)) break
  }
  if (isReady(id)) return null
  const { active, catalog, stored, use: obtain, load } = useModels.getState()
  const here = stored.some((one) => one.id === id && one.complete)
  const entry = catalog.find((one) => one.id === id) ?? (here ? undefined : await offered(id))
  if (!entry && !here) return 'absent'
  if (active?.state === 'ready' && before === null) before = { id: active.id, options: active }
  await idle()
  const loaded = await (entry ? obtain(entry) : load(id))
  if (loaded || isReady(id)) return null
  const { active: now, jobs } = useModels.getState()
  return (
    now?.error ??
    jobs[id]?.error ??
    toData(new Error('The lesson’s model was not loaded: loading it was stopped, or another model was asked for.'))
  )
}

/** Brings back the model that lessons took the place of. */
export function giveBack(): void {
  const old = before
  before = null
  if (old && !isReady(old.id) && !isComing(old.id)) void useModels.getState().load(old.id, old.options?.options)
}
