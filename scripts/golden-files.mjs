// The files of a comparison: a folder that holds a golden.json and a model; or one with adapters, whose model lies in
// another folder. That one is named by --base, by `base` in golden.json, by base_model_name_or_path in
// adapter_config.json, or is the only folder beside it that holds a model and no golden.json.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { Problem } from './setup.mjs'

const CONFIG = 'adapter_config.json'
const GOLDEN = 'golden.json'

/** Folders with a golden.json, at any depth, in order. */
export function goldens(dir) {
  const here = existsSync(path.join(dir, GOLDEN)) ? [dir] : []
  return [...here, ...foldersOf(dir).flatMap((name) => goldens(path.join(dir, name)))]
}

const foldersOf = (dir) =>
  readdirSync(dir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort()

/** Files of a folder by name; those of folders in it with their path, but of other models (which hold a golden.json). */
const within = (dir, prefix = '') =>
  new Map(
    readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
      const at = path.join(dir, entry.name)
      if (entry.isFile()) return [[prefix + entry.name, new Uint8Array(readFileSync(at))]]
      return entry.isDirectory() && !existsSync(path.join(at, GOLDEN)) ? [...within(at, `${prefix}${entry.name}/`)] : []
    }),
  )

const isModel = (names) =>
  (names.includes('config.json') && names.some((name) => name.endsWith('.safetensors'))) ||
  names.some((name) => name.endsWith('.gguf'))

function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) ?? {}
  } catch {
    return {}
  }
}

/**
 * Where the model of a folder with adapters lies.
 * @param places folders that may hold it by name
 */
function baseOf(dir, places, given) {
  if (given) return path.resolve(given)
  const named = [read(path.join(dir, GOLDEN)).base, read(path.join(dir, CONFIG)).base_model_name_or_path]
  for (const name of named.filter((one) => typeof one === 'string' && one !== '')) {
    const found = [dir, ...places]
      .flatMap((place) => [path.resolve(place, name), path.join(place, path.basename(name))])
      .find((at) => at !== dir && existsSync(at) && statSync(at).isDirectory() && isModel(readdirSync(at)))
    if (found) return found
  }
  const beside = path.dirname(dir)
  const alone = foldersOf(beside)
    .map((name) => path.join(beside, name))
    .filter((at) => !existsSync(path.join(at, GOLDEN)) && isModel(readdirSync(at)))
  if (alone.length === 1) return alone[0]
  throw new Problem(
    `${path.basename(dir)} holds an adapter, and its model was not found beside it: name the model's folder by --base.`,
  )
}

/**
 * The files of a comparison as runGolden takes them: adapters in folders adapter/, adapter-2/ …
 * @param places folders where a model that is named may lie, beside those around `dir`
 */
export function filesOf(dir, { base, places = [] } = {}) {
  const own = within(dir)
  const names = [...own.keys()]
  const isApart = names.some((name) => /^adapter[^/]*\//.test(name))
  const isNamed = typeof read(path.join(dir, GOLDEN)).base === 'string'
  const isBare = !isApart && (isNamed || names.includes(CONFIG))
  const isWhole = !isNamed && isModel(names.filter((name) => !name.includes('/')))
  if (!isBare && (!isApart || isWhole)) return own
  const model = within(baseOf(dir, [path.dirname(dir), ...places], base))
  const adapters = [...own].map(([name, bytes]) => [name === GOLDEN || !isBare ? name : `adapter/${name}`, bytes])
  return new Map([...[...model].filter(([name]) => name !== GOLDEN && name !== CONFIG), ...adapters])
}
