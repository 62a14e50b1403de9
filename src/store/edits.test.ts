import { expect, it } from 'vitest'
import type { Edit, GlassToken } from '../worker/protocol.ts'
import { chances, comeMoved, mostMoved, ofText, placeOf } from './edits.ts'

const token = (position: number, logprob: number | null): GlassToken => ({
  position,
  id: position,
  text: '',
  bytes: [],
  special: false,
  generated: false,
  logprob,
  rank: null,
  entropy: null,
  margin: null,
  top: [],
})

it('compares tokens that both runs scored, the most moved first', () => {
  const before = [token(0, null), token(1, Math.log(0.5)), token(2, Math.log(0.4)), token(3, Math.log(0.9))]
  const after = [token(0, null), token(1, Math.log(0.45)), token(2, Math.log(0.01)), token(3, null)]
  expect(chances(before, after).map((m) => m.position)).toEqual([1, 2])
  const [max] = mostMoved(before, after, 1)
  expect(max!.position).toBe(2)
  expect([max!.before, max!.after]).toEqual([expect.closeTo(0.4), expect.closeTo(0.01)])
})

it('tells of a blank what is likeliest for it: nobody expects the blank itself', () => {
  const one = (id: number, p: number) => ({ id, text: String(id), logprob: Math.log(p) })
  const at = (...top: [number, number][]): GlassToken => ({ ...token(0, -20), id: 4, top: top.map((t) => one(...t)) })
  const [moved] = chances([at([7, 0.6], [8, 0.2])], [at([8, 0.7], [7, 0.1])], 4)
  expect(moved).toMatchObject({
    guess: { id: 7 },
    before: expect.closeTo(0.6) as number,
    after: expect.closeTo(0.1) as number,
  })
  // fallen out of the candidates: what took its place is told
  expect(chances([at([7, 0.6], [8, 0.2])], [at([8, 0.7])], 4)[0]).toMatchObject({ guess: { id: 8 } })
  expect(chances([at([7, 0.6])], [at([9, 0.7])], 4)).toEqual([])
})

it('follows what was likeliest to come, and says when it is gone', () => {
  const one = (id: number, p: number) => ({ id, text: String(id), logprob: Math.log(p) })
  expect(comeMoved({ before: [one(7, 0.6), one(8, 0.2)], after: [one(8, 0.7), one(7, 0.1)] })).toEqual({
    id: 7,
    text: '7',
    before: expect.closeTo(0.6),
    after: expect.closeTo(0.1),
  })
  expect(comeMoved({ before: [one(7, 0.6)], after: [one(8, 0.7)] })!.after).toBeNull()
  expect(comeMoved({ before: [], after: [] })).toBeNull()
})

it('goes from the token that predicts to the watched one it predicts, and back; any other place stays', () => {
  expect(placeOf(17, 16, true)).toBe(17)
  expect(placeOf(17, 17, false)).toBe(16)
  expect(placeOf(0, 0, false)).toBe(0)
  for (const [watched, position] of [
    [17, 17],
    [17, 3],
    [null, 16],
    [17, null],
  ] as const) {
    expect(placeOf(watched, position, true)).toBe(position)
  }
  for (const [watched, position] of [
    [17, 16],
    [17, 3],
    [null, 17],
    [17, null],
  ] as const) {
    expect(placeOf(watched, position, false)).toBe(position)
  }
})

it('knows which edits are of one text', () => {
  const edits: Edit[] = [
    { kind: 'scale-head', layer: 0, head: 0, factor: 0 },
    { kind: 'skip', layer: 0, part: 'mlp' },
    { kind: 'mask-edges', layer: 0, head: 0, queries: [1, 2], keys: [0, 1] },
    { kind: 'evict', keys: [0, 1] },
    { kind: 'patch', layer: 0, position: 1, values: [] },
    { kind: 'direction', layer: 0, positions: [3, 9], mode: 'add', factor: 1, direction: [] },
  ]
  expect(edits.map(ofText)).toEqual([false, false, true, true, true, true])
})
