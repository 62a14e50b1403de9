// The header reader, rule by rule, on both sides of each limit. Of each a second, slow reader gives its verdict, too.

import { describe, expect, it } from 'vitest'
import { bytesSource } from './bytes.ts'
import { maxDims, maxHeaderBytes, maxNameLength, maxTensors, parseHeader, readSafetensors } from './safetensors.ts'
import { concat, rawSafetensors, writeSafetensors } from './testing.ts'
import { judged } from './testing/tables.ts'

const entry = (dtype: string, shape: number[], begin: number, end: number): string =>
  JSON.stringify({ dtype, shape, data_offsets: [begin, end] })
const read = async (header: string, dataBytes = 0): ReturnType<typeof readSafetensors> =>
  await readSafetensors(await judged('safetensors', rawSafetensors(header, new Uint8Array(dataBytes))))
const u8 = entry('U8', [2], 0, 2)
const code = (name: string): unknown => expect.objectContaining({ code: name })

describe('accepts', () => {
  const good: [string, string, number][] = [
    ['no tensor', '{}', 0],
    ['spaces after the end', '{}   ', 0],
    ['white space inside', '{ "a" :\n\t' + u8 + '\r}', 2],
    ['metadata', `{"__metadata__":{"format":"pt","":""},"a":${u8}}`, 2],
    [
      'unknown fields',
      '{"a":{"x":[{"y":null}],"z":-1.5e3,"dtype":"U8","shape":[2],"data_offsets":[0,2],"w":[true,false,"s"]}}',
      2,
    ],
    ['a scalar', `{"a":${entry('F32', [], 0, 4)}}`, 4],
    ['empty tensors anywhere', `{"a":${entry('F32', [0, 5], 0, 0)},"b":${u8},"c":${entry('F32', [3, 0], 2, 2)}}`, 2],
    ['tensors in any order', `{"b":${entry('U8', [1], 2, 3)},"a":${u8}}`, 3],
    ['half bytes that add up', `{"a":${entry('F4', [4], 0, 2)},"b":${entry('F6_E2M3', [4], 2, 5)}}`, 5],
    ['escaped names', `{"a\\u0062\\n\\ud83d\\ude00":${u8}}`, 2],
    [`names of ${maxNameLength}`, `{"${'n'.repeat(maxNameLength)}":${u8}}`, 2],
    [`${maxDims} dimensions`, `{"a":${entry('U8', [1, 1, 1, 1, 1, 1, 1, 2], 0, 2)}}`, 2],
    ['a dimension of 2^32 beside a 0', `{"a":${entry('U8', [0, 2 ** 32], 0, 0)}}`, 0],
    ['names of Object.prototype', `{"__proto__":${u8},"constructor":${entry('U8', [1], 2, 3)}}`, 3],
    ['depth 8', `{"a":{"x":[[[[[[]]]]]],"dtype":"U8","shape":[2],"data_offsets":[0,2]}}`, 2],
  ]
  it.each(good)('%s', async (_, header, bytes) => {
    expect(await read(header, bytes)).toBeTruthy()
  })

  it('names and shapes as they are', async () => {
    const { entries, metadata } = await read(
      `{"__metadata__":{"format":"pt"},"b":${entry('U8', [1], 2, 3)},"__proto__":${u8}}`,
      3,
    )
    expect(metadata.get('format')).toBe('pt')
    expect(entries.get('__proto__')).toMatchObject({ dtype: 'U8', shape: [2] })
    expect(entries.get('b')!.end - entries.get('__proto__')!.begin).toBe(3)
    expect(({} as Record<string, unknown>).dtype).toBeUndefined()
  })
})

describe('refuses', () => {
  const bad: [string, string, number, string?][] = [
    ['an empty header', '', 0],
    ['a list', '[]', 0],
    ['a space before {', ' {}', 0],
    ['text after }', '{}x', 0],
    ['a newline after }', '{}\n', 0],
    ['a BOM', '\ufeff{}', 0],
    ['no closing }', '{"a":' + u8, 2],
    ['a trailing comma', `{"a":${u8},}`, 2],
    ['no colon', `{"a"${u8}}`, 2],
    ['single quotes', "{'a':1}", 0],
    ['a key twice', `{"a":${u8},"a":${u8}}`, 2],
    ['a key twice, escaped', `{"a":${u8},"\\u0061":${entry('U8', [1], 2, 3)}}`, 3],
    ['a field twice', '{"a":{"dtype":"U8","dtype":"U8","shape":[2],"data_offsets":[0,2]}}', 2],
    ['metadata that is no text', '{"__metadata__":{"a":1}}', 0],
    ['metadata null', '{"__metadata__":null}', 0],
    ['no dtype', '{"a":{"shape":[2],"data_offsets":[0,2]}}', 2],
    ['no shape', '{"a":{"dtype":"U8","data_offsets":[0,2]}}', 2],
    ['no offsets', '{"a":{"dtype":"U8","shape":[2]}}', 2],
    ['an unknown dtype', `{"a":${entry('U9', [2], 0, 2)}}`, 2],
    ['a lower-case dtype', `{"a":${entry('u8', [2], 0, 2)}}`, 2],
    ['one offset', '{"a":{"dtype":"U8","shape":[2],"data_offsets":[2]}}', 2],
    ['three offsets', '{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2,2]}}', 2],
    ['end before begin', `{"a":${entry('U8', [], 3, 2)}}`, 2],
    ['a negative dimension', `{"a":${entry('U8', [-2], 0, 2)}}`, 2],
    ['a fraction', '{"a":{"dtype":"U8","shape":[2.0],"data_offsets":[0,2]}}', 2],
    ['an exponent', '{"a":{"dtype":"U8","shape":[2e0],"data_offsets":[0,2]}}', 2],
    ['a leading zero', '{"a":{"dtype":"U8","shape":[02],"data_offsets":[0,2]}}', 2],
    ['a number above 2^53', '{"a":{"dtype":"U8","shape":[9007199254740992],"data_offsets":[0,2]}}', 2],
    ['a dimension above 2^32', `{"a":${entry('U8', [0, 2 ** 32 + 1], 0, 0)}}`, 0],
    ['more than 2^53 elements', `{"a":${entry('U8', [2 ** 32, 2 ** 32, 0], 0, 0)}}`, 0],
    [`${maxDims + 1} dimensions`, `{"a":${entry('U8', [1, 1, 1, 1, 1, 1, 1, 1, 2], 0, 2)}}`, 2],
    [`a name of ${maxNameLength + 1}`, `{"${'n'.repeat(maxNameLength + 1)}":${u8}}`, 2],
    ['the wrong size', `{"a":${entry('U8', [3], 0, 2)}}`, 2],
    ['half a byte', `{"a":${entry('F4', [3], 0, 2)}}`, 2],
    ['a first hole', `{"a":${entry('U8', [2], 1, 3)}}`, 3],
    ['a hole', `{"a":${u8},"b":${entry('U8', [1], 3, 4)}}`, 4],
    ['an overlap', `{"a":${u8},"b":${entry('U8', [2], 1, 3)}}`, 3],
    ['an alias', `{"a":${u8},"b":${u8}}`, 2],
    ['bytes left over', `{"a":${u8}}`, 3],
    ['data that ends early', `{"a":${u8}}`, 1, 'FILE_TRUNCATED'],
    ['depth 9', `{"a":{"x":[[[[[[[]]]]]]],"dtype":"U8","shape":[2],"data_offsets":[0,2]}}`, 2],
    ['a wrong literal', '{"a":{"x":nul}}', 0],
    ['NaN', '{"a":{"x":NaN}}', 0],
    ['a wrong escape', `{"\\x":${u8}}`, 2],
    ['a lone surrogate', `{"\\ud800":${u8}}`, 2],
    ['a control character', `{"\n":${u8}}`, 2],
    ['an open string', '{"a', 0],
  ]
  it.each(bad)('%s', async (_, header, bytes, expected = 'FILE_HEADER') => {
    await expect(read(header, bytes)).rejects.toThrow(code(expected))
  })

  it('a header length above the limit, or beyond the file', async () => {
    const length = (n: bigint): Uint8Array => new Uint8Array(BigUint64Array.of(n).buffer)
    const open = async (n: bigint): Promise<unknown> =>
      await readSafetensors(bytesSource('m', concat([length(n), new TextEncoder().encode('{}')])))
    expect(await open(2n)).toBeTruthy()
    await expect(open(3n)).rejects.toThrow(code('FILE_TRUNCATED'))
    await expect(open(BigInt(maxHeaderBytes))).rejects.toThrow(code('FILE_TRUNCATED'))
    await expect(open(BigInt(maxHeaderBytes) + 1n)).rejects.toThrow(code('FILE_HEADER'))
    await expect(open(2n ** 64n - 1n)).rejects.toThrow(code('FILE_HEADER'))
    await expect(readSafetensors(bytesSource('m', new Uint8Array(7)))).rejects.toThrow(code('FILE_TRUNCATED'))
  })

  it(`a header of ${maxHeaderBytes + 1} bytes; one byte less is read`, async () => {
    const header = (bytes: number): Promise<unknown> => read('{}'.padEnd(bytes))
    expect(await header(maxHeaderBytes)).toBeTruthy()
    await expect(header(maxHeaderBytes + 1)).rejects.toThrow(code('FILE_HEADER'))
  })

  it('bytes that are not UTF-8', async () => {
    const bytes = writeSafetensors([{ name: 'abc', dtype: 'U8', shape: [1], bytes: Uint8Array.of(1) }])
    bytes[8 + 3] = 0xff
    await expect(readSafetensors(bytesSource('m', bytes))).rejects.toThrow(code('FILE_HEADER'))
  })

  it(`more than ${maxTensors} tensors; ${maxTensors} are read within 5 s`, () => {
    const header = (n: number): string =>
      `{${Array.from({ length: n }, (_, i) => `"model.layers.${i}.weight":${entry('F32', [1], 4 * i, 4 * i + 4)}`).join()}}`
    const start = performance.now()
    expect(parseHeader('m', header(maxTensors), 0, 4 * maxTensors).entries.size).toBe(maxTensors)
    expect(performance.now() - start).toBeLessThan(5000)
    expect(() => parseHeader('m', header(maxTensors + 1), 0, 4 * maxTensors + 4)).toThrow(code('FILE_HEADER'))
  })
})
