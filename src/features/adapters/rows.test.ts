// Which adapters stand where: those on the model in its order, the stored others newest first.

import { expect, test } from 'vitest'
import type { AdapterInfo, StoredAdapter } from '../../store/index.ts'
import { rowsOf, withNames } from './rows.ts'

const stored = (id: string): StoredAdapter => ({
  id,
  name: id.toUpperCase(),
  files: [],
  bytes: 1,
  addedAt: 1,
  kind: 'LoRA',
  base: null,
})
const live = (name: string): AdapterInfo => ({
  name,
  kind: 'LoRA',
  scale: 1,
  rank: 2,
  modules: [],
  parameters: 4,
  ignored: [],
})

test('an adapter on the model stands there once, under the name that people gave it', () => {
  const { on, off } = rowsOf([stored('a'), stored('b'), stored('c')], [live('b'), live('prefix_encoder')])
  expect(on.map(({ id, name }) => [id, name])).toEqual([
    ['b', 'B'],
    ['prefix_encoder', 'prefix_encoder'],
  ])
  expect(on[1]!.stored).toBeNull()
  expect(off.map(({ id }) => id)).toEqual(['c', 'a'])
})

test('an error names the adapter as people do', () => {
  const error = { code: 'ADAPTER_MISFIT' as const, message: 'm', facts: { adapter: 'a', tensor: 't' } }
  expect(withNames(error, [stored('a')]).facts).toEqual({ adapter: 'A', tensor: 't' })
  expect(withNames({ ...error, facts: {} }, [stored('a')]).facts).toEqual({})
})
