// A head that claims much: what is kept and read stays bounded by rules, not by the file's numbers.
// The files here are as long as they say and all zeros where nobody wrote: no memory is spent on them.

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { bytesSource, type ByteSource } from './bytes.ts'
import { planModel } from '../index.ts'
import { readGguf } from './gguf.ts'
import { concat, filesOf, llamaKeys, writeGguf, type GgufValue, openModelFiles } from './testing.ts'

const u32 = (n: number): Uint8Array => new Uint8Array(Uint32Array.of(n).buffer)
const u64 = (n: number): Uint8Array => new Uint8Array(BigUint64Array.of(BigInt(n)).buffer)
const text = (value: string): Uint8Array => concat([u64(value.length), new TextEncoder().encode(value)])
/** a list of `count` elements of which nothing is written: zeros, that is empty strings */
const list = (key: string, type: number, count: number): Uint8Array =>
  concat([text(key), u32(9), u32(type), u64(count)])

interface Sparse {
  source: ByteSource
  /** bytes asked for in all, and by the largest read */ asked: { all: number; max: number }
}

/** `parts` one after the other, each followed by so many zeros. */
function sparse(parts: [Uint8Array, number][]): Sparse {
  const asked = { all: 0, max: 0 }
  const size = parts.reduce((sum, [bytes, zeros]) => sum + bytes.length + zeros, 0)
  return {
    asked,
    source: {
      name: 'big.gguf',
      size,
      read(offset, length) {
        asked.all += length
        asked.max = Math.max(asked.max, length)
        const out = new Uint8Array(length)
        let at = 0
        for (const [bytes, zeros] of parts) {
          for (let i = Math.max(at, offset); i < Math.min(at + bytes.length, offset + length); i++) {
            out[i - offset] = bytes[i - at]!
          }
          at += bytes.length + zeros
        }
        return Promise.resolve(out)
      },
    },
  }
}
const head = (pairs: number): Uint8Array => concat([new TextEncoder().encode('GGUF'), u32(3), u64(0), u64(pairs)])
const problem = (code: string, words: string): unknown =>
  expect.objectContaining({ code, message: expect.stringContaining(words) })

describe('metadata has a budget', () => {
  it('15 million empty tokens are refused at their count, after one read', async () => {
    const { source, asked } = sparse([[concat([head(1), list('tokenizer.ggml.tokens', 8, 15e6)]), 15e6 * 8]])
    await expect(readGguf(source)).rejects.toThrow(
      problem('FILE_HEADER', 'the length of the list "tokenizer.ggml.tokens" is 15000000, at most 1000000 is allowed'),
    )
    expect(asked.all).toBeLessThanOrEqual(65536)
  })
  it('a long list that nothing computes with is passed over: read once, in small pieces, and not kept', async () => {
    const { source, asked } = sparse([
      [concat([head(2), list('other.words', 8, 1e6)]), 8e6],
      [concat([text('general.name'), u32(8), text('after')]), 0],
    ])
    const { metadata } = await readGguf(source)
    expect([...metadata]).toEqual([['general.name', 'after']])
    expect(asked.all).toBe(source.size)
    expect(asked.max).toBeLessThanOrEqual(2 ** 20)
  })
  it('a long list of numbers is not even read', async () => {
    for (const [type, bytes] of [
      [0, 1],
      [5, 4],
      [12, 8],
    ] as const) {
      const { source, asked } = sparse([
        [concat([head(2), list('other.numbers', type, 12e6)]), 12e6 * bytes],
        [concat([text('general.name'), u32(8), text('after')]), 0],
      ])
      expect([...(await readGguf(source)).metadata]).toEqual([['general.name', 'after']])
      expect(asked.all).toBeLessThan(2e6)
    }
  })
  it('many texts under many keys end at what may be kept', async () => {
    const long = 2 ** 24
    const parts = Array.from({ length: 7 }, (_, i): [Uint8Array, number] => [
      concat([...(i === 0 ? [head(7)] : []), text(`k${i}`), u32(8), u64(long)]),
      long,
    ])
    await expect(readGguf(sparse(parts).source)).rejects.toThrow(
      problem('FILE_HEADER', 'takes more than 100663296 bytes of memory'),
    )
  })
  it('a head that never ends stops at 128 MiB', async () => {
    const parts = Array.from({ length: 3 }, (_, i): [Uint8Array, number] => [
      concat([...(i === 0 ? [head(4)] : []), list(`k${i}`, 12, 8e6)]),
      64e6,
    ])
    const { source, asked } = sparse([...parts, [concat([text('last'), u32(4), u32(1)]), 0]])
    await expect(readGguf(source)).rejects.toThrow(problem('FILE_HEADER', 'longer than 134217728 bytes'))
    expect(asked.all).toBeLessThan(2e6)
  })
  it('the largest real tokenizers stay far below', async () => {
    // 262,144 tokens and 520,000 merges, each "x" or "a b"
    const many = (key: string, count: number, word: string): Uint8Array => {
      const [one, out] = [text(word), new Uint8Array(count * (8 + word.length))]
      for (let i = 0; i < count; i++) out.set(one, i * one.length)
      return concat([list(key, 8, count), out])
    }
    const bytes = concat([
      head(2),
      many('tokenizer.ggml.tokens', 262_144, 'tokens'),
      many('tokenizer.ggml.merges', 520_000, 'left right'),
    ])
    const { metadata } = await readGguf(bytesSource('m', bytes))
    const [tokens, merges] = ['tokens', 'merges'].map((name) => metadata.get(`tokenizer.ggml.${name}`) as string[])
    expect([tokens!.length, new Set(tokens), merges!.length, new Set(merges)]).toEqual([
      262_144,
      new Set(['tokens']),
      520_000,
      new Set(['left right']),
    ])
  })
})

describe('text that is not UTF-8', () => {
  const raw = (...bytes: number[]): GgufValue => ({
    type: 8,
    bytes: concat([u64(bytes.length), Uint8Array.from(bytes)]),
  })
  const caf = [0x43, 0x61, 0x66, 0xe9]
  it('loads with replacement characters where it is only shown', async () => {
    for (const key of ['general.name', 'general.author', 'general.license', 'llama.note']) {
      const { metadata } = await openModelFiles(filesOf({ 'm.gguf': writeGguf(llamaKeys({ [key]: raw(...caf) }), []) }))
      expect(metadata!.get(key)).toBe('Caf\ufffd')
    }
    const { metadata } = await openModelFiles(
      filesOf({ 'm.gguf': readFileSync('fixtures/faults/gguf/latin1_name.gguf') }),
    )
    expect(metadata!.get('general.name')).toContain('\ufffd')
    const tags = writeGguf(
      llamaKeys({ 'general.tags': { type: 9, bytes: concat([u32(8), u64(1), u64(4), Uint8Array.from(caf)]) } }),
      [],
    )
    expect((await openModelFiles(filesOf({ 'm.gguf': tags }))).metadata!.get('general.tags')).toEqual(['Caf\ufffd'])
  })
  it('is refused where the model runs by it, and says where', async () => {
    const words: GgufValue = { type: 9, bytes: concat([u32(8), u64(2), text('a'), u64(4), Uint8Array.from(caf)]) }
    for (const key of ['tokenizer.ggml.tokens', 'tokenizer.ggml.merges']) {
      await expect(readGguf(bytesSource('m', writeGguf({ [key]: words }, [])))).rejects.toThrow(
        problem('FILE_HEADER', `entry 1 of the list "${key}" is not UTF-8 text`),
      )
    }
    for (const key of [
      'general.architecture',
      'tokenizer.ggml.model',
      'tokenizer.ggml.pre',
      'tokenizer.chat_template',
    ]) {
      await expect(readGguf(bytesSource('m', writeGguf({ [key]: raw(...caf) }, [])))).rejects.toThrow(
        problem('FILE_HEADER', `the value of "${key}" is not UTF-8 text`),
      )
    }
  })
})

it('a name that is not UTF-8 is shown with replacement characters, and the model is planned', async () => {
  const { info } = await planModel({
    name: 'latin1',
    files: filesOf({ 'latin1_name.gguf': readFileSync('fixtures/faults/gguf/latin1_name.gguf') }),
  })
  expect(info.title).toBe('\ufffdguf_f32')
  expect(info.family).toBe('llama')
})
