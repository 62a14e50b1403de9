import { describe, expect, it } from 'vitest'
import type { CatalogEntry, ModelJob, StoredModel } from '../../store/index.ts'
import { contextChoices, rowsOf } from './rows.ts'

const entry = (id: string, group: CatalogEntry['group']): CatalogEntry =>
  ({ id, key: id, title: `T ${id}`, licence: '', bytes: 1, approximate: false, parameters: '', origin: { kind: 'import' }, gated: false, group })
const stored = (id: string, addedAt: number): StoredModel =>
  ({ id, name: `S ${id}`, origin: { kind: 'import' }, files: [], bytes: 1, storedBytes: 1, complete: true, addedAt })

describe('rowsOf', () => {
  it('lists every id once: embedded, newest stored, then offers', () => {
    const job: ModelJob = { id: 'b', name: 'b', kind: 'download', state: 'running', progress: null, error: null }
    const { here, offered } = rowsOf({ catalog: [entry('a', 'embedded'), entry('b', 'hub'), entry('c', 'hub')], stored: [stored('x', 1), stored('y', 2)], jobs: { b: job }, active: null })
    expect(here.map((row) => row.id)).toEqual(['a', 'y', 'x', 'b'])
    expect(offered.map((row) => row.id)).toEqual(['c'])
    expect(here[1]!.name).toBe('S y')
  })
})

describe('contextChoices', () => {
  it('never offers more than the model can', () => {
    expect(contextChoices(512, 512)).toEqual([512])
    expect(contextChoices(3000, 2048)).toEqual([512, 1024, 2048, 3000])
    expect(contextChoices(300, 300)).toEqual([300])
  })
})
