// From an origin to its files: what a Hugging Face repository, a URL or a folder beside the page
// offers. Asks for listings only, never for weights. A hub revision is pinned to its commit, so
// that a download that goes on tomorrow gets the same bytes.

import { EngineError } from '../engine/errors.ts'
import { adapterConfigName, adapterFromConfig } from '../engine/formats/adapters.ts'
import { bodyLength, getJson, isHtml, request, type Fetch } from './http.ts'
import {
  checkName,
  ggufSets,
  idOf,
  indexName,
  isCompanion,
  isModuleFolder,
  isGguf,
  isProjector,
  isSplitGguf,
  missingCompanion,
  optionalCompanions,
  partsOf,
  pickFiles,
  olderTokenizers,
  safeName,
  titleOf,
} from './names.ts'
import type { ModelListing, ModelOrigin, PromisedFile, RemoteFile } from './types.ts'

export interface LookupOptions {
  fetch?: Fetch
  signal?: AbortSignal
  /** what relative bases are resolved against, default the page's origin */ page?: string
}

const defaultHost = 'https://huggingface.co'

export async function lookup(origin: ModelOrigin, options: LookupOptions = {}): Promise<ModelListing> {
  switch (origin.kind) {
    case 'hub':
      return origin.files ? promisedOfHub(origin, origin.files, options) : hub(origin, options)
    case 'url':
      return origin.files ? promisedByUrl(origin, origin.files) : byUrl(origin, options)
    case 'served':
      return served(origin, options)
    case 'import':
    case 'place':
      throw new EngineError(
        'FILE_MISSING',
        'Cannot download an imported model again: its files came from this computer. Add them again.',
        { reason: 'partial', imported: true },
      )
  }
}

const listing = (origin: ModelOrigin, files: RemoteFile[], rest: Partial<ModelListing> = {}): ModelListing => ({
  id: idOf(origin),
  name: titleOf(origin),
  origin,
  files,
  choices: [],
  licence: null,
  gated: false,
  bytes:
    files.length > 0 && files.every((f) => f.size !== undefined) ? files.reduce((sum, f) => sum + f.size!, 0) : null,
  ...rest,
})

const record = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
const text = (value: unknown): string | null => (typeof value === 'string' ? value : null)
const count = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined

/** The entries of a repository's first level, and of the few folders that modules.json speaks of. */
async function withModules(tree: unknown, list: (folder: string) => Promise<unknown>) {
  const entries = (Array.isArray(tree) ? tree : []).map(record)
  if (!entries.some(({ path }) => path === 'modules.json')) return entries
  const folders = entries
    .filter(({ type, path }) => type === 'directory' && isModuleFolder(text(path) ?? ''))
    .map(({ path }) => text(path)!)
  const inside = await Promise.all(folders.slice(0, 8).map(list))
  return [...entries, ...inside.flatMap((found) => (Array.isArray(found) ? found.map(record) : []))]
}

const hostOf = ({ host = defaultHost, revision = 'main' }: Extract<ModelOrigin, { kind: 'hub' }>) => ({
  host: host.replace(/\/+$/, ''),
  revision,
})
/** The commit that a repository stands at, or is pinned to. */
async function commitOf(origin: Extract<ModelOrigin, { kind: 'hub' }>, options: LookupOptions) {
  const { host, revision } = hostOf(origin)
  const api = `${host}/api/models/${origin.repo}`
  const get = (url: string) => getJson({ file: origin.repo, url, ...options })
  const info = record(
    await get(`${api}/revision/${encodeURIComponent(revision)}`).catch((error: unknown) => {
      throw aboutRepo(error, origin, host)
    }),
  )
  const sha = text(info.sha)
  return { host, api, get, info, revision: sha && /^[0-9a-f]{40}$/.test(sha) ? sha : revision }
}
/** What a file of a repository is called where it is kept. */
const fileNameOf = (name: string): string => (isCompanion(name) ? name : name.split('/').at(-1)!)

async function hub(origin: Extract<ModelOrigin, { kind: 'hub' }>, options: LookupOptions): Promise<ModelListing> {
  const { host, api, get, info, revision } = await commitOf(origin, options)
  const tree = await get(
    `${api}/tree/${encodeURIComponent(revision)}${origin.file?.includes('/') ? '?recursive=true' : ''}`,
  )
  const all = new Map<string, Pick<RemoteFile, 'size' | 'sha256' | 'blob'>>()
  for (const { type, path, size, lfs, oid: blob } of await withModules(tree, (folder) =>
    get(`${api}/tree/${encodeURIComponent(revision)}/${folder}`),
  )) {
    const name = text(path)
    if (type !== 'file' || !name) continue
    const oid = text(record(lfs).oid)?.replace(/^sha256:/, '')
    // a large file's own id is that of its pointer; a small one's is of its bytes
    const small = lfs == null && typeof blob === 'string' && /^[0-9a-f]{40}$/.test(blob)
    all.set(name, {
      size: count(record(lfs).size) ?? count(size),
      ...(oid && /^[0-9a-f]{64}$/.test(oid) && { sha256: oid }),
      ...(small && { blob }),
    })
  }
  const pinned: ModelOrigin = { ...origin, revision }
  const remote = (name: string): RemoteFile => ({
    name: fileNameOf(name),
    url: `${host}/${origin.repo}/resolve/${revision}/${name.split('/').map(encodeURIComponent).join('/')}`,
    ...all.get(name),
  })
  const facts = {
    licence: text(record(info.cardData).license),
    gated: info.gated !== undefined && info.gated !== false,
  }
  const names = [...all.keys()]
  const every = ggufSets(names)
  const ggufs = every.filter(([first]) => !isProjector(first!))
  if (origin.file) {
    const parts = partsOf(origin.file)
    const lost = parts.find((part) => !all.has(part))
    if (lost !== undefined) throw none(origin.repo, 'no-file', `there is no "${lost}"`, lost)
    return listing(
      pinned,
      parts.map((part) => remote(checkName(part))),
      facts,
    )
  }
  const choices = ggufs.map((set) => ({
    file: set[0]!,
    bytes: set.reduce<number | null>((sum, file) => (sum === null ? null : addTo(sum, all.get(file)?.size)), 0),
  }))
  const picked = pickFiles(names)
  if (
    names.includes(adapterConfigName) &&
    ggufs.length === 0 &&
    picked.every((name) => isCompanion(name) || name.startsWith('adapter_'))
  ) {
    const { url } = remote(adapterConfigName)
    throw adapterFromConfig(origin.repo, await getJson({ file: adapterConfigName, url, ...options }).catch(() => null))
  }
  if (picked.length > 0) return listing(pinned, picked.map(remote), { ...facts, choices })
  if (ggufs.length === 1) {
    return listing({ ...pinned, file: ggufs[0]![0]! } as ModelOrigin, ggufs[0]!.map(remote), { ...facts, choices })
  }
  if (ggufs.length > 1) return listing(pinned, [], { ...facts, choices })
  throw names.some((n) => /\.(bin|pt|pth|ckpt|pkl)$/i.test(n))
    ? none(origin.repo, 'pickle', 'it has only pickle files (.bin), which can run code and are refused')
    : names.some(isSplitGguf)
      ? none(origin.repo, 'split', 'its .gguf files are split and parts are missing')
      : every.length > 0
        ? none(origin.repo, 'projector', 'its only .gguf turns pictures into tokens (mmproj)')
        : names.some((n) => /\.onnx$/i.test(n))
          ? none(origin.repo, 'onnx', 'it has only ONNX files')
          : none(origin.repo, 'no-weights', 'it has no .safetensors and no .gguf file')
}

/** The files that somebody's list promises: nobody need be asked which there are, only which commit they are of. */
async function promisedOfHub(
  origin: Extract<ModelOrigin, { kind: 'hub' }>,
  files: readonly PromisedFile[],
  options: LookupOptions,
): Promise<ModelListing> {
  const { host, revision } = origin.revision ? hostOf(origin) : await commitOf(origin, options)
  const remote = files.map(({ name, size, sha256 }): RemoteFile => {
    const path = checkName(name).split('/').map(encodeURIComponent).join('/')
    return { name: fileNameOf(name), url: `${host}/${origin.repo}/resolve/${revision}/${path}`, size, sha256 }
  })
  return listing({ ...origin, revision }, remote)
}

function promisedByUrl(
  origin: Extract<ModelOrigin, { kind: 'url' }>,
  files: readonly PromisedFile[],
): Promise<ModelListing> {
  const remote = files.map(({ name, size, sha256 }): RemoteFile => {
    const url = new URL(origin.url)
    // the address is the folder of the files, or the only file
    if (url.pathname.endsWith('/')) url.pathname += checkName(name)
    return { name: fileNameOf(checkName(name)), url: url.href, size, sha256 }
  })
  return Promise.resolve(listing(origin, remote))
}

const addTo = (sum: number, size: number | undefined): number | null => (size === undefined ? null : sum + size)

/** The hub answers 401 for a repository that is private and for one that does not exist: it does not tell which. */
function aboutRepo(error: unknown, { repo, revision }: Extract<ModelOrigin, { kind: 'hub' }>, host: string): unknown {
  if (!(error instanceof EngineError) || error.code !== 'HTTP_STATUS') return error
  const { status } = error.facts
  const why =
    status === 401
      ? `there is no such model, or it is private: ${new URL(host).host} says the same for both. Check the spelling; a private one has to be downloaded with your account, then its files can be added here`
      : status === 403
        ? 'its owner wants you to accept a licence first. Do that on its page with your account, download the files there and add them here'
        : status === 404
          ? revision
            ? `there is no such model, or it has no revision "${revision}". Check the spelling`
            : 'there is no such model. Check the spelling'
          : null
  return why === null
    ? error
    : new EngineError(
        'HTTP_STATUS',
        `Cannot look up "${repo}": ${why}.`,
        { ...error.facts, repo, host: new URL(host).host, ...(revision && { revision }) },
        { cause: error },
      )
}

const none = (model: string, reason: string, why: string, file = ''): EngineError =>
  new EngineError(
    'FILE_MISSING',
    `Cannot use "${model}": ${why}. Choose a repository with safetensors or .gguf weights.`,
    { model, reason, ...(file && { file }) },
  )

async function byUrl(origin: Extract<ModelOrigin, { kind: 'url' }>, options: LookupOptions): Promise<ModelListing> {
  const url = new URL(origin.url)
  const last = decodeURIComponent(url.pathname.split('/').at(-1) ?? '')
  if (isGguf(last)) {
    const names = safeName(last) ? partsOf(last) : ['model.gguf']
    const files: RemoteFile[] = []
    for (const name of names) {
      const at = new URL(url)
      if (names.length > 1 && name !== last) at.pathname = new URL(encodeURIComponent(name), url).pathname
      // a part that is not there is missed now, by its name; whatever else is wrong shows while it is fetched
      const size = await sizeOf(name, at.href, options, names.length > 1).catch((error: unknown) => {
        if (options.signal?.aborted) throw error
        const gone = error instanceof EngineError && error.facts.status === 404
        if (gone) throw none(origin.url, 'no-file', `there is no "${name}"`, name)
        return undefined
      })
      files.push({ name, url: at.href, size })
    }
    return listing(origin, files)
  }
  if (/\.(safetensors|json|jinja)$/i.test(last)) url.pathname = url.pathname.slice(0, -last.length || undefined)
  if (!url.pathname.endsWith('/')) url.pathname += '/'
  return folder(origin, url.href, options)
}

/** A folder that cannot be listed: ask for the known names. */
async function folder(origin: ModelOrigin, base: string, options: LookupOptions): Promise<ModelListing> {
  const at = (name: string): string => {
    const url = new URL(checkName(name), base)
    if (!url.href.startsWith(base.replace(/[?#].*$/, ''))) {
      throw none(base, 'outside', `"${name}" leads out of its folder`, name)
    }
    return url.href
  }
  const present = async (name: string): Promise<RemoteFile | null> => {
    try {
      return { name, url: at(name), size: await sizeOf(name, at(name), options, true) }
    } catch (error) {
      if (error instanceof EngineError && (error.facts.status === 404 || error.facts.reason === 'html')) return null
      throw error
    }
  }
  const required: RemoteFile[] = [{ name: 'config.json', url: at('config.json') }, ...(await tokenizer())]
  const optional = await Promise.all(optionalCompanions.map(present))
  const single = await present('model.safetensors')
  const weights: RemoteFile[] = []
  if (single) weights.push(single)
  else {
    const index = record(await getJson({ file: indexName, url: at(indexName), ...options }))
    const shards = [...new Set(Object.values(record(index.weight_map)).filter((v) => typeof v === 'string'))]
    if (shards.length === 0 || shards.length > 1000) {
      throw none(base, 'no-shards', `"${indexName}" names no shards`, indexName)
    }
    weights.push({ name: indexName, url: at(indexName) }, ...shards.map((name) => ({ name, url: at(name) })))
  }
  return listing(origin, [...required, ...optional.filter((f) => f !== null), ...weights])

  /** tokenizer.json, or what there is in its place; when there is nothing, the download says so. */
  async function tokenizer(): Promise<RemoteFile[]> {
    const whole = await present('tokenizer.json')
    if (whole) return [whole]
    const older = (await Promise.all(olderTokenizers.flat().map(present))).filter((file) => file !== null)
    const names = ['config.json', ...older.map((file) => file.name)]
    return missingCompanion(names) === undefined ? older : [{ name: 'tokenizer.json', url: at('tokenizer.json') }]
  }
}

async function served(origin: Extract<ModelOrigin, { kind: 'served' }>, options: LookupOptions): Promise<ModelListing> {
  const base = new URL(
    origin.base.endsWith('/') ? origin.base : `${origin.base}/`,
    options.page ?? globalThis.location?.origin,
  )
  const files = await Promise.all(
    origin.files.map(async ({ name, size, sha256 }): Promise<RemoteFile> => {
      const url = new URL(checkName(name).split('/').map(encodeURIComponent).join('/'), base).href
      return { name, url, size: size ?? (await sizeOf(name, url, options)), ...(sha256 && { sha256 }) }
    }),
  )
  return listing(origin, files)
}

/** Size by HEAD, when the server tells one. `strict`: a missing file is an error, not an unknown size. */
async function sizeOf(name: string, url: string, options: LookupOptions, strict = false): Promise<number | undefined> {
  try {
    const response = await request({ file: name, url, method: 'HEAD', ...options })
    return isHtml(response, name) ? undefined : (bodyLength(response) ?? undefined)
  } catch (error) {
    if (options.signal?.aborted || strict) throw error
    return undefined
  }
}

/** The models in the local folder of whoever serves the page: models/local/index.json; [] when there is none. */
export async function localModels(options: LookupOptions & { base?: string } = {}): Promise<ModelListing[]> {
  const root = new URL(`${options.base ?? '/'}models/local/`, options.page ?? globalThis.location?.origin)
  let index: unknown
  try {
    index = await getJson({
      file: 'index.json',
      url: new URL('index.json', root).href,
      fetch: options.fetch,
      signal: options.signal,
    })
  } catch {
    return [] // most hosts have no such folder
  }
  const models = Array.isArray(index) ? index : record(index).models
  return (Array.isArray(models) ? models : []).flatMap((model) => localSets(record(model), root))
}

/** One folder of the local index: a set of safetensors, and each .gguf as a model of its own. */
function localSets(model: Record<string, unknown>, root: URL): ModelListing[] {
  const id = text(model.id)
  const listed = (Array.isArray(model.files) ? model.files : [])
    .map(record)
    .map((f) => ({ name: text(f.name) ?? '', size: count(f.size) ?? count(f.bytes), url: text(f.url) }))
    .filter((f) => safeName(f.name))
  if (!id || !safeName(id) || listed.length === 0) return []
  const base = new URL('.', new URL(listed[0]!.url ?? `${id}/${listed[0]!.name}`, root))
  if (!base.href.startsWith(root.href)) return []
  const names = listed.map((f) => f.name)
  const sets = [pickFiles(names), ...ggufSets(names)].filter((set) => set.length > 0)
  return sets.map((set) => {
    const files = listed
      .filter((f) => set.includes(f.name))
      .map(({ name, size }) => ({ name, ...(size !== undefined && { size }) }))
    const label = sets.length === 1 ? id : `${id}/${isGguf(set[0]!) ? set[0]! : 'safetensors'}`
    const origin: ModelOrigin = { kind: 'served', id: `local:${label}`, base: base.pathname, files }
    return listing(
      origin,
      files.map((f) => ({ ...f, url: new URL(f.name, base).href })),
      { name: label.replace(/\.gguf$/i, '') },
    )
  })
}
