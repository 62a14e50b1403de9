// Merges from scores against the plain way: every cut of every piece, looked up text by text.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { loadTokenizer } from './load.ts'
import { idsOfMerges, isCharacter, mergesFromScores } from './spm-merges.ts'

const vocabOf = (tokens: readonly string[]): Record<string, number> =>
  Object.fromEntries(tokens.map((token, id) => [token, id]))

function plainly(tokens: readonly string[], scores: readonly number[], joinable: (id: number) => boolean) {
  const pieces = new Set(tokens.filter((_, id) => joinable(id)))
  const order = tokens.flatMap((_, id) => (joinable(id) ? [id] : []))
  order.sort((a, b) => scores[b]! - scores[a]! || a - b)
  const different = [...new Set(order.map((id) => scores[id]!))]
  return order.flatMap((id) => {
    const piece = [...tokens[id]!]
    return piece.slice(1).flatMap((_, i) => {
      const [left, right] = [piece.slice(0, i + 1).join(''), piece.slice(i + 1).join('')]
      const known = [left, right].every((part) => pieces.has(part) || isCharacter(part))
      return known ? [{ pair: [left, right], rank: different.indexOf(scores[id]!) }] : []
    })
  })
}

test('every cut into two pieces is a merge, and its ids are the vocabulary’s', () => {
  const piece = fc
    .array(fc.constantFrom('a', 'b', '▁', '好', '😀'), { minLength: 1, maxLength: 6 })
    .map((parts) => parts.join(''))
  fc.assert(
    fc.property(
      fc.uniqueArray(piece, { minLength: 1, maxLength: 40 }),
      fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 40, maxLength: 40 }),
      fc.nat(12),
      (tokens, scores, hole) => {
        const joinable = (id: number): boolean => id % 13 !== hole
        const { merges, ranks } = mergesFromScores(tokens, scores, joinable, vocabOf(tokens))
        expect(merges.map((pair, i) => ({ pair, rank: ranks[i] }))).toEqual(plainly(tokens, scores, joinable))
        const ids = merges.flatMap(([left, right]) =>
          [left, right, left + right].map((text) => (tokens.includes(text) ? tokens.indexOf(text) : -1)),
        )
        expect([...idsOfMerges(merges)!]).toEqual(ids)
      },
    ),
    { numRuns: 300, seed: 5 },
  )
})

describe('what is known of a list', () => {
  const model = (merges: unknown, more: object = {}): object => ({
    model: { type: 'BPE', vocab: { a: 0, b: 1, ab: 2 }, merges, ...more },
  })
  test('belongs to the list that was made, not to one that looks like it', () => {
    const { merges, ranks } = mergesFromScores(['a', 'b', 'ab'], [0, 0, 1], () => true, { a: 0, b: 1, ab: 2 })
    expect(loadTokenizer(model(merges, { merge_ranks: ranks }), null).encode('abb')).toEqual([2, 1])
    expect(idsOfMerges([...merges])).toBeUndefined()
    expect(() => loadTokenizer(model([['a', 'long']]), null)).toThrow('needs the token "long"')
  })
})

test('pieces that all begin alike take no time to speak of', () => {
  const tokens = Array.from({ length: 1000 }, (_, i) => 'a'.repeat(24 + i))
  const far = Array.from({ length: 5_000 }, (_, i) => `${'b'.repeat(900)}${i}`)
  const all = [...tokens, ...far]
  const from = performance.now()
  const { merges } = mergesFromScores(all, new Float32Array(all.length), () => true, vocabOf(all))
  // n letters a are cut into 24 … n - 24, or into one and the rest; a number behind b … into its last digit and the rest
  const wanted = tokens.reduce((sum, { length: n }) => sum + Math.max(0, n - 47) + (n > 24 ? 2 : 0), 4990)
  expect(merges.length).toBe(wanted)
  expect(performance.now() - from).toBeLessThan(20_000)
})
