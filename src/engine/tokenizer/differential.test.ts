// Every kind of tokenizer on many hard texts, against the libraries it comes from: the Rust
// library for tokenizer.json, sentencepiece for its .model. A few hundred texts a kind lie in
// fixtures/; tools/tokenizer/make_differential.py makes more (DIFFERENTIAL names that file).

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { fromSentencePiece } from './files/pieces.ts'
import { explainEncode, longestText } from './lab/explain.ts'
import { loadTokenizer, type Tokenizer } from './load.ts'
import { readFixture } from './testing.ts'

interface Kind {
  name: string
  /** null: not compared */
  hashes: (number | null)[]
  /** a fixture's tokenizer, with these parts of it changed */
  fixture?: string
  tokenizer?: Record<string, unknown>
  /** a SentencePiece file, base64 */
  model?: string
  path?: string
}
const from = process.env['DIFFERENTIAL'] ?? 'fixtures/tokenizer/differential.json'
const { texts, kinds } = JSON.parse(readFileSync(from, 'utf8')) as { texts: string[]; kinds: Kind[] }

const utf8 = new TextEncoder()
function fnv(text: string): number {
  let hash = 0x811c9dc5
  for (const byte of utf8.encode(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0
  return hash
}

function open({ fixture, tokenizer, model, path }: Kind): { json: object; loaded: Tokenizer } {
  if (model !== undefined) {
    // the library itself knows no special tokens in a text, and puts none around it
    const bytes = Uint8Array.from(atob(model), (c) => c.charCodeAt(0))
    const { tokenizerJson } = fromSentencePiece('llama', bytes, { add_bos_token: false }, {})
    const json = { ...tokenizerJson, encode_special_tokens: true }
    return { json, loaded: loadTokenizer(json, null) }
  }
  const json = path
    ? (JSON.parse(readFileSync(path, 'utf8')) as object)
    : { ...readFixture(fixture!).tokenizer, ...tokenizer }
  return { json, loaded: loadTokenizer(json, null) }
}

describe.each(kinds.map((kind) => [kind.name, kind] as const))('%s', (_, kind) => {
  const { json, loaded } = open(kind)
  test('gives the ids and texts of its library', () => {
    const other = texts.filter((text, i) => {
      if (kind.hashes[i] === null) return false
      const ids = loaded.encode(text)
      const skipped = kind.model === undefined ? `|${loaded.decode(ids, { skipSpecial: true })}` : ''
      return fnv(`${ids.join(',')}|${loaded.decode(ids)}${skipped}`) !== kind.hashes[i]
    })
    expect({ count: other.length, first: other.slice(0, 3) }).toEqual({ count: 0, first: [] })
  })
  test('the panel steps to the same ids', () => {
    for (const text of texts.slice(0, 120)) {
      if (text.length > longestText) continue
      expect(explainEncode(json, text).ids, text).toEqual(loaded.encode(text, { addSpecial: false }))
    }
  })
})
