// What the tokenizer panel is told: facts of the file, ids of the production tokenizer, and a vocabulary that can be
// searched.

import { describe, expect, test } from 'vitest'
import { loadTokenizer } from '../load.ts'
import { fixtureNames, readFixture, readJson } from '../testing.ts'
import { openTokenizerLab } from './open.ts'

describe.each(fixtureNames)('%s', (name) => {
  const { tokenizer: file, cases } = readFixture(name)
  const lab = openTokenizerLab(file)
  test('explains with the production ids and their bytes', () => {
    for (const { text, ids, plain } of cases) {
      const explained = lab.explain(text)
      expect(explained.agrees, text).toBe(true)
      expect(explained.tokens.map((t) => t.id)).toEqual(plain)
      expect(explained.full.map((t) => t.id)).toEqual(ids)
      for (const t of explained.tokens) expect(t.text).not.toContain('\ufffd')
    }
  })
  test('lists the whole vocabulary in pages', () => {
    const { vocabSize } = lab.facts()
    const page = lab.vocabulary('', vocabSize - 3, 10)
    expect([page.total, page.rows.map((t) => t.id)]).toEqual([vocabSize, [vocabSize - 3, vocabSize - 2, vocabSize - 1]])
  })
})

test('finds by text, id and bytes', () => {
  const file = readJson('public/models/storyteller/tokenizer.json')
  const lab = openTokenizerLab(file),
    tokenizer = loadTokenizer(file, {})
  const [id] = tokenizer.encode('小', { addSpecial: false })
  expect(lab.vocabulary('', 0, 1).total).toBe(tokenizer.vocabSize)
  expect(lab.vocabulary(`#${id}`, 0, 5).rows.map((t) => t.id)).toEqual([id])
  expect(lab.vocabulary('<|im_', 0, 5).rows.map((t) => t.text)).toEqual(['<|im_start|>', '<|im_end|>'])
  const hex = lab.vocabulary('0xE5 B0', 0, 500).rows
  expect(hex.length).toBeGreaterThan(0)
  for (const t of hex) expect(t.bytes.map((b) => b.toString(16)).join(' ')).toContain('e5 b0')
  expect(() => lab.vocabulary('', 0, 501)).toThrow(expect.objectContaining({ code: 'PARAM_INVALID' }) as Error)
})

test('knows the rank of every pair, and the lowest is the next join', () => {
  const lab = openTokenizerLab(readFixture('gpt2').tokenizer)
  for (const word of lab.explain('the lower foxes').words) {
    let pieces = word.symbols
    for (const step of word.steps) {
      const ranks = lab.ranks(pieces).map((rank) => rank ?? Infinity)
      expect([Math.min(...ranks), ranks.indexOf(step.rank)]).toEqual([step.rank, step.at])
      pieces = step.pieces
    }
    expect(lab.ranks(pieces).every((rank) => rank === null)).toBe(true)
  }
})

test('names the steps of the file', () => {
  expect(openTokenizerLab(readFixture('gpt2').tokenizer).facts()).toMatchObject({
    model: 'BPE',
    preTokenizer: ['ByteLevel'],
    decoder: ['ByteLevel'],
  })
  expect(openTokenizerLab(readFixture('wordpiece').tokenizer).facts()).toMatchObject({
    model: 'WordPiece',
    merges: null,
    alphabet: null,
  })
  expect(openTokenizerLab(readFixture('unigram').tokenizer).facts().model).toBe('Unigram')
})

describe('the survey of a vocabulary', () => {
  test.each(fixtureNames)("%s: every token of the reference's encodings is reachable", (name) => {
    const { tokenizer: file, cases } = readFixture(name)
    const lab = openTokenizerLab(file)
    const { unreachable, partial, to } = lab.survey(0, 1e6)
    expect(to).toBe(lab.facts().vocabSize)
    const used = new Set(cases.flatMap((c) => c.plain))
    // a token that some text is cut into may still need that very text around it: such are few, and none alone comes
    // back
    const lost = unreachable.filter(({ token }) => used.has(token.id))
    for (const { token, ids } of lost) expect(ids, token.text).not.toContain(token.id)
    expect(lost.length, lost.map(({ token }) => token.written).join(' ')).toBeLessThan(used.size * 0.1)
    const strict = new TextDecoder('utf-8', { fatal: true })
    for (const id of partial) {
      const bytes = Uint8Array.from(lab.vocabulary(`#${id}`, 0, 1).rows[0]!.bytes)
      if (bytes.length > 0) expect(() => strict.decode(bytes), `token ${id}`).toThrow(TypeError)
    }
  })
  test('finds a piece that no join leads to', () => {
    const { tokenizer: file } = readFixture('gpt2')
    const made = structuredClone(file) as { model: { vocab: Record<string, number> } }
    const id = Object.keys(made.model.vocab).length
    made.model.vocab['zqxzq'] = id
    const { unreachable } = openTokenizerLab(made).survey(0, 1e6)
    expect(unreachable.map(({ token }) => token.id)).toContain(id)
    const own = openTokenizerLab(file)
      .survey(0, 1e6)
      .unreachable.map(({ token }) => token.id)
    expect(own).not.toContain(id)
  })
})
