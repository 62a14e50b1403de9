// The shelf over real rows (fake-indexeddb): what is taken in is found with its exact place, vectors go on where a stop or a
// kill left them, and what is put away comes back until the next visit.

import 'fake-indexeddb/auto'
import { expect, test } from 'vitest'
import { Database } from '../storage/database.ts'
import { DocumentRows } from '../storage/documents.ts'
import { Shelf, type Reader } from './shelf.ts'

let made = 0
const open = () => {
  const rows = new DocumentRows(new Database(`shelf-${made++}`))
  return { rows, shelf: new Shelf(rows) }
}
const file = (text: string) => new Blob([text])
/** Knows two things: how much of a text is about animals, and how much about machines. */
const reader = (model = 'two', fails = Infinity): Reader & { asked: string[] } => {
  const asked: string[] = []
  return {
    model,
    asked,
    read: (text) => {
      if (asked.length >= fails) return Promise.reject(new Error('killed'))
      asked.push(text)
      const count = (words: RegExp): number => [...text.matchAll(words)].length + 0.01
      const [a, b] = [count(/cat|kitten|feline|dog/gi), count(/engine|motor|car/gi)]
      const length = Math.hypot(a, b)
      const tokens = text
        .split(/\s+/)
        .map((word) => ({ text: /[一-龥]/.test(word) ? '[UNK]' : word, special: /[一-龥]/.test(word) }))
      return Promise.resolve({ vector: Float32Array.of(a / length, b / length), tokens, leftOut: 0 })
    },
  }
}

test('found by words with its exact place; nothing is found for nothing', async () => {
  const { shelf } = open()
  const text =
    '# Park\r\n\r\nMia walks in the park. 😀 She has a kite.\n\n# Castle\n\nTom guards the castle gate at night.'
  const head = await shelf.add(file(text), 'stories.md', 1)
  expect(head).toMatchObject({ name: 'stories.md', kind: 'markdown', characters: text.length, chunks: 2 })
  expect((await shelf.add(file(text), 'again.md', 2)).id).toBe(head.id)
  const { hits, meaning } = await shelf.search('Who is at the castle?', 5, null)
  expect(meaning).toBeNull()
  expect(hits).toHaveLength(1)
  const [{ start, end, text: quoted, path, words, meaning: byMeaning }] = hits as [(typeof hits)[0]]
  expect([text.slice(start, end), path, words?.rank, byMeaning]).toEqual([quoted, ['Castle'], 1, null])
  expect(quoted).toBe('# Castle\n\nTom guards the castle gate at night.')
  expect((await shelf.search('unheard of', 5, null)).hits).toEqual([])
})

test('a document that comes to others is found, and is not what they are', async () => {
  const { rows, shelf } = open()
  await shelf.add(file('The kitten sleeps.'), 'a.txt', 1)
  expect((await shelf.search('motor', 5, null)).hits).toEqual([])
  const cut = async () => (await shelf.text((await shelf.list())[0]!.id))!.chunks
  const first = await cut()
  for (let i = 40; i < 45; i++) await shelf.add(file(`The motor number ${i} is loud. `.repeat(30)), `${i}.txt`, 2 + i)
  // no document is cut again because another came
  expect(await cut()).toBe(first)
  const found = (await shelf.search('motor 42', 3, null)).hits
  expect(found[0]).toMatchObject({ name: '42.txt' })
  expect((await new Shelf(rows).search('motor 42', 3, null)).hits[0]).toEqual(found[0])
})

test('by meaning, too, once all vectors are there; a model of another kind begins anew', async () => {
  const { rows, shelf } = open()
  await shelf.add(file('The kitten sleeps.'), 'a.txt', 1)
  await shelf.add(file('The motor is loud.'), 'b.txt', 2)
  const two = reader()
  expect((await shelf.search('feline', 5, two)).meaning).toEqual({ state: 'missing', chunks: 2 })
  const told: number[] = []
  await shelf.embed(two, { onProgress: ({ loaded }) => told.push(loaded) })
  expect(told).toEqual([0, 1, 2])
  const { hits, meaning } = await shelf.search('feline', 5, two)
  expect(meaning).toEqual({ state: 'ready' })
  expect(hits.map(({ name, words, meaning: m }) => [name, words, m?.rank])).toEqual([
    ['a.txt', null, 1],
    ['b.txt', null, 2],
  ])
  expect((await shelf.search('feline', 5, reader('other'))).meaning).toEqual({ state: 'missing', chunks: 2 })
  // another visit finds everything
  const next = new Shelf(rows)
  expect((await next.search('feline', 1, two)).hits[0]?.name).toBe('a.txt')
})

test('vectors go on where they stopped', async () => {
  const { rows, shelf } = open()
  const text = Array.from({ length: 40 }, (_, i) => `# Part ${i}\n\nIt is about the car number ${i}.`).join('\n\n')
  await shelf.add(file(text), 'cars.md', 1)
  const first = reader('two', 37)
  await expect(shelf.embed(first, {})).rejects.toThrow('killed')
  const next = reader()
  const again = new Shelf(rows)
  expect(await again.meaning('two')).toEqual({ state: 'missing', chunks: 8 })
  await again.embed(next, {})
  expect(next.asked).toEqual(first.asked.slice(32).concat(next.asked.slice(5)))
  expect(next.asked).toHaveLength(8)
  expect(await again.meaning('two')).toEqual({ state: 'ready' })
  const stop = new AbortController()
  stop.abort()
  await again.add(file('more'), 'more.txt', 2)
  await expect(again.embed(next, { signal: stop.signal })).rejects.toMatchObject({ code: 'ABORTED' })
})

test('a script that the model does not know is not searched by meaning, by name', async () => {
  const { shelf } = open()
  await shelf.add(file('公园 里 有 一只 猫'), 'zh.txt', 1)
  const two = reader()
  await shelf.embed(two, {})
  const { hits, meaning } = await shelf.search('公园里的猫', 5, two)
  expect(meaning).toMatchObject({ state: 'unknown' })
  expect(hits.map(({ name, meaning: m }) => [name, m])).toEqual([['zh.txt', null]])
})

test('put away and back; for good at the next visit, with vectors that nobody else has', async () => {
  const { rows, shelf } = open()
  const { id } = await shelf.add(file('The cat.'), 'cat.txt', 1)
  await shelf.add(file('The dog.'), 'dog.txt', 2)
  await shelf.embed(reader(), {})
  await shelf.put(id, true, 3)
  expect((await shelf.list()).map(({ name }) => name)).toEqual(['dog.txt'])
  expect((await shelf.search('cat', 5, null)).hits).toEqual([])
  expect(await shelf.text(id)).toBeNull()
  await shelf.put(id, false, 4)
  expect((await shelf.search('cat', 5, null)).hits).toHaveLength(1)
  expect(await shelf.meaning('two')).toEqual({ state: 'ready' })
  await shelf.put(id, true, 5)
  const next = new Shelf(rows)
  expect((await next.list()).map(({ name }) => name)).toEqual(['dog.txt'])
  expect(await rows.documents()).toHaveLength(1)
  expect(await next.meaning('two')).toEqual({ state: 'ready' })
  expect(await rows.vectors('two cut 3 120/24')).toHaveLength(1)
})
