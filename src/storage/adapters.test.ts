// Adapters in the store, on an IndexedDB in memory: what of a drop is one, what is kept, what is told of a damaged one.

import 'fake-indexeddb/auto'
import { beforeEach, expect, test } from 'vitest'
import { EngineError } from '../engine/errors.ts'
import type { ModelFiles } from '../engine/formats/bytes.ts'
import { adapterSets, planModel, type ReadAdapter } from './adapters.ts'
import { Database } from './database.ts'
import { Library } from './library.ts'

const config = '{"peft_type":"LORA"}'
const file = (path: string, text = 'x'): File => new File([text], path)
const folder = (name: string, weights = 'w'.repeat(100)): File[] => [
  file(`${name}/adapter_config.json`, config),
  file(`${name}/adapter_model.safetensors`, weights),
]
/** Takes everything with an adapter_config.json, as the engine does, and every .gguf called so. */
const read: ReadAdapter = (files) =>
  Promise.resolve(
    [...files.keys()].some((name) => /adapter_config\.json$|lora\.gguf$/.test(name))
      ? { kind: 'LoRA', base: 'a/b' }
      : null,
  )

let library: Library
let databases = 0
beforeEach(() => {
  library = new Library(new Database(`adapters ${++databases}`), { chunkBytes: 64 })
})
const add = (files: File[], name?: string) => library.importAdapter(files, name, read)
const names = (files: readonly File[]): string[] => files.map((one) => one.name)
const textOf = async (files: ModelFiles, name: string): Promise<string> =>
  new TextDecoder().decode(await files.get(name)!.read(0, files.get(name)!.size))

test('one drop, several adapters: every folder with a description, every .gguf, and nothing beside them', () => {
  const sets = adapterSets([
    ...folder('run/checkpoint-500'),
    ...folder('run/checkpoint-1000'),
    ...folder('other/checkpoint-500'),
    file('run/README.md'),
    file('ggufs/first.gguf'),
    file('ggufs/second.gguf'),
  ])
  expect(sets.map(({ name, files }) => [name, files.length])).toEqual([
    ['run/checkpoint-500', 2],
    ['run/checkpoint-1000', 2],
    ['other/checkpoint-500', 2],
    ['first', 1],
    ['second', 1],
  ])
})

test('a folder of tens of thousands of files, or as many adapters, is looked through at once', () => {
  const began = performance.now()
  const many = (to: number, path: (i: number) => string): File[] => Array.from({ length: to }, (_, i) => file(path(i)))
  expect(adapterSets(many(40_000, (i) => `data/${i}.txt`))).toHaveLength(1)
  expect(adapterSets(many(5_000, (i) => `runs/${i}/adapter_config.json`))).toHaveLength(5_000)
  expect(adapterSets(many(5_000, (i) => `${i}/same.gguf`))).toHaveLength(5_000)
  expect(performance.now() - began).toBeLessThan(5_000)
})

test('two files of one name are refused, and nothing of them stays', async () => {
  await expect(add([...folder('.'), ...folder('.')])).rejects.toMatchObject({
    code: 'FILE_FORMAT',
    facts: { found: 'adapters', first: 'adapter_config.json' },
  })
  expect(await library.adapters.list()).toEqual([])
})

test('a name of any script is the id too, so that answers and links can say it; none is empty', async () => {
  const given = ['适配器', '微调', 'مهيئ', '../../x', '__proto__', 'two words (b)', ' \n', '𠮷'.repeat(100)]
  const added = []
  for (const name of given) added.push(await add(folder('one', name), name))
  expect(added.map(({ name }) => name.slice(0, 20))).toEqual([...given.slice(0, 6), 'LoRA b', '𠮷'.repeat(10)])
  for (const { id, name } of added) expect([id, id.isWellFormed()]).toEqual([`adapter:${name}`, true])
  expect((await library.adapters.list()).map(({ id }) => id).sort()).toEqual(added.map(({ id }) => id).sort())
})

test.each([
  ['lora_q4_0/adapter', 'lora_q4_0/adapter'],
  ['lora_two', 'lora_two'],
  ['pirate/outputs/checkpoint-500', 'pirate/outputs/checkpoint-500'],
  ['a/b/pirate', 'pirate'],
  ['poems/final_checkpoint', 'poems/final_checkpoint'],
  ['my-lora-of-poems', 'my-lora-of-poems'],
])('the adapter in %s is called %s', (path, name) => {
  expect(adapterSets(folder(path)).map((set) => set.name)).toEqual([name])
})

test('loose files with a trainer’s names are called by what they are; numbers count equal names only', async () => {
  const loose = (weights: string): File[] => [
    file('adapter_config.json', config),
    file('adapter_model.safetensors', weights),
  ]
  expect((await add(loose('1'))).name).toBe('LoRA b')
  expect((await add(loose('2'))).name).toBe('LoRA b (2)')
  expect((await add(folder('run/adapter', '3'))).name).toBe('run/adapter')
  expect((await add(folder('adapter-2', '4'), 'x 2')).name).toBe('x 2')
  expect((await add(folder('y', '5'), 'x_2')).name).toBe('x_2')
  expect((await add(folder('x', '6'), 'x')).name).toBe('x')
  expect((await add(folder('x', '7'), 'x')).name).toBe('x (2)')
})

test('loose files are one; where nothing is known as an adapter, the shallowest folder is asked about', () => {
  const loose = [file('adapter_config.json', config), file('my-lora.safetensors'), file('sub/notes.txt')]
  expect(adapterSets(loose)).toMatchObject([{ name: 'my-lora' }])
  expect(names(adapterSets([file('a/b/c.txt'), file('a/config.json'), file('a/w.safetensors')])[0]!.files)).toEqual([
    'a/config.json',
    'a/w.safetensors',
  ])
  expect(adapterSets([])).toEqual([])
  const path = (name: string): File =>
    Object.defineProperty(file('adapter_config.json'), 'webkitRelativePath', { value: `${name}/adapter_config.json` })
  expect(adapterSets([path('one'), path('two')]).map(({ name }) => name)).toEqual(['one', 'two'])
})

test('kept: the description and the weights, not what trainers leave beside them; never among the models', async () => {
  const added = await add([
    ...folder('mine'),
    file('mine/training_args.bin'),
    file('mine/tokenizer.json'),
    file('mine/model.safetensors'),
  ])
  expect(added).toEqual({
    id: 'adapter:mine',
    name: 'mine',
    kind: 'LoRA',
    base: 'a/b',
    bytes: config.length + 100,
    addedAt: expect.any(Number) as number,
    files: [
      { name: 'adapter_config.json', size: config.length },
      { name: 'adapter_model.safetensors', size: 100 },
    ],
  })
  expect(await library.adapters.list()).toEqual([added])
  expect(await library.list()).toEqual([])
  expect(await library.estimate()).toMatchObject({ models: 0, adapters: config.length + 100 })
  await expect(library.using(added.id, () => Promise.resolve())).rejects.toMatchObject({
    code: 'FILE_FORMAT',
    facts: { found: 'adapter', base: 'a/b' },
  })
  expect(await library.adapters.using(added.id, (files) => textOf(files, 'adapter_config.json'))).toBe(config)
})

test('the same bytes again are not stored again, whatever they are called; a damaged copy does not count', async () => {
  const first = await add(folder('mine', 'w'.repeat(200)))
  expect(first.already).toBeUndefined()
  expect(await add(folder('other', 'w'.repeat(200)))).toEqual({ ...first, already: true })
  expect((await add(folder('mine', `${'w'.repeat(199)}v`))).name).toBe('mine (2)')
  expect(await library.adapters.list()).toHaveLength(2)
  await library.db.run('cut', ['complete'], 'readwrite', (tx) => tx.objectStore('complete').delete(first.id))
  expect((await add(folder('mine', 'w'.repeat(200)))).already).toBeUndefined()
})

test('a long name is cut; two of one name are two, also at once', async () => {
  expect((await add(folder('x', 'n'), 'n'.repeat(5000))).id.length).toBeLessThan(200)
  const two = await Promise.all([add(folder('same', 'a')), add(folder('same', 'b'))])
  expect(two.map(({ id }) => id).sort()).toEqual(['adapter:same', 'adapter:same (2)'])
  expect(two.map(({ name }) => name).sort()).toEqual(['same', 'same (2)'])
  const texts = await Promise.all(
    two.map(({ id }) => library.adapters.using(id, (files) => textOf(files, 'adapter_model.safetensors'))),
  )
  expect(texts).toEqual(['a', 'b'])
})

test('a stopped copy leaves nothing', async () => {
  const stop = new AbortController()
  const watch = { signal: stop.signal, onProgress: () => stop.abort() }
  await expect(library.importAdapter(folder('mine'), undefined, read, watch)).rejects.toMatchObject({ code: 'ABORTED' })
  expect(await library.adapters.list()).toEqual([])
  expect(await library.adapters.models.all(() => true)).toEqual([])
})

test('a copy that an earlier visit left half is shown as damaged, can be removed, and is replaced by a new one', async () => {
  const { id } = await add(folder('mine'))
  const cut = (): Promise<unknown> =>
    library.db.run('cut', ['complete'], 'readwrite', (tx) => tx.objectStore('complete').delete(id))
  await cut()
  expect(await library.adapters.list()).toMatchObject([{ id, name: 'mine', damaged: true }])
  await expect(library.adapters.using(id, () => Promise.resolve())).rejects.toMatchObject({
    code: 'FILE_MISSING',
    facts: { reason: 'partial', adapter: id },
  })
  expect((await add(folder('mine', 'new'))).id).toBe(id)
  expect(await library.adapters.using(id, (files) => textOf(files, 'adapter_model.safetensors'))).toBe('new')
  await cut()
  await library.removeAdapter(id)
  expect(await library.adapters.list()).toEqual([])
})

test('a chunk that changed is found before it is used, and the adapter is damaged from then on', async () => {
  const { id } = await add(folder('mine'))
  await library.db.run('damage', ['chunks'], 'readwrite', (tx) =>
    tx.objectStore('chunks').put(new ArrayBuffer(64), [id, 'adapter_model.safetensors', 0]),
  )
  await expect(library.adapters.using(id, (files) => textOf(files, 'adapter_model.safetensors'))).rejects.toMatchObject(
    { code: 'STORAGE_CORRUPT', facts: { adapter: id } },
  )
  expect(await library.adapters.list()).toMatchObject([{ id, damaged: true }])
})

test.each<[string, unknown]>([
  ['of another version', { version: 2 }],
  ['without files', { files: 'no' }],
  ['with a note of another kind', { adapter: { kind: 5, base: null } }],
  ['with a note that is none', { adapter: 'LoRA' }],
])('a row %s is damaged, and can be removed', async (_, change) => {
  const { id } = await add(folder('mine'))
  await library.db.run('damage', ['models'], 'readwrite', async (tx) => {
    const row = await tx.objectStore('models').get(id)
    await tx.objectStore('models').put({ ...row!, ...(change as object) })
  })
  expect(await library.adapters.list()).toMatchObject([{ id, damaged: true, kind: null }])
  expect(await library.list()).toEqual([])
  await library.removeAdapter(id)
  expect(await library.adapters.list()).toEqual([])
})

test('only adapters are removed as such', async () => {
  const { id } = await library.import([file('m.gguf', 'GGUF'), file('x.txt')], 'model')
  await library.removeAdapter(id)
  expect((await library.list()).map((one) => one.id)).toEqual([id])
  await expect(library.adapters.using(id, () => Promise.resolve())).rejects.toMatchObject({ code: 'FILE_MISSING' })
})

test('an adapter among the models’ files is called one, and a model beside adapters is a model', async () => {
  const asModel = (files: File[]): Promise<unknown> =>
    planModel(files, undefined, read).then(
      ({ name }) => name,
      ({ code, facts }: EngineError) => [code, facts['found'] ?? facts['reason']],
    )
  expect(await asModel(folder('mine'))).toEqual(['FILE_FORMAT', 'adapter'])
  expect(await asModel([...folder('a'), ...folder('b')])).toEqual(['FILE_FORMAT', 'adapter'])
  expect(await asModel([file('lora.gguf', 'GGUF')])).toEqual(['FILE_FORMAT', 'adapter'])
  expect(await asModel(folder('deep/er').map((one) => file(`x/${one.name}`, config)))).toEqual([
    'FILE_FORMAT',
    'adapter',
  ])
  expect(await asModel([file('m/model.gguf', 'GGUF'), ...folder('m/checkpoint')])).toBe('m')
  const refuses: ReadAdapter = () => Promise.resolve(new EngineError('ADAPTER_UNSUPPORTED', 'x', { found: 'LOHA' }))
  await expect(planModel(folder('mine'), undefined, refuses)).rejects.toMatchObject({ code: 'ADAPTER_UNSUPPORTED' })
})
