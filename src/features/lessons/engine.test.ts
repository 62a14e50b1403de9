// Sentences with numbers in them.

import { expect, test } from 'vitest'
import { smallLesson } from '../../lessons/testing/lesson.ts'
import { nodeHost } from '../../lessons/testing/host.ts'
import { fill, goingOn, headOf, measureStep, say } from './engine.ts'

test('what a model wrote stands in a sentence as it is, whatever braces it has', () => {
  const context = { lesson: smallLesson.lesson, lang: 'en' as const, cast: { name: 'Mia' } }
  expect(fill('{name} wrote {0}.', context, ['{nobody} {0} {name}'])).toBe('Mia wrote {nobody} {0} {name}.')
  expect(fill('{name} wrote {1}.', context)).toBe('Mia wrote ….')
  const marked = { ...context, cast: { name: '.' } }
  expect(fill('“her [MASK] {name}” {0}', marked, [' .'])).toBe('“her [MASK].”  .')
})

test('a space stands around numbers, and beside no Chinese word that a value begins or ends with', () => {
  const context = { lesson: smallLesson.lesson, lang: 'zh' as const, cast: { name: '小明' } }
  expect(fill('只有 {0}', context, ['0.5'])).toBe('只有 0.5')
  expect(fill('{name}有 {0}，原来 {1}', context, ['不到 0.0005', '0.3'])).toBe('小明有不到 0.0005，原来 0.3')
  expect(fill('从 {0} 落到 {1} 了', context, ['0.9995 以上', '0.3'])).toBe('从 0.9995 以上落到 0.3 了')
})

test('words are said without the spaces around them, and space alone in signs', () => {
  const words = [' garden', '\n', ' ', ''].map((text) => say(text, String, 'en'))
  expect(words).toEqual(['“garden”', '“⏎”', '“␣”', '“”'])
  expect(say({ id: 5, text: '\n' }, String, 'en')).toBe('“⏎”')
  expect(say(['It', ' was'], String, 'en')).toBe('“It”, “␣was”')
  expect(['Mia was in the', 'Mia was in the garden.', '小明在花园。'].map(goingOn)).toEqual([
    'Mia was in the…',
    'Mia was in the garden.',
    '小明在花园。',
  ])
  expect([-3, -1.5, 2.5].map((n) => say(n, String, 'en'))).toEqual(['−3', '−1.5', '2.5'])
})

test('the words around the steps are told with the story, too', () => {
  const { lesson, text } = smallLesson
  const named = { ...text.en, title: 'Where {name} was', idea: 'Only {place}.', takeaway: 'It is {there}.' }
  const open = { lesson, text: { ...text, en: named } }
  expect(headOf(open, 'en')).toEqual({ title: 'Where Mia was', idea: 'Only garden.', takeaway: 'It is  garden.' })
  expect(headOf(open, 'en', { name: 'Bo', place: 'cave' }).title).toBe('Where Bo was')
})

test('a measurement that nobody waits for any more ends where it is, and leaves the model without edits', async () => {
  const { lesson, text } = smallLesson
  // so many answers take minutes
  const casts = Array.from({ length: 200 }, (_, i) => ({ name: 'Mia', place: `garden${' far'.repeat(i % 9)}` }))
  const step = {
    ...lesson.steps[0]!,
    runs: { plain: { prompt: 'where', over: 'many', write: 200, expect: { en: 'x', zh: 'x' } } },
    predicate: 'acc(plain) >= 0',
    show: [],
  }
  const context = { lesson: { ...lesson, sets: { many: { en: casts, zh: casts } } }, text, lang: 'en', step } as const
  const host = nodeHost({ device: 'cpu' })
  try {
    const model = await host.use('storyteller', {})
    const stop = new AbortController()
    let asked = 0
    const counted = {
      ...model,
      generate: (...given: Parameters<typeof model.generate>) => {
        if (++asked === 4) stop.abort()
        return model.generate(...given)
      },
    }
    const measuring = measureStep(
      { ...host, use: () => Promise.resolve(counted) },
      { ...context, cast: casts[0]! },
      String,
      stop.signal,
    )
    await expect(measuring).rejects.toMatchObject({ code: 'ABORTED' })
    expect(asked).toBe(4)
  } finally {
    host.dispose()
  }
})
