// The local tools: what they compute, against numbers of other hands, and that nothing a model writes gets past their door.

import { describe, expect, test, vi } from 'vitest'
import { calculate } from './calculator.ts'
import { timeIn } from './clock.ts'
import { asFunction, call, longestResult, patience, readArguments, toolNamed, tools, type Tool } from './index.ts'
import { readRatio, writeRatio } from './ratio.ts'
import { kinds } from './unit-table.ts'
import { convert, findUnit } from './units.ts'

const here = {
  now: new Date('2026-03-29T00:30:00Z'),
  timeZone: 'Europe/Berlin',
  searchChats: () => Promise.resolve([]),
  searchDocuments: () => Promise.resolve([]),
  readDocument: (name: string) =>
    Promise.resolve(
      name === 'a.md'
        ? { text: `${'x'.repeat(1499)}😀${'y'.repeat(400)}`, starts: [0, 1400, 1501] }
        : { names: ['a.md'] },
    ),
  notes: [] as string[],
}
const ask = (name: string, args: unknown, allowed = tools.map((tool) => tool.name)) =>
  call(name, typeof args === 'string' ? args : JSON.stringify(args), allowed, here, new AbortController().signal)

describe('calculator', () => {
  test.each([
    ['1 + 2 * 3', '7'],
    ['(17 + 4) * 2^10 / 3', '7168'],
    ['0.1 + 0.2', '0.3'],
    ['1/3 + 1/6', '0.5'],
    ['1/3', '1/3 ≈ 0.33333333333333333333'],
    ['-2^2', '-4'],
    ['2^-3', '0.125'],
    ['2^3^2', '512'],
    ['2**10', '1024'],
    ['7 − 3 × 2 ÷ 6', '6'],
    ['200 * 15%', '30'],
    ['5! / 3!', '20'],
    ['-(3)!', '-6'],
    ['--3', '3'],
    ['mod(-7, 3)', '2'],
    ['gcd(84, 36) + lcm(4, 6)', '24'],
    ['sqrt(1/4)', '0.5'],
    ['sqrt(152415787532388367501905199875019052100)', '12345678901234567890'],
    ['round(-2.5) + floor(-0.5) + ceil(0.2)', '-3'],
    ['mean(1, 2, 4)', '7/3 ≈ 2.3333333333333333333'],
    ['max(1/3, 0.3) * 3', '1'],
    ['2^127 - 1', '170141183460469231731687303715884105727'],
    ['1e400 / 1e399', '10'],
    ['sin(pi/6)', '≈ 0.5'],
    ['sqrt(2)', '≈ 1.41421356237'],
    ['ln(e^2)', '≈ 2'],
    ['100!', '≈ 9.3326215443944152682e+157'],
    ['1.00001^20000', '≈ 1.22140153677'], // Python's Fraction: 1.221401536766165
    ['1.00000001^99999999', '≈ 2.71828178768'],
    ['(-3)^601 / 10^286', '≈ -5.621783111654381966'],
    ['1.5^-1000', '≈ 8.1047746565275666705e-177'],
    ['(15^1270 / 13^1475)^2', '≈ 1.37691996221e-299'], // Python's Fraction: 1.376919962209125e-299
    ['99999999999999999999.5 / 1e20 - 1 + 3e-9', '0.000000002999999999995'],
  ])('%s is %s', (expression, value) => {
    expect(calculate(expression)).toBe(value)
  })

  test.each([
    ['', 'something is missing at its end'],
    ['1 +', 'something is missing at its end'],
    ['2 3', 'an operator is missing before "3"'],
    ['17 % 5', 'write mod(a, b) for a remainder'],
    ['(1', 'a parenthesis is not closed'],
    ['1)', 'an operator is missing before ")"'],
    ['1/0', 'division by zero'],
    ['0^-1', 'division by zero'],
    ['sqrt(-1)', 'no real number'],
    ['9^9^9', 'between 1e-300 and 1e300'],
    ['9^9^9^9', 'too large'],
    ['10.0^300 * pi^100', 'at most 1e308'],
    ['1e999999999', 'at most 3,000 digits'],
    ['1e-999999999', 'at most 3,000 digits'],
    ['2^9999 * 2^9999', 'too large'],
    ['999! * 999!', 'too long'],
    ['1e99999', 'too long'],
    ['100000!', 'from 0 to 1000'],
    ['0.5!', 'whole numbers'],
    ['constructor', 'is not known'],
    ['globalThis.alert(1)', '"." has no meaning here'],
    ['"a"', '""" has no meaning here'],
    ['sqrt 4', 'in parentheses'],
    ['sqrt(4, 9)', 'takes 1 argument'],
    [`${'('.repeat(500)}1`, 'within each other'],
  ])('%s is refused: %s', (expression, why) => {
    expect(() => calculate(expression)).toThrow(why)
  })

  test('fractions are as exact as those of a second way to compute them', () => {
    // a/b + c/d over small whole numbers, by BigInt with 40 places
    let state = 7
    const next = (below: number): number => (state = (state * 48271) % 2147483647) % below
    for (let i = 0; i < 500; i++) {
      const [a, b, c, d] = [next(1000), next(97) + 1, next(1000), next(89) + 1]
      const shown = calculate(`${a}/${b} - ${c}/${d}`).split(' ').at(-1)!
      const places = 40n
      const scaled = (BigInt(a * d - c * b) * 10n ** places) / BigInt(b * d)
      expect(Math.abs(Number(shown) - Number(scaled) / 1e40)).toBeLessThanOrEqual(Math.abs(Number(shown)) * 1e-15)
    }
  })

  test('the longest work that is let in is short', () => {
    const began = performance.now()
    const big = `(${'7'.repeat(300)}/${'3'.repeat(299)}1)`
    expect(() => calculate(Array.from({ length: 14 }, () => big).join('*'))).toThrow('too long')
    expect(() => calculate(Array.from({ length: 60 }, () => '999!').join('/'))).not.toThrow('never')
    expect(performance.now() - began).toBeLessThan(2000)
  })
})

test('numbers are read and written as they are', () => {
  for (const text of ['0', '-12.5', '0.001', '123456789012345678901234567890.5'])
    expect(writeRatio(readRatio(text)!)).toBe(text)
  expect(readRatio('5/18')).toEqual({ n: 5n, d: 18n })
  for (const text of ['', '.', 'e5', '1/0', '1/2/3', '0x10', ' 1']) expect(readRatio(text)).toBeNull()
})

describe('units', () => {
  test.each([
    [5, 'mi', 'km', '5 mi = 8.04672 km'],
    [1, 'psi', 'Pa', '1 psi ≈ 6894.7573 Pa'], // NIST SP 811: 6.894 757 E+03
    [1, 'hp', 'W', '1 hp ≈ 745.6999 W'], // NIST SP 811: 7.456 999 E+02
    [-40, '°F', 'celsius', '-40 °F = -40 °C'],
    [100, 'fahrenheit', 'C', '100 °F ≈ 37.7778 °C'],
    [0, 'K', '°F', '0 K = -459.67 °F'],
    [2.5, 'pounds', 'g', '2.5 lb ≈ 1133.9809 g'],
    [1, 'GiB', 'MB', '1 GiB ≈ 1073.7418 MB'],
    [3, '斤', 'kg', '3 斤 = 1.5 kg'],
    [15, '亩', '公顷', '15 亩 = 1 ha'],
    [90, 'km/h', 'm/s', '90 km/h = 25 m/s'],
    [1e21, 'nm', 'km', '1000000000000000000000 nm = 1000000000 km'],
    [760, 'Torr', 'atm', '760 Torr = 1 atm'],
    [-1, 'm', 'mi', '-1 m ≈ -0.00062137 mi'],
    [9.99999999, 'lb', 'lb', '9.99999999 lb ≈ 10 lb'],
    [1e-9, 'm', 'km', '0.000000001 m = 1e-12 km'],
  ])('%s %s in %s', (value, from, to, said) => {
    expect(convert(value, from, to)).toBe(said)
  })

  test('no name means two units, and capitals that mean something are kept', () => {
    const names = Object.values(kinds).flatMap((units) => units.flatMap((unit) => unit.names))
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([])
    for (const name of names) expect(findUnit(name)?.unit.names).toContain(name)
    for (const name of ['mW', 'mJ', 'Mm', 'mPa', 'MBAR', 'mb', 'constructor', '']) expect(findUnit(name)).toBeNull()
    expect([findUnit('Miles')!.unit.names[0], findUnit('MPH')!.unit.names[0]]).toEqual(['mi', 'mph'])
    for (const units of Object.values(kinds)) {
      expect(units.filter(({ worth }) => readRatio(worth) === null)).toEqual([])
      expect(units.some(({ worth }) => worth === '1')).toBe(true)
    }
  })

  test('what cannot become the other is refused by name', () => {
    expect(() => convert(1, 'kg', 'm')).toThrow('"kg" measures mass and "m" measures length')
    expect(() => convert(1, 'cubit', 'm')).toThrow('the unit "cubit" is not known')
  })
})

test('the clock knows zones and their summers', () => {
  expect(timeIn(here.now, 'UTC')).toBe('2026-03-29 00:30:00, Sunday, UTC (GMT+00:00)')
  expect(timeIn(here.now, 'Europe/Berlin')).toBe('2026-03-29 01:30:00, Sunday, Europe/Berlin (GMT+01:00)')
  expect(timeIn(new Date('2026-03-29T01:30:00Z'), 'Europe/Berlin')).toContain(
    '03:30:00, Sunday, Europe/Berlin (GMT+02:00)',
  )
  expect(timeIn(here.now, 'Asia/Shanghai')).toContain('08:30:00')
  expect(() => timeIn(here.now, 'Mars/Olympus')).toThrow('there is no time zone "Mars/Olympus"')
})

describe('a call', () => {
  test('gives what the tool says', async () => {
    expect(await ask('calculator', { expression: ' 6*7 ' })).toEqual({ text: '6*7 = 42', failed: false })
    expect((await ask('calculator', { expression: '2/3' })).text).toBe('2/3 = 2/3 ≈ 0.66666666666666666667')
    expect((await ask('clock', {})).text).toContain('Europe/Berlin')
    expect((await ask('convert_units', { value: '5', from: 'mi', to: 'km' })).text).toBe('5 mi = 8.04672 km')
  })

  test('reads a document on, never half a character; notes are kept, the oldest make place', async () => {
    expect((await ask('search_my_documents', { query: 'q' })).text).toBe('No document says anything of "q".')
    const read = async (passage: number): Promise<{ text: string; next_passage?: number }> =>
      JSON.parse((await ask('read_document', { document: 'a.md', passage })).text) as { text: string }
    const first = await read(1)
    expect([first.text, first.next_passage]).toEqual(['x'.repeat(1499), 2])
    expect(await read(3)).toEqual({ document: 'a.md', text: 'y'.repeat(400) })
    for (let i = 0; i < 25; i++) await ask('note', { text: ` n${i} ` })
    expect(here.notes).toEqual(Array.from({ length: 20 }, (_, i) => `n${i + 5}`))
  })

  test('of whatever a model may write becomes a text', async () => {
    const cases: [string, unknown, string][] = [
      ['rm', {}, 'Error: there is no tool "rm": there are calculator'],
      ['toString', {}, 'Error: there is no tool "toString"'],
      ['calculator', '{"expression": ', 'this is no JSON'],
      ['calculator', '[]', 'must be a JSON object with expression'],
      ['calculator', 'null', 'must be a JSON object'],
      ['calculator', {}, '"expression" is missing'],
      ['calculator', { expression: 5 }, '"expression" must be a string'],
      ['calculator', { expression: '1', more: 1 }, 'there is no "more"'],
      ['calculator', '{"__proto__": {"expression": "1"}}', 'there is no "__proto__"'],
      ['calculator', { expression: '1+'.repeat(600) }, 'at most 1000 characters'],
      ['convert_units', { value: 'x', from: 'a', to: 'b' }, '"value" must be a number'],
      ['search_my_chats', { query: ' ' }, 'the query is empty'],
      ['search_my_documents', { query: ' ' }, 'the query is empty'],
      ['read_document', { document: 'b', passage: 1 }, 'there is no document "b": there are "a.md"'],
      ['read_document', { document: 'a.md', passage: 4 }, 'a whole number from 1 to 3'],
      ['read_document', { document: 'a.md', passage: 1.5 }, 'a whole number from 1 to 3'],
      ['note', { text: ' ' }, 'the note is empty'],
      ['x'.repeat(5000), {}, '…'],
    ]
    for (const [name, args, why] of cases) {
      const { text, failed } = await ask(name, args)
      expect([failed, text.startsWith('Error: '), text.length < longestResult + 100]).toEqual([true, true, true])
      expect(text).toContain(why)
    }
    expect((await ask('clock', {}, ['calculator'])).text).toBe('Error: there is no tool "clock": there are calculator.')
    expect((await ask('clock', {}, [])).text).toBe('Error: there is no tool "clock": no tools are on.')
  })

  test('that hangs is given up, one that is stopped ends at once, and a long result is cut', async () => {
    const search = toolNamed('search_my_chats')!
    const stop = new AbortController()
    const hang = { ...here, searchChats: () => new Promise<never>(() => undefined) }
    const stopped = call(search.name, '{"query":"a"}', [search.name], hang, stop.signal)
    stop.abort()
    expect(await stopped).toEqual({ text: 'Error: stopped by the user.', failed: true })
    const limit = vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
      expect(ms).toBe(patience)
      return AbortSignal.abort()
    })
    expect((await call(search.name, '{"query":"a"}', [search.name], hang, new AbortController().signal)).text).toBe(
      'Error: no result within 5 seconds.',
    )
    limit.mockRestore()
    const long = { ...here, searchChats: () => Promise.resolve([{ chat: 'c', text: '😀'.repeat(9000) }]) }
    const { text } = await call(search.name, '{"query":"a"}', [search.name], long, new AbortController().signal)
    expect(text).toMatch(/… \(cut: 18024 characters\)$/)
    expect(text.length).toBeLessThan(longestResult + 40)
    expect(/\p{Cs}/u.test(text)).toBe(false)
  })
})

test('every tool says what it is, to the model and to people', () => {
  for (const tool of tools as readonly Tool[]) {
    expect(asFunction(tool)).toMatchObject({
      type: 'function',
      function: { name: tool.name, parameters: { type: 'object' } },
    })
    expect(tool.name).toMatch(/^[a-z_]{1,64}$/)
    expect(tool.words.zh.title).toMatch(/\p{Script=Han}/u)
    expect(tool.parameters.required.every((key) => Object.hasOwn(tool.parameters.properties, key))).toBe(true)
    expect(() => readArguments(tool.parameters, '{"?":1}')).toThrow('there is no "?"')
  }
})
