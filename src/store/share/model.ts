// Where the model of a link is: loaded, in this browser, beside the page, or somewhere to be fetched from. Finding out
// asks nobody: an address in a link is contacted only after a click.

import type { LoadRequest, ModelListing, ModelOrigin } from '../../worker/protocol.ts'
import { adapterId, adaptersOn, missing } from '../adapter-choices.ts'
import type { CatalogEntry } from '../catalog.ts'
import { getClient } from '../client.ts'
import { useModels } from '../models.ts'
import { useSettings } from '../settings.ts'
import { until } from '../until.ts'
import type { SharedModel, SharedRun } from './run.ts'

export type Place =
  | { at: 'loaded' | 'stored'; id: string }
  /** beside the page: free to fetch */
  | { at: 'beside'; entry: CatalogEntry }
  /** to be downloaded; entry where the catalog knows it, and with it the size */
  | { at: 'away'; entry: CatalogEntry | null; origin: ModelOrigin }
  | { at: 'file' | 'elsewhere' }

const sameOrigin = (origin: ModelOrigin, from: SharedModel['from']): boolean =>
  (from.kind === 'hub' && origin.kind === 'hub' && origin.repo === from.repo && origin.file === from.file) ||
  (from.kind === 'url' && origin.kind === 'url' && origin.url === from.url)

/**
 * A context that a link names is the one the run had, longer than the model was trained for or not. Weights that it does
 * not speak of were packed as usual, whatever is chosen here.
 */
const wanted = (run: SharedRun): LoadRequest => ({
  ...useSettings.getState().load,
  linear: undefined,
  embedding: undefined,
  ...run.load,
  ...(run.load.context !== undefined && { withinTraining: false }),
})
/** With those adapters of the run that are here, by their names; and none of the reader's own choice. */
async function withAdapters(run: SharedRun): Promise<LoadRequest> {
  const here = new Set(run.adapters.length > 0 ? (await getClient().adapters.list()).map(({ id }) => id) : [])
  const adapters = run.adapters.map(({ name, scale }) => ({ id: adapterId(name), scale }))
  return { ...wanted(run), adapters: adapters.filter(({ id }) => here.has(id)) }
}
const keys = ['context', 'linear', 'embedding'] as const

/** Call it after useModels.start(). */
export function placeOf(run: SharedRun): Place {
  const { from, id } = run.model
  const { active, stored, catalog } = useModels.getState()
  const entry =
    catalog.find((item) =>
      from.kind === 'embedded'
        ? item.group === 'embedded'
        : from.kind === 'local'
          ? item.group === 'local' && item.id === id
          : item.origin.kind === 'hub' && from.kind === 'hub' && !from.file && item.origin.repo === from.repo,
    ) ?? null
  const here = stored.find(
    (model) =>
      model.complete &&
      (sameOrigin(model.origin, from) || (from.kind === 'file' ? model.id === id : model.id === entry?.id)),
  )
  if (
    active?.state === 'ready' &&
    active.id === (here?.id ?? entry?.id) &&
    keys.every((key) => active.options[key] === wanted(run)[key]) &&
    missing(run.adapters, adaptersOn(active)).length + missing(adaptersOn(active), run.adapters).length === 0
  ) {
    return { at: 'loaded', id: active.id }
  }
  if (entry && entry.group !== 'hub') return { at: 'beside', entry }
  if (here) return { at: 'stored', id: here.id }
  if (from.kind === 'url') return { at: 'away', entry: null, origin: from }
  if (from.kind === 'hub') return { at: 'away', entry, origin: { ...from, host: useSettings.getState().hubHost } }
  return { at: from.kind === 'file' ? 'file' : 'elsewhere' }
}

/**
 * Fetches what is to be fetched, and loads it as the link says; false when it did not work (jobs and active say why).
 */
export async function bring(run: SharedRun, place: Place, listing: ModelListing | null): Promise<boolean> {
  const { download, load } = useModels.getState()
  if (place.at === 'loaded') return true
  const isHere = (id: string): boolean => useModels.getState().stored.some((model) => model.id === id && model.complete)
  const target = listing ?? (place.at === 'beside' || place.at === 'away' ? place.entry : null)
  // the page may be fetching it already
  if (target) await until(useModels, (s) => s.jobs[target.id]?.state !== 'running')
  if (target && !isHere(target.id) && !(await download(target))) return false
  const id = place.at === 'stored' ? place.id : target?.id
  return id !== undefined && load(id, await withAdapters(run))
}
