// What of the player is plain: edits that do the same, glossary words in texts, paths, and that lessons, texts and glossary
// name the same things.

import { describe, expect, test } from 'vitest'
import { en } from '../../i18n/glossary/en.ts'
import { zh } from '../../i18n/glossary/zh.ts'
import type { Edit } from '../../store/inspect.ts'
import { covers } from './covers.ts'
import { lessons } from './data/index.ts'
import { marksAfter, marksBefore, piecesOf } from './glossary.ts'
import { after, paths } from './paths.ts'
import { spotOf } from './spots.ts'

const size = { layers: 4, heads: 8 }
const edge = (head: number, query = 58, keys: [number, number] = [37, 38]): Edit => ({
  kind: 'mask-edges',
  layer: 1,
  head,
  queries: [query, query + 1],
  keys,
})

test('edits are known in whatever pieces the hand made them', () => {
  const heads = (...all: number[]) => all.map((head) => edge(head))
  expect(covers([edge(-1)], [edge(-1)], size)).toBe('all')
  expect(covers(heads(0, 1, 2, 3, 4, 5, 6, 7), [edge(-1)], size)).toBe('all')
  expect(covers([edge(2, 58, [37, 39])], [edge(2), edge(2, 58, [38, 39])], size)).toBe('all')
  // too few, too many, elsewhere, none
  expect(covers(heads(0, 1, 2), [edge(-1)], size)).toBe('part')
  expect(covers([], [edge(-1)], size)).toBe('part')
  expect(covers([edge(-1), edge(2, 57)], [edge(-1)], size)).toBe('other')
  expect(covers([edge(-1, 57)], [edge(-1)], size)).toBe('other')
  expect(covers([], [], size)).toBe('other')
  const silent: Edit = { kind: 'scale-head', layer: 1, head: 2, factor: 0 }
  expect(covers([silent], [{ ...silent, factor: 0.5 }], size)).toBe('other')
  expect(covers([silent], [silent, { ...silent, head: 3 }], size)).toBe('part')
  // of a state that is put in, where it is put counts
  const patch = (position: number, values: number[]): Edit => ({ kind: 'patch', layer: 0, position, values })
  expect(covers([patch(3, [1])], [patch(3, [2])], size)).toBe('all')
  expect(covers([patch(3, [1])], [patch(4, [1])], size)).toBe('other')
})

test('inside, a step that looks at a card leads to that card', () => {
  const look = { kind: 'look' } as const
  const step = (view?: string) => ({ act: [{ kind: 'open', panel: 'inside', ...(view && { view }) }, look] }) as never
  expect(spotOf(look, step('attention'), 'inside')).toBe('main [data-testid="inside-attention"]')
  expect(spotOf(look, step('mlp.norm'), 'inside')).toBe('main [data-testid="inside-norm"]')
  expect(spotOf({ kind: 'look', at: 'weight' }, step('qkv'), 'inside')).toBe('main [data-testid="inside-weight"]')
  expect(spotOf(look, step(), 'inside')).toBe('main [data-testid="inside-map"]')
  expect(spotOf(look, step('attention'), 'lens')).toBe('main [data-testid="lens-figure"]')
})

describe('glossary', () => {
  test('both languages have the same words, and each leads only to words there are', () => {
    expect(Object.keys(zh)).toEqual(Object.keys(en))
    expect(Object.keys(en).length).toBeGreaterThan(60)
    for (const terms of [en, zh]) {
      for (const [id, { see = [], text }] of Object.entries(terms)) {
        expect(
          see.filter((one) => !Object.hasOwn(terms, one)),
          id,
        ).toEqual([])
        expect(text.length, id).toBeGreaterThan(10)
      }
    }
  })
  test('no Chinese entry is left in English', () => {
    for (const [id, { text }] of Object.entries(zh)) expect(text, id).toMatch(/\p{Script=Han}/u)
  })
  test('marks stay on the line of the word that they stand beside', () => {
    expect(['，抛四枚', '”那一栏', '（一组', ' bits', ').', ''].map(marksAfter)).toEqual(['，', '”', '', '', ').', ''])
    expect(['看“', '放进“（', '硬币是 1 ', '，', ''].map(marksBefore)).toEqual(['“', '“（', '', '', ''])
  })
  test('words are found once, whole, in both languages', () => {
    const ids = (text: string, terms = en, wanted = Object.keys(terms)) =>
      piecesOf(text, terms, wanted).flatMap((piece) => (typeof piece === 'string' ? [] : [`${piece.id}:${piece.text}`]))
    expect(ids('Tokens are pieces; a token has a logit. Headings are no heads.')).toEqual([
      'token:Tokens',
      'logit:logit',
      'head:heads',
    ])
    expect(ids('词元的概率来自 logits。', zh)).toEqual(['token:词元', 'probability:概率', 'logit:logits'])
    expect(ids('a token and its entropy', en, ['entropy'])).toEqual(['entropy:entropy'])
    expect(piecesOf('nothing here', en, ['token']).join('')).toBe('nothing here')
    const text = 'The KV cache keeps keys; tokens wait.'
    expect(
      piecesOf(text, en, Object.keys(en))
        .map((piece) => (typeof piece === 'string' ? piece : piece.text))
        .join(''),
    ).toBe(text)
  })
})

test('every lesson is on the paths, and its glossary words are there', async () => {
  const ids = Object.keys(lessons)
  expect([...paths.self].sort()).toEqual([...ids].sort())
  expect([...paths.engineer].sort()).toEqual([...ids].sort())
  expect(paths.school.every((id) => ids.includes(id))).toBe(true)
  expect(after('self', paths.self.at(-1)!)).toBeNull()
  for (const id of ids) {
    const { lesson, text } = await lessons[id]!()
    expect(lesson.id).toBe(id)
    expect(
      lesson.glossary.filter((term) => !Object.hasOwn(en, term)),
      `${id}: glossary`,
    ).toEqual([])
    for (const lang of ['en', 'zh'] as const) {
      expect(Object.keys(text[lang].steps), `${id} ${lang}`).toEqual(lesson.steps.map((step) => step.id))
      for (const step of lesson.steps) {
        const words = text[lang].steps[step.id]!
        expect(Object.keys(words.options ?? {}).sort(), step.id).toEqual((step.options ?? []).map((o) => o.id).sort())
        expect(words.show, step.id).toHaveLength(step.show.length)
        expect(words.ask !== undefined, step.id).toBe(step.options !== undefined)
        // what is told where the claim is false: a sentence, no formula
        expect(words.claim, `${lang} ${step.id}: claim`).toMatch(lang === 'en' ? /^[^=<>()@]+\.$/ : /^[^=<>()@]+。$/)
      }
    }
  }
})
