// Which adapters a model is loaded with: chosen by model, kept in the settings. Where a load fails over one of them, which
// one, and why: it is taken off, so that the model comes back without it. Small: every load asks it.

import { create } from 'zustand'
import type { AdapterChoice, ErrorData, LoadRequest, ModelInfo, ModelNotice } from '../worker/protocol.ts'
import type { AdapterOn } from './chat-data.ts'
import { getClient, toData } from './client.ts'
import { useSettings } from './settings.ts'

/** The last adapter that was taken off because the model could not be loaded with it. */
export const useUnfit = create<{ unfit: { id: string; model: string; error: ErrorData } | null }>()(() => ({
  unfit: null,
}))

/** What is over soon, and says nothing of the adapter: it is left out this time, and stays chosen. */
const passes = new Set<ErrorData['code']>(['BUSY', 'ABORTED', 'STORAGE_UNAVAILABLE'])

/**
 * After a load that failed: the same options without the adapters that are to blame, and what is to be said then; null
 * where none is. Each is tried
 * by itself, then with those before it, without a GPU.
 */
export async function withoutUnfit(
  model: string,
  options: LoadRequest,
): Promise<{ options: LoadRequest; notice: ModelNotice } | null> {
  const kept: AdapterChoice[] = []
  const passing = new Set<string>()
  const given = options.adapters ?? []
  if (given.length === 0 || (await problemWith(model, { ...options, adapters: [] }))) return null
  for (const choice of given) {
    const error = await problemWith(model, { ...options, adapters: [...kept, choice] })
    if (error) useUnfit.setState({ unfit: { id: choice.id, model, error } })
    else kept.push(choice)
    if (error && passes.has(error.code)) passing.add(choice.id)
  }
  if (kept.length === given.length) return null
  const { adapters } = useSettings.getState()
  const chosen = Object.hasOwn(adapters, model) ? adapters[model]! : []
  const left = new Set(kept.map(({ id }) => id))
  const tried = new Set(given.map(({ id }) => id))
  useSettings.getState().setAdapters(
    model,
    chosen.filter(({ id }) => left.has(id) || passing.has(id) || !tried.has(id)),
  )
  return {
    options: { ...options, adapters: kept },
    notice: {
      code: 'ADAPTERS_LEFT_OUT',
      facts: { adapters: [...tried].flatMap((id) => (left.has(id) ? [] : [`“${adapterName(id)}”`])).join(', ') },
    },
  }
}

/** Ids in the store begin with its mark; people know the rest. */
const mark = /^adapter:/
export const adapterId = (name: string): string => `adapter:${name}`
export const adapterName = (id: string): string => id.replace(mark, '')
export const isStored = (id: string): boolean => mark.test(id)

/** Those that are not among `others` at the same strength. */
export const missing = (adapters: readonly AdapterOn[], others: readonly AdapterOn[]): AdapterOn[] =>
  adapters.filter((one) => !others.some(({ name, scale }) => name === one.name && scale === one.scale))

/**
 * Which adapters change the model now, by the names that people know. One that lies among the model's own tensors is a
 * change where it is not as it was trained.
 */
export function adaptersOn({ info, options }: { info: ModelInfo | null; options?: LoadRequest }): AdapterOn[] {
  const chosen = new Set(options?.adapters?.map(({ id }) => id))
  return (info?.adapters ?? []).flatMap(({ name, scale }) =>
    scale === (chosen.has(name) ? 0 : 1) ? [] : [{ name: adapterName(name), scale }],
  )
}

/** Why a model cannot be planned so; null where it can. */
export const problemWith = (model: string, options: LoadRequest): Promise<ErrorData | null> =>
  getClient()
    .plan(model, options)
    .then(() => null, toData)
