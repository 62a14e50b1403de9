// Heads of GGUF files with something wrong in them, most of them right but for one thing: fields are changed as fields
// before they are written, then bytes as bytes. What stands behind a head is zeros, and only their number counts.

import { pick, type Dice } from './dice.ts'
import type { Mutant } from './headers.ts'
import { Bytes, splice, wound } from './wounds.ts'

type Write = (out: Bytes) => void
interface Text {
  text: string | Uint8Array
  /** what its length says */
  length?: bigint
}
interface Pair {
  key: Text
  type: number
  value: Write
}
interface Tensor {
  name: Text
  /** what stands for the number of dimensions */
  count?: number
  /** fastest first */
  dims: bigint[]
  type: number
  offset: bigint
}
interface Head {
  magic: string
  version: number
  counts: [tensors: bigint, pairs: bigint]
  pairs: Pair[]
  tensors: Tensor[]
  alignment: number
}

/** weights and bytes of a block */
const typeSizes: Record<number, [number, number]> = {
  ...{ 0: [1, 4], 1: [1, 2], 30: [1, 2], 24: [1, 1], 2: [32, 18], 8: [32, 34], 10: [256, 84], 14: [256, 210] },
  ...{ 20: [32, 18], 23: [256, 136], 40: [64, 36], 41: [128, 18], 28: [1, 8], 39: [32, 17] },
}
const huge = [
  0n,
  1n,
  31n,
  2n ** 16n,
  2n ** 24n + 1n,
  2n ** 31n,
  2n ** 32n,
  2n ** 40n,
  2n ** 40n + 1n,
  2n ** 53n - 1n,
  2n ** 53n,
  2n ** 63n,
  2n ** 64n - 1n,
]
const keys = [
  'general.name',
  'general.architecture',
  'llama.block_count',
  'tokenizer.ggml.tokens',
  'tokenizer.ggml.merges',
  'a',
  'é',
  '__proto__',
  'tokenizer.ggml.scores',
  'x'.repeat(70),
]
const names = ['token_embd.weight', 'blk.0.attn_q.weight', 'output.weight', 'a', '漢', '__proto__', 'n'.repeat(63)]
const texts = ['', 'llama', 'a b', 'é\u0000', '😀', '\ufeff', 'x'.repeat(40)]
/** no UTF-8: a byte alone, a cut character, an overlong one, a surrogate, beyond the last character */
const noTexts = [[0xff], [0xe6, 0xbc], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0x61, 0x80]].map(
  (bytes) => Uint8Array.from(bytes),
)

function writeText(out: Bytes, { text, length }: Text): void {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text
  out.u64(length ?? BigInt(bytes.length)).put(bytes)
}

const scalarBytes = [1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8]
const special = [
  0n,
  1n,
  0x7f80_0000n,
  0xffc0_0000n,
  0x8000_0000n,
  1n << 63n,
  0x7ff0_0000_0000_0000n,
  0xffff_ffff_ffff_ffffn,
  32n,
  0x3fffffn,
  1n << 52n,
]
const scalar = (roll: Dice, type: number): Write => {
  const bits =
    type === 7 ? BigInt(roll(2)) : roll(3) ? pick(roll, special) : BigInt(roll(2 ** 32)) * BigInt(roll(2 ** 32))
  return (out) => {
    const end = out.length + scalarBytes[type]!
    out.u64(bits).length = end
  }
}

function value(roll: Dice, type: number): Write {
  if (type === 8) {
    const text = { text: pick(roll, texts) }
    return (out) => writeText(out, text)
  }
  if (type !== 9) return scalar(roll, type)
  const inner = pick(roll, [0, 4, 5, 6, 7, 8, 8, 10, 12])
  const items = Array.from({ length: roll(5) }, () => (inner === 7 ? scalar(roll, 0) : value(roll, inner)))
  return list(inner, BigInt(items.length), items)
}
const list =
  (inner: number, count: bigint, items: Write[]): Write =>
  (out) => {
    out.u32(inner).u64(count)
    for (const item of items) item(out)
  }

function head(roll: Dice): Head {
  const pairs = Array.from({ length: roll(5) }, (_, i): Pair => {
    const type = pick(roll, [0, 1, 2, 3, 4, 4, 5, 6, 7, 8, 8, 8, 9, 9, 10, 11, 12])
    return { key: { text: `${pick(roll, keys)}${roll(3) ? i : ''}` }, type, value: value(roll, type) }
  })
  const alignment = roll(4) ? 32 : pick(roll, [1, 2, 8, 32, 64, 4096, 2 ** 20])
  if (alignment !== 32) {
    pairs.splice(roll(pairs.length + 1), 0, {
      key: { text: 'general.alignment' },
      type: 4,
      value: (out) => out.u32(alignment),
    })
  }
  const tensors = Array.from({ length: roll(200) ? roll(5) : roll(40) }, (_, i): Tensor => {
    const type = roll(2) ? 0 : Number(pick(roll, Object.keys(typeSizes)))
    const dims = Array.from(
      { length: roll(5) },
      (_one, d) => BigInt(1 + roll(4)) * (d === 0 ? BigInt(typeSizes[type]![0]) : 1n),
    )
    if (dims.length === 0 && typeSizes[type]![0] > 1) dims.push(256n)
    return {
      name: { text: roll(8) ? `${pick(roll, names.slice(0, 6))}${i}` : pick(roll, names) },
      dims,
      type,
      offset: 0n,
    }
  })
  return {
    magic: 'GGUF',
    version: 2 + roll(2),
    counts: [BigInt(tensors.length), BigInt(pairs.length)],
    pairs,
    tensors,
    alignment,
  }
}

/** Before offsets are known: what they follow. */
function reshape({ tensors }: Head, roll: Dice): void {
  const tensor = tensors[roll(tensors.length)]
  if (!tensor) return
  const { dims } = tensor
  const at = roll(dims.length)
  switch (roll(5)) {
    case 0:
      dims.splice(at, 1, pick(roll, huge))
      break
    case 1:
      while (dims.length < 4 + roll(2)) dims.push(1n)
      break
    case 2:
      dims[0] = (dims[0] ?? 1n) + pick(roll, [1n, 16n, 32n, 128n, -1n])
      break
    case 3:
      tensor.type = roll(46)
      break
    default:
      dims.splice(0, 4, 2n ** BigInt(10 + roll(12)), 2n ** BigInt(10 + roll(18)), 2n ** BigInt(roll(20)))
  }
}

/** Offsets one behind the other; the bytes of all. */
function layOut({ tensors, alignment }: Head): bigint {
  let at = 0n
  let end = 0n
  for (const tensor of tensors) {
    const [block, bytes] = typeSizes[tensor.type] ?? [1, 4]
    tensor.offset = at
    end = at + (tensor.dims.reduce((a, b) => a * b, 1n) / BigInt(block)) * BigInt(bytes)
    at = ((end + BigInt(alignment) - 1n) / BigInt(alignment)) * BigInt(alignment)
  }
  return end
}

function hurtTensor({ tensors, alignment }: Head, roll: Dice): void {
  const tensor = tensors[roll(tensors.length)]
  if (!tensor) return
  switch (roll(7)) {
    case 0:
      tensor.offset += BigInt(pick(roll, [1, -1, alignment, -alignment, 2 * alignment]))
      break
    case 1:
      tensor.offset = pick(roll, huge)
      break
    case 2: {
      const by = BigInt(pick(roll, [alignment, -alignment]))
      for (const one of tensors.slice(tensors.indexOf(tensor))) one.offset += by
      break
    }
    case 3:
      tensor.count = pick(roll, [0, 1, 2, 3, 4, 5, 2 ** 32 - 1])
      break
    case 4:
      tensor.name = pick(roll, [
        tensors[0]!.name,
        { text: 'n'.repeat(62 + roll(4)) },
        { text: pick(roll, noTexts) },
        { text: '' },
      ])
      break
    case 5:
      tensor.name.length = pick(roll, huge)
      break
    default:
      tensor.dims[roll(4)] ??= 1n
      tensor.dims[roll(tensor.dims.length)] = pick(roll, huge)
      for (let i = 0; i < tensor.dims.length; i++) tensor.dims[i] ??= 1n
  }
}

function hurtPair({ pairs }: Head, roll: Dice): void {
  const pair = pairs[roll(pairs.length)]
  if (!pair) return
  const text = { text: pick(roll, noTexts) }
  switch (roll(11)) {
    case 0:
      pair.key = { text: pick(roll, ['', pairs[0]!.key.text, 'x'.repeat(roll(20) ? 64 : 65_534 + roll(4))]) }
      break
    case 1:
      pair.key.length = pick(roll, huge)
      break
    case 2:
      pair.key = text
      break
    case 3:
      pair.type = roll(15)
      break
    case 4:
      pair.type = pick(roll, [4, 5, 6, 10, 11, 12, 7, 2])
      pair.key = { text: 'general.alignment' }
      pair.value = scalar(roll, pair.type)
      break
    case 5:
      pair.key = { text: 'general.alignment' }
      pair.type = 4
      pair.value = (out) => out.u32(pick(roll, [0, 1, 3, 24, 32, 48, 2 ** 20, 2 ** 21, 2 ** 31]))
      break
    case 6:
      pair.type = 7
      pair.value = (out) => out.u8(roll(4))
      break
    case 7:
      pair.type = 8
      pair.key = { text: pick(roll, ['general.name', 'general.architecture', 'tokenizer.chat_template']) }
      pair.value = (out) => writeText(out, roll(3) ? text : { text: 'x', length: pick(roll, huge) })
      break
    case 8: {
      pair.type = 9
      const inner = roll(15)
      pair.value = list(inner, pick(roll, huge), inner === 8 ? [] : [(out) => out.u64(1n).u64(0n)])
      break
    }
    case 9: // lists of texts, of lists and of bytes, said to be longer or shorter than they are
      pair.type = 9
      pair.key = { text: pick(roll, ['tokenizer.ggml.tokens', 'tokenizer.ggml.merges', 'general.tags']) }
      pair.value = list(8, BigInt(1 + roll(3)), [(out) => writeText(out, text), (out) => writeText(out, { text: 'a' })])
      break
    default: {
      pair.type = 9
      const count = pick(roll, [1023, 1024, 1025])
      pair.value = roll(10)
        ? list(9, 1n, [list(0, 0n, [])])
        : list(8, BigInt(count), [(out) => out.put(new Uint8Array(8 * count))])
    }
  }
}

const file = new Bytes()
const other = new Bytes()

/** The head into `out`; the bytes behind its padding. */
function write(out: Bytes, roll: Dice): { data: number; alignment: number } {
  const made = head(roll)
  if (roll(4) === 0) reshape(made, roll)
  let data = Number(layOut(made))
  for (let times = pick(roll, [0, 1, 1, 1, 2]); times > 0; times--) (roll(2) ? hurtPair : hurtTensor)(made, roll)
  if (roll(50) === 0) made.version = pick(roll, [0, 1, 4, 99, 100, 0x0300_0000, 2 ** 32 - 1])
  if (roll(200) === 0) made.magic = pick(roll, ['GGML', 'FUGG', 'gguf', '\u0000GUF'])
  if (roll(30) === 0) made.counts[roll(2)]! += pick(roll, [1n, -1n, 2n ** 32n, 2n ** 63n, 99_000n, 100_001n])
  out.length = 0
  out.text(made.magic).u32(made.version).u64(made.counts[0]).u64(made.counts[1])
  for (const { key, type, value: put } of made.pairs) {
    writeText(out, key)
    out.u32(type)
    put(out)
  }
  for (const { name, count, dims, type, offset } of made.tensors) {
    writeText(out, name)
    out.u32(count ?? dims.length)
    for (const dim of dims) out.u64(dim)
    out.u32(type).u64(offset)
  }
  if (roll(20) === 0) data = Math.max(0, data + pick(roll, [1, -1, 31, -4, 1e5]))
  return { data, alignment: made.alignment }
}

/** Zeros that may be read as a list of texts, which is slow where they are many. */
const zeros = 2 ** 12

/** The next mutant; its bytes stand until the one after it is asked for. */
export function ggufMutant(roll: Dice): Mutant {
  const { data, alignment } = write(file, roll)
  const { length } = file
  if (roll(25) === 0) {
    write(other, roll)
    splice(file, other.all, roll, 24)
  }
  for (let times = pick(roll, [0, 0, 0, 0, 0, 1, 2]); times > 0; times--) wound(file, roll, roll(4) ? 24 : 0)
  const behind = file.length + ((alignment - (length % alignment)) % alignment) + data
  const size = Math.min(behind, file.length === length ? Number.MAX_SAFE_INTEGER : file.length + zeros)
  return { head: file.all, size: Math.max(file.length, size) }
}
