import { describe, expect, it, test } from 'vitest'
import type { CatalogEntry, ModelJob, StoredModel } from '../../store/index.ts'
import { contextChoices, rowsOf } from './rows.ts'

const entry = (id: string, group: CatalogEntry['group']): CatalogEntry => ({
  id,
  key: id,
  title: `T ${id}`,
  licence: '',
  bytes: 1,
  approximate: false,
  parameters: '',
  origin: { kind: 'import' },
  gated: false,
  group,
})
const stored = (id: string, addedAt: number): StoredModel => ({
  id,
  name: `S ${id}`,
  origin: { kind: 'import' },
  files: [],
  bytes: 1,
  storedBytes: 1,
  complete: true,
  addedAt,
})

describe('rowsOf', () => {
  it('lists every id once: embedded, newest stored, then offers', () => {
    const job: ModelJob = { id: 'b', name: 'b', kind: 'download', state: 'running', progress: null, error: null }
    const { here, offered } = rowsOf({
      catalog: [entry('a', 'embedded'), entry('b', 'hub'), entry('c', 'hub')],
      stored: [stored('x', 1), stored('y', 2)],
      jobs: { b: job },
      active: null,
    })
    expect(here.map((row) => row.id)).toEqual(['a', 'y', 'x', 'b'])
    expect(offered.map((row) => row.id)).toEqual(['c'])
    expect(here[1]!.name).toBe('S y')
  })
})

test('a small model beside the page is offered by itself until somebody asks for it', () => {
  const words = { about: { en: 'a', zh: 'a' }, tries: { en: [], zh: [] } }
  const catalog = [entry('a', 'embedded'), { ...entry('t', 'local'), words }, entry('l', 'local'), entry('h', 'hub')]
  const ids = (rows: { id: string }[]) => rows.map(({ id }) => id)
  const lists = { catalog, jobs: {}, active: null }
  const { here, tiny, offered } = rowsOf({ ...lists, stored: [] })
  expect([ids(here), ids(tiny), ids(offered)]).toEqual([['a', 'l'], ['t'], ['h']])
  expect(ids(rowsOf({ ...lists, stored: [stored('t', 1)] }).here)).toContain('t')
})

describe('contextChoices', () => {
  it('offers what the model was trained for, and more apart from it', () => {
    expect(contextChoices(512, 512, 2 ** 20)).toEqual({ within: [512], beyond: [1024, 2048, 4096] })
    expect(contextChoices(3000, 2048, 2 ** 20).within).toEqual([512, 1024, 2048, 3000])
    expect(contextChoices(300, 700, 2 ** 20)).toEqual({ within: [300], beyond: [600, 700, 1200, 2400] })
    expect(contextChoices(1000, 512, 2500)).toEqual({ within: [512, 1000], beyond: [2000] })
  })
})
