// Sentences with numbers in them.

import { expect, test } from 'vitest'
import { smallLesson } from '../../lessons/testing/lesson.ts'
import { fill } from './engine.ts'

test('what a model wrote stands in a sentence as it is, whatever braces it has', () => {
  const context = { lesson: smallLesson.lesson, lang: 'en' as const, cast: { name: 'Mia' } }
  expect(fill('{name} wrote {0}.', context, ['{nobody} {0} {name}'])).toBe('Mia wrote {nobody} {0} {name}.')
  expect(fill('{name} wrote {1}.', context)).toBe('Mia wrote ….')
})
