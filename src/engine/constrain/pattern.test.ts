// Patterns against JavaScript's own RegExp: which texts they have, and which tokens can come next.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EngineError } from '../errors.ts'
import { Form } from './form.ts'
import { accepts, bytes, byteEnd, byteTokens, vocabulary } from './testing.ts'
import { has } from './vocabulary.ts'

const chars = ['a', 'b', 'é', '😀']

/** A pattern, and characters of its longest text. */
type Drawn = { text: string; most: number }
const one: fc.Arbitrary<Drawn> = fc
  .constantFrom('a', 'b', 'é', '😀', '[ab]', '[é😀]', '[a-z]')
  .map((text) => ({ text, most: 1 }))
const { tree } = fc.letrec<{ tree: Drawn }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    one,
    fc
      .array(tie('tree'), { minLength: 0, maxLength: 3 })
      .map((parts) => ({
        text: parts.map(({ text }) => (text.includes('|') ? `(?:${text})` : text)).join(''),
        most: parts.reduce((sum, { most }) => sum + most, 0),
      })),
    fc
      .tuple(tie('tree'), tie('tree'))
      .map(([a, b]) => ({ text: `(${a.text}|${b.text})`, most: Math.max(a.most, b.most) })),
    fc
      .tuple(
        tie('tree'),
        fc.constantFrom<[string, number]>(['?', 1], ['{2}', 2], ['{0,2}', 2], ['{1,3}', 3], ['??', 1]),
      )
      .map(([{ text, most }, [sign, times]]) => ({ text: `(?:${text})${sign}`, most: most * times })),
  ),
}))

/** All texts of at most five of the characters. */
const texts = [''].concat(
  ...[1, 2, 3, 4, 5].map((length) =>
    Array.from({ length: chars.length ** length }, (_, i) =>
      Array.from({ length }, (_, at) => chars[Math.floor(i / chars.length ** at) % chars.length]).join(''),
    ),
  ),
)

const pieces = [...new Set(chars.flatMap((char) => [...bytes(char)]))].map((byte) => Uint8Array.of(byte))
const words = ['ab', 'aa', 'ba', 'aé', 'éa', '😀b', 'é', '😀', 'abab'].map(bytes)
const cut = [Uint8Array.of(0xa9, 0x61), Uint8Array.of(0x61, 0xc3), Uint8Array.of(0x98, 0x80), Uint8Array.of(0x9f, 0x98)]
const small = vocabulary([...pieces, ...words, ...cut])
const tokenBytes = [...pieces, ...words, ...cut]
const starts = (whole: Uint8Array, begin: readonly number[]): boolean => begin.every((byte, i) => whole[i] === byte)

describe('the tokens that may come', () => {
  test('are those of which some text goes on so, and the end only where one is whole', () => {
    let looked = 0
    fc.assert(
      fc.property(
        tree.filter(({ most }) => most <= 5),
        fc.infiniteStream(fc.nat()),
        ({ text }, random) => {
          const own = new RegExp(`^(?:${text})$`, 'u')
          const members = texts.filter((one) => own.test(one)).map(bytes)
          const held = new Form({ pattern: text }, small.tokens).hold(new Set([small.end]))
          const written: number[] = []
          for (;;) {
            const set = held.next()
            const allowed = tokenBytes.map((_, id) => id).filter((id) => has(set, id))
            const wanted = tokenBytes
              .map((_, id) => id)
              .filter((id) => members.some((whole) => starts(whole, [...written, ...tokenBytes[id]!])))
            expect(allowed).toEqual(wanted)
            const isWhole = members.some((whole) => whole.length === written.length && starts(whole, written))
            expect(has(set, small.end)).toBe(isWhole)
            looked++
            if (allowed.length === 0) break
            const id = allowed[random.next().value! % allowed.length]!
            expect(held.take(id)).toBe(true)
            written.push(...tokenBytes[id]!)
          }
        },
      ),
      { numRuns: 300, seed: 7 },
    )
    expect(looked).toBeGreaterThan(500)
  })
})

test.each([
  ['.', 'aé😀 \t\n\r\u2028"'],
  ['\\d', '0a9٣'],
  ['\\D', '0aé'],
  ['\\w', 'aZ_9é-'],
  ['\\W', 'aé- '],
  ['\\s', ' \t\n\u00a0\u2003\u3000\ufeffa'],
  ['\\S', ' aé\ufeff'],
  ['[^a-c]', 'abcdé😀\n'],
  ['[^\\d\\s]', '1 aé'],
  ['[\\]\\-^a]', ']-^ab'],
  ['[+--]', '+,-.'],
  ['[a-]', 'a-b'],
  ['[-a]', 'a-b'],
  ['[😀-😅]', '😀😃😅😆'],
  ['\\x41|\\u0042|\\u{1F600}|\\ud83d\\ude01|\\cJ|\\t', 'AB😀😁\n\t'],
  ['[\\b]', '\bb'],
  ['\\.|\\/|\\$|\\{', './${a'],
  ['[\\u0700-\\uffff]', 'a\u0700\u07ff\u0800\ud7ff\ue000\uffff😀'],
])('%s has the characters that RegExp gives it', (pattern, given) => {
  const own = new RegExp(`^(?:${pattern})$`, 'u')
  for (const char of [...given, '', 'ab']) expect([char, accepts({ pattern }, char)]).toEqual([char, own.test(char)])
})

test.each([
  ['(a*)*b', ['b', 'aaab', 'a', '']],
  ['a{2,}', ['a', 'aa', 'aaaaaa']],
  ['^ab$|^c$', ['ab', 'c', 'abc']],
  ['(?<year>\\d{4})-(?:0[1-9]|1[0-2])', ['2026-11', '2026-13', '226-11']],
  ['a+?b*?', ['a', 'aab', 'b']],
  ['|a', ['', 'a', 'b']],
  ['(|a)+', ['', 'a', 'aa']],
  ['(a|b)*a(a|b){12}', ['a'.repeat(13), 'b'.repeat(13), 'ba'.repeat(20)]],
])('%s', (pattern, given) => {
  const own = new RegExp(`^(?:${pattern})$`, 'u')
  for (const text of given) expect([text, accepts({ pattern }, text)]).toEqual([text, own.test(text)])
})

test('any place of any character is a beginning, and no other byte', () => {
  const held = new Form({ pattern: '[^]{2}' }, byteTokens).hold(new Set([byteEnd]))
  const set = held.next()
  const leads = Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => has(set, byte))
  expect(leads).toEqual([...Array(0x80).keys(), ...Array.from({ length: 0xf4 - 0xc1 }, (_, i) => 0xc2 + i)])
  expect(held.take(0xed)).toBe(true)
  expect([0x9f, 0xa0].map((byte) => has(held.next(), byte))).toEqual([true, false]) // halves of pairs are none
})

const problem = (pattern: string): unknown => {
  try {
    return new Form({ pattern }, byteTokens)
  } catch (error) {
    const { code, facts } = error as EngineError
    return [code, facts.problem, facts.found ?? facts.what, facts.character]
  }
}
test.each<[string, string, string, number?]>([
  ['a(?=b)', 'keyword', '(?=', 2],
  ['(?!b)a', 'keyword', '(?!', 1],
  ['(?<=b)a', 'keyword', '(?<=', 1],
  ['(?<!b)a', 'keyword', '(?<!', 1],
  ['(a)\\1', 'keyword', '\\1', 6],
  ['(?<n>a)\\k<n>', 'keyword', '\\k', 10],
  ['\\bword', 'keyword', '\\b', 3],
  ['\\p{L}', 'keyword', '\\p', 3],
  ['(?i:a)', 'keyword', '(?i', 3],
  ['a^b', 'keyword', '^', 2],
  ['a$b', 'keyword', '$', 2],
  ['(', 'syntax', '', 2],
  [')', 'syntax', ')', 1],
  ['[a', 'syntax', '', 3],
  ['[b-a]', 'syntax', '-', 5],
  ['a**', 'syntax', '*', 3],
  ['*', 'syntax', '*', 1],
  ['a{', 'syntax', '{', 2],
  ['a{2,1}', 'syntax', '{2,1}', 2],
  ['\\', 'syntax', '', 2],
  ['\\ud800', 'syntax', '\\ud800', 7],
  ['\\q', 'syntax', '\\q', 3],
  ['[]', 'empty', '[]', 3],
  ['[^\\s\\S]', 'empty', '[^\\s\\S]', 8],
  ['a{1,1000000000}', 'size', 'repetitions', 2],
  ['('.repeat(300), 'size', 'groups'],
  ['a'.repeat(10_001), 'size', 'characters'],
])('%s is refused by its name', (pattern, kind, found, character) => {
  expect(problem(pattern)).toEqual(['CONSTRAINT_INVALID', kind, found, character])
})

test('patterns that are dear for others are walked through, or refused in words', () => {
  // 2^20 states, of which an answer sees those on its way
  const ids = [...bytes('ab'.repeat(100) + 'a' + 'b'.repeat(20))]
  const held = new Form({ pattern: '(a|b)*a(a|b){20}' }, byteTokens).hold(new Set([byteEnd]))
  for (const id of ids) expect(held.take(id)).toBe(true)
  expect(held.isWhole).toBe(true)
  const nested = new Form({ pattern: '((a{0,20}){0,20}){0,20}b' }, byteTokens).hold(new Set([byteEnd]))
  for (const id of bytes('aaaab')) expect(nested.take(id)).toBe(true)
  expect(() => new Form({ pattern: '((a?){0,9999}){0,9999}b' }, byteTokens).hold(new Set())).toThrow('too many ways')
})
