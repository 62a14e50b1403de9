// Formats of weights as people call them: makers' names stay, the engine's own are said by what they are.

import { expect, test } from 'vitest'
import { formatName } from './format-names.ts'

test('formats have names that people know', () => {
  const names = ['q4_k', 'bf16', 'fp8', 'i8', 'uint8', 'uint4_ordered', 'uint4_bias']
  expect(names.map((name) => formatName(name, 'en'))).toEqual([
    ...['Q4_K', 'BF16', 'FP8', 'int8', '8-bit, groups', '4-bit, act-order', '4-bit, groups with bias'],
  ])
  expect(formatName('uint4', 'zh')).toBe('4 位，分组')
})
