import { describe, expect, it } from 'vitest'
import { errorCodes, type Facts } from '../engine/errors.ts'
import { en } from './en.ts'
import { errorsEn } from './errors.en.ts'
import { errorsZh } from './errors.zh.ts'
import { explain, factReader } from './explain.ts'
import { formats, type Lang } from './format.ts'
import { zh } from './zh.ts'

const langs: Lang[] = ['en', 'zh']
const errors = { en: errorsEn, zh: errorsZh }

describe('catalogs', () => {
  const leaves = (value: unknown, path: string): [string, unknown][] =>
    typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([key, inner]) => leaves(inner, `${path}.${key}`))
      : [[path, value]]
  it('have the same words, none empty', () => {
    const [a, b] = [leaves(en, ''), leaves(zh, '')]
    expect(b.map(([path]) => path)).toEqual(a.map(([path]) => path))
    for (const [path, text] of [...a, ...b]) expect(text, path).not.toBe('')
  })
  it('has Chinese in Chinese', () => {
    const same = leaves(zh, '')
      .filter(([, text]) => typeof text === 'string' && !/\p{Script=Han}/u.test(text))
      .map(([path]) => path)
    expect(same).toEqual(['.app.name', '.params.topK.label', '.params.topP.label', '.params.minP.label'])
  })
})

describe.each(langs)('errors in %s', (lang) => {
  it.each(errorCodes)('%s has a full sentence, with and without facts', (code) => {
    const samples: Facts[] = [
      {},
      {
        file: 'model.gguf',
        needed: 2e9,
        size: 1e6,
        found: 'x',
        tensor: 'a.b',
        key: 'k',
        limit: 1e9,
        status: 404,
        step: 'blocks.0.attn.q',
        context: 512,
        count: 3,
      },
    ]
    for (const facts of samples) {
      const { title, text, todo } = explain({ code, message: 'm', facts }, errors[lang], lang)
      for (const part of [title, text, todo]) expect(part).not.toMatch(/undefined|NaN|\[object|^\s*$|“”/)
      expect(text + todo).toMatch(lang === 'zh' ? /[。…]$/ : /[.…]$/)
    }
  })
  it('fills in the facts', () => {
    const { text } = explain(
      { code: 'FILE_TRUNCATED', message: '', facts: { file: 'model.gguf', needed: 4_000_000, size: 1_500_000 } },
      errors[lang],
      lang,
    )
    expect(text).toContain('“model.gguf”')
    expect(text).toContain('1.5')
  })
})

describe('formats', () => {
  it.each([
    [0, '0 byte'],
    [999, '999 byte'],
    [1500, '2 kB'],
    [4_060_000, '4.06 MB'],
    [46_500_000, '46.5 MB'],
    [999_600_000, '1 GB'],
    [1_519_000_000, '1.52 GB'],
  ])('%d bytes', (value, text) => {
    expect(formats('en').bytes(value)).toBe(text)
  })
  it('durations', () => {
    expect([0.25, 3.21, 42, 320, 7500].map(formats('en').duration)).toEqual([
      '0.25 sec',
      '3.2 sec',
      '42 sec',
      '5 min 20 sec',
      '2 hr 5 min',
    ])
    expect(formats('zh').duration(320)).toMatch(/5.*20/)
  })
  it('short numbers', () => {
    expect([0.0834, 41.23, 123.4, 1240.2, 0].map(formats('en').short)).toEqual(['0.0834', '41.2', '123', '1,240', '0'])
  })
  it('shares: what is not nearly nothing is never 0 %', () => {
    expect([0, 1e-7, 0.00032, 0.0879, 0.909, 1].map(formats('en').share)).toEqual([
      '0 %',
      '0 %',
      '0.032 %',
      '8.8 %',
      '90.9 %',
      '100 %',
    ])
  })
  it('reads the first fact there is', () => {
    const f = factReader({ b: 2 }, 'en')
    expect([f.has('a', 'b'), f.text('a', 'b'), f.text('a'), f.bytes('b')]).toEqual([true, '2', '', '2 byte'])
  })
})
