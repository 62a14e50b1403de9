// The loaded tokenizer against the Rust library's ids and texts.

import { describe, expect, test } from 'vitest'
import { loadTokenizer } from './load.ts'
import { showBytes } from './show-bytes.ts'
import { fixtureNames, readFixture, readJson } from './testing.ts'

describe.each(fixtureNames)('%s', (name) => {
  const { tokenizer: file, cases } = readFixture(name)
  const tokenizer = loadTokenizer(file, {})
  test('gives the reference ids', () => {
    for (const c of cases) {
      expect(tokenizer.encode(c.text), c.text).toEqual(c.ids)
      expect(tokenizer.encode(c.text, { addSpecial: false }), c.text).toEqual(c.plain)
    }
  })
  test('gives the reference text', () => {
    for (const c of cases) {
      expect(tokenizer.decode(c.ids), c.text).toBe(c.decoded)
      expect(tokenizer.decode(c.ids, { skipSpecial: true }), c.text).toBe(c.skipped)
    }
  })
  test('its token bytes join to the text', () => {
    if (name === 'wordpiece') return // its tidying looks over token borders
    for (const c of cases) {
      const bytes = c.plain.flatMap((id) => [...tokenizer.tokenBytes(id)])
      const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(bytes))
      expect(text.replace(/^ +| +$/g, ''), c.text).toBe(tokenizer.decode(c.plain).replace(/^ +| +$/g, ''))
    }
  })
})

describe('the embedded model', () => {
  const tokenizer = loadTokenizer(
    readJson('public/models/storyteller/tokenizer.json'),
    readJson('public/models/storyteller/tokenizer_config.json'),
  )
  test('encodes its own examples back to themselves', () => {
    const texts = JSON.stringify(readJson('public/models/storyteller/examples.json'))
    for (const text of [texts, 'Once upon a time, there was a fox.', '从前有一只小狐狸。']) {
      expect(tokenizer.decode(tokenizer.encode(text, { addSpecial: false }))).toBe(text)
    }
    expect(tokenizer.specialIds.eos.length).toBeGreaterThan(0)
  })
})

describe('special tokens', () => {
  test('bos, eos, unk and ends', () => {
    const llama3 = loadTokenizer(readFixture('llama3').tokenizer, {
      bos_token: '<|begin_of_text|>',
      eos_token: { content: '<|end_of_text|>' },
    })
    expect(llama3.addsBos).toBe(true)
    expect(llama3.specialIds).toEqual({ bos: 0, eos: [1, 2], pad: null, unk: null, cls: null, sep: null, mask: null })
    expect(llama3.encode('<|eot_id|>x', { addSpecial: false })[0]).toBe(2)
    expect(llama3.isSpecial(2)).toBe(true)
    const gpt2 = loadTokenizer(readFixture('gpt2').tokenizer, null, { eosIds: [1, 99_999, -1] })
    expect(gpt2.addsBos).toBe(false)
    expect(gpt2.specialIds.eos.toSorted((a, b) => a - b)).toEqual([0, 1, 2])
    const bert = loadTokenizer(readFixture('wordpiece').tokenizer, { unk_token: '[UNK]', pad_token: '[PAD]' })
    expect(bert.specialIds).toMatchObject({ pad: 0, unk: 1 })
    expect(loadTokenizer(readFixture('unigram').tokenizer, { eos_token: '</s>' }).specialIds).toMatchObject({
      bos: null,
      eos: [1],
      pad: null,
      unk: 2,
    })
  })
  test('unused ids are empty, not errors', () => {
    const gpt2 = loadTokenizer(readFixture('gpt2').tokenizer, {})
    expect(gpt2.tokenBytes(5000)).toEqual(new Uint8Array())
    expect(gpt2.tokenText(5000)).toBe('[5000]')
    expect(gpt2.decode([5000])).toBe('')
  })
})

test('bytes that are no character show as escapes', () => {
  expect(showBytes(Uint8Array.of(0x41, 0xe4, 0xbd))).toBe('A\\xE4\\xBD')
  expect(showBytes(Uint8Array.of(0x80, 0xe4, 0xbd, 0xa0, 0xff, 0xc3))).toBe('\\x80你\\xFF\\xC3')
  expect(showBytes(Uint8Array.of(0xed, 0xa0, 0x80))).toBe('\\xED\\xA0\\x80') // a surrogate is no character
})
