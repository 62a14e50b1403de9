// Which token a column is about, which rows there are, and what a column depends on: for models of every kind.

import { expect, test } from 'vitest'
import type { GlassInfo, GlassToken, LensCell } from '../../store/inspect.ts'
import { checkOutput, columnKeys, layersOf, stepped, targetId, targetText, whatWasSaid, type Column } from './read.ts'

const best = (id: number) => [{ id, text: `w${id}`, logprob: -0.1 }]
/** Tokens whose statistics say `first[i]`. */
const tokens = (ids: number[], first: number[]): GlassToken[] =>
  ids.map((id, position) => ({ position, id, text: `w${id}`, top: best(first[position]!) }) as GlassToken)
const column = (position: number, top: number): Column => ({
  position,
  final: top,
  finalText: `w${top}`,
  token: null,
  cells: [{ layer: 3, position, top: best(top), entropy: 0, kl: 0, targets: [] } as LensCell],
})
const causal = { source: 'live', model: 'm', predicts: 'next', seen: 0, encoder: null } as const
const filling = { ...causal, predicts: 'own', seen: 3 } as const
const source = (...ids: number[]): GlassInfo['encoder'] => ({
  layers: 2,
  tokens: ids.map((id) => ({ id, text: '', special: false })),
})

test('the lens of an encoder–decoder begins with the embedding of the answer, then the decoder’s layers', () => {
  const info = { layers: 4, encoder: source(1) }
  expect(layersOf(info, 'resid')).toEqual([-1, 2, 3])
  expect(layersOf(info, 'mlp')).toEqual([2, 3])
  expect(layersOf({ layers: 2, encoder: null }, 'resid')).toEqual([-1, 0, 1])
  expect([stepped([-1, 2, 3], 3, 1), stepped([-1, 2, 3], -1, 1), stepped([-1, 2, 3], -1, -1)]).toEqual([-1, 2, 3])
})

test('the top row is held against what was said of its own place, or of the next token', () => {
  const said = tokens([7, 8, 9], [7, 8, 5])
  expect(checkOutput([column(2, 5)], whatWasSaid(filling, said, null), 3)).toMatchObject({ compared: 1, same: 1 })
  expect(checkOutput([column(1, 5)], whatWasSaid(causal, said, null), 3)).toMatchObject({ compared: 1, same: 1 })
  expect(checkOutput([column(2, 5)], whatWasSaid(causal, said, null), 3)).toMatchObject({ compared: 0 })
})

test('a column is read again when something it depends on has changed', () => {
  const keys = (info: Parameters<typeof columnKeys>[0], ids: number[]): string[] =>
    columnKeys(info, tokens(ids, ids), [], 'resid', null)
  // a causal place depends on what stands before it and on the token behind it
  expect(keys(causal, [1, 2, 3, 4])[0]).toBe(keys(causal, [1, 2, 3, 5])[0])
  expect(keys(causal, [1, 2, 3, 4])[3]).not.toBe(keys(causal, [1, 2, 3, 5])[3])
  // one that is seen from everywhere, on all of that
  expect(keys(filling, [1, 2, 3])[0]).not.toBe(keys(filling, [1, 2, 4])[0])
  // and an answer on its source
  expect(keys({ ...causal, encoder: source(5, 6) }, [1, 2])[0]).not.toBe(
    keys({ ...causal, encoder: source(5, 7) }, [1, 2])[0],
  )
})

test('a blank has no token to follow', () => {
  expect(targetId('next', { ...column(0, 5), token: null })).toBeNull()
  expect(targetId('next', { ...column(0, 5), token: { id: 7, text: 'w7' } })).toBe(7)
  expect(targetId('final', column(0, 5))).toBe(5)
})

test('the model’s answer is called by its text where no layer lists it', () => {
  const pushed = { ...column(0, 5), cells: column(0, 7).cells }
  expect([5, 7, 8].map((id) => targetText('final', id, pushed))).toEqual(['w5', 'w7', '#8'])
})
