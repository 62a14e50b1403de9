import { expect, it } from 'vitest'
import type { GlassToken } from '../worker/protocol.ts'
import { chances, comeMoved, mostMoved } from './edits.ts'

const token = (position: number, logprob: number | null): GlassToken =>
  ({ position, id: position, text: '', bytes: [], special: false, generated: false, logprob, rank: null, entropy: null, margin: null, top: [] })

it('compares tokens that both runs scored, the most moved first', () => {
  const before = [token(0, null), token(1, Math.log(0.5)), token(2, Math.log(0.4)), token(3, Math.log(0.9))]
  const after = [token(0, null), token(1, Math.log(0.45)), token(2, Math.log(0.01)), token(3, null)]
  expect(chances(before, after).map((m) => m.position)).toEqual([1, 2])
  const [most] = mostMoved(before, after, 1)
  expect(most!.position).toBe(2)
  expect([most!.before, most!.after]).toEqual([expect.closeTo(0.4), expect.closeTo(0.01)])
})

it('follows what was likeliest to come, and says when it is gone', () => {
  const one = (id: number, p: number) => ({ id, text: String(id), logprob: Math.log(p) })
  expect(comeMoved({ before: [one(7, 0.6), one(8, 0.2)], after: [one(8, 0.7), one(7, 0.1)] })).toEqual({ id: 7, text: '7', before: expect.closeTo(0.6), after: expect.closeTo(0.1) })
  expect(comeMoved({ before: [one(7, 0.6)], after: [one(8, 0.7)] })!.after).toBeNull()
  expect(comeMoved({ before: [], after: [] })).toBeNull()
})
