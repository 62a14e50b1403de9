// What the cache card says of a slot, also while its numbers are those of another text.

import { expect, test } from 'vitest'
import { normsAt } from './cache.ts'

test('a slot has its own lengths, and none in the cache of a shorter text', () => {
  // two slots from position 3 on, two kv heads
  const norms = { kNorm: Float32Array.of(1, 2, 3, 4), vNorm: Float32Array.of(5, 6, 7, 8) }
  const cache = { from: 3, length: 2, k: new Float32Array(4), v: new Float32Array(4), ...norms }
  expect(normsAt(cache, 2, 1, 3)).toEqual({ k: 2, v: 6 })
  expect(normsAt(cache, 2, 0, 4)).toEqual({ k: 3, v: 7 })
  for (const position of [0, 2, 5, 58]) expect(normsAt(cache, 2, 0, position), String(position)).toBeNull()
  expect(normsAt({ ...cache, kNorm: Float32Array.of(NaN, NaN, 3, 4) }, 2, 0, 3)).toBeNull()
})
