// The unit converter: computed exactly, by the table in unit-table.ts, and written with at most five decimals: what is longer
// nobody wants of a measure, and a small model that has to say it again mistakes it.

import { add, negate, over, readRatio, times, writeRatio, writeShort, type Ratio } from './ratio.ts'
import type { Tool } from './tool.ts'
import { kinds, type Unit } from './unit-table.ts'

interface Found {
  unit: Unit
  kind: string
}

const all: readonly Found[] = Object.entries(kinds).flatMap(([kind, units]) => units.map((unit) => ({ unit, kind })))

/** Capitals tell milli from mega, so that only words may be written with others than they have: Miles, MPH, never mW. */
const isWord = (name: string): boolean => /^[a-z][a-z -]{2,}$/.test(name) && name !== 'mbar' && name !== 'cal'

/** By its name as it is written, else, for words, with other capitals; with or without a plural's s. null: none */
export function findUnit(asked: string): Found | null {
  const name = asked.trim().replace(/\s+/g, ' ')
  const by = (same: (name: string) => boolean): Found[] => all.filter(({ unit }) => unit.names.some(same))
  const tries = [name, ...(/s$/i.test(name) && name.length > 3 ? [name.slice(0, -1)] : [])]
  for (const one of tries) {
    const exact = by((known) => known === one)
    if (exact.length === 1) return exact[0]!
    const loose = by((known) => isWord(known) && known === one.toLowerCase())
    if (loose.length === 1) return loose[0]!
  }
  return null
}

function needed(asked: string): Found {
  const found = findUnit(asked)
  if (found) return found
  const list = Object.entries(kinds).map(([kind, units]) => `${kind}: ${units.map(({ names }) => names[0]).join(' ')}`)
  throw new Error(`the unit "${asked}" is not known. There are ${list.join('; ')}`)
}

const exact = (text: string): Ratio => readRatio(text)!

/** @param value as JSON writes it @throws Error where a unit is not known, or they do not measure the same */
export function convert(value: number, from: string, to: string): string {
  const [a, b] = [needed(from), needed(to)]
  if (a.kind !== b.kind) {
    throw new Error(`"${from}" measures ${a.kind} and "${to}" measures ${b.kind}: one cannot become the other`)
  }
  const given = exact(String(value))
  const base = times(add(given, exact(a.unit.plus ?? '0')), exact(a.unit.worth))
  const made = add(over(base, exact(b.unit.worth)), negate(exact(b.unit.plus ?? '0')))
  const said = writeShort(made)
  return `${writeRatio(given)} ${a.unit.names[0]} ${said.startsWith('≈') ? said : `= ${said}`} ${b.unit.names[0]}`
}

export const units: Tool = {
  name: 'convert_units',
  description:
    'Converts a measure into another unit: length, mass, time, temperature, area, volume, speed, pressure, energy, power, angle, data. Example: value 5, from "mi", to "km"',
  parameters: {
    type: 'object',
    properties: {
      value: { type: 'number', description: 'how many' },
      from: { type: 'string', description: 'the unit it is in, such as km, lb, °F', maxLength: 64 },
      to: { type: 'string', description: 'the unit that is wanted', maxLength: 64 },
    },
    required: ['value', 'from', 'to'],
    additionalProperties: false,
  },
  words: {
    en: { title: 'Units', about: 'Converts lengths, weights, temperatures and nine more kinds of measure.' },
    zh: { title: '单位换算', about: '换算长度、重量、温度等十二类单位，包括斤、两、亩、里。' },
  },
  run: ({ value, from, to }) => convert(Number(value), String(from), String(to)),
}
