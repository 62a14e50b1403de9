// GPT-2's byte ↔ character table: every byte gets a printable character, so that
// a byte-level vocabulary can be written as text (Radford et al. 2019).
//
// Printable Latin-1 bytes stand for themselves; the other 68 bytes take U+0100…
// in order (space is Ġ, newline is Ċ).

const printable = (b: number): boolean =>
  (b >= 0x21 && b <= 0x7e) || (b >= 0xa1 && b <= 0xac) || (b >= 0xae && b <= 0xff)

/** byte → its character */
export const byteToChar: readonly string[] = (() => {
  let next = 0x100
  return Array.from({ length: 256 }, (_, b) => String.fromCharCode(printable(b) ? b : next++))
})()

/** UTF-16 code of a character → its byte */
const charToByte: ReadonlyMap<number, number> = new Map(byteToChar.map((c, b) => [c.charCodeAt(0), b]))

/** The bytes that a byte-level token stands for, or null when it has a character outside the table. */
export function unmapBytes(token: string): Uint8Array | null {
  const bytes = new Uint8Array(token.length)
  for (let i = 0; i < token.length; i++) {
    const byte = charToByte.get(token.charCodeAt(i))
    if (byte === undefined) return null
    bytes[i] = byte
  }
  return bytes
}

/** Bytes written in the characters of the table. */
export function mapBytes(bytes: Uint8Array): string {
  let text = ''
  for (const b of bytes) text += byteToChar[b]
  return text
}

/** The byte of a byte-fallback token "<0xE4>", or -1. */
export function byteOfFallback(token: string): number {
  if (token.length !== 6 || !token.startsWith('<0x') || token[5] !== '>') return -1
  const hex = token.slice(3, 5)
  return /^[0-9A-Fa-f]{2}$/.test(hex) ? parseInt(hex, 16) : -1
}
