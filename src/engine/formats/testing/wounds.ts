// What happens to bytes whatever they mean: flipped, put in, taken out, cut off, said twice, joined with another file's.

import { pick, type Dice } from './dice.ts'

/** Bytes in memory that is used again for every mutant. */
export class Bytes {
  private readonly memory = Buffer.alloc(2 ** 18)
  length = 0

  get all(): Buffer {
    return this.memory.subarray(0, this.length)
  }
  u8(value: number): this {
    this.memory[this.length++] = value
    return this
  }
  u32(value: number): this {
    this.length = this.memory.writeUInt32LE(value >>> 0, this.length)
    return this
  }
  u64(value: bigint): this {
    this.length = this.memory.writeBigUInt64LE(BigInt.asUintN(64, value), this.length)
    return this
  }
  text(value: string): this {
    this.length += this.memory.write(value, this.length)
    return this
  }
  put(value: Uint8Array): this {
    this.memory.set(value, this.length)
    this.length += value.length
    return this
  }

  /** `count` bytes from `at` on give way to `value`. */
  replace(at: number, count: number, value: Uint8Array): void {
    const end = Math.min(this.length, at + count)
    this.memory.copy(this.memory, at + value.length, end, this.length)
    this.memory.set(value, at)
    this.length += at + value.length - end
  }
}

const none = new Uint8Array(0)
const odd = [0, 1, 2, 8, 9, 0x20, 0x22, 0x5c, 0x7b, 0x7d, 0x7f, 0x80, 0xbf, 0xc0, 0xe2, 0xed, 0xef, 0xf4, 0xff]

/** One wound somewhere from byte `from` on. */
export function wound(bytes: Bytes, roll: Dice, from: number): void {
  const { length } = bytes
  if (length <= from) return
  const at = from + roll(length - from)
  const some = (): number => 1 + roll(roll(4) ? 4 : 40)
  switch (roll(7)) {
    case 0:
      bytes.all[at]! ^= 1 << roll(8)
      break
    case 1:
      bytes.all[at] = roll(2) ? pick(roll, odd) : roll(256)
      break
    case 2:
      bytes.all[at]! += roll(2) ? 1 : 255
      break
    case 3:
      bytes.replace(
        at,
        0,
        Uint8Array.from({ length: some() }, () => pick(roll, odd)),
      )
      break
    case 4:
      bytes.replace(at, some(), none)
      break
    case 5:
      bytes.replace(at, 0, Uint8Array.from(bytes.all.subarray(at, at + some())))
      break
    default:
      bytes.length = at
  }
}

/** The beginning of one file and the end of another, each cut anywhere behind `from`. */
export function splice(bytes: Bytes, other: Uint8Array, roll: Dice, from: number): void {
  if (bytes.length <= from || other.length <= from) return
  bytes.length = from + roll(bytes.length - from)
  bytes.put(other.subarray(from + roll(other.length - from)))
}
