// The adapters that lessons name (public/lessons): put into the store as a dropped folder is, on the loaded model at 0,
// and as strong as a run wants them.

import { EngineError } from '../../engine/errors.ts'
import type { ModelInfo } from '../../worker/protocol.ts'
import { getClient } from '../client.ts'
import { useAdapters } from '../adapters.ts'
import { useModels } from '../models.ts'
import { tinyModels, type TinyModel } from '../tiny.ts'
import { until } from '../until.ts'
import { base, lessonPart } from './parts.ts'

/** Which stored adapter is the lesson's, by its name there: another one may be called so, too. */
const own = new Map<string, string>()

/** Those that lie beside the page; null where the list cannot be had. */
export async function lessonAdapters(): Promise<string[] | null> {
  const all = await tinyModels(base(), 'lessons')
  return all.length > 0 ? all.filter(({ on }) => on !== undefined).map(({ id }) => id) : null
}

/** The id that it has in the store once it was put on. */
export const storedAs = (name: string): string | undefined => own.get(name)

const isOn = (info: ModelInfo | null | undefined, id: string | undefined): boolean =>
  info?.adapters.some(({ name }) => name === id) ?? false

async function filesOf({ id, files }: TinyModel): Promise<File[]> {
  return Promise.all(
    files.map(async ({ name }) => {
      const url = `${base()}lessons/${id}/${name}`
      const answer = await fetch(url).catch(() => null)
      if (!answer?.ok) throw new EngineError('NETWORK', `Could not fetch ${url}.`, { url })
      return new File([await answer.blob()], name)
    }),
  )
}

/**
 * Sees to it that these are on the loaded model, at 0 where they were not: one load for all of them.
 * @throws EngineError where one is not there, is another model's, or does not fit
 */
export async function wear(names: readonly string[]): Promise<void> {
  const { active, load } = useModels.getState()
  if (!active?.info || names.every((name) => isOn(active.info, own.get(name)))) return
  for (const name of names) {
    const part = await lessonPart(name)
    if (part?.on !== active.id) {
      throw new EngineError(
        'FILE_MISSING',
        `The lesson needs the adapter "${name}", which is not there for this model.`,
        { model: name, reason: 'absent' },
      )
    }
    own.set(name, (await getClient().adapters.import(await filesOf(part), name)).id)
  }
  void useAdapters.getState().refresh()
  const missing = names.map((name) => own.get(name)!).filter((id) => !isOn(active.info, id))
  if (missing.length === 0) return
  const { options } = active
  const adapters = [...(options.adapters ?? []), ...missing.map((id) => ({ id, scale: 0 }))]
  await load(active.id, { ...options, adapters })
  const { active: now } = useModels.getState()
  if (now?.error) throw new EngineError(now.error.code, now.error.message, now.error.facts)
  if (!missing.every((id) => isOn(now?.info, id))) {
    throw new Error('The lesson’s adapters were not put on: loading was stopped, or another model was asked for.')
  }
}

/** How strong every adapter of the model is for a run that names some by the lessons' names: all others are off. */
export const strengthsFor = (info: ModelInfo, run: Readonly<Record<string, number>>): Map<string, number> => {
  const wanted = new Map(Object.entries(run).map(([name, scale]) => [own.get(name), scale]))
  return new Map(info.adapters.map(({ name }) => [name, wanted.get(name) ?? 0]))
}

/** Lessons' adapters on the page's model, as strong as a run has them; what people put on themselves stays. */
export async function setStrengths(run: Readonly<Record<string, number>>): Promise<void> {
  const { setScale, live } = useAdapters.getState()
  const wanted = new Map([...own].map(([name, id]) => [id, run[name] ?? 0]))
  const changes = live.filter(({ name, scale }) => wanted.has(name) && wanted.get(name) !== scale)
  if (changes.length === 0) return
  useAdapters.getState().dismiss()
  for (const { name } of changes) setScale(name, wanted.get(name)!)
  const inForce = (): boolean =>
    useModels.getState().active?.info?.adapters.every(({ name, scale }) => (wanted.get(name) ?? scale) === scale) ??
    true
  await until(useAdapters, ({ error }) => error !== null || inForce())
  const { error } = useAdapters.getState()
  if (error) throw new EngineError(error.code, error.message, error.facts)
}

/** Does the page's model stand as this run has it? */
export const isAsStrong = (info: ModelInfo | null, run: Readonly<Record<string, number>>): boolean =>
  Object.entries(run).every(([name, scale]) =>
    info?.adapters.some((one) => one.name === own.get(name) && Math.abs(one.scale - scale) < 1e-6),
  )
