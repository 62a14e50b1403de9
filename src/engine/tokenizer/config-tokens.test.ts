// Added tokens of tokenizer_config.json, special_tokens_map.json and added_tokens.json against transformers'
// AutoTokenizer.

import { describe, expect, test } from 'vitest'
import { withConfigTokens, withLegacyFiles } from './config-tokens.ts'
import { explainEncode } from './lab/explain.ts'
import { openTokenizerLab } from './lab/open.ts'
import { loadTokenizer } from './load.ts'
import { readJson } from './testing.ts'

interface Fixture {
  tokenizer: Record<string, unknown>
  cases: {
    name: string
    added?: unknown[]
    config: object
    map?: object
    legacy?: object
    runs: [string, number[], string, string][]
  }[]
}

describe('added tokens beside tokenizer.json', () => {
  const { tokenizer, cases } = readJson('fixtures/tokenizer/config-tokens.json') as Fixture
  test.each(cases.map((c) => [c.name, c] as const))('%s', (_, { added, config, map, legacy, runs }) => {
    const json = added ? { ...tokenizer, added_tokens: added } : tokenizer
    const full = withLegacyFiles(config, json, map ?? null, legacy ?? null)
    const loaded = loadTokenizer(json, full)
    for (const [text, ids, decoded, skipped] of runs) {
      expect(loaded.encode(text, { addSpecial: false }), text).toEqual(ids)
      expect(loaded.decode(ids), text).toBe(decoded)
      expect(loaded.decode(ids, { skipSpecial: true }), text).toBe(skipped)
      expect(explainEncode(withConfigTokens(json, full) as object, text).ids, text).toEqual(ids)
    }
  })
  test('the panel lists them under the ids they get', () => {
    const lab = openTokenizerLab(tokenizer, cases[0]!.config)
    expect(lab.facts().added.map((a) => [a.id, a.text])).toEqual([
      [258, '<|x|>'],
      [259, '<tool>'],
      [260, '</tool>'],
    ])
    expect(lab.explain('a<tool>b').agrees).toBe(true)
  })
  test.each([
    ['no object', { added_tokens_decoder: [1] }],
    ['a key that is no id', { added_tokens_decoder: { x: { content: 'a' } } }],
    ['an entry that is a text', { added_tokens_decoder: { 1: 'a' } }],
    ['an entry without content', { added_tokens_decoder: { 1: {} } }],
    [
      'too many',
      {
        added_tokens_decoder: Object.fromEntries(Array.from({ length: 10_001 }, (_, i) => [i, { content: `<${i}>` }])),
      },
    ],
  ])('%s is refused', (_, config) => {
    expect(() => loadTokenizer(tokenizer, config)).toThrow(
      expect.objectContaining({ code: 'TOKENIZER_INVALID' }) as Error,
    )
  })
})
