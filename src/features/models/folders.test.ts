import { expect, test } from 'vitest'
import { filesUnder, handlesOf, maxFiles, type Entry } from './folders.ts'

const file = (name: string): Entry => ({
  kind: 'file',
  name,
  getFile: () => Promise.resolve(new File(['x'], name, { lastModified: 7 })),
})
const folder = (name: string, ...inside: Entry[]): Entry => ({
  kind: 'directory',
  name,
  values: async function* () {
    yield* inside
  },
})

test('a folder is its files by the way to each, with their handles; hidden folders are left', async () => {
  const files = await filesUnder([
    folder('m', file('config.json'), folder('1_Pooling', file('config.json')), folder('.git', file('HEAD'))),
    file('a.gguf'),
  ])
  expect(files.map(({ name }) => name)).toEqual(['a.gguf', 'm/config.json', 'm/1_Pooling/config.json'])
  expect(files.every(({ lastModified }) => lastModified === 7)).toBe(true)
  expect(handlesOf(files)!.map(({ name }) => name)).toEqual(['a.gguf', 'config.json', 'config.json'])
  expect(handlesOf([...files, new File([''], 'b')])).toBe(null)
})

test('a folder without end is cut', async () => {
  const many = Array.from({ length: maxFiles + 50 }, (_, i) => file(String(i)))
  expect(await filesUnder([folder('m', ...many)])).toHaveLength(maxFiles)
})
