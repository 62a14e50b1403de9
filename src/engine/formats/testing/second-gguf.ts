// A second reader of GGUF heads, versions 2 and 3: the rules of ggml/docs/gguf.md, ggml's own checks and our limits one
// after the other, slowly, every number a BigInt; nothing shared with formats/gguf.ts. Sizes of types: gguf-py's.

import { Broken, need, verdict, type Verdict } from './verdict.ts'

/** id name weights/bytes */
const types = `0 F32 1/4, 1 F16 1/2, 2 Q4_0 32/18, 3 Q4_1 32/20, 6 Q5_0 32/22, 7 Q5_1 32/24, 8 Q8_0 32/34, 9 Q8_1 32/40,
  10 Q2_K 256/84, 11 Q3_K 256/110, 12 Q4_K 256/144, 13 Q5_K 256/176, 14 Q6_K 256/210, 15 Q8_K 256/292,
  16 IQ2_XXS 256/66, 17 IQ2_XS 256/74, 18 IQ3_XXS 256/98, 19 IQ1_S 256/50, 20 IQ4_NL 32/18, 21 IQ3_S 256/110,
  22 IQ2_S 256/82, 23 IQ4_XS 256/136, 24 I8 1/1, 25 I16 1/2, 26 I32 1/4, 27 I64 1/8, 28 F64 1/8, 29 IQ1_M 256/56,
  30 BF16 1/2, 34 TQ1_0 256/54, 35 TQ2_0 256/66, 39 MXFP4 32/17, 40 NVFP4 64/36, 41 Q1_0 128/18`
const typeOf = new Map(
  types.split(',').map((line) => {
    const [id, name, block, bytes] = line.trim().split(/[ /]/)
    return [BigInt(id!), { name: name!, block: BigInt(block!), bytes: BigInt(bytes!) }]
  }),
)
/** bytes of a value by its type; texts and lists have none of their own */
const sizes = [1n, 1n, 2n, 2n, 4n, 4n, 4n, 1n, null, null, 8n, 8n, 8n]
const [FLOAT, BOOL, TEXT, LIST, DOUBLE] = [6n, 7n, 8n, 9n, 12n]
const signed = new Set([1n, 3n, 5n, 11n])

/** @param head the file's first bytes, behind which there are zeros up to · @param size of the file */
export const secondGguf = (head: Uint8Array, size: bigint): Verdict => verdict(() => new Head(head, size).read())

class Head {
  private at = 0n
  constructor(
    private readonly head: Uint8Array,
    private readonly size: bigint,
  ) {}

  private pass(count: bigint): bigint {
    need(this.at + count <= this.size, 'the head ends beyond the file')
    this.at += count
    return this.at - count
  }
  private bytes(count: bigint): Buffer {
    const from = Number(this.pass(count))
    const out = Buffer.alloc(Number(count))
    out.set(this.head.subarray(from, from + Number(count)))
    return out
  }
  private uint(count: bigint): bigint {
    const from = Number(this.pass(count))
    let value = 0n
    for (let i = from + Number(count) - 1; i >= from; i--) value = value * 256n + BigInt(this.head[i] ?? 0)
    return value
  }
  private text(longest: bigint, exact: boolean): string {
    const length = this.uint(8n)
    need(length <= longest, 'a text is too long')
    const bytes = this.bytes(length)
    const text = bytes.toString('utf8')
    need(!exact || Buffer.from(text).equals(bytes), 'not UTF-8')
    return text
  }
  private scalar(type: bigint): string {
    const bytes = sizes[Number(type)]
    if (bytes === undefined || bytes === null) throw new Broken('an unknown value type')
    const value = this.uint(bytes)
    if (type === FLOAT) return String(float(value, 8n, 23n))
    if (type === DOUBLE) return String(float(value, 11n, 52n))
    return String(signed.has(type) ? BigInt.asIntN(8 * Number(bytes), value) : value)
  }

  /** As text; null for a list that is not kept. */
  private value(key: string, type: bigint): string | null {
    if (type === TEXT) return JSON.stringify(this.text(2n ** 24n, /^general\.architecture$|^tokenizer\./.test(key)))
    if (type !== LIST) {
      const value = this.scalar(type)
      if (type !== BOOL) return value
      need(value === '0' || value === '1', 'neither true nor false')
      return value === '1' ? 'true' : 'false'
    }
    const used = key === 'tokenizer.ggml.tokens' || key === 'tokenizer.ggml.merges'
    const inner = this.uint(4n)
    const count = this.uint(8n)
    need(inner !== LIST, 'a list of lists')
    need(inner <= DOUBLE, 'an unknown value type')
    need(count <= (used ? 1_000_000n : 2n ** 24n), 'a list is too long')
    // before anything of it is read: what it holds at least must be there
    need(this.at + count * (sizes[Number(inner)] ?? 8n) <= this.size, 'the head ends beyond the file')
    const kept = inner === TEXT ? used || count <= 1024n : count <= 2n ** 20n
    if (inner !== TEXT && !kept) this.pass(count * sizes[Number(inner)]!)
    const items: string[] = []
    for (let i = 0n; i < count && (inner === TEXT || kept); i++) {
      // of a list that is not kept nobody looks at the texts
      const item = inner === TEXT ? JSON.stringify(this.text(2n ** 24n, used)) : this.scalar(inner)
      if (kept) items.push(item)
    }
    return kept ? `[${items.join()}]` : null
  }

  read(): string {
    need(this.bytes(4n).toString('latin1') === 'GGUF', 'no GGUF')
    const version = this.uint(4n)
    need(version === 2n || version === 3n, 'another version')
    const tensorCount = this.uint(8n)
    const pairCount = this.uint(8n)
    need(tensorCount <= 100_000n, 'too many tensors')
    need(pairCount <= 100_000n, 'too many keys')
    const pairs = new Map<string, string | null>()
    let alignment = 32n
    for (let i = 0n; i < pairCount; i++) {
      const key = this.text(65_535n, true)
      need(key !== '', 'an empty key')
      need(!pairs.has(key), 'a key twice')
      const type = this.uint(4n)
      const value = this.value(key, type)
      pairs.set(key, value)
      if (key !== 'general.alignment') continue
      need(type === 4n, 'an alignment that is no u32')
      alignment = BigInt(value!)
      const isPower = Array.from({ length: 21 }, (_, n) => 2n ** BigInt(n)).includes(alignment)
      need(isPower, 'an alignment that is no power of two')
    }
    const up = (n: bigint): bigint => ((n + alignment - 1n) / alignment) * alignment
    const tensors: { name: string; type: string; shape: string; begin: bigint; end: bigint }[] = []
    let next = 0n
    for (let i = 0n; i < tensorCount; i++) {
      const name = this.text(63n, true)
      need(!tensors.some((other) => other.name === name), 'a tensor twice')
      const dims: bigint[] = []
      const count = this.uint(4n)
      need(count <= 4n, 'more than 4 dimensions')
      for (let d = 0n; d < count; d++) dims.push(this.uint(8n))
      need(
        dims.every((dim) => dim > 0n),
        'a dimension of 0',
      )
      need(
        dims.every((dim) => dim <= 2n ** 40n),
        'a dimension above 2^40',
      )
      const type = typeOf.get(this.uint(4n))
      if (!type) throw new Broken('an unknown type')
      const elements = dims.reduce((a, b) => a * b, 1n)
      need(elements < 2n ** 53n, '2^53 elements')
      need((dims[0] ?? 1n) % type.block === 0n, 'a block across rows')
      const begin = this.uint(8n)
      need(begin >= next, 'an overlap')
      need(begin === next, 'a hole')
      const end = begin + (elements / type.block) * type.bytes
      next = up(end)
      need(next < 2n ** 53n, 'an end beyond 2^53')
      tensors.push({ name, type: type.name, shape: dims.reverse().join(), begin, end })
    }
    const start = up(this.at)
    need(
      tensors.every(({ end }) => start + end <= this.size),
      'the data ends beyond the file',
    )
    return [
      ...[...pairs].filter(([, value]) => value !== null).map(([key, value]) => `${JSON.stringify(key)}=${value!}`),
      ...tensors.map(({ name, type, shape, begin, end }) =>
        [JSON.stringify(name), type, shape, start + begin, start + end].join(' '),
      ),
    ].join('\n')
  }
}

/** IEEE 754: the bits of a number as its value. */
function float(bits: bigint, exponentBits: bigint, fractionBits: bigint): number {
  const sign = bits >> (exponentBits + fractionBits) ? -1 : 1
  const exponent = Number((bits >> fractionBits) & (2n ** exponentBits - 1n))
  const fraction = Number(bits & (2n ** fractionBits - 1n)) / 2 ** Number(fractionBits)
  const bias = 2 ** (Number(exponentBits) - 1) - 1
  if (exponent === 2 * bias + 1) return fraction === 0 ? sign * Infinity : NaN
  return exponent === 0 ? sign * fraction * 2 ** (1 - bias) : sign * (1 + fraction) * 2 ** (exponent - bias)
}
