// The table of times says faster where it is faster, whatever the unit.
import { expect, it } from 'vitest'
import { timesAsFast, type Row } from './rows.ts'

const row = (key: string, unit: Row['unit'], median: number): Row => ({
  key,
  unit,
  kind: 'decode',
  count: 0,
  value: { median, min: median, max: median },
})

it('compares a line with the one of the same name', () => {
  const then = [row('decode 0', 'ms', 30), row('prefill 64', 'rate', 100)]
  expect(timesAsFast(row('decode 0', 'ms', 10), then)).toBe(3)
  expect(timesAsFast(row('prefill 64', 'rate', 50), then)).toBe(0.5)
  expect(timesAsFast(row('warm', 's', 1), then)).toBe(null)
  expect(timesAsFast(row('decode 0', 'ms', 0), then)).toBe(null)
})
