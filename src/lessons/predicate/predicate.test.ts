// The language of claims: what it says of numbers, how far from a threshold it is, and that no text gets it to do
// anything else.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { lessonReasonsSaid } from '../../i18n/errors-lessons.ts'
import { lessonReasons } from '../problem.ts'
import { checkNames } from './check.ts'
import { valueOf, verdictOf, type Scope } from './evaluate.ts'
import { fn, plainFunctions } from './functions.ts'
import { LONGEST_CLAIM, parseClaim, parseExpression } from './parse.ts'
import { shown, type Value } from './values.ts'

/** p() by token and run, as measured on a story. */
const measured: Record<string, number> = { 'garden plain': 0.998, 'garden cut': 0.01, 'library cut': 0.9 }
const scope: Scope = {
  functions: new Map(
    Object.entries({
      ...plainFunctions,
      p: fn('word run?', async (args) => {
        const word = await args.word(0)
        return measured[`${(typeof word === 'string' ? word : word.text).trim()} ${args.run(1)}`] ?? 0
      }),
      A: fn('run place', async (args) => args.place(1, args.run(0))),
    }),
  ),
  runs: new Set(['plain', 'cut']),
  run: 'plain',
  words: new Map([
    ['there', ' garden'],
    ['花园', 'garden'],
  ]),
  answer: () => Promise.resolve({ id: 7, text: ' garden' }),
  position: (place, run) => Promise.resolve(place === 'last' ? 58 : run === 'cut' ? 40 : 37),
}
const value = (text: string): Promise<Value> => valueOf(parseExpression(text), scope)
const verdict = (text: string) => verdictOf(parseClaim(text), scope)
const failure = (work: () => unknown): Record<string, unknown> => {
  try {
    work()
  } catch (error) {
    return (error as { facts: Record<string, unknown> }).facts
  }
  throw new Error('it was taken')
}

test('lists as long as a vocabulary are no list of arguments', async () => {
  const long = Array.from({ length: 300_000 }, (_, i) => (i === 7 ? 9 : i % 5))
  const functions = new Map([...scope.functions, ['logits', fn('', () => long)]])
  const of = (text: string) => valueOf(parseExpression(text), { ...scope, functions })
  expect(await of('max(logits())')).toBe(9)
  expect(await of('min(logits())')).toBe(0)
  expect(await of('max(softmax(logits()))')).toBeGreaterThan(0.001)
})

test.each<[string, Value]>([
  ['1 + 2 * 3', 7],
  ['(1 + 2) * 3', 9],
  ['10 - 2 - 3', 5],
  ['12 / 3 / 2', 2],
  ['-2 * -3', 6],
  ['--2', 2],
  ['.5 + 1e-1', 0.6],
  ['max(1, 2, -3) + min(4, 5)', 6],
  ['mean([1, 2, 3], 6)', 3],
  ['sum([1, 2] * [3, 4])', 11],
  ['argmax([3, 9, 9, 1])', 1],
  ['sum(softmax([1000, 1001, -5]))', 1],
  ['max(softmax([log(3), log(6), log(1)]))', 0.6],
  ['abs([-1, 2])', [1, 2]],
  ['exp([0, -1000])', [1, 0]],
  ['delta([1, 2], [1, 5])', 3],
  ['Δ(2, 5)', 3],
  ['count("花园 a")', 4],
  ['bytes("花园")', 6],
  ['chinese("Emma把 clock 带回家。")', 4],
  ['has("a garden", "gard")', 1],
  ['equal(there, " garden")', 1],
  ['"say \\"hi\\"\\n"', 'say "hi"\n'],
  ['p(answer, plain) − p(answer, cut)', 0.988],
  ['p(花园，cut)', 0.01],
  ['last - 1', 57],
  ['A(cut, @garden) + A(plain, @there#2)', 77],
  ['A(cut, @garden + 1)', 41],
])('%s', async (text, expected) => {
  const got = await value(text)
  if (typeof expected === 'number') expect(got).toBeCloseTo(expected, 12)
  else expect(got).toEqual(expected)
})

test.each<[string, boolean, number]>([
  ['p(answer, plain) >= 0.9', true, 0.098 / 0.9],
  ['p(answer, plain) - p(answer, cut) <= -0.5', false, -1.488 / 0.5],
  ['p(answer, cut) - p(answer, plain) ≤ −0.5', true, 0.488 / 0.5],
  ['p(answer, cut) > 0.01', false, -0],
  ['p(answer, plain) > 0', true, 0.998],
  ['answer = there', true, Infinity],
  ['answer = "garden"', false, -Infinity],
  ['answer != "garden"', true, Infinity],
  // "and" is as near to its threshold as the nearer one, "or" as the farther one
  ['p(answer, plain) >= 0.9 and p(answer, cut) <= 0.02', true, 0.098 / 0.9],
  ['p(answer, plain) >= 0.9 or p(answer, cut) <= 0.02', true, 0.5],
  ['p(answer, plain) >= 0.9 and p(answer, cut) >= 0.02', false, -0.5],
  ['not p(answer, cut) >= 0.02', true, 0.5],
  ['not (1 < 2 ∧ 4 < 2)', true, 1],
  ['1 > 2 or 1 < 2 and 3 > 2', true, 0.5],
  ['argmax([1, 3]) = 1 and 2 < 3', true, 1 / 3],
  ['1 / 0 >= exp(999)', true, 0],
  ['1 / 0 < exp(999)', false, -0],
  ['3 < 1 / 0', true, Infinity],
])('%s is %s, by %d', async (text, holds, margin) => {
  const got = await verdict(text)
  expect(got.holds).toBe(holds)
  expect(got.margin).toBeCloseTo(margin, 9)
})

test('a verdict shows both sides of every comparison, also of those that did not decide', async () => {
  const { parts } = await verdict('p(answer, plain) < 0.5 and p(there, cut) <= max(0.1, 0.2)')
  expect(parts.map(({ text, value: v, threshold, holds }) => [text, shown(v), shown(threshold), holds])).toEqual([
    ['p(answer, plain) < 0.5', '0.998', '0.5', false],
    ['p(there, cut) <= max(0.1, 0.2)', '0.01', '0.2', true],
  ])
})

test.each<[string, string, number, number]>([
  ['1 <', 'wanted', 1, 4],
  ['p(there,\n  $) > 1', 'character', 2, 3],
  ['1 < 2 < 3', 'rest', 1, 7],
  ['"a\nb" = 1', 'text', 1, 1],
  ['花园 ? 1', 'character', 1, 4],
  ['(1 < 2) * 2 > 1', 'truth', 1, 1],
  ['not 1', 'value', 1, 5],
  ['1 and 2 < 3', 'value', 1, 1],
  ['max(1, 2', 'wanted', 1, 9],
  ['[1, 2', 'wanted', 1, 6],
  ['@ > 1', 'character', 1, 1],
  ['__proto__ > 1', 'character', 1, 1],
  ['p.constructor > 1', 'character', 1, 2],
  ['p[0] > 1', 'rest', 1, 2],
  ['`x` > 1', 'character', 1, 1],
  ['1e400 > 1', 'number', 1, 1],
])('%s is refused: %s at line %d, column %d', (text, reason, line, column) => {
  expect(failure(() => parseClaim(text))).toMatchObject({ reason, line, column })
})

test.each<[string, string, number]>([
  ['constructor(1) > 1', 'function', 1],
  ['toString() > 1', 'function', 1],
  ['1 > constructor', 'name', 5],
  ['p(there, there) > 1', 'run', 10],
  ['p(there, constructor) > 1', 'run', 10],
  ['1 + cut > 1', 'isRun', 5],
  ['p() > 1', 'arguments', 1],
  ['p(there, plain, 1) > 1', 'arguments', 1],
])('%s has no meaning: %s at column %d', (text, reason, column) => {
  const names = { functions: scope.functions, runs: scope.runs, words: new Set(scope.words.keys()) }
  expect(failure(() => checkNames(parseClaim(text), names))).toMatchObject({ reason, column })
})

test('which runs a claim needs is known before anything runs', () => {
  const names = { functions: scope.functions, runs: scope.runs, words: new Set(scope.words.keys()) }
  expect(checkNames(parseClaim('p(answer, cut) < p(answer, plain) and A(cut, last) = 1'), names)).toEqual([
    'cut',
    'plain',
  ])
})

test('names of a language’s own objects are names of nothing', async () => {
  for (const name of ['constructor', 'toString', 'valueOf', 'hasOwnProperty']) {
    await expect(value(name)).rejects.toMatchObject({ code: 'LESSON_INVALID', facts: { reason: 'name' } })
    await expect(value(`${name}(1)`)).rejects.toMatchObject({ code: 'LESSON_INVALID', facts: { reason: 'function' } })
  }
})

test('a huge or deep text is refused at once', () => {
  const began = performance.now()
  for (const text of [
    '('.repeat(1e6),
    '-'.repeat(LONGEST_CLAIM),
    'not '.repeat(LONGEST_CLAIM / 4),
    `${'max('.repeat(400)}1${')'.repeat(400)} > 1`,
    `"${'a'.repeat(1e7)}" = 1`,
    '['.repeat(1900),
    `1${' '.repeat(1e7)}> 0`,
  ]) {
    expect(['long', 'deep']).toContain(failure(() => parseClaim(text))['reason'])
  }
  expect(performance.now() - began).toBeLessThan(1000)
  // as long as it may be, and flat
  expect(parseClaim(`${'1+'.repeat(LONGEST_CLAIM / 2 - 4)}1 > 1`).kind).toBe('compare')
})

test('any text is a claim or refused as a lesson, never anything else', () => {
  const pieces = [
    '(',
    ')',
    '[',
    ']',
    ',',
    '"',
    '@',
    '#',
    '-',
    '<=',
    '=',
    'and',
    'not',
    'or',
    'p',
    'max',
    '1',
    '.5',
    ' ',
  ]
  const text = fc.oneof(
    fc.string(),
    fc.array(fc.constantFrom(...pieces, '花', '\n', '\\', 'e9')).map((all) => all.join('')),
  )
  fc.assert(
    fc.property(text, (given) => {
      try {
        parseClaim(given)
      } catch (error) {
        expect((error as { code?: string }).code).toBe('LESSON_INVALID')
        const { line, column } = (error as { facts: { line?: number; column?: number } }).facts
        if (line !== undefined) expect(column).toBeGreaterThan(0)
      }
    }),
    { numRuns: 2000 },
  )
})

test.each<[string, string]>([
  ['"a" < "b"', 'kind'],
  ['[1, "a"] = 1', 'kind'],
  ['[1, 2] + [1] = 1', 'lengths'],
  ['0 / 0 < 1', 'nothing'],
  ['mean([0 / 0]) < 1', 'nothing'],
  ['there * 2 < 1', 'kind'],
])('%s cannot be worked out: %s', async (text, reason) => {
  await expect(verdict(text)).rejects.toMatchObject({ code: 'LESSON_INVALID', facts: { reason } })
})

test('every reason has its sentence in both languages', () => {
  expect(lessonReasonsSaid.en.sort()).toEqual([...lessonReasons].sort())
  expect(lessonReasonsSaid.zh.sort()).toEqual([...lessonReasons].sort())
})
