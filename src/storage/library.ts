// The storage room's door for the worker: models, chats and lessons of this browser.
// Every change of a model happens under its lock; a download that fails keeps what it has.

import { checkAborted, EngineError } from '../engine/errors.ts'
import { adapterError } from '../engine/formats/adapters.ts'
import type { ModelFiles } from '../engine/formats/bytes.ts'
import { planModel, StoredAdapters, type ReadAdapter } from './adapters.ts'
import { Chats } from './chats.ts'
import { Database } from './database.ts'
import { download, type DownloadOptions } from './download.ts'
import { localModels, lookup } from './hub.ts'
import { importFiles } from './import.ts'
import { DocumentRows } from './documents.ts'
import { LessonRows } from './lessons.ts'
import { inventory } from './inventory.ts'
import { ifFree, writing } from './locks.ts'
import { StoredModels, type Watch } from './models.ts'
import { isAdapter, sideOf } from './names.ts'
import { isPlace, Places, type PlaceHandle } from './places.ts'
import { holds, readdress, swap } from './replace.ts'
import { note, noted } from './sentinel.ts'
import { TeachingRows } from './teaching.ts'
import type { Inventory, ModelListing, ModelOrigin, StorageFacts, StoredAdapter, StoredModel } from './types.ts'

export class Library {
  readonly models: StoredModels
  readonly adapters: StoredAdapters
  readonly chats: Chats
  readonly lessons: LessonRows
  readonly teaching: TeachingRows
  readonly documents: DocumentRows

  constructor(
    readonly db = new Database(),
    readonly options: Omit<DownloadOptions, 'onProgress' | 'signal'> = {},
    readonly places = new Places(),
  ) {
    this.models = new StoredModels(db)
    this.adapters = new StoredAdapters(this.models)
    this.chats = new Chats(db)
    this.lessons = new LessonRows(db)
    this.teaching = new TeachingRows(db)
    this.documents = new DocumentRows(db)
  }

  /** What is stored, and what is read where it lies. */
  async list(): Promise<StoredModel[]> {
    return [...(await this.models.list()), ...(await this.places.list())]
  }
  /** undefined where there is none of that id */
  get(id: string): Promise<StoredModel | undefined> {
    return isPlace(id) ? this.places.get(id) : this.models.get(id)
  }
  /** It was loaded just now. */
  used(id: string): Promise<void> {
    return isPlace(id) ? this.places.used(id) : this.models.used(id)
  }
  local(base?: string): Promise<ModelListing[]> {
    return localModels({ base, fetch: this.options.fetch })
  }
  lookup(origin: ModelOrigin, signal?: AbortSignal): Promise<ModelListing> {
    return lookup(origin, { fetch: this.options.fetch, signal })
  }
  /** Opens a model for the time of `work`: nobody can change or remove it meanwhile. @throws FILE_FORMAT for an adapter */
  async using<T>(id: string, work: (files: ModelFiles) => Promise<T>): Promise<T> {
    if (isPlace(id)) return work(await this.places.open(id))
    if (!isAdapter(id)) return this.models.using(id, work)
    const { name = id, kind = null, base = null } = (await this.adapters.get(id)) ?? {}
    throw adapterError(name, kind ?? 'PEFT', base)
  }

  /** Downloads a model, or goes on with it. */
  async add(origin: ModelOrigin, name: string | undefined, watch: Watch = {}): Promise<StoredModel> {
    const found = await this.lookup(origin, watch.signal)
    if (found.files.length === 0) {
      throw new EngineError(
        'PARAM_INVALID',
        `Cannot download "${found.name}" as one model: it offers ${found.choices.length} .gguf files. Choose one of them.`,
        {
          param: 'file',
          value: found.choices
            .map((c) => c.file)
            .join(', ')
            .slice(0, 500),
        },
      )
    }
    const model = { id: found.id, name: name ?? found.name, origin: found.origin }
    const here = found.files.every((file) => file.sha256) ? await this.models.get(found.id) : undefined
    return here?.complete ? this.renew(model, found, watch) : this.fetch(model, found, watch)
  }

  /** Goes on by the origin in the manifest: a pinned revision stays pinned. */
  async resume(id: string, watch: Watch = {}): Promise<StoredModel> {
    const model = await this.models.get(id)
    if (!model) {
      throw new EngineError(
        'FILE_MISSING',
        `Cannot go on with "${id}": nothing of it is stored. Download it from the start.`,
        { model: id, reason: 'absent' },
      )
    }
    if (model.complete) return model
    return this.fetch(model, await this.lookup(model.origin, watch.signal), watch)
  }

  /**
   * Stores files under the first id of their name that is free: not a whole model's, and not being written or read,
   * here or in
   * another tab. Looking, writing and removing what a failed copy left happen under that id's lock, so two imports of
   * one name never meet.
   * @param read says whether the files are an adapter, which is refused; without it nobody asks
   */
  async import(
    files: readonly File[],
    name?: string,
    watch: Watch = {},
    read: ReadAdapter = () => Promise.resolve(null),
  ): Promise<StoredModel> {
    const plan = await planModel(files, name, read)
    for (let n = 1; ; n++) {
      checkAborted(watch.signal)
      const id = n === 1 ? plan.id : `${plan.id}-${n}`
      const taken = await ifFree(id, async () => {
        // what an interrupted copy left has this id, too, and is replaced
        if ((await this.models.get(id))?.complete) return false
        try {
          await importFiles(this.db, { ...plan, id }, { ...watch, chunkBytes: this.options.chunkBytes })
        } catch (error) {
          await this.models.erase(id).catch(() => undefined)
          throw error
        }
        return true
      })
      if (taken) return this.stored(id)
    }
  }

  /** Remembers where a model lies, and copies nothing of it. @param handles of the files, in their order */
  async place(
    files: readonly File[],
    handles: readonly PlaceHandle[],
    name?: string,
    read: ReadAdapter = () => Promise.resolve(null),
  ): Promise<StoredModel> {
    const plan = await planModel(files, name, read)
    return this.places.add(
      plan.name,
      plan.files.map((one) => ({ ...one, handle: handles[files.indexOf(one.file)]! })),
    )
  }

  async remove(id: string): Promise<void> {
    if (isPlace(id)) return this.places.remove(id)
    await this.models.remove(id)
    await this.models.remove(sideOf(id))
    await this.noteRest()
  }

  async importAdapter(
    files: readonly File[],
    name: string | undefined,
    read: ReadAdapter,
    watch: Watch = {},
  ): Promise<StoredAdapter> {
    const added = await this.adapters.import(files, name, read, { ...watch, chunkBytes: this.options.chunkBytes })
    await note(true)
    return added
  }

  async removeAdapter(id: string): Promise<void> {
    await this.adapters.remove(id)
    await this.noteRest()
  }

  /** The note says whether anything is stored. */
  private async noteRest(): Promise<void> {
    if ((await this.models.list()).length === 0 && (await this.adapters.list()).length === 0) await note(false)
  }

  /** What this page keeps in the browser, part by part. */
  inventory(): Promise<Inventory> {
    return inventory(this.models)
  }

  async estimate(): Promise<StorageFacts> {
    const storage = (globalThis.navigator as Navigator | undefined)?.storage
    const [models, adapters] = [await this.models.list(), await this.adapters.list()]
    const { usage = 0, quota = 0 }: StorageEstimate = (await storage?.estimate?.().catch(() => null)) ?? {}
    return {
      usage,
      quota,
      persisted: (await storage?.persisted?.().catch(() => false)) ?? false,
      models: models.reduce((sum, m) => sum + m.storedBytes, 0),
      adapters: adapters.reduce((sum, { bytes }) => sum + bytes, 0),
      created: this.db.created,
      evicted: this.db.created && models.length + adapters.length === 0 && (await noted()),
    }
  }

  private async fetch(
    model: { id: string; name: string; origin: ModelOrigin },
    found: ModelListing,
    watch: Watch,
  ): Promise<StoredModel> {
    const { id, name, origin } = model
    await writing(id, () => download(this.db, { id, name, origin }, found.files, { ...this.options, ...watch }))
    return this.stored(id)
  }

  /**
   * The model is here, whole: a build with other bytes is fetched to the side and takes its place when it is whole,
   * too.
   */
  private async renew(
    model: { id: string; name: string; origin: ModelOrigin },
    found: ModelListing,
    watch: Watch,
  ): Promise<StoredModel> {
    const { id, name, origin } = model
    if (await holds(this.db, id, found.files)) await readdress(this.db, id, origin)
    else {
      const side = sideOf(id)
      // one try: who is offline goes on with what is here, at once
      await writing(side, async () => {
        await download(this.db, { id: side, name, origin }, found.files, {
          ...this.options,
          ...watch,
          retries: 0,
          stallAfter: 5000,
        })
        await writing(id, () => swap(this.db, id))
      })
    }
    return this.stored(id)
  }

  private async stored(id: string): Promise<StoredModel> {
    await note(true)
    const model = await this.models.get(id)
    if (!model?.complete) {
      throw new EngineError('INTERNAL', `Cannot finish "${id}": it was stored but does not read back as complete.`, {
        model: id,
      })
    }
    return model
  }
}
