// What an earlier visit stored of the settings, read field by field: what is not as it must be is left out (its default
// holds), what nobody knows is dropped, and nothing that was stored takes the place of a function.

import type { AdapterChoice, LoadRequest } from '../worker/protocol.ts'
import { ownFrom, defaultParams, type OwnParams } from './sampling.ts'
import { fields, flag, limits, loose, pick, readOwns, text, whole, type Reader } from './stored.ts'

export type Lang = 'zh' | 'en'
/** projector: light, larger, and with more contrast: readable from the back of a room */
export type Theme = 'system' | 'light' | 'dark' | 'projector'

/** The settings that are kept. */
export interface Settings {
  lang: Lang
  theme: Theme
  /** what the reader set, by model (sampling.ts): where new chats start from */
  own: Record<string, OwnParams>
  system: string
  /** what is chosen by model stands apart */
  load: Omit<LoadRequest, keyof Packing | 'adapters' | 'force'>
  /** by model: what its weights become, where that was chosen for it */
  packing: Record<string, Packing>
  /** by model: a context beyond what it was trained for, chosen for it alone */
  longer: Record<string, number>
  /** by model: what is put on it, in this order */
  adapters: Record<string, readonly AdapterChoice[]>
  /** the Hugging Face host or a mirror of it */
  hubHost: string
  /** what can be done with an answer is shown under it */
  hints: boolean
  /** single letters and signs are commands (outside text fields) */
  singleKeys: boolean
  /** a chat that has no room in the model's memory: stop and say so, or leave out its oldest messages (fit.ts) */
  atLimit: 'stop' | 'drop'
}
type Load = Settings['load']
/** What a model's weights become. Earlier visits had one choice for every model, of floats alone: it is not read. */
export type Packing = Pick<LoadRequest, 'linear' | 'embedding'>

const choice = pick('keep', 'nf4', 'i8', 'f16')

const context = whole(1, 1e9)
const loadReaders: { [K in keyof Load]-?: Reader<NonNullable<Load[K]>> } = {
  context,
  withinTraining: flag,
  chunk: whole(1, 4096),
  kvCache: pick('f32', 'f16', 'int8'),
  device: pick('auto', 'gpu', 'cpu'),
  threads: whole(1, 4),
  kernels: pick('auto', 'default'), // a name holds for a visit: another build may not have it
}
/** By model, what can be read of it. */
const byModel =
  <T>(read: Reader<T>): Reader<Record<string, T>> =>
  (value, at, bad) => {
    const given = loose(value)
    if (!given || Object.keys(given).length > limits.models) return undefined
    return Object.fromEntries(
      Object.entries(given).flatMap(([model, one]) => {
        const found = model === '__proto__' ? undefined : read(one, at, bad)
        return found === undefined ? [] : [[model, found]]
      }),
    )
  }
const readPacking: Reader<Packing> = (value, at, bad) => {
  const given = loose(value)
  return given ? fields<Packing>(given, at, bad, { linear: choice, embedding: choice }) : undefined
}
/** Adapters of one model at once, as many as the engine takes. */
const mostAdapters = 16
const readAdapters: Reader<AdapterChoice[]> = (value) => {
  if (!Array.isArray(value)) return undefined
  const found = new Map<string, AdapterChoice>()
  for (const one of value.slice(0, mostAdapters)) {
    const choice = loose(one)
    const id = text(choice?.['id'], limits.title)
    const scale = choice?.['scale']
    if (id && typeof scale === 'number' && Number.isFinite(scale)) found.set(id, { id, scale })
  }
  return found.size > 0 ? [...found.values()] : undefined
}
/** An origin over https, or over http on this very machine. */
const readHost: Reader<string> = (value) => {
  const given = text(value, 300)
  if (given === undefined || !URL.canParse(given)) return undefined
  const { protocol, hostname, origin } = new URL(given)
  return origin === given &&
    (protocol === 'https:' || (protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(hostname)))
    ? given
    : undefined
}

const readers: { [K in keyof Settings]-?: Reader<Settings[K]> } = {
  lang: pick('zh', 'en'),
  theme: pick('system', 'light', 'dark', 'projector'),
  own: readOwns,
  system: (v) => text(v),
  load: (v, at, bad) => {
    const given = loose(v)
    // earlier visits had no choice of devices: `cpu` was the only one beside the graphics chip
    return given
      ? fields<Load>({ ...(given['cpu'] === true && { device: 'cpu' }), ...given }, at, bad, loadReaders)
      : undefined
  },
  packing: byModel(readPacking),
  longer: byModel(context),
  adapters: byModel(readAdapters),
  hubHost: readHost,
  hints: flag,
  singleKeys: flag,
  atLimit: pick('stop', 'drop'),
}

/**
 * The settings among `value`, as far as they are sound. Visits before this one had one set of parameters for every
 * model: `params`.
 */
export function readSettings(value: unknown): Partial<Settings> {
  const given = loose(value)
  if (!given) return {}
  const params = loose(given['params'])
  const older = params && given['own'] === undefined ? ownFrom({ ...defaultParams, ...params }, undefined) : undefined
  return fields<Settings>({ ...given, ...(older && { own: older }) }, '', [], readers)
}
