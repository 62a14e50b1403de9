// Random tokenizers of every make against the Rust library: ids with and without special
// tokens, and both decodes. The explaining implementation of the panel must agree.

import { describe, expect, test } from 'vitest'
import { Meter } from './meter.ts'
import { readCharsmap } from './charsmap.ts'
import { explainEncode } from './lab/explain.ts'
import { loadTokenizer } from './load.ts'
import { readJson } from './testing.ts'

type Run = [text: number, ids: number[], plain: number[], decoded: string, skipped: string]

describe('random tokenizers give what the Rust library gives', () => {
  const { texts, cases } = readJson('fixtures/tokenizer/fuzz.json') as {
    texts: string[]
    cases: { tokenizer: Record<string, unknown>; runs: Run[] }[]
  }
  test.each(cases.map((c, i) => [i, c] as const))('%i', (_, { tokenizer: file, runs }) => {
    const tokenizer = loadTokenizer(file, null)
    for (const [at, ids, plain, decoded, skipped] of runs) {
      const text = texts[at]!
      expect(tokenizer.encode(text), text).toEqual(ids)
      expect(tokenizer.encode(text, { addSpecial: false }), text).toEqual(plain)
      expect(tokenizer.decode(ids), text).toBe(decoded)
      expect(tokenizer.decode(ids, { skipSpecial: true }), text).toBe(skipped)
      expect(explainEncode(file, text).ids, text).toEqual(plain)
    }
  })
})

describe('a precompiled character map', () => {
  const { charsmap, cases } = readJson('fixtures/tokenizer/charsmap.json') as {
    charsmap: string
    cases: [string, string][]
  }
  test('replaces as the Rust library does', () => {
    const map = readCharsmap(charsmap)
    for (const [text, want] of cases) expect(map(text, new Meter(text.length)), text).toBe(want)
  })
  test.each([
    ['no text', 5],
    ['no base64', '%%'],
    ['no table', 'AAAA'],
    ['a table past the end', btoa('\xff\xff\xff\x7f1234')],
    ['an odd table', btoa('\x05\x00\x00\x00123456789')],
  ])('%s is refused', (_, value) => {
    expect(() => readCharsmap(value)).toThrow(expect.objectContaining({ code: 'TOKENIZER_INVALID' }) as Error)
  })
  test('nonsense in the table reads nothing outside it', () => {
    for (let seed = 1; seed < 200; seed++) {
      const bytes = Uint8Array.from({ length: 132 }, (_, i) =>
        i === 0 ? 64 : i < 4 ? 0 : (seed * 7919 * (i + 3)) >>> 3,
      )
      expect(readCharsmap(btoa(String.fromCharCode(...bytes)))('abc é 你', new Meter(7)).length).toBeLessThan(500)
    }
  })
})
