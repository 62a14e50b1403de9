import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { sha1, sha1Bytes } from './sha1.ts'

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

test("SHA-1 by hand is Node's, at every length around a block", () => {
  for (const length of [0, 1, 54, 55, 56, 57, 63, 64, 65, 119, 120, 127, 128, 1000, 70_000]) {
    const data = Uint8Array.from({ length }, (_, i) => (i * 31 + length) & 255)
    expect(hex(sha1Bytes(data)), String(length)).toBe(createHash('sha1').update(data).digest('hex'))
  }
})

test('the id git gives to a file: git hash-object on "hello" and a line feed', async () => {
  const text = new TextEncoder().encode('hello\n')
  expect(await sha1([new TextEncoder().encode('blob 6\0'), text.subarray(0, 2), text.subarray(2)])).toBe(
    'ce013625030ba8dba906f756967f9e9ca394464a',
  )
})
