// The shelf over real rows (fake-indexeddb): what is taken in is found with its exact place, vectors go on where a stop or a
// kill left them, and what is put away comes back until the next visit.

import 'fake-indexeddb/auto'
import { expect, test } from 'vitest'
import { EngineError } from '../engine/errors.ts'
import { sha256Text } from '../engine/sha256.ts'
import { Database } from '../storage/database.ts'
import { DocumentRows } from '../storage/documents.ts'
import { chunkText, readChunks, WordIndex } from './index.ts'
import { Shelf, type Reader } from './shelf.ts'
import { cutText, hashOf, Indexed } from './indexed.ts'
import { turns } from './turns.ts'
import { dotRows } from './vectors.ts'

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
  // the other section is of the same document, and no evidence of its own
  expect(hits.map((hit) => hit.path)).toEqual([['Castle'], ['Park']])
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

test('a device that scans finds the same, and is given the same rows as long as nothing changes', async () => {
  const { shelf } = open()
  await shelf.add(file('The kitten sleeps.'), 'a.txt', 1)
  await shelf.add(file('The motor is loud.'), 'b.txt', 2)
  const seen: Int8Array[] = []
  const scan = (codes: Int8Array, question: Int8Array) => {
    seen.push(codes)
    return Promise.resolve(dotRows({ dims: 2, codes, scales: new Float32Array(codes.length / 2) }, question))
  }
  const two = { ...reader(), scan }
  await shelf.embed(two, {})
  const want = await shelf.search('feline', 5, reader())
  expect(await shelf.search('feline', 5, two)).toEqual(want)
  expect(await shelf.search('feline', 5, { ...two, scan: () => Promise.resolve(null) })).toEqual(want)
  const full = () =>
    Promise.reject(new EngineError('GPU_OUT_OF_MEMORY', 'full', { what: 'rows', bytes: 1, largest: null }))
  expect(await shelf.search('feline', 5, { ...two, scan: full })).toEqual(want)
  await expect(shelf.search('a', 5, { ...two, scan: () => Promise.reject(new Error('lost')) })).rejects.toThrow('lost')
  expect((await shelf.search('engine', 5, two)).hits[0]?.name).toBe('b.txt')
  expect(seen[1]).toBe(seen[0])
  await shelf.add(file('A dog.'), 'c.txt', 3)
  expect((await shelf.search('dog', 5, two)).meaning).toEqual({ state: 'missing', chunks: 1 })
  await shelf.embed(two, {})
  expect((await shelf.search('dog', 5, two)).hits).toHaveLength(3)
  expect(seen.at(-1)).toHaveLength(6)
})

test('a document that goes, or comes, while a search reads vectors: nothing of it is left in that search or the next', async () => {
  for (const change of ['goes', 'comes'] as const) {
    const { rows, shelf } = open()
    const heads = []
    for (const [i, name] of ['A stone.', 'The kitten sleeps.', 'The motor car has an engine.'].entries()) {
      heads.push(await shelf.add(file(name), `${i}.txt`, i))
    }
    await shelf.embed(reader(), {})
    // the second time that vectors are asked for is for the rows themselves
    let goOn = (): void => undefined,
      isAsked = goOn
    const waits = new Promise<void>((resolve) => (goOn = resolve))
    const asked = new Promise<void>((resolve) => (isAsked = resolve))
    const read = rows.vectors.bind(rows)
    let reads = 0
    rows.vectors = async (model) => {
      const found = await read(model)
      if (++reads === 2) {
        isAsked()
        await waits
      }
      return found
    }
    const searching = shelf.search('feline', 3, reader())
    await asked
    if (change === 'goes') await shelf.put(heads[0]!.id, true, 9)
    else await shelf.add(file('My dog barks.'), 'dog.txt', 9)
    goOn()
    const names = (hits: readonly { name: string }[]): string[] => hits.map(({ name }) => name)
    expect(names((await searching).hits)).toEqual(change === 'goes' ? ['1.txt', '2.txt'] : ['1.txt', '0.txt', '2.txt'])
    if (change === 'comes') {
      expect((await shelf.search('feline', 3, reader())).meaning).toEqual({ state: 'missing', chunks: 1 })
      await shelf.embed(reader(), {})
    }
    const { hits, meaning } = await shelf.search('feline', 5, reader())
    expect(meaning).toEqual({ state: 'ready' })
    expect(names(hits).toSorted()).toEqual(
      change === 'goes' ? ['1.txt', '2.txt'] : ['0.txt', '1.txt', '2.txt', 'dog.txt'],
    )
    expect(['1.txt', 'dog.txt']).toContain(names(hits)[0])
  }
})

test('likeness of a sentence and passages, and a question asked of the teaching indexes', async () => {
  const { shelf } = open()
  for (let i = 0; i < 30; i++) {
    await shelf.add(file(i % 3 ? `The cat ${i} sleeps.` : `The car ${i} has a motor.`), `${i}.txt`, i)
  }
  const two = reader()
  expect(await shelf.lookInto(two, 'cat', 'ivf', 1)).toBeNull()
  const { hits } = await shelf.search('cat 4', 3, null)
  expect(await shelf.likeness(two, ['a cat'], hits)).toEqual([[null, null, null]])
  await shelf.embed(two, {})
  const found = (await shelf.search('motor', 1, two)).hits
  const [[same, other], [unread]] = (await shelf.likeness(two, ['a kitten', '猫'], [hits[0]!, found[0]!])) as [
    number[],
    null[],
  ]
  expect(same).toBeGreaterThan(0.98)
  expect(other).toBeLessThan(0.2)
  expect(unread).toBeNull()
  for (const kind of ['ivf', 'hnsw'] as const) {
    const look = (await shelf.lookInto(two, 'feline', kind, 64))!
    expect([look.rows, look.map.length, look.recall, look.exact.length]).toEqual([30, 60, 1, 10])
  }
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

test('one document in such a script leaves the others searched by meaning, each hit its own chunk', async () => {
  const { shelf } = open()
  await shelf.add(file('公园 里 有 一只 猫 和 很多 很多 别的 动物'), 'zh.txt', 1)
  await shelf.add(file('The cat sleeps.'), 'cat.txt', 2)
  await shelf.add(file('The car has a motor.'), 'car.txt', 3)
  const two = reader()
  await shelf.embed(two, {})
  expect(await shelf.meaning('two')).toEqual({ state: 'ready', unread: 1 })
  const asked = async (question: string) =>
    (await shelf.search(question, 5, two)).hits.map(({ name, words, meaning }) => [name, words?.rank, meaning?.rank])
  expect(await asked('feline')).toEqual([
    ['cat.txt', undefined, 1],
    ['car.txt', undefined, 2],
  ])
  expect(await asked('motor')).toEqual([
    ['car.txt', 1, 1],
    ['cat.txt', undefined, 2],
  ])
  expect(await asked('公园')).toEqual([['zh.txt', 1, undefined]])
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
  expect(await rows.vectors('two cut 4 120/24')).toHaveLength(1)
})

test('a long text is hashed, cut and counted in slices, and is what it is in one go', async () => {
  const row = {
    id: 'a',
    name: 'a.txt',
    kind: 'text',
    text: '河上有十二座桥，最老的一座建于一七六三年。\n\n'.repeat(8000),
  }
  const all = () => {
    let turn = 0
    return Object.assign(() => (turn++, Promise.resolve()), { taken: () => turn })
  }
  const [hashing, cutting, counting] = [all(), all(), all()]
  const hash = await hashOf(row.text, hashing)
  expect([hash, hashing.taken()]).toEqual([sha256Text(row.text), Math.ceil((65 * 8000) / 2 ** 17)])
  const chunks = await cutText(row, cutting)
  expect([chunks, cutting.taken()]).toEqual([chunkText(row.text, { size: 120, overlap: 24 }), 8000])
  const index = new Indexed()
  const told: number[] = []
  const few = { row, chunks: chunks.slice(0, 300) }
  await index.put(few, counting, ({ loaded }) => told.push(loaded))
  expect([counting.taken(), told]).toEqual([300, few.chunks.map(({ end }) => end)])
  const whole = new WordIndex()
  whole.add(readChunks(row.name, row.text, few.chunks, false))
  expect(index.words.search('哪座桥最老', 9)).toEqual(whole.search('哪座桥最老', 9))

  // whose turn it is: nobody else's for 20 ms
  let now = 0
  const rest = turns(() => now)
  expect(rest()).toBeUndefined()
  now = 20
  const others = rest()
  expect(others).toBeInstanceOf(Promise)
  await others
  expect(rest()).toBeUndefined()
})
