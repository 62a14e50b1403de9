// docs/faults.md names tests: they must be there, and every case must be in it.
import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const text = readFileSync('docs/faults.md', 'utf8')
const rows = text.split('\n').filter((line) => /^\| (?!Case|Target|---)/.test(line))

test('every test that is named is there', () => {
  const missing = []
  let named = 0
  for (const row of text.split('\n')) {
    let file = ''
    for (const [, path, words] of row.matchAll(/`([\w/.-]+\.test\.tsx?|e2e\/[\w-]+\.spec\.ts)`|"([^"]+)"/g)) {
      if (path) {
        file = path
        if (!existsSync(file)) missing.push(file)
      } else if (file) {
        named++
        if (!existsSync(file) || !readFileSync(file, 'utf8').includes(words)) missing.push(`${file}: ${words}`)
      }
    }
  }
  expect(missing).toEqual([])
  expect(named).toBeGreaterThan(40)
})

test('every case is there once, with a test or the word that it is not built', () => {
  const cases = rows.map((row) => row.split('|')[1].trim())
  for (const id of 'N1 N2 N3 Q1 C1 C2 C3 K1 K2 W1 G1 G2 G3 G4 G5 G6 G7 T1 L1 U1 X1 Chaos'.split(' ')) {
    expect(cases.filter((one) => one === id)).toHaveLength(1)
  }
  for (const row of rows) expect(row).toMatch(/\.(test|spec)\.tsx?`|Not built/)
})
