// Numbers as kernels that must add exactly hold them: whole numbers of 64 bits in two words, the low one first.

const mask = 0xffffffffn

type Words = [low: number, high: number]

/** A whole number's words; negative ones modulo 2^64. */
export const wordsOf = (value: bigint): Words => [Number(value & mask), Number((value >> 32n) & mask)]

/** The nearest multiple of 2^-bits, as words. */
export const fixedWords = (value: number, bits: number): Words => wordsOf(BigInt(Math.round(value * 2 ** bits)))

/** An unsigned number out of its words, in units of 2^-bits. */
export const fromFixed = (low: number, high: number, bits: number): number => (high * 2 ** 32 + low) / 2 ** bits

/** 2^(-i/256), then 2^(-i/65536), in units of 2^-48: (2, 256) */
export const powerTables = (): Uint32Array =>
  Uint32Array.from(
    [256, 65536].flatMap((steps) => Array.from({ length: 256 }, (_, i) => fixedWords(2 ** (-i / steps), 48))).flat(),
  )
