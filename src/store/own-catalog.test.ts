// Lists of models that readers add: what is right is in the list and kept, what is wrong is refused with its place and
// changes nothing, whatever the file tries.

import { beforeEach, expect, test, vi } from 'vitest'
import { ownCatalogWords } from '../i18n/panels/own-catalog.ts'
import { useModels } from './models.ts'
import { limits, readCatalog, useOwnCatalog, type CatalogProblem } from './own-catalog.ts'

const disk = new Map<string, string>()
vi.stubGlobal('localStorage', {
  getItem: (key: string) => disk.get(key) ?? null,
  setItem: (key: string, value: string) => void disk.set(key, value),
  removeItem: (key: string) => void disk.delete(key),
})
const state = () => useOwnCatalog.getState()
beforeEach(() => {
  for (const { id } of state().entries) state().remove(id)
  disk.clear()
})

const list = (...models: unknown[]): string => JSON.stringify({ models })
const one = { title: 'A', repo: 'o/r' }
const problemOf = (text: string): CatalogProblem | null => {
  const found = readCatalog(text)
  return 'problem' in found ? found.problem : null
}

test('every field, and the ids that the store gives', () => {
  const revision = '0123456789abcdef0123456789abcdef01234567'
  const found = readCatalog(
    list(
      {
        title: '模型 A',
        repo: 'own-er/Name.1',
        file: 'sub/a b-Q4_K_M.gguf',
        revision,
        licence: 'MIT',
        bytes: 5,
        parameters: '1 B',
        gated: true,
        about: 'Good.',
      },
      { title: 'B', url: 'https://example.org/b.gguf?x=1' },
      { title: 'C', url: 'http://127.0.0.1:8080/c/' },
    ),
  )
  expect(found).toMatchObject({
    entries: [
      {
        id: 'hf:own-er/Name.1/sub/a b-Q4_K_M.gguf',
        title: '模型 A',
        licence: 'MIT',
        bytes: 5,
        gated: true,
        about: 'Good.',
        group: 'hub',
        origin: { kind: 'hub', repo: 'own-er/Name.1', file: 'sub/a b-Q4_K_M.gguf', revision },
      },
      { id: 'url:https://example.org/b.gguf?x=1', origin: { kind: 'url' }, bytes: null, licence: '', gated: false },
      { id: 'url:http://127.0.0.1:8080/c/' },
    ],
  })
})

test('what is wrong is told by line and column', () => {
  const text =
    '{\n  "models": [\n    { "title": "好", "repo": "o/r" },\n    { "title": "B", "repo": "o/r2", "sise": 3 }\n  ]\n}'
  expect(problemOf(text)).toEqual({ why: 'unknown', field: 'models[1].sise', line: 4, column: 45, found: 'sise' })
  expect(problemOf('{\n "models": [}')).toMatchObject({ why: 'json', line: 2, column: 13, found: '}' })
  expect(problemOf('{"models":[{"title":"A","title":"B"}]}')).toMatchObject({ why: 'twice', line: 1, column: 25 })
})

const sha256 = 'ab'.repeat(32)
const kept = (...names: string[]) => names.map((name, i) => ({ name, bytes: i + 1, sha256 }))
const three = kept('config.json', 'tokenizer.json', 'model.safetensors')
const parts = ['Q4-00001-of-00002.gguf', 'Q4-00002-of-00002.gguf']

test('files with their lengths and hashes, and what else a list says of a model', async () => {
  const facts = { context: 4096, memory: 9, quant: 'Q4_K_M', required_features: ['shader-f16', 'shader-f16'] }
  const text = list(
    { ...one, ...facts, files: three },
    { title: 'B', repo: 'o/g', files: kept(...parts.map((name) => `sub/${name}`)) },
    { title: 'C', url: 'https://example.org/c/', files: three, bytes: 6 },
    { title: 'D', url: 'https://example.org/d.gguf?x=1', files: kept('d.gguf') },
  )
  const promised = three.map(({ name, bytes: size }) => ({ name, size, sha256 }))
  const entries = [
    {
      ...{ id: 'hf:o/r', bytes: 6, approximate: false, context: 4096, memory: 9, quant: 'Q4_K_M' },
      ...{ features: ['shader-f16'], origin: { kind: 'hub', repo: 'o/r', files: promised } },
    },
    { id: `hf:o/g/sub/${parts[0]}`, bytes: 3, origin: { file: `sub/${parts[0]}` } },
    { id: 'url:https://example.org/c/', bytes: 6, origin: { files: promised } },
    { id: 'url:https://example.org/d.gguf?x=1', origin: { files: [{ name: 'd.gguf', size: 1 }] } },
  ]
  expect(readCatalog(text)).toMatchObject({ entries })
  expect(state().add(text)).toBe(true)
  vi.resetModules()
  const again = await import('./own-catalog.ts')
  expect(again.useOwnCatalog.getState().entries).toEqual(state().entries)
})

const long = 'x'.repeat(700)
const files = (...given: unknown[]): string => list({ ...one, files: given })
test.each<[CatalogProblem['why'], string]>([
  ['json', ''],
  ['json', 'not json'],
  ['json', '{"models":[NaN]}'],
  ['json', "{'models':[]}"],
  ['deep', `{"models":${'['.repeat(60)}${']'.repeat(60)}}`],
  ['deep', `{"${long}":1}`],
  ['size', `{"models":[],"x":"${'x'.repeat(limits.file)}"}`],
  ['object', '[]'],
  ['object', 'null'],
  ['object', '7'],
  ['object', list('x')],
  ['object', list(null)],
  ['object', list([one])],
  ['list', '{}'],
  ['list', list()],
  ['list', '{"models":{}}'],
  ['many', list(...Array.from({ length: 201 }, (_, i) => ({ title: 'A', repo: `o/r${i}` })))],
  ['missing', list({ repo: 'o/r' })],
  ['unknown', '{"models":[],"script":1}'],
  ['unknown', list({ ...one, script: 'x' })],
  ['unknown', '{"models":[{"title":"A","repo":"o/r","__proto__":{"polluted":1}}]}'],
  ['unknown', list({ ...one, constructor: 1 })],
  ['unknown', list({ title: 'A', url: 'https://example.org/', file: 'a.gguf' })],
  ['text', list({ ...one, title: '' })],
  ['text', list({ ...one, title: ' ' })],
  ['text', list({ ...one, title: 7 })],
  ['text', list({ ...one, title: long })],
  ['text', list({ ...one, title: 'a\nb' })],
  ['text', list({ ...one, title: 'a\u202Eb' })],
  ['text', list({ ...one, about: long })],
  ['text', list({ ...one, licence: {} })],
  ['one', list({ title: 'A' })],
  ['one', list({ ...one, url: 'https://example.org/' })],
  ...[
    'o',
    'o/',
    '/r',
    'o/r/x',
    '../r',
    'o/..',
    'o/r?x',
    'o/r#x',
    'https://huggingface.co/o/r',
    'o\\r',
    'o/ r',
    'o/r%2e',
  ].map((repo): ['repo', string] => ['repo', list({ title: 'A', repo })]),
  ...['a.bin', '../a.gguf', 'x/../a.gguf', '.hidden.gguf', '/a.gguf', 'a.gguf?x', 'a.gguf/', 'a%2f.gguf', 'a.js'].map(
    (file): ['file', string] => ['file', list({ ...one, file })],
  ),
  ...['main', 'x', '0123', 'G'.repeat(40), '../../x'].map((revision): ['revision', string] => [
    'revision',
    list({ ...one, revision }),
  ]),
  ...[
    'javascript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    'http://example.org/x.gguf',
    'https://u:p@example.org/',
    'blob:https://example.org/x',
    '//example.org/x',
    'x',
    'https://localhost.evil',
    'ftp://example.org/x',
    'http://127.0.0.1.evil.example/',
  ]
    .filter((url) => url !== 'https://localhost.evil')
    .map((url): ['url', string] => ['url', list({ title: 'A', url })]),
  ...[0, -1, 1.5, '5', null, 1e300, {}]
    .filter((bytes) => bytes !== null)
    .map((bytes): ['bytes', string] => ['bytes', list({ ...one, bytes })]),
  ['list', files()],
  ['list', list({ ...one, files: {} })],
  ['many', files(...Array.from({ length: 201 }, (_, i) => kept(`m-${i}.gguf`)[0]))],
  ['object', files('config.json')],
  ['unknown', files({ ...three[0], url: 'https://evil.example/' })],
  ...['name', 'bytes', 'sha256'].map((key): ['missing', string] => [
    'missing',
    files(...three.slice(1), { ...three[0], [key]: undefined }),
  ]),
  ...[
    '../config.json',
    '/m.gguf',
    'a/../m.gguf',
    '.m.gguf/',
    'm.bin',
    'run.js',
    'm gguf',
    'https://e.example/m.gguf',
    7,
  ].map((name): ['name', string] => ['name', files(...three, { ...three[0], name })]),
  ['name', files(...three, three[2])],
  ['name', files(...kept('a/Q4.gguf', 'b/Q4.gguf'))],
  ['name', list({ title: 'A', url: 'https://example.org/a.gguf', files: kept('b.gguf') })],
  ['name', list({ title: 'A', url: 'https://example.org/a.gguf', files: kept(...parts) })],
  ['name', list({ title: 'A', url: 'https://example.org/%ff.gguf', files: kept('a.gguf') })],
  ...[0, -1, 0.5, '5', 2 ** 53].map((bytes): ['bytes', string] => ['bytes', files({ ...three[0], bytes })]),
  ...['', 'ab', 'AB'.repeat(32), `${sha256} `, 'zz'.repeat(32), 5].map((hash): ['sha256', string] => [
    'sha256',
    files({ ...three[0], sha256: hash }),
  ]),
  ['set', files(...kept('config.json', 'tokenizer.json'))],
  ['set', files(...kept('config.json', 'model.safetensors'))],
  ['set', files(...kept('tokenizer.json', 'model.safetensors'))],
  ['set', files(...kept(parts[0]!))],
  ['set', files(...kept('a.gguf', 'b.gguf'))],
  ['set', files(...three, ...kept('other.gguf'))],
  ['set', files(...three, ...kept('other.safetensors'))],
  ['sum', list({ ...one, files: three, bytes: 7 })],
  ['sum', files(...three.map((file) => ({ ...file, bytes: 2 ** 53 - 1 })))],
  ['unknown', list({ ...one, file: 'a.gguf', files: kept('a.gguf') })],
  ...[0, 1.5, '4096', 2e9].map((context): ['count', string] => ['count', list({ ...one, context })]),
  ['bytes', list({ ...one, memory: -1 })],
  ['text', list({ ...one, quant: 4 })],
  ['feature', list({ ...one, required_features: 'shader-f16' })],
  ['feature', list({ ...one, required_features: ['shader-f16', 'ray-tracing'] })],
  ['feature', list({ ...one, required_features: [{}] })],
  ['flag', list({ ...one, gated: 'yes' })],
  ['flag', list({ ...one, gated: 1 })],
  ['taken', list(one, one)],
  ['taken', list({ title: 'A', repo: 'Qwen/Qwen3-0.6B' })],
])('refused: %s: %s', (why, text) => {
  const problem = problemOf(text)
  expect(problem).toMatchObject({ why })
  expect(problem!.line).toBeGreaterThan(0)
  for (const { why: words } of [ownCatalogWords.en, ownCatalogWords.zh]) {
    expect(words[why](problem!.found)).toMatch(/\S[.。]$|\S：|\]/)
  }
  expect(state().add(text)).toBe(false)
  expect([state().entries, disk.size, state().problem?.why]).toEqual([[], 0, why])
  expect({}).not.toHaveProperty('polluted')
})

test('added, kept over a visit, in the list whoever makes it anew, and removed', async () => {
  expect(state().add(list(one, { title: 'B', url: 'https://example.org/b.gguf', about: '说明' }))).toBe(true)
  expect(state()).toMatchObject({ added: 2, problem: null })
  const titles = () =>
    useModels
      .getState()
      .catalog.filter(({ key }) => key === 'own')
      .map(({ title }) => title)
  expect(titles()).toEqual(['A', 'B'])
  useModels.setState({ catalog: [] })
  expect(titles()).toEqual(['A', 'B'])
  // of the same model the newer words hold
  state().add(list({ title: 'A2', repo: 'o/r' }))
  expect(titles()).toEqual(['B', 'A2'])
  vi.resetModules()
  const again = await import('./own-catalog.ts')
  expect(again.useOwnCatalog.getState().entries).toEqual(state().entries)
  state().remove('hf:o/r')
  expect(titles()).toEqual(['B'])
  state().remove('url:https://example.org/b.gguf')
  expect([titles(), disk.size]).toEqual([[], 0])
})

test('what was kept and is damaged is nothing, and stops nothing', async () => {
  for (const text of ['{', '[]', 'null', list({ title: 'A', repo: '../x' }), '{"models":7}']) {
    disk.set('glassbox-catalog', text)
    vi.resetModules()
    const { useOwnCatalog: fresh } = await import('./own-catalog.ts')
    expect(fresh.getState().entries).toEqual([])
  }
})

test('from an address: what comes is read as a file is, what does not come is said', async () => {
  const answers: Record<string, () => Response> = {
    good: () => new Response(list(one)),
    gone: () => new Response('', { status: 404 }),
    page: () => new Response('<!doctype html>'),
  }
  vi.stubGlobal('fetch', (url: string) => {
    const answer = answers[url]
    return answer ? Promise.resolve(answer()) : Promise.reject(new TypeError('Failed to fetch'))
  })
  expect(await state().fetch('good')).toBe(true)
  expect(await state().fetch('gone')).toBe(false)
  expect(state().problem).toMatchObject({ why: 'fetch', found: 'status 404' })
  expect(await state().fetch('page')).toBe(false)
  expect(state().problem).toMatchObject({ why: 'json', line: 1, column: 1 })
  expect(await state().fetch('nowhere')).toBe(false)
  expect(state()).toMatchObject({ busy: false, problem: { why: 'fetch' }, entries: [{ title: 'A' }] })
})

test('a list that was taken is there at the next visit, however long it grew, and beside a model that a newer page has', async () => {
  const again = async () => {
    vi.resetModules()
    return (await import('./own-catalog.ts')).useOwnCatalog.getState().entries
  }
  const about = 'x'.repeat(limits.about)
  const many = (from: number) =>
    list(
      ...Array.from({ length: 100 }, (_, i) => ({
        title: about.slice(0, 200),
        about,
        licence: about.slice(0, 200),
        parameters: about.slice(0, 200),
        url: `https://a.example/${'y'.repeat(900)}${from + i}`,
      })),
    )
  expect([state().add(many(0)), state().add(many(100)), state().entries.length]).toEqual([true, true, 200])
  expect((await again()).map(({ id }) => id)).toEqual(state().entries.map(({ id }) => id))
  // letters that grow on their way into an address
  expect(problemOf(list({ title: 'A', url: `https://a.example/${'ü'.repeat(1900)}` }))).toMatchObject({ why: 'url' })
  // one that is damaged, or in the page's own list by now, takes no other with it
  disk.set(
    'glassbox-catalog',
    list({ title: 'A', repo: '../x' }, one, { ...one, title: 'B' }, null, { title: 'C', repo: 'o/c' }),
  )
  expect((await again()).map(({ title }) => title)).toEqual(['B', 'C'])
})

test('an address that sends without end is left', async () => {
  let sent = 0
  const body = () =>
    new ReadableStream<Uint8Array>({
      pull(controller) {
        if (++sent > 1000) throw new Error('nobody stopped it')
        controller.enqueue(new Uint8Array(65_536).fill(0x20))
      },
    })
  vi.stubGlobal('fetch', () => Promise.resolve(new Response(body())))
  expect(await state().fetch('endless')).toBe(false)
  expect(state().problem).toMatchObject({ why: 'size' })
  expect(sent).toBeLessThan(20)
})
