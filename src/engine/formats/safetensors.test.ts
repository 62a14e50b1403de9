// The header reader, rule by rule, on both sides of each limit; then against a second, slow
// reader written from the rules alone, on mutated headers.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytesSource } from './bytes.ts'
import { maxDims, maxHeaderBytes, maxNameLength, maxTensors, parseHeader, readSafetensors } from './safetensors.ts'
import { concat, rawSafetensors, writeSafetensors } from './testing.ts'

const entry = (dtype: string, shape: number[], begin: number, end: number): string =>
  JSON.stringify({ dtype, shape, data_offsets: [begin, end] })
const read = async (header: string, dataBytes = 0): ReturnType<typeof readSafetensors> =>
  await readSafetensors(bytesSource('m', rawSafetensors(header, new Uint8Array(dataBytes))))
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

describe('the same verdict as the slow reader', () => {
  const dtype = fc.oneof(
    { weight: 10, arbitrary: fc.constantFrom('F32', 'U8', 'BF16', 'I64') },
    fc.constantFrom('F4', 'F6_E3M2', 'X'),
  )
  const dim = fc.oneof(
    { weight: 60, arbitrary: fc.integer({ min: 0, max: 6 }) },
    fc.constantFrom(2 ** 31, 2 ** 32, 2 ** 32 + 1, 2 ** 53 - 1, -1, 1.5),
  )
  const tensors = fc.array(
    fc.record({
      name: fc.oneof(fc.constantFrom('a', 'b', '__proto__', 'constructor', ''), fc.string({ maxLength: 5 })),
      dtype,
      shape: fc.array(dim, { maxLength: 3 }),
    }),
    { maxLength: 5 },
  )
  const bits: Record<string, number> = { F32: 32, U8: 8, F4: 4, BF16: 16, I64: 64, F6_E3M2: 6, X: 8 }
  /** where to hurt the text: a position, and what to put there in place of how many characters */
  const wound = fc.record({
    at: fc.nat(2000),
    cut: fc.integer({ min: 0, max: 3 }),
    put: fc.oneof(
      fc.constantFrom(
        '',
        '"',
        '{',
        '}',
        '[',
        ']',
        ',',
        ':',
        '0',
        '1',
        '-',
        '.',
        'e',
        ' ',
        '\n',
        '\\',
        '\\u0061',
        'null',
        '"a"',
        '[]',
        '\u0000',
      ),
      fc.string({ maxLength: 2 }),
    ),
  })
  const shift = fc.constantFrom(...Array<number>(40).fill(0), 1, -1, 4)

  it('on mutated headers', () => {
    let accepted = 0
    fc.assert(
      fc.property(
        tensors,
        fc.array(wound, { maxLength: 2 }),
        fc.array(shift, { maxLength: 10 }),
        shift,
        (list, wounds, shifts, extra) => {
          let at = 0
          const members = list.map(({ name, dtype: type, shape }, i) => {
            const begin = at + (shifts[2 * i] ?? 0)
            at += Math.max(0, Math.ceil((shape.reduce((x, y) => x * y, 1) * bits[type]!) / 8)) || 0
            return `${JSON.stringify(name)}:${JSON.stringify({ dtype: type, shape, data_offsets: [begin, at + (shifts[2 * i + 1] ?? 0)] })}`
          })
          let text = `{${members.join()}}`
          for (const { at: where, cut, put } of wounds) {
            const p = where % (text.length + 1)
            text = text.slice(0, p) + put + text.slice(p + cut)
          }
          const data = Math.max(0, at + extra)
          const dataStart = 8 + text.length
          const expected = acceptable(text, data)
          let got: Map<string, { begin: number; end: number }> | null = null
          try {
            got = parseHeader('m', text, dataStart, dataStart + data).entries
          } catch (error) {
            if (
              (error as { code?: string }).code !== 'FILE_HEADER' &&
              (error as { code?: string }).code !== 'FILE_TRUNCATED'
            ) {
              throw error
            }
          }
          const list1 =
            got &&
            [...got]
              .map(([name, { begin, end }]) => `${name} ${begin - dataStart} ${end - dataStart}`)
              .sort()
              .join('\n')
          const list2 =
            expected &&
            [...expected]
              .map(([name, [begin, end]]) => `${name} ${begin} ${end}`)
              .sort()
              .join('\n')
          if (list1 !== list2) expect([text, data, list1]).toEqual([text, data, list2])
          if (got?.size) accepted++
        },
      ),
      { numRuns: 20_000, seed: 1 },
    )
    expect(accepted).toBeGreaterThan(2000) // the verdicts are not all refusals
    expect(Object.keys(Object.prototype)).toEqual([])
  }, 60_000)
})

// ---- the slow reader: naive, every number a BigInt, written from the rules and not from the reader ----

type Node = { object: [string, Node][] } | { array: Node[] } | { string: string } | { raw: string }

const bitsOf: Record<string, bigint> = {
  BOOL: 8n,
  U8: 8n,
  I8: 8n,
  F8_E5M2: 8n,
  F8_E4M3: 8n,
  F8_E8M0: 8n,
  F8_E4M3FNUZ: 8n,
  F8_E5M2FNUZ: 8n,
  F4: 4n,
  F6_E2M3: 6n,
  F6_E3M2: 6n,
  I16: 16n,
  U16: 16n,
  F16: 16n,
  BF16: 16n,
  I32: 32n,
  U32: 32n,
  F32: 32n,
  C64: 64n,
  F64: 64n,
  I64: 64n,
  U64: 64n,
}

/** name -> [begin, end) within the data, or null when the header must be refused. */
function acceptable(text: string, dataBytes: number): Map<string, [bigint, bigint]> | null {
  try {
    if (!text.startsWith('{')) return null
    JSON.parse(text) // syntax
    const body = text.replace(/ +$/, '')
    if (!body.endsWith('}')) return null
    const [root] = value(tokens(body), 0, 1)
    if (!('object' in root) || root.object.length > 100_001) return null
    const found = new Map<string, [bigint, bigint]>()
    for (const [name, node] of root.object) {
      if (name === '__metadata__') {
        if (!('object' in node) || !node.object.every(([, v]) => 'string' in v)) return null
      } else found.set(name, tensor(name, node))
    }
    let at = 0n
    for (const [begin, end] of [...found.values()].sort(([a, b], [c, d]) =>
      a === c ? Number(b - d) : Number(a - c),
    )) {
      if (begin !== at) return null
      at = end
    }
    return at === BigInt(dataBytes) ? found : null
  } catch {
    return null
  }
}

function tensor(name: string, node: Node): [bigint, bigint] {
  if (name.length > 1024 || !('object' in node)) throw new Error('entry')
  const field = (key: string): Node => node.object.find(([k]) => k === key)![1]
  const uints = (list: Node): bigint[] =>
    (list as { array: Node[] }).array.map((item) => {
      const { raw } = item as { raw: string }
      if (!/^(0|[1-9]\d*)$/.test(raw) || BigInt(raw) > 2n ** 53n - 1n) throw new Error('integer')
      return BigInt(raw)
    })
  const width = Object.getOwnPropertyDescriptor(bitsOf, (field('dtype') as { string: string }).string)!.value as bigint
  const shape = uints(field('shape'))
  const [begin, end, ...more] = uints(field('data_offsets'))
  if (more.length > 0 || shape.length > 8 || shape.some((d) => d > 2n ** 32n) || end! < begin!) {
    throw new Error('numbers')
  }
  let count = 1n
  for (const d of shape) {
    count *= d
    if (count > 2n ** 53n - 1n) throw new Error('overflow')
  }
  if (count * width !== (end! - begin!) * 8n) throw new Error('size')
  return [begin!, end!]
}

const tokens = (text: string): string[] => text.match(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g) ?? []

/** The value at token i; the tokens are known to be valid JSON. */
function value(list: string[], i: number, depth: number): [Node, number] {
  const token = list[i]!
  if (token === '{' || token === '[') {
    if (depth > 8) throw new Error('depth')
    const close = token === '{' ? '}' : ']'
    const members: [string, Node][] = []
    const items: Node[] = []
    let at = i + 1
    while (list[at] !== close) {
      if (list[at] === ',') at++
      if (token === '[') {
        const [item, next] = value(list, at, depth + 1)
        items.push(item)
        at = next
        continue
      }
      const key = unescape(list[at]!)
      if (members.some(([k]) => k === key)) throw new Error('duplicate')
      const [item, next] = value(list, at + 2, depth + 1)
      members.push([key, item])
      at = next
    }
    return [token === '{' ? { object: members } : { array: items }, at + 1]
  }
  return [token.startsWith('"') ? { string: unescape(token) } : { raw: token }, i + 1]
}

function unescape(token: string): string {
  const text = JSON.parse(token) as string
  encodeURIComponent(text) // throws on a lone surrogate
  return text
}
