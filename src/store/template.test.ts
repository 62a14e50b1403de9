import fc from 'fast-check'
import { expect, test } from 'vitest'
import { filled, fillPlaces, placesIn, takesExamples } from './template.ts'

test('places are found once each, in any script, and nothing else is one', () => {
  expect(placesIn('{{a}} {{ role name }} {{a}} {{问题}} {{ examples }} {x} {{}} {{ }} {{{b}}} {{a\nb}}')).toEqual([
    'a',
    'role name',
    '问题',
    'b',
  ])
  expect([takesExamples('{{examples}}'), takesExamples('{{例子}}'), takesExamples('{{example}}')]).toEqual([
    true,
    true,
    false,
  ])
})

test('what is put in is not looked through again, and what has no value stays', () => {
  const values = new Map([
    ['a', '{{b}} $& $1'],
    ['b', 'B'],
  ])
  expect(fillPlaces('{{a}}-{{ b }}-{{c}}', values)).toBe('{{b}} $& $1-B-{{c}}')
  fc.assert(fc.property(fc.string(), (text) => fillPlaces(text, new Map()) === text))
})

test('examples stand in one shape; the last question is asked in the same', () => {
  const template = {
    text: 'Sort.\n\n{{examples}}\n\nText: {{text}}\nLabel:',
    example: 'Text: {{input}}\nLabel: {{output}}',
    examples: [
      ['good', '+'],
      ['bad {{text}}', '-'],
      [' ', ''],
    ] as const,
  }
  expect(filled(template, new Map([['text', 'fine']]))).toBe(
    'Sort.\n\nText: good\nLabel: +\n\nText: bad {{text}}\nLabel: -\n\nText: fine\nLabel:',
  )
  expect(filled({ text: '{{examples}}' }, new Map())).toBe('{{examples}}')
})
