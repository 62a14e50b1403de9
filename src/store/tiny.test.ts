// What lies in public/models/ is what the page may offer, and what lies in public/lessons/ what lessons may load: whole,
// small, described in both languages.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { tinyCatalog, tinyEntry, tinyModels, type TinyModel } from './tiny.ts'

const root = 'public/models'
const idsIn = (dir: string): string[] => readdirSync(dir).filter((id) => existsSync(path.join(dir, id, 'about.json')))
const ids = idsIn(root)
const limit = 300_000
/** of all that lessons load */
const lessonLimit = 2_500_000
const filesIn = (dir: string): string[] =>
  readdirSync(dir, { withFileTypes: true }).flatMap(({ name }) =>
    statSync(path.join(dir, name)).isDirectory() ? filesIn(path.join(dir, name)) : [path.join(dir, name)],
  )

test('there is one of each kind', () => {
  const types = ids.map((id) => {
    const config = JSON.parse(readFileSync(path.join(root, id, 'config.json'), 'utf8')) as { model_type: string }
    return config.model_type
  })
  expect(types.sort()).toEqual(['bert', 'bert', 'llama', 'lstm', 'qwen3_moe', 't5'])
})

const bytesIn = (dir: string): number => filesIn(dir).reduce((sum, file) => sum + statSync(file).size, 0)

test('those of the lessons are small together, and adapters are for a model that is there', () => {
  const lessons = idsIn('public/lessons').map((id) => path.join('public/lessons', id))
  expect(lessons.reduce((sum, dir) => sum + bytesIn(dir), 0)).toBeLessThanOrEqual(lessonLimit)
  const adapters = lessons.filter((dir) => existsSync(path.join(dir, 'adapter_config.json')))
  for (const dir of adapters) {
    const { on } = JSON.parse(readFileSync(path.join(dir, 'about.json'), 'utf8')) as TinyModel
    expect(existsSync(path.join(root, on!, 'config.json'))).toBe(true)
  }
})

const places = ['public/models', 'public/lessons'].flatMap((dir) => idsIn(dir).map((id) => path.posix.join(dir, id)))
describe.each(places)('%s', (dir) => {
  const about = JSON.parse(readFileSync(path.join(dir, 'about.json'), 'utf8')) as Omit<TinyModel, 'id' | 'files'>

  test('is small, with its card', () => {
    expect(bytesIn(dir)).toBeLessThanOrEqual(limit)
    const card = readFileSync(path.join(dir, 'README.md'), 'utf8').toLowerCase()
    for (const part of ['license: apache-2.0', '## measured', 'held-out', 'seed ']) expect(card).toContain(part)
  })

  test('says what it is and what to try, in both languages', () => {
    const needed = ['about', 'licence', 'title', 'tries']
    expect(Object.keys(about).sort()).toEqual(
      'on' in about ? [...needed.slice(0, 2), 'on', ...needed.slice(2)] : needed,
    )
    for (const lang of ['en', 'zh'] as const) {
      expect(about.about[lang].length).toBeGreaterThan(20)
      expect(about.tries[lang].length).toBeGreaterThan(0)
    }
    expect(about.about.zh).toMatch(/[一-鿿]/)
  })
})

test('the list becomes entries that can be fetched', async () => {
  const model: TinyModel = {
    id: 'x',
    title: 'X',
    licence: 'Apache-2.0',
    about: { en: 'a', zh: 'b' },
    tries: { en: ['c'], zh: ['d'] },
    files: [
      { name: 'config.json', size: 2, sha256: 'c'.repeat(64) },
      { name: 'model.safetensors', size: 3, sha256: 'ab'.repeat(32) },
    ],
  }
  const asked: string[] = []
  vi.stubGlobal('fetch', (url: string) => {
    asked.push(url)
    return Promise.resolve(Response.json({ models: [model] }))
  })
  expect(await tinyCatalog('/p/')).toEqual([tinyEntry('/p/', model)])
  expect(asked).toEqual(['/p/models/index.json'])
  expect(tinyEntry('/p/', model)).toMatchObject({
    bytes: 5,
    version: 'abababababababab',
    origin: { kind: 'served', base: '/p/models/x/', files: model.files },
  })
  expect(await tinyModels('/p/', 'lessons')).toEqual([model])
  expect(asked[1]).toBe('/p/lessons/index.json')
  expect(tinyEntry('/p/', model, 'lessons').origin).toMatchObject({ base: '/p/lessons/x/' })
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('offline')))
  expect(await tinyCatalog('/p/')).toEqual([])
  vi.unstubAllGlobals()
})
