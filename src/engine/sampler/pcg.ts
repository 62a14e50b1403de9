// PCG32 (XSH-RR): M. O'Neill, "PCG: A Family of Simple Fast Space-Efficient
// Statistically Good Algorithms for Random Number Generation", 2014.
//
//   state ← state · 6364136223846793005 + inc   (mod 2^64)
//   out   = rotr32(((state >> 18) ^ state) >> 27, state >> 59)
//
// 64-bit arithmetic is BigInt: one draw per token, so clarity is worth the microsecond.

const mask = (1n << 64n) - 1n
const multiplier = 6364136223846793005n

export class Pcg32 {
  private state = 0n
  private readonly inc: bigint

  /** Seeded as pcg32_srandom(seed, stream). */
  constructor(seed: bigint, stream = 54n) {
    this.inc = ((stream << 1n) | 1n) & mask
    this.next()
    this.state = (this.state + (seed & mask)) & mask
    this.next()
  }

  /** Another one that goes on from here. */
  copy(): Pcg32 {
    return Object.assign(new Pcg32(0n, (this.inc - 1n) >> 1n), { state: this.state })
  }

  /** A whole number below 2^32. */
  next(): number {
    const old = this.state
    this.state = (old * multiplier + this.inc) & mask
    const word = Number((((old >> 18n) ^ old) >> 27n) & 0xffffffffn)
    const turn = Number(old >> 59n)
    return ((word >>> turn) | (word << (-turn & 31))) >>> 0
  }

  /** Uniform in [0, 1), 53 bits from two draws. */
  uniform(): number {
    const high = this.next() >>> 5,
      low = this.next() >>> 6
    return (high * 0x4000000 + low) / 0x20000000000000
  }
}
