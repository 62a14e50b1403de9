// What is checked of an answer's citations.

import { expect, test } from 'vitest'
import { checkAnswer, citingPrompt, quotePattern, spansOf } from './cite.ts'

const passages = ['The gate of the castle opens at nine every day.', '公园里有一只猫。']

test('a number is a citation only where its passage was offered; words carry a sentence or do not', () => {
  const answer = 'The castle opens at nine [1]. It is free of charge [3]. Nothing burns! [1]'
  const checked = checkAnswer(answer, passages)
  expect(checked.map(({ start, end }) => answer.slice(start, end))).toEqual([
    'The castle opens at nine [1].',
    'It is free of charge [3].',
    'Nothing burns! [1]',
  ])
  expect(checked.map(({ cites }) => cites)).toEqual([
    [{ number: 1, offered: true }],
    [{ number: 3, offered: false }],
    [{ number: 1, offered: true }],
  ])
  expect(checked.map(({ support }) => support)).toEqual([{ number: 1, share: 1 }, null, null])
})
test('Chinese, and an order of words that the passage has not', () => {
  expect(checkAnswer('公园里有猫。[2]', passages)).toMatchObject([
    { cites: [{ number: 2, offered: true }], support: { number: 2 } },
  ])
  const turned = checkAnswer('Nine opens castle gate.', passages)[0]!.support!
  expect(turned).toEqual({ number: 1, share: 0.25 })
  expect(checkAnswer('', passages)).toEqual([])
})
test('passages are numbered, the question comes last', () => {
  const prompt = citingPrompt('When?', passages, 'en')
  expect(
    prompt.endsWith('\n\n[1] The gate of the castle opens at nine every day.\n\n[2] 公园里有一只猫。\n\nWhen?'),
  ).toBe(true)
})
test('an answer that is held to quotes: sentences to the letter with their number, no headings, and where each stands', () => {
  const offered = ['# Hours (daily)\r\n\r\nIt opens at nine. Costs: $4 [net].', passages[1]!]
  const pattern = new RegExp(`^(?:${quotePattern(offered)})$`, 'u')
  for (const said of ['It opens at nine. [1]', 'Costs: $4 [net]. [1]', '公园里有一只猫。 [2]']) {
    expect(pattern.test(said), said).toBe(true)
    const [{ quote, cites }] = checkAnswer(said, offered) as [ReturnType<typeof checkAnswer>[number]]
    const text = offered[cites[0]!.number - 1]!
    expect(`${text.slice(quote!.start, quote!.end)} [${cites[0]!.number}]`).toBe(said)
  }
  for (const said of ['It opens at nine. [2]', 'It opens at ten. [1]', 'It opens at nine.', '# Hours (daily) [1]']) {
    expect(pattern.test(said), said).toBe(false)
  }
  expect(quotePattern(['# Hours', '…'])).toBe(null)
  expect(checkAnswer('It opens at ten. [1]', offered)[0]!.quote).toBe(null)
})
test('where a text stands among tokens, whatever they cut', () => {
  const tokens = ['a ca', 't 公', '园'].map((text) => ({ bytes: [...new TextEncoder().encode(text)] }))
  const split = [
    ...tokens.slice(0, 1),
    { bytes: tokens[1]!.bytes.slice(0, 3) },
    { bytes: tokens[1]!.bytes.slice(3) },
    tokens[2]!,
  ]
  expect(spansOf(split, ['cat', '公', '公园', 'dog'])).toEqual([[0, 2], [1, 3], [1, 4], null])
})
