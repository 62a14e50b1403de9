// The README's table of families is what the families say of themselves. To renew it: delete the lines between its
// marks, run this test, read the diff.

import { readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { familyTable } from '../testing/family-table.ts'

const [begin, end] = ['<!-- families -->', '<!-- /families -->']

test("the README's table of families is true", async () => {
  const readme = readFileSync('README.md', 'utf8')
  const [before, rest] = readme.split(`${begin}\n`) as [string, string]
  const [table, after] = rest.split(end) as [string, string]
  const made = `${(await familyTable()).join('\n')}\n`
  if (table === '') writeFileSync('README.md', `${before}${begin}\n${made}${end}${after}`)
  else expect(table).toBe(made)
})
