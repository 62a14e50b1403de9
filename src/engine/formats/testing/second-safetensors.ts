// A second reader of safetensors headers: the rules one after the other, slowly, every number a BigInt, nothing shared with
// formats/safetensors.ts. JSON.parse judges the syntax; a second walk over the tokens sees what it hides: keys that appear
// twice, how deep, numbers as they are written. Rules: huggingface/safetensors' README, and our own limits.

import { Broken, need, verdict, type Verdict } from './verdict.ts'

const widths: [bits: bigint, dtypes: string][] = [
  [4n, 'F4'],
  [6n, 'F6_E2M3 F6_E3M2'],
  [8n, 'BOOL U8 I8 F8_E5M2 F8_E4M3 F8_E8M0 F8_E4M3FNUZ F8_E5M2FNUZ'],
  [16n, 'I16 U16 F16 BF16'],
  [32n, 'I32 U32 F32'],
  [64n, 'C64 F64 I64 U64'],
]
const largest = 2n ** 53n - 1n

export type Node = { object: [string, Node][] } | { array: Node[] } | { string: string } | { raw: string }

/** @param head the file's first bytes, behind which there are zeros up to · @param size of the file */
export const secondSafetensors = (head: Uint8Array, size: bigint): Verdict =>
  verdict(() => {
    need(size >= 8n, 'the file is shorter than the length')
    let length = 0n
    for (let i = 7; i >= 0; i--) length = length * 256n + BigInt(head[i] ?? 0)
    need(length <= 25_000_000n, 'the header is too long')
    need(8n + length <= size, 'the header ends beyond the file')
    const bytes = Buffer.alloc(Number(length))
    bytes.set(head.subarray(8, 8 + Number(length)))
    const text = bytes.toString('utf8')
    // whatever is not UTF-8 comes back as something else
    need(Buffer.from(text).equals(bytes), 'not UTF-8')
    need(text.startsWith('{'), 'the first character')
    need(text.replace(/ *$/, '').endsWith('}'), 'what follows the end')
    try {
      JSON.parse(text)
    } catch {
      throw new Broken('no JSON')
    }
    const root = tree(text)
    if (!('object' in root)) throw new Broken('no object')
    const start = 8n + length
    const metadata: string[] = []
    const tensors: { line: string; begin: bigint; end: bigint }[] = []
    for (const [name, node] of root.object) {
      if (name === '__metadata__') {
        if (!('object' in node)) throw new Broken('metadata is no object')
        for (const [key, value] of node.object) {
          if (!('string' in value)) throw new Broken('metadata is no text')
          metadata.push(JSON.stringify([key, value.string]))
        }
      } else {
        const { dtype, shape, begin, end } = entry(name, node)
        const line = JSON.stringify([name, dtype, shape.join(), String(start + begin), String(start + end)])
        tensors.push({ line, begin, end })
      }
    }
    need(tensors.length <= 100_000, 'too many tensors')
    let at = 0n
    const order = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0)
    for (const { begin, end } of [...tensors].sort((a, b) => order(a.begin, b.begin) || order(a.end, b.end))) {
      need(begin >= at, 'an overlap')
      need(begin === at, 'a hole')
      at = end
    }
    need(start + at <= size, 'the data ends beyond the file')
    need(start + at === size, 'bytes are left over')
    return [...metadata, ...tensors.map(({ line }) => line)].join('\n')
  })

function entry(name: string, node: Node): { dtype: string; shape: bigint[]; begin: bigint; end: bigint } {
  need(name.length <= 1024, 'a long name')
  if (!('object' in node)) throw new Broken('an entry is no object')
  const field = (key: string): Node => {
    const found = node.object.find(([own]) => own === key)
    if (!found) throw new Broken('a field is missing')
    return found[1]
  }
  const numbers = (value: Node): bigint[] => {
    if (!('array' in value)) throw new Broken('no list of numbers')
    return value.array.map((item) => {
      if (!('raw' in item) || !/^(0|[1-9][0-9]*)$/.test(item.raw)) throw new Broken('no whole number')
      need(BigInt(item.raw) <= largest, 'a number above 2^53')
      return BigInt(item.raw)
    })
  }
  const dtype = field('dtype')
  if (!('string' in dtype)) throw new Broken('a dtype that is no text')
  const width = widths.find(([, dtypes]) => dtypes.split(' ').includes(dtype.string))?.[0]
  if (width === undefined) throw new Broken('an unknown dtype')
  const shape = numbers(field('shape'))
  need(shape.length <= 8, 'more than 8 dimensions')
  const offsets = numbers(field('data_offsets'))
  need(offsets.length === 2, 'not two offsets')
  const [begin, end] = offsets as [bigint, bigint]
  need(begin <= end, 'the end before the begin')
  let elements = 1n
  for (const dim of shape) {
    need(dim <= 2n ** 32n, 'a dimension above 2^32')
    elements *= dim
    need(elements <= largest, 'more than 2^53 elements')
  }
  need(elements * width <= largest, 'more than 2^53 bits')
  need((elements * width) % 8n === 0n, 'half a byte')
  need(elements * width === (end - begin) * 8n, 'the size')
  return { dtype: dtype.string, shape, begin, end }
}

/** Of a text that is known to be valid JSON. */
export function tree(text: string): Node {
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g)!
  let at = 0
  const string = (token: string): string => {
    const value = JSON.parse(token) as string
    need(value.isWellFormed(), 'half a surrogate pair')
    return value
  }
  const value = (depth: number): Node => {
    const token = tokens[at++]!
    if (token.startsWith('"')) return { string: string(token) }
    if (token !== '{' && token !== '[') return { raw: token }
    need(depth <= 8, 'too deep')
    const members: [string, Node][] = []
    const keys = new Set<string>()
    const items: Node[] = []
    while (tokens[at] !== '}' && tokens[at] !== ']') {
      if (tokens[at] === ',') at++
      if (token === '{') {
        const key = string(tokens[at]!)
        need(!keys.has(key), 'a key twice')
        keys.add(key)
        at += 2
        members.push([key, value(depth + 1)])
      } else items.push(value(depth + 1))
    }
    at++
    return token === '{' ? { object: members } : { array: items }
  }
  return value(1)
}
