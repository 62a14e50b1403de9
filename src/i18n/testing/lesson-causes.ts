// What can be wrong with a lesson, for the catalogs' test: one for every reason of lessons/problem.ts. For tests only.

import type { ErrorCode } from '../../engine/errors.ts'
import { fill } from '../../lessons/fill.ts'
import { nothingThere } from '../../lessons/measure/panels.ts'
import { Measure } from '../../lessons/measure/measure.ts'
import { rangeOf } from '../../lessons/measure/places.ts'
import { checkNames } from '../../lessons/predicate/check.ts'
import { verdictOf, type Scope } from '../../lessons/predicate/evaluate.ts'
import { fn, plainFunctions } from '../../lessons/predicate/functions.ts'
import { parseClaim, parseExpression } from '../../lessons/predicate/parse.ts'
import { LARGEST_LESSON, readLesson, writeLesson } from '../../lessons/read.ts'
import type { LessonReason } from '../../lessons/problem.ts'
import { smallLesson } from '../../lessons/testing/lesson.ts'

const names = {
  functions: new Map(Object.entries({ ...plainFunctions, H: fn('run', () => 1) })),
  runs: new Set(['plain']),
  words: new Set(['there']),
}
const scope: Scope = {
  ...names,
  run: 'plain',
  words: new Map([['there', ' garden']]),
  answer: () => Promise.resolve({ id: 1, text: ' garden' }),
  position: () => Promise.resolve(3),
}
const checked = (text: string) => (): unknown => checkNames(parseClaim(text), names)
const worked = (text: string) => (): unknown => verdictOf(parseClaim(text), scope)
const file = (from: string, to: string) => (): unknown => {
  const whole = writeLesson(smallLesson)
  if (!whole.includes(from)) throw new Error(`the file has no ${from}`)
  return readLesson(whole.replace(from, to))
}
const read = { name: 'plain', tokens: [[104, 105]], predicting: 0, slots: new Map<string, string>() }
const place = (at: string) => (): unknown => rangeOf(at, { ...read, answer: () => Promise.resolve('hi') })
/** A model that cuts every text in two. */
const halves = (): unknown =>
  new Measure(
    {
      panels: () => Promise.resolve(nothingThere),
      live: () => false,
      recorded: () => Promise.reject(new Error('nothing is recorded')),
      use: () =>
        Promise.resolve({
          cut: () => Promise.resolve([{}, {}]),
          tokenize: () => Promise.resolve({ ids: [1, 2] }),
        } as never),
    },
    {
      lesson: { words: {}, prompts: {}, model: 'storyteller' },
      step: { id: 'a', runs: { plain: { prompt: 'a' } } },
      language: 'en',
      cast: {},
    },
  ).tokenOf('garden', { prompt: 'a' })

const reasons: readonly [LessonReason, string, () => unknown][] = [
  ['character', 'a sign that the language has not', checked('p(there) % 2 > 1')],
  ['text', 'quotation marks that stay open', checked('"garden = 1')],
  ['number', 'a number beyond all numbers', checked('1e999 > 1')],
  ['wanted', 'a bracket that stays open', checked('max(1, 2 > 1')],
  ['wanted', 'a claim that breaks off', checked('max(1, 2) >')],
  ['rest', 'two claims in a row', checked('1 < 2 3')],
  ['long', 'a claim as long as a book', checked(`${'1 + '.repeat(1000)}1 > 1`)],
  ['deep', 'brackets in brackets', checked(`${'('.repeat(100)}1${')'.repeat(100)} > 1`)],
  ['truth', 'a comparison that is added up', checked('(1 < 2) + 3 > 1')],
  ['truth', 'a comparison that is to be shown', () => parseExpression('1 < 2')],
  ['value', 'a number as a claim', checked('1 + 2')],
  ['function', 'a function that nobody knows', checked('constructor(1) > 1')],
  ['name', 'a word that the lesson has not', checked('max(prototype, 1) > 1')],
  ['run', 'a word where a run belongs', checked('H(there) > 1')],
  ['isRun', 'a run where a value belongs', checked('max(plain) > 1')],
  ['arguments', 'too many values', checked('abs(1, 2) > 1')],
  ['arguments', 'too few of as many as one likes', checked('mean() > 1')],
  ['kind', 'a text that is compared by size', worked('"a" > 1')],
  ['kind', 'a text that is added up', worked('there + 1 > 1')],
  ['lengths', 'lists that do not fit', worked('sum([1, 2] + [1, 2, 3]) > 1')],
  ['nothing', 'nothing by nothing', worked('0 / 0 > 1')],
  ['token', 'a word of two tokens', halves],
  ['place', 'a word that the story has not', place('@garden')],
  ['beyond', 'the token before the first', place('first-1')],
  ['slot', 'a slot without a cast', () => fill('Where was {who}?', new Map())],
  [
    'circle',
    'slots that fill each other',
    () =>
      fill(
        '{a}',
        new Map([
          ['a', '{b}'],
          ['b', '{a}'],
        ]),
      ),
  ],
  ['taken', 'a word called as the answer is', file('"there": {', '"answer": {')],
  ['twice', 'a field twice', file('"minutes": 3', '"minutes": 3, "minutes": 4')],
  ['right', 'a bet with two right answers', file('"id": "library"', '"id": "library", "right": true')],
  ['field', 'a number that is a text', file('"minutes": 3', '"minutes": "three"')],
  ['field', 'a field that is missing', file('"minutes": 3,', '')],
  ['unknownField', 'a mistyped field', file('"minutes"', '"minuets"')],
  ['json', 'a comma too many', file('"minutes": 3,', '"minutes": 3,,')],
  ['json', 'half a file', () => readLesson(writeLesson(smallLesson).slice(0, 200))],
  ['size', 'a file as big as a picture', () => readLesson(' '.repeat(LARGEST_LESSON + 1))],
]

export const lessonCauses = reasons.map(([reason, what, run]) => ({
  code: 'LESSON_INVALID' as ErrorCode,
  what: `${reason}: ${what}`,
  run,
}))
