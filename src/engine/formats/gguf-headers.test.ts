// Forty thousand heads of GGUF files with something wrong in them: the reader and a slow second one agree on each, to the
// last value and the last byte of every tensor. MUTANTS=10000000 runs more of them; a disagreement names its seed and bytes.

import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { ggufMutant } from './testing/mutate-gguf.ts'
import { judged, judgeMutants } from './testing/tables.ts'
import { namesIn } from './testing.ts'

const count = Number(process.env['MUTANTS'] ?? 40_000)
/** Each is what some of them break: a rule that no mutant reached would be checked by nobody. */
const rules = [
  ...['no GGUF', 'another version', 'too many tensors', 'too many keys', 'the head ends beyond the file', 'not UTF-8'],
  ...['a text is too long', 'an empty key', 'a key twice', 'an unknown value type', 'neither true nor false'],
  ...['a list of lists', 'a list is too long', 'an alignment that is no u32', 'an alignment that is no power of two'],
  ...['a tensor twice', 'more than 4 dimensions', 'a dimension of 0', 'a dimension above 2^40', '2^53 elements'],
  ...['an unknown type', 'a block across rows', 'an overlap', 'a hole', 'an end beyond 2^53'],
  ...['the data ends beyond the file'],
]

it(`${count} mutated heads get the second reader's verdict`, async () => {
  const tally = await judgeMutants('gguf', { first: 1, count, mutant: ggufMutant })
  const refused = rules.filter((rule) => !((tally.get(rule) ?? 0) > count / 5000))
  expect(refused).toEqual([])
  expect(tally.get('accepted')).toBeGreaterThan(count / 10)
  expect(Object.keys(Object.prototype)).toEqual([])
}, 900_000)

it('every GGUF of the fixtures is read alike', async () => {
  const files = namesIn('fixtures').filter((name) => name.endsWith('.gguf'))
  for (const file of files) await judged('gguf', readFileSync(`fixtures/${file}`))
  expect(files.length).toBeGreaterThan(30)
})
