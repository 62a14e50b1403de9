// The lesson's model: loaded when the lesson opens, and the one of before brought back when the lesson is put away.

import { EngineError } from '../../engine/errors.ts'
import type { ErrorData, LoadRequest } from '../../worker/protocol.ts'
import type { CatalogEntry } from '../catalog.ts'
import { useChat } from '../chat.ts'
import { toData } from '../client.ts'
import { useModels } from '../models.ts'
import { tinyEntry } from '../tiny.ts'
import { until } from '../until.ts'
import { wear } from './adapters.ts'
import { base, lessonPart } from './parts.ts'

/** Resolves when nothing is written. */
export const idle = (): Promise<void> => until(useChat, (s) => s.status === 'idle')

/** The model that was loaded before lessons took its place or put adapters on it, and how. */
let before: { id: string; options: LoadRequest } | null = null
const modelNow = (): typeof before => {
  const { active } = useModels.getState()
  return active?.state === 'ready' ? { id: active.id, options: active.options } : null
}

/** Models of which lessons have recorded runs, by what people's copies of them, or their files, are called. */
const ofRecordings = new Map([['smollm2', /smollm2-135m-instruct/i]])
/** The id of such a model where the reader has it loaded, or had until lessons took its place; null: recordings are asked. */
export function liveId(name: string): string | null {
  const called = ofRecordings.get(name)
  const { active, stored } = useModels.getState()
  const title = (id: string): string => {
    const { name = '', files = [] } = stored.find((one) => one.id === id) ?? {}
    return [name, ...files.map((file) => file.name)].join(' ')
  }
  return [active?.id, before?.id].find((id) => id !== undefined && called?.test(`${id} ${title(id)}`)) ?? null
}

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

/**
 * Loads the lesson's model; its progress is told where every model's is (useModels).
 * @param adapters lessons' own, which it is to have, at 0 where they were not on it
 * @returns why not, or null
 */
export async function loadFor(id: string, adapters: readonly string[] = []): Promise<ErrorData | 'absent' | null> {
  const problem = await loadAlone(id)
  if (problem || adapters.length === 0) return problem
  before ??= modelNow()
  await idle()
  return wear(adapters).then(() => null, toData)
}

async function loadAlone(id: string): Promise<ErrorData | 'absent' | null> {
  await useModels.getState().start()
  for (;;) {
    await until(useModels, () => !isComing(id))
    // what the page loads by itself goes from the download to the load in a moment that is neither
    await new Promise((resolve) => setTimeout(resolve))
    if (!isComing(id)) break
  }
  if (isReady(id)) return null
  const { catalog, stored, use: obtain, load } = useModels.getState()
  const here = stored.some((one) => one.id === id && one.complete)
  const entry = catalog.find((one) => one.id === id) ?? (here ? undefined : await offered(id))
  if (!entry && !here) return 'absent'
  before ??= modelNow()
  await idle()
  const loaded = await (entry ? obtain(entry) : load(id))
  if (loaded || isReady(id)) return null
  const { active: now, jobs } = useModels.getState()
  return (
    now?.error ??
    jobs[id]?.error ??
    toData(
      new EngineError(
        'ABORTED',
        'The lesson’s model was not loaded: loading it was stopped, or another was asked for.',
      ),
    )
  )
}

/** Brings back the model that lessons took the place of. */
export function giveBack(): void {
  const old = before
  before = null
  if (!old || isComing(old.id)) return
  if (!isReady(old.id) || wears(old.options)) void useModels.getState().load(old.id, old.options)
}

/** Has the model adapters that it had not? */
const wears = ({ adapters = [] }: LoadRequest): boolean =>
  useModels.getState().active?.options.adapters?.some(({ id }) => !adapters.some((one) => one.id === id)) ?? false
