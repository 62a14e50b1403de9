// Which modules an adapter_config.json names, by PEFT's own rules (tuners_utils.check_target_module_exists): a list of
// names or ends of names, or one pattern over the whole name; then layers, then exclusions.

import type { AdapterConfig } from './config.ts'
import { noTargets, unsupported } from './errors.ts'
import { budget, parsePattern, type Budget } from './pattern.ts'

interface Matcher {
  /** the whole name */
  test(path: string): boolean
  /** where a match from the first character on may end, in order */
  ends(path: string): number[]
}

/** @throws ADAPTER_UNSUPPORTED, and so does matching what takes too long. @param spend of all patterns of the key */
export function patternOf(adapter: string, key: string, pattern: string, spend: Budget = budget()): Matcher {
  const tried = <T>(work: () => T): T => {
    try {
      return work()
    } catch (error) {
      if (error instanceof SyntaxError || error instanceof RangeError) throw unsupported(adapter, key, pattern)
      throw error
    }
  }
  const parsed = tried(() => parsePattern(pattern, spend))
  return { test: (path) => tried(() => parsed.test(path)), ends: (path) => tried(() => parsed.ends(path)) }
}

/** Whether a pattern fits a name, or an end of it. Most are names, and there may be one for every module. */
function endPattern(
  adapter: string,
  key: string,
  pattern: string,
  behind: string,
  spend: Budget,
): Pick<Matcher, 'test'> {
  const whole = `(?:.*\\.)?(?:${pattern})${behind}`
  return /^[\w.-]{0,1000}$/.test(pattern) ? new RegExp(`^${whole}$`) : patternOf(adapter, key, whole, spend)
}

/** The value of the first pattern that fits a module's name, or an end of it; undefined where none does. */
export function byPattern<T>(
  adapter: string,
  key: string,
  values: ReadonlyMap<string, T>,
): (path: string) => T | undefined {
  const spend = budget()
  const patterns = [...values].map(([pattern, value]) => [endPattern(adapter, key, pattern, '', spend), value] as const)
  return (path) => patterns.find(([pattern]) => pattern.test(path))?.[1]
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
  const spend = budget()
  const patterns = list.map((name) => endPattern(adapter, key, name, '(?:\\..*)?', spend))
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
  const pattern = patternOf(adapter, key, names)
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
  const spend = budget()
  const patterns = before.map((pattern) => patternOf(adapter, key, pattern, spend))
  return (path) => {
    for (const pattern of patterns) {
      for (const end of pattern.ends(path)) {
        const number = /^\.(\d+)\./.exec(path.slice(end))?.[1]
        if (number !== undefined) return Number(number)
      }
    }
    return null
  }
}
