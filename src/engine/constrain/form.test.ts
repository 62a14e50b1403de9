// Forms over the vocabularies of real kinds of tokenizers: byte-level BPE, SentencePiece with bytes, Unigram, WordPiece.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { loadTokenizer, type Tokenizer } from '../tokenizer/load.ts'
import { readFixture } from '../tokenizer/testing.ts'
import type { Constraint } from '../types.ts'
import { formed } from './form.ts'
import { follows, walk } from './testing.ts'
import { has } from './vocabulary.ts'

const open = (name: string): Tokenizer => loadTokenizer(readFixture(name).tokenizer, {})
/** no id of a fixture's own ends an answer here */
const endOf = (tokenizer: Tokenizer): number => tokenizer.vocabSize
const formOf = (tokenizer: Tokenizer, constraint: Constraint) => formed(tokenizer, tokenizer.vocabSize + 1, constraint)

const byteLevel = ['gpt2', 'gpt2-prefix', 'smollm', 'qwen2', 'llama3', 'tekken', 'punctuation']
const pieces = ['spm-legacy', 'spm-metaspace', 'gemma']
const schema = {
  type: 'object',
  properties: { name: { type: 'string' }, age: { type: 'integer', minimum: 0, maximum: 150 } },
  required: ['name', 'age'],
  additionalProperties: false,
}
const texts = [
  '{"name":"Mia","age":7}',
  '{"name": "héllo 😀 世界", "age": 42}',
  '{\n  "age": 0,\n  "name": "a\\n\\"b\\""\n}',
]

describe.each([...byteLevel, ...pieces])('%s', (name) => {
  const tokenizer = open(name)

  test('a text of the form can be written as the tokenizer cuts it', () => {
    for (const text of texts) {
      const ids = tokenizer.encode(text, { addSpecial: false })
      // what the tokenizer makes of a text may begin with a space of its own, which the answer's text has not
      if (tokenizer.decode(ids, { skipSpecial: true }) !== text) expect(name).toBe('gpt2-prefix')
      else expect([text, follows(formOf(tokenizer, { schema }), endOf(tokenizer), ids)]).toEqual([text, true])
    }
  })

  test('whatever is written is a text of the form when it is decoded', () => {
    const pattern = '[a-z ]{1,6}(é|世|😀)"?\\n?'
    const own = new RegExp(`^(?:${pattern})$`, 'u')
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat()), (random) => {
        const ids = walk(
          formOf(tokenizer, { pattern }),
          endOf(tokenizer),
          (allowed) => allowed[random.next().value! % allowed.length]!,
        )!
        const text = tokenizer.decode(ids, { skipSpecial: true })
        expect([text, own.test(text)]).toEqual([text, true])
      }),
      { numRuns: 40, seed: 3 },
    )
  })
})

test.each(['unigram', 'wordpiece'])('%s: what can be written is a text of the form', (name) => {
  const tokenizer = open(name)
  const pattern = '[a-z ]+[.!?]?'
  const own = new RegExp(`^(?:${pattern})$`, 'u')
  fc.assert(
    fc.property(fc.infiniteStream(fc.nat()), (random) => {
      const end = endOf(tokenizer)
      const ids = walk(formOf(tokenizer, { pattern }), end, (allowed, step) =>
        step > 6 && allowed.includes(end) ? end : allowed[random.next().value! % allowed.length]!,
      )!
      const text = tokenizer.decode(ids, { skipSpecial: true })
      expect([text, own.test(text)]).toEqual([text, true])
    }),
    { numRuns: 40, seed: 5 },
  )
})

test('the space that a tokenizer leaves out at the beginning is no space of the form', () => {
  const tokenizer = open('spm-legacy')
  const held = formOf(tokenizer, { pattern: 'to| to' }).hold(new Set([endOf(tokenizer)]))
  const first = held.next()
  const said = (id: number, before: number[] = []): string => tokenizer.decode([...before, id])
  const allowed = Array.from({ length: tokenizer.vocabSize }, (_, id) => id).filter((id) => has(first, id))
  expect(allowed.map((id) => said(id)).every((text) => ['', 't', 'to', ' ', ' t', ' to'].includes(text))).toBe(true)
  const space = tokenizer.idOf('▁')!
  expect(said(space)).toBe('')
  expect(held.take(space)).toBe(true)
  // behind it a space is one
  const next = held.next()
  for (let id = 0; id < tokenizer.vocabSize; id++) {
    if (has(next, id)) expect(['t', 'to', ' ', ' t', ' to']).toContain(said(id, [space]))
  }
  expect(has(next, tokenizer.idOf('▁to') ?? space)).toBe(true)
})

test('special tokens are never text, and end an answer only where it is whole', () => {
  const tokenizer = open('smollm')
  const specials = Array.from({ length: tokenizer.vocabSize }, (_, id) => id).filter((id) => tokenizer.isSpecial(id))
  const [eos, ...others] = specials
  const held = formed(tokenizer, tokenizer.vocabSize, { pattern: '[^]*' }).hold(new Set([eos!]))
  const set = held.next()
  expect(specials.length).toBeGreaterThan(2)
  expect(others.filter((id) => has(set, id))).toEqual([])
  expect(has(set, eos!)).toBe(true)
  const strict = formed(tokenizer, tokenizer.vocabSize, { pattern: 'a+b' }).hold(new Set([eos!]))
  expect(has(strict.next(), eos!)).toBe(false)
  // a token that ends the answer is no text of it, though it has some
  const letter = tokenizer.idOf('a')!
  const ended = formed(tokenizer, tokenizer.vocabSize, { pattern: 'aa|b' }).hold(new Set([letter]))
  expect(has(ended.next(), letter)).toBe(false)
  expect(ended.take(letter)).toBe(false)
})

test('a tokenizer whose tokens are not text by themselves is refused', () => {
  expect(() => formOf(open('gpt1'), { pattern: 'a' })).toThrow('depends on the tokens beside them')
})

test('a vocabulary without a byte that is needed is a dead end, told as one', () => {
  const end = 3
  const lacks = { tokenBytes: (id: number) => new TextEncoder().encode('{"a'[id] ?? ''), isSpecial: () => false }
  const held = formed(lacks, 4, 'json').hold(new Set([end]))
  for (const id of [0, 1, 2, 1]) expect(held.take(id)).toBe(true)
  expect(held.next().count).toBe(0) // no ":"
  expect([held.isWhole, held.isOver]).toEqual([false, false])
  expect(() => formed(lacks, 4, { pattern: 'b' }).hold(new Set([end]))).toThrow("none of the model's tokens")
})
