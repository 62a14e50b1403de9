// Arguments as rows.

import { expect, test } from 'vitest'
import { argumentsOf } from './tool-arguments.ts'

test('texts as they are, the rest as JSON', () => {
  expect(argumentsOf('{"city":"Łódź","days":2,"units":{"t":"C"},"hot":null}')).toEqual([
    { key: 'city', value: 'Łódź' },
    { key: 'days', value: '2' },
    { key: 'units', value: '{"t":"C"}' },
    { key: 'hot', value: 'null' },
  ])
  expect(argumentsOf('{}')).toEqual([])
})
test('what is no object is shown as it is, and what is long is cut', () => {
  for (const text of ['', '{', '[1]', '"x"', 'null']) expect(argumentsOf(text)).toBeNull()
  expect(argumentsOf(JSON.stringify({ a: 'x'.repeat(9999) }))![0]!.value).toHaveLength(2001)
  expect(
    argumentsOf(JSON.stringify(Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`k${i}`, i])))),
  ).toHaveLength(100)
})
