// Forty thousand headers of safetensors files with something wrong in them: the reader and a slow second one agree on
// each, to the last byte of every tensor. MUTANTS=10000000 runs more of them; a disagreement names its seed and bytes.

import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { safetensorsMutant } from './testing/mutate-safetensors.ts'
import { judged, judgeMutants } from './testing/tables.ts'
import { namesIn } from './testing.ts'

const count = Number(process.env['MUTANTS'] ?? 40_000)
/** Each is what some of them break: a rule that no mutant reached would be checked by nobody. */
const rules = [
  ...['the file is shorter than the length', 'the header is too long', 'the header ends beyond the file', 'not UTF-8'],
  ...['the first character', 'what follows the end', 'no JSON', 'half a surrogate pair', 'too deep', 'a key twice'],
  ...['metadata is no object', 'metadata is no text', 'a long name', 'an entry is no object', 'a field is missing'],
  ...['no list of numbers', 'no whole number', 'a number above 2^53', 'a dtype that is no text', 'an unknown dtype'],
  ...['more than 8 dimensions', 'not two offsets', 'the end before the begin', 'a dimension above 2^32', 'the size'],
  ...['more than 2^53 elements', 'more than 2^53 bits', 'half a byte', 'an overlap', 'a hole'],
  ...['the data ends beyond the file', 'bytes are left over'],
]

it(`${count} mutated headers get the second reader's verdict`, async () => {
  const tally = await judgeMutants('safetensors', { first: 1, count, mutant: safetensorsMutant })
  const refused = rules.filter((rule) => !((tally.get(rule) ?? 0) > count / 5000))
  expect(refused).toEqual([])
  expect(tally.get('accepted')).toBeGreaterThan(count / 10)
  expect(Object.keys(Object.prototype)).toEqual([])
}, 900_000)

it('every safetensors file of the fixtures is read alike', async () => {
  const files = namesIn('fixtures').filter((name) => name.endsWith('.safetensors'))
  for (const file of files) await judged('safetensors', readFileSync(`fixtures/${file}`))
  expect(files.length).toBeGreaterThan(100)
})
