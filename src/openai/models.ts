// models: which there are, which are loaded; load, unload, delete. The endpoints find the model of a request here.

import { refuse } from './params.ts'
import type { Follow, LoadedModel, ModelLoadOptions, Shelf, ShelfEntry } from './shelf.ts'
import type { LocalModel, ModelDeleted, ModelList, RequestOptions } from './types.ts'

export interface Models {
  list(options?: RequestOptions): Promise<ModelList>
  /** @throws PARAM_INVALID where there is none of this name */
  retrieve(model: string, options?: RequestOptions): Promise<LocalModel>
  /**
   * Makes it ready to be asked; of the page's client it is the one model that is.
   * @param options engine/types.ts, LoadOptions
   */
  load(model: string, options?: ModelLoadOptions & Follow): Promise<LocalModel>
  /** lets its memory go; it can be loaded again where its files are stored */
  unload(model: string): Promise<LocalModel>
  /** removes its files for good */
  delete(model: string, options?: RequestOptions): Promise<ModelDeleted>
}

/** What the endpoints share. */
export interface Api {
  shelf: Shelf
  /** part of every fingerprint */
  build: string
  /** @throws PARAM_INVALID where no loaded model has that name */
  loaded(model: unknown): LoadedModel
}

export const openShelf = (shelf: Shelf, build: string): Api => ({
  shelf,
  build,
  loaded(model) {
    const found = typeof model === 'string' ? shelf.loaded(model) : undefined
    return (
      found ??
      refuse('model', 'the name of a model that is loaded (models.list names them, models.load loads one)', model)
    )
  },
})

export function models({ shelf }: Api): Models {
  const told = ({ id, since, ownedBy }: ShelfEntry): LocalModel => {
    const info = shelf.loaded(id)?.info
    return {
      id,
      object: 'model',
      created: Math.floor(since / 1000),
      owned_by: ownedBy,
      loaded: info !== undefined,
      ...(info && { info }),
    }
  }
  const find = async (id: unknown): Promise<ShelfEntry> =>
    (await shelf.list()).find((entry) => entry.id === id) ??
    refuse('model', 'the name of a model that is here (models.list names them)', id)
  return {
    list: async () => ({ object: 'list', data: (await shelf.list()).map(told) }),
    retrieve: async (id) => told(await find(id)),
    async load(id, { signal, onProgress, ...options } = {}) {
      await shelf.load(id, options, { signal, onProgress })
      return told(await find(id))
    },
    async unload(id) {
      const entry = await find(id)
      if (shelf.loaded(id)) await shelf.unload(id)
      return told(entry)
    },
    async delete(id) {
      await find(id)
      await shelf.remove(id)
      return { id, object: 'model', deleted: true }
    },
  }
}
