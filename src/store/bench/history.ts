// Earlier measurements, the newest first: kept in this browser, compared, and read with suspicion, as other versions may
// have written them.

import { create } from 'zustand'
import { kept } from '../kept.ts'
import type { BenchResult } from './types.ts'

const KEY = 'glassbox.bench'
const MOST = 20

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

/** As far as it is read below and drawn; what is not so is left out. */
function isResult(value: unknown): value is BenchResult {
  if (!isObject(value) || value['version'] !== 1 || typeof value['at'] !== 'number') return false
  const lists = ['decode', 'prefill', 'looks', 'kernels']
  const objects = ['model', 'device', 'load', 'firstToken', 'counts', 'memory', 'traffic']
  return lists.every((name) => Array.isArray(value[name])) && objects.every((name) => isObject(value[name]))
}

export function readHistory(text: string | null): BenchResult[] {
  try {
    const list: unknown = JSON.parse(text ?? '[]')
    return Array.isArray(list) ? list.filter(isResult).slice(0, MOST) : []
  } catch {
    return []
  }
}

interface History {
  runs: readonly BenchResult[]
  add(run: BenchResult): void
  clear(): void
}

export const useBenchHistory = create<History>()((set) => {
  const write = (runs: readonly BenchResult[]): void => {
    kept.setItem(KEY, JSON.stringify(runs))
    set({ runs })
  }
  return {
    runs: readHistory(kept.getItem(KEY)),
    // another tab may have measured meanwhile
    add: (run) => write([run, ...readHistory(kept.getItem(KEY))].slice(0, MOST)),
    clear: () => {
      kept.removeItem(KEY)
      set({ runs: [] })
    },
  }
})

/** The newest earlier run of the same model; null where there is none. */
export const before = (runs: readonly BenchResult[], run: BenchResult): BenchResult | null =>
  runs.find(({ at, model }) => at < run.at && model.id === run.model.id && model.format === run.model.format) ?? null
