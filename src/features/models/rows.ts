// The list of models as people see it: catalog, disk, running jobs and the loaded one, one row per id. Pure.

import type { ActiveModel, CatalogEntry, ModelJob, StoredModel } from '../../store/index.ts'

export interface Row {
  id: string
  name: string
  entry: CatalogEntry | null
  stored: StoredModel | null
  job: ModelJob | null
  /** set when this is the model on the device, or on its way */
  active: ActiveModel | null
}

interface Lists {
  catalog: readonly CatalogEntry[]
  stored: readonly StoredModel[]
  jobs: Readonly<Record<string, ModelJob>>
  active: ActiveModel | null
}

/**
 * What is here comes first (newest first after the embedded model); then small models beside the page that nobody has
 * asked for yet, and what could be downloaded, both in catalog order.
 */
export function rowsOf({ catalog, stored, jobs, active }: Lists): Record<'here' | 'tiny' | 'offered', Row[]> {
  const ids = new Set([...catalog.map((entry) => entry.id), ...stored.map((model) => model.id), ...Object.keys(jobs)])
  const rows = [...ids].map((id): Row => {
    const entry = catalog.find((item) => item.id === id) ?? null
    const model = stored.find((item) => item.id === id) ?? null
    const job = jobs[id] ?? null
    return {
      id,
      entry,
      stored: model,
      job,
      active: active?.id === id ? active : null,
      name: entry?.title ?? model?.name ?? job?.name ?? id,
    }
  })
  const isHere = (row: Row) =>
    row.stored !== null ||
    row.job !== null ||
    row.entry?.group === 'embedded' ||
    (row.entry?.group === 'local' && !row.entry.words)
  const age = (row: Row) => (row.entry?.group === 'embedded' ? Infinity : (row.stored?.addedAt ?? 0))
  const others = rows.filter((row) => !isHere(row))
  return {
    here: rows.filter(isHere).sort((a, b) => age(b) - age(a)),
    tiny: others.filter((row) => row.entry?.words),
    offered: others.filter((row) => !row.entry?.words),
  }
}

/**
 * The lengths of the model's memory that the menu offers: what it was trained for, and two, four and eight times that.
 */
export function contextChoices(
  maxContext: number,
  current: number,
  limit: number,
): { within: number[]; beyond: number[] } {
  const steps = [512, 1024, 2048, 4096, 8192, 16384, 32768].filter((length) => length < maxContext)
  const all = [...new Set([...steps, maxContext, current, ...[2, 4, 8].map((times) => times * maxContext)])]
    .filter((length) => length > 0 && length <= limit)
    .sort((a, b) => a - b)
  return { within: all.filter((length) => length <= maxContext), beyond: all.filter((length) => length > maxContext) }
}
