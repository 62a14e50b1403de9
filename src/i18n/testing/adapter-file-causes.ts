// What can be wrong with an adapter's files, on the way into the store and in it: for the catalogs' test.

import { folderFiles, writeSafetensors } from '../../engine/formats/testing.ts'
import { adapterSummary, type ErrorCode } from '../../engine/index.ts'
import { Database } from '../../storage/database.ts'
import { Library } from '../../storage/library.ts'

let libraries = 0
const library = (): Library =>
  new Library(new Database(`adapter-causes-${++libraries}`, 20), { chunkBytes: 4096, retries: 0 })
const lora = async (...names: string[]): Promise<File[]> => {
  const files = folderFiles('fixtures/adapters/lora_two')
  return Promise.all(
    names.map(async (name) => {
      const source = files.get(`adapter/${name}`)!
      return new File([(await source.read(0, source.size)) as Uint8Array<ArrayBuffer>], name)
    }),
  )
}
const [config, weights] = ['adapter_config.json', 'adapter_model.safetensors'] as const
const whole = (): Promise<File[]> => lora(config, weights)
const add =
  (files: () => File[] | Promise<File[]>, to = library()) =>
  async (): Promise<unknown> =>
    to.importAdapter(await files(), undefined, adapterSummary)
const pickle = (name: string): File => new File([Uint8Array.of(0x80, 2, 0x7d, 0, 0, 0, 0, 0)], name)
const plain = writeSafetensors([{ name: 'w', dtype: 'F32', shape: [1], bytes: new Uint8Array(4) }])

/** Adds one, changes something of it on the disk, and reads it whole. */
const after = (change: (library: Library, id: string) => Promise<unknown>) => async (): Promise<unknown> => {
  const to = library()
  const { id } = await to.importAdapter(await whole(), 'mine', adapterSummary)
  await change(to, id)
  return to.adapters.using(id, (files) => Promise.all([...files.values()].map((file) => file.read(0, file.size))))
}

export const adapterFileCauses: readonly { code: ErrorCode; what: string; run: () => unknown }[] = [
  { code: 'FILE_MISSING', what: 'weights of an adapter alone', run: add(() => lora(weights)) },
  { code: 'FILE_MISSING', what: 'a description of an adapter alone', run: add(() => lora(config)) },
  { code: 'FILE_MISSING', what: 'an adapter that was removed', run: after((to, id) => to.removeAdapter(id)) },
  {
    code: 'FILE_MISSING',
    what: 'half an adapter in the store',
    run: after((to, id) =>
      to.db.run('cut it', ['complete'], 'readwrite', (tx) => tx.objectStore('complete').delete(id)),
    ),
  },
  {
    code: 'FILE_FORMAT',
    what: 'an adapter that was pickled',
    run: add(async () => [...(await lora(config)), pickle('adapter_model.bin'), pickle('training_args.bin')]),
  },
  { code: 'FILE_FORMAT', what: 'pickled weights alone, as an adapter', run: add(() => [pickle('adapter_model.bin')]) },
  {
    code: 'FILE_FORMAT',
    what: 'a model, as an adapter',
    run: add(() => [new File([plain as Uint8Array<ArrayBuffer>], 'model.safetensors')]),
  },
  {
    code: 'FILE_FORMAT',
    what: 'two adapters as one',
    run: add(async () =>
      (await Promise.all([whole(), whole()])).flatMap((files, i) =>
        files.map((file) => new File([file], `folder-${i}/${file.name}`)),
      ),
    ),
  },
  {
    code: 'STORAGE_CORRUPT',
    what: 'a chunk of an adapter that changed on the disk',
    run: after((to, id) =>
      to.db.run('damage a chunk', ['chunks'], 'readwrite', (tx) =>
        tx.objectStore('chunks').put(new ArrayBuffer(4096), [id, weights, 0]),
      ),
    ),
  },
]
