// SHA-1 (FIPS 180-4), only to compare with the ids that git gives to files: no secret hangs on it.

/**
 * SHA-1 of the parts one after the other: lower-case hex. By the browser where it may (secure contexts), by hand
 * elsewhere.
 */
export async function sha1(parts: readonly Uint8Array[]): Promise<string> {
  const data = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    data.set(part, at)
    at += part.length
  }
  const subtle = (globalThis.crypto as Crypto | undefined)?.subtle as SubtleCrypto | undefined
  const digest = subtle ? new Uint8Array(await subtle.digest('SHA-1', data)) : sha1Bytes(data)
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

const turn = (x: number, n: number): number => (x << n) | (x >>> (32 - n))

export function sha1Bytes(data: Uint8Array): Uint8Array {
  const padded = new Uint8Array(Math.ceil((data.length + 9) / 64) * 64)
  padded.set(data)
  padded[data.length] = 0x80
  const view = new DataView(padded.buffer)
  view.setUint32(padded.length - 8, Math.floor(data.length / 2 ** 29))
  view.setUint32(padded.length - 4, (data.length * 8) % 2 ** 32)
  const h = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0)
  const w = new Int32Array(80)
  for (let block = 0; block < padded.length; block += 64) {
    for (let t = 0; t < 80; t++) {
      w[t] = t < 16 ? view.getInt32(block + 4 * t) : turn(w[t - 3]! ^ w[t - 8]! ^ w[t - 14]! ^ w[t - 16]!, 1)
    }
    let [a, b, c, d, e] = h as unknown as [number, number, number, number, number]
    for (let t = 0; t < 80; t++) {
      const [f, k] =
        t < 20
          ? [(b & c) | (~b & d), 0x5a827999]
          : t < 40
            ? [b ^ c ^ d, 0x6ed9eba1]
            : t < 60
              ? [(b & c) | (b & d) | (c & d), 0x8f1bbcdc]
              : [b ^ c ^ d, 0xca62c1d6]
      const next = (turn(a, 5) + f + e + k + w[t]!) | 0
      e = d
      d = c
      c = turn(b, 30)
      b = a
      a = next
    }
    h[0]! += a
    h[1]! += b
    h[2]! += c
    h[3]! += d
    h[4]! += e
  }
  const out = new Uint8Array(20)
  h.forEach((word, i) => new DataView(out.buffer).setInt32(4 * i, word))
  return out
}
