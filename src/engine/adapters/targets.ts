// Which modules an adapter_config.json names, by PEFT's own rules (tuners_utils.check_target_module_exists): a list of
// names or ends of names, or one pattern over the whole name; then layers, then exclusions.

import type { AdapterConfig } from './config.ts'
import { noTargets, unsupported } from './errors.ts'

/** Python's words that JavaScript lacks, and repeats of repeats, which can take forever. */
const unsafe = /\(\?[^:=!<]|\([^()]*[+*}][^()]*\)[+*{]|\\[AZ]/
const longest = 1000

/** A pattern that must fit the whole name. @throws ADAPTER_UNSUPPORTED */
export function wholePattern(adapter: string, key: string, pattern: string): RegExp {
  if (pattern.length > longest || unsafe.test(pattern)) throw unsupported(adapter, key, pattern)
  try {
    return new RegExp(`^(?:${pattern})$`, 'u')
  } catch {
    try {
      return new RegExp(`^(?:${pattern})$`)
    } catch {
      throw unsupported(adapter, key, pattern)
    }
  }
}

/** The value of the first pattern that fits a module's name, or of an end of it; undefined where none does. */
export function byPattern<T>(
  adapter: string,
  key: string,
  values: ReadonlyMap<string, T>,
  path: string,
): T | undefined {
  for (const [pattern, value] of values) {
    if (wholePattern(adapter, key, `(?:.*\\.)?(?:${pattern})`).test(path)) return value
  }
  return undefined
}

/**
 * @returns whether a module is one of those to be changed: one whose whole name is listed, whatever its layer; one with a
 * listed end, in the layers that are named; one that a pattern fits. None that is excluded, or trained whole.
 * @throws ADAPTER_MISFIT where none is named
 */
export function targetsOf(adapter: string, config: AdapterConfig, key = 'target_modules'): (path: string) => boolean {
  const targets = config.names(key)
  if (targets === null || targets.length === 0) throw noTargets(adapter)
  const fits = matcher(adapter, key, targets)
  const isOut = namedBy(adapter, config, 'exclude_modules')
  const isSaved = within(adapter, config, 'modules_to_save')
  const layers = layersOf(config),
    layerOf = layers && layerIn(adapter, config)
  const isWhole = (path: string): boolean => typeof targets === 'string' || targets.includes(path)
  const isIn = (path: string): boolean => {
    if (!layers || isWhole(path)) return true
    const number = layerOf!(path)
    return number !== null && layers.has(number)
  }
  return (path) => !isOut(path) && !isSaved(path) && fits(path) && isIn(path)
}

/** Whether a module is one of a key's, or lies within one; PEFT reads each name as a pattern. */
function within(adapter: string, config: AdapterConfig, key: string): (path: string) => boolean {
  const names = config.names(key) ?? []
  const list = typeof names === 'string' ? [names] : names
  const patterns = list.map((name) => wholePattern(adapter, key, `(?:.*\\.)?(?:${name})(?:\\..*)?`))
  return (path) => patterns.some((pattern) => pattern.test(path))
}

/** Whether a key's names, where there are any, mean a module. */
export function namedBy(adapter: string, config: AdapterConfig, key: string): (path: string) => boolean {
  const names = config.names(key)
  return names === null || names.length === 0 ? () => false : matcher(adapter, key, names)
}

function matcher(adapter: string, key: string, names: readonly string[] | string): (path: string) => boolean {
  if (typeof names !== 'string') {
    return (path) => names.some((name) => path === name || path.endsWith(`.${name}`))
  }
  if (names === 'all-linear') return () => true
  const pattern = wholePattern(adapter, key, names)
  return (path) => pattern.test(path)
}

function layersOf(config: AdapterConfig): ReadonlySet<number> | null {
  const value = config.raw('layers_to_transform')
  if (value === null || value === undefined) return null
  const list: unknown[] = Array.isArray(value) ? value : [value]
  if (list.length === 0) return null
  if (!list.every((n) => Number.isSafeInteger(n) && (n as number) >= 0)) {
    config.refuse('layers_to_transform', 'a number of a layer, or a list of them')
  }
  return new Set(list as number[])
}

/** The number behind the list of layers: the first in the name, or the one behind a `layers_pattern`. */
function layerIn(adapter: string, config: AdapterConfig): (path: string) => number | null {
  const key = 'layers_pattern'
  const named = config.names(key) ?? []
  const list = (typeof named === 'string' ? [named] : named).filter((name) => name !== '')
  // where the list is not named, PEFT wants a word before it
  const before = list.length > 0 ? list.map((name) => `(?:.*?\\.)?(?:${name})`) : ['.*?\\.[^.]*']
  const patterns = before.map((pattern) => wholePattern(adapter, key, `${pattern}\\.(\\d+)\\..*`))
  return (path) => {
    for (const pattern of patterns) {
      const number = pattern.exec(path)?.[1]
      if (number !== undefined) return Number(number)
    }
    return null
  }
}
