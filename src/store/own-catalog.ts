// Models that the reader added to the list by a JSON file (docs/catalog.md). The file is anybody's: every field is looked at,
// what is unknown is refused by name with its line and column, and nothing is downloaded before somebody asks for it.
// Loaded with the models panel: this module puts its entries into the list by itself.

import { create } from 'zustand'
import { inside, parseJson, type Places } from '../lessons/json.ts'
import { LessonError, lineOf } from '../lessons/problem.ts'
import { isGguf, isModelFile, isWeights, missingOf, safeName } from '../storage/names.ts'
import type { ModelOrigin, PromisedFile } from '../worker/protocol.ts'
import { textUpTo } from './body.ts'
import { builtinCatalog, deviceFeatures, type CatalogEntry, type DeviceFeature } from './catalog.ts'
import { useModels } from './models.ts'

export type CatalogWhy =
  | 'json'
  | 'twice'
  | 'deep'
  | 'size'
  | 'object'
  | 'list'
  | 'unknown'
  | 'missing'
  | 'text'
  | 'repo'
  | 'file'
  | 'revision'
  | 'url'
  | 'one'
  | 'bytes'
  | 'sha256'
  | 'name'
  | 'set'
  | 'sum'
  | 'count'
  | 'feature'
  | 'flag'
  | 'taken'
  | 'many'
  | 'fetch'
/** What is wrong, and where: `field` is its path, line and column count from 1. */
export interface CatalogProblem {
  why: CatalogWhy
  field: string
  line: number | null
  column: number | null
  found: string
}
class Wrong extends Error {
  constructor(readonly problem: CatalogProblem) {
    super(problem.why)
  }
}

export const limits = { file: 2 ** 18, models: 200, files: 200, text: 200, about: 600, url: 2000 }
/** Milliseconds that a list may take to come. */
const patience = 30_000
const at = 'glassbox-catalog'
const fields = [
  ...([
    'title',
    'repo',
    'file',
    'revision',
    'url',
    'files',
    'licence',
    'bytes',
    'parameters',
    'gated',
    'about',
  ] as const),
  ...(['context', 'memory', 'quant', 'required_features'] as const),
] as const
type Fields = Record<string, unknown>

const repoName = /^[A-Za-z0-9][\w.-]{0,95}\/[A-Za-z0-9][\w.-]{0,95}$/
const fileName = /^(?!.*(^|\/)\.)[\w][\w ./+-]{0,199}\.(gguf|safetensors)$/i
const address = /^(https:\/\/[a-z0-9-]+(\.[a-z0-9-]+)+|http:\/\/(127\.0\.0\.1|localhost))(:\d{1,5})?\//i

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** @throws Wrong */
function read(text: string): CatalogEntry[] {
  let places: Places = new Map()
  const wrong = (why: CatalogWhy, field: string, found: unknown = ''): never => {
    const offset = places.get(field) ?? places.get('') ?? 0
    const said = typeof found === 'string' ? found : (JSON.stringify(found) ?? '')
    throw new Wrong({ why, field, ...lineOf({ text, offset }), found: said.slice(0, 60) })
  }
  if (text.length > limits.file) wrong('size', '', String(text.length))
  let whole: unknown
  try {
    const parsed = parseJson(text)
    whole = parsed.value
    places = parsed.places
  } catch (error) {
    if (!(error instanceof LessonError)) throw error
    const { reason, line, column, found } = error.facts as Record<string, unknown>
    const why = reason === 'twice' ? 'twice' : reason === 'json' ? 'json' : 'deep'
    throw new Wrong({ why, field: '', line: line as number, column: column as number, found: String(found ?? '') })
  }
  const object = (value: unknown, field: string, known: readonly string[]): Fields => {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return wrong('object', field, value)
    for (const key of Object.keys(value)) if (!known.includes(key)) wrong('unknown', inside(field, key), key)
    return value as Fields
  }
  const line = (value: unknown, field: string, most = limits.text): string =>
    typeof value === 'string' && value.trim() !== '' && value.length <= most && !/[\p{Cc}\p{Bidi_Control}]/u.test(value)
      ? value
      : wrong('text', field, value)
  /** The files of a model: all of them, and each as it has to be. */
  const promises = (given: unknown, field: string): PromisedFile[] => {
    if (!Array.isArray(given) || given.length === 0) return wrong('list', field, given)
    if (given.length > limits.files) wrong('many', field, String(given.length))
    const files = given.map((item: unknown, i): PromisedFile => {
      const here = inside(field, i)
      const one = object(item, here, ['name', 'bytes', 'sha256'])
      for (const key of ['name', 'bytes', 'sha256']) if (one[key] === undefined) wrong('missing', here, key)
      const { name, bytes, sha256 } = one
      const isName = typeof name === 'string' && safeName(name) && (isModelFile(name) || isWeights(name))
      if (!isName) return wrong('name', inside(here, 'name'), name)
      if (!(Number.isSafeInteger(bytes) && (bytes as number) > 0)) wrong('bytes', inside(here, 'bytes'), bytes)
      if (typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(sha256)) {
        return wrong('sha256', inside(here, 'sha256'), sha256)
      }
      return { name, size: bytes as number, sha256 }
    })
    const names = files.map(({ name }) => (isWeights(name) ? name.split('/').at(-1)! : name))
    const again = names.findIndex((name, i) => names.indexOf(name) < i)
    if (again >= 0) wrong('name', inside(inside(field, again), 'name'), files[again]!.name)
    const lost = missingOf(names)
    return lost === null ? files : wrong('set', field, lost)
  }
  const { models } = object(whole, '', ['models'])
  if (!Array.isArray(models) || models.length === 0) return wrong('list', 'models', models)
  if (models.length > limits.models) wrong('many', 'models', String(models.length))
  const own = new Set(builtinCatalog('/').map(({ id }) => id))
  return models.map((given: unknown, i): CatalogEntry => {
    const field = inside('models', i)
    const one = object(given, field, fields)
    const path = (name: (typeof fields)[number]): string => inside(field, name)
    const optional = (name: (typeof fields)[number]): string =>
      one[name] === undefined ? '' : line(one[name], path(name))
    const title = one['title'] === undefined ? wrong('missing', field, 'title') : line(one['title'], path('title'))
    if ((one['repo'] === undefined) === (one['url'] === undefined)) wrong('one', field)
    const file = optional('file'),
      revision = optional('revision')
    const whole = (
      name: (typeof fields)[number],
      why: 'bytes' | 'count',
      most = Number.MAX_SAFE_INTEGER,
    ): number | null => {
      const { [name]: value = null } = one
      const is = value === null || (Number.isSafeInteger(value) && (value as number) > 0 && (value as number) <= most)
      return is ? (value as number | null) : wrong(why, path(name), value)
    }
    const files = one['files'] === undefined ? null : promises(one['files'], path('files'))
    let origin: ModelOrigin
    if (one['repo'] !== undefined) {
      const repo = line(one['repo'], path('repo'))
      if (!repoName.test(repo) || repo.includes('..')) wrong('repo', path('repo'), repo)
      if (file !== '' && !fileName.test(file)) wrong('file', path('file'), file)
      if (revision !== '' && !/^[0-9a-f]{40}$/.test(revision)) wrong('revision', path('revision'), revision)
      if (file !== '' && files) wrong('unknown', path('file'), 'file')
      // a model of one .gguf, or of its parts, has the id that it has when somebody asks for that file
      const gguf = files?.find(({ name }) => isGguf(name))?.name ?? file
      const pinned = revision !== '' && { revision }
      origin = { kind: 'hub', repo, ...(gguf !== '' && { file: gguf }), ...pinned, ...(files && { files }) }
    } else {
      const url = line(one['url'], path('url'), limits.url)
      const parsed = URL.parse(url)
      // it is kept as it is sent: letters of other scripts grow
      const long = (parsed?.href.length ?? 0) > limits.url
      if (!parsed || long || !address.test(parsed.href) || parsed.username + parsed.password !== '') {
        wrong('url', path('url'), url)
      }
      if (file !== '' || revision !== '') wrong('unknown', path(file === '' ? 'revision' : 'file'), file || revision)
      const last = decoded(parsed!.pathname.split('/').at(-1)!)
      if (files && last !== '' && (files.length > 1 || files[0]!.name !== last)) wrong('name', path('files'), last)
      origin = { kind: 'url', url: parsed!.href, ...(files && { files }) }
    }
    const id = origin.kind === 'hub' ? `hf:${origin.repo}${origin.file ? `/${origin.file}` : ''}` : `url:${origin.url}`
    if (own.has(id)) wrong('taken', field, id)
    own.add(id)
    const { gated = false, about } = one
    const total = files && files.reduce((sum, { size }) => sum + size, 0)
    const bytes = whole('bytes', 'bytes')
    if (total !== null && !Number.isSafeInteger(total)) wrong('sum', path('files'), total)
    if (total !== null && bytes !== null && bytes !== total) wrong('sum', path('bytes'), String(total))
    const context = whole('context', 'count', 1e9),
      memory = whole('memory', 'bytes'),
      quant = optional('quant')
    const features = one['required_features']
    if (features !== undefined && !Array.isArray(features)) wrong('feature', path('required_features'), features)
    ;((features ?? []) as unknown[]).forEach((name, n) => {
      const isKnown = (deviceFeatures as readonly unknown[]).includes(name)
      if (!isKnown) wrong('feature', inside(path('required_features'), n), name)
    })
    if (typeof gated !== 'boolean') wrong('flag', path('gated'), gated)
    return {
      id,
      key: 'own',
      title,
      licence: optional('licence'),
      bytes: total ?? bytes,
      approximate: total === null,
      parameters: optional('parameters'),
      origin,
      gated: gated as boolean,
      group: 'hub',
      ...(context !== null && { context }),
      ...(memory !== null && { memory }),
      ...(quant !== '' && { quant }),
      ...(features !== undefined && { features: [...new Set(features as DeviceFeature[])] }),
      ...(about !== undefined && { about: line(about, path('about'), limits.about) }),
    }
  })
}

/** The models of a catalog's text, or what is wrong with it. */
export function readCatalog(text: string): { entries: CatalogEntry[] } | { problem: CatalogProblem } {
  try {
    return { entries: read(text) }
  } catch (error) {
    if (error instanceof Wrong) return { problem: error.problem }
    throw error
  }
}

/** The file that these were read from, or would be. */
function write(entries: readonly CatalogEntry[]): string {
  return JSON.stringify({
    models: entries.map(
      ({ title, origin, licence, bytes, parameters, gated, about, context, memory, quant, features }) => ({
        title,
        ...(origin.kind === 'hub'
          ? { repo: origin.repo, ...(!origin.files && { file: origin.file }), revision: origin.revision }
          : { url: (origin as { url: string }).url }),
        ...('files' in origin && {
          files: origin.files?.map(({ name, size, sha256 }) => ({ name, bytes: size, sha256 })),
        }),
        ...(licence !== '' && { licence }),
        ...(bytes !== null && { bytes }),
        ...(parameters !== '' && { parameters }),
        ...(gated && { gated }),
        ...{ about, context, memory, quant, required_features: features },
      }),
    ),
  })
}

interface OwnCatalog {
  entries: readonly CatalogEntry[]
  problem: CatalogProblem | null
  /** how many the last file brought; null: none was added */
  added: number | null
  busy: boolean
  /** adds what a text names; of what is there already the newer one holds */
  add(text: string): boolean
  addFile(file: Blob): Promise<boolean>
  /** from an address that the page's policy lets through */
  fetch(url: string): Promise<boolean>
  /** takes it out of the list; what is downloaded stays */
  remove(id: string): void
}

/**
 * Each model by itself, since files that are short enough make a longer list, and a newer page may have one of them in its
 * own. What is damaged is nothing, and is written over by the next list.
 */
function recall(): CatalogEntry[] {
  try {
    const { models } = JSON.parse(localStorage.getItem(at) ?? '{}') as { models?: unknown }
    const found = (Array.isArray(models) ? models : []).flatMap((one: unknown) => {
      const read = readCatalog(JSON.stringify({ models: [one] }))
      return 'entries' in read ? read.entries : []
    })
    return [...new Map(found.map((one) => [one.id, one])).values()].slice(0, limits.models)
  } catch {
    return []
  }
}

const broken = (why: CatalogWhy, found: string): CatalogProblem => ({ why, field: '', line: null, column: null, found })

export const useOwnCatalog = create<OwnCatalog>()((set, get) => {
  const keep = (entries: readonly CatalogEntry[]): void => {
    set({ entries })
    try {
      if (entries.length === 0) localStorage.removeItem(at)
      else localStorage.setItem(at, write(entries))
    } catch {
      // no room or no storage: the list is there until the page is closed
    }
    useModels.setState((s) => ({ catalog: s.catalog.filter((one) => one.key !== 'own') }))
  }
  return {
    entries: recall(),
    problem: null,
    added: null,
    busy: false,
    add(text) {
      const found = readCatalog(text)
      if ('problem' in found) {
        set({ problem: found.problem, added: null })
        return false
      }
      const ids = new Set(found.entries.map(({ id }) => id))
      const all = [...get().entries.filter(({ id }) => !ids.has(id)), ...found.entries]
      if (all.length > limits.models) {
        set({ problem: broken('many', String(all.length)), added: null })
        return false
      }
      set({ problem: null, added: found.entries.length })
      keep(all)
      return true
    },
    async addFile(file) {
      // a byte more than may be, so that the check sees it
      return get().add(await file.slice(0, 4 * limits.file + 1).text())
    },
    async fetch(url) {
      if (get().busy) return false
      set({ busy: true, problem: null, added: null })
      try {
        const signal = AbortSignal.timeout(patience)
        const how = { credentials: 'omit', referrerPolicy: 'no-referrer', cache: 'no-store', signal } as const
        const answer = await fetch(url, how)
        if (!answer.ok) throw new Error(`status ${answer.status}`)
        return get().add(await textUpTo(answer, limits.file))
      } catch (error) {
        set({ problem: broken('fetch', error instanceof Error ? error.message : '') })
        return false
      } finally {
        set({ busy: false })
      }
    },
    remove: (id) => {
      set({ problem: null, added: null })
      keep(get().entries.filter((one) => one.id !== id))
    },
  }
})

/** The list is made anew whenever somebody looks: ours are put behind it again. */
function join(): void {
  const { catalog } = useModels.getState()
  const missing = useOwnCatalog.getState().entries.filter(({ id }) => !catalog.some((one) => one.id === id))
  if (missing.length > 0) useModels.setState({ catalog: [...catalog, ...missing] })
}
useModels.subscribe(join)
useOwnCatalog.subscribe(join)
join()
