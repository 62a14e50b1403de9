// SHA-256 (FIPS 180-4) that can stop and go on: crypto.subtle only hashes what is in memory
// at once. The state after whole blocks is 8 words and a length, so a download of gigabytes
// keeps it beside its last chunk. Where crypto.subtle exists, single chunks use that: it is faster.

// The constants are the first 32 bits of the fractional parts of the cube (k) and square (h) roots of the first primes.
const primes: number[] = []
for (let n = 2; primes.length < 64; n++) if (primes.every((p) => n % p !== 0)) primes.push(n)
const fraction = (x: number) => Math.floor((x - Math.floor(x)) * 2 ** 32) | 0
const k = Int32Array.from(primes, (p) => fraction(Math.cbrt(p)))
const start = Int32Array.from(primes.slice(0, 8), (p) => fraction(Math.sqrt(p)))

export class Sha256 {
  private readonly h: Int32Array
  private readonly w = new Int32Array(64)
  private readonly rest = new Uint8Array(64)
  private held = 0
  private bytes: number

  /** @param state what state() returned, to go on from there */
  constructor(state: readonly number[] | null = null) {
    this.h = Int32Array.from(state ? state.slice(0, 8) : start)
    this.bytes = state?.[8] ?? 0
  }

  /** The state after the bytes so far, or null when they are no whole number of 64-byte blocks. */
  state(): number[] | null {
    return this.held === 0 ? [...this.h, this.bytes] : null
  }

  update(data: Uint8Array): this {
    this.bytes += data.length
    let at = 0
    if (this.held > 0) {
      at = Math.min(64 - this.held, data.length)
      this.rest.set(data.subarray(0, at), this.held)
      this.held += at
      if (this.held < 64) return this
      this.block(this.rest, 0)
      this.held = 0
    }
    for (; at + 64 <= data.length; at += 64) this.block(data, at)
    if (at < data.length) {
      this.rest.set(data.subarray(at))
      this.held = data.length - at
    }
    return this
  }

  /** Ends the hash: lower-case hex. */
  hex(): string {
    const bytes = this.bytes
    const pad = new Uint8Array((this.held < 56 ? 64 : 128) - this.held)
    pad[0] = 0x80
    const view = new DataView(pad.buffer)
    view.setUint32(pad.length - 8, Math.floor(bytes / 2 ** 29))
    view.setUint32(pad.length - 4, (bytes * 8) % 2 ** 32)
    this.update(pad)
    return Array.from(this.h, (word) => (word >>> 0).toString(16).padStart(8, '0')).join('')
  }

  private block(data: Uint8Array, at: number): void {
    const w = this.w,
      h = this.h
    for (let t = 0; t < 16; t++, at += 4) {
      w[t] = (data[at]! << 24) | (data[at + 1]! << 16) | (data[at + 2]! << 8) | data[at + 3]!
    }
    for (let t = 16; t < 64; t++) {
      const x = w[t - 15]!,
        y = w[t - 2]!
      const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3)
      const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10)
      w[t] = (w[t - 16]! + s0 + w[t - 7]! + s1) | 0
    }
    let a = h[0]!,
      b = h[1]!,
      c = h[2]!,
      d = h[3]!,
      e = h[4]!,
      f = h[5]!,
      g = h[6]!,
      i = h[7]!
    for (let t = 0; t < 64; t++) {
      const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7))
      const t1 = (i + s1 + ((e & f) ^ (~e & g)) + k[t]! + w[t]!) | 0
      const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10))
      const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0
      i = g
      g = f
      f = e
      e = (d + t1) | 0
      d = c
      c = b
      b = a
      a = (t1 + t2) | 0
    }
    h[0] = h[0]! + a
    h[1] = h[1]! + b
    h[2] = h[2]! + c
    h[3] = h[3]! + d
    h[4] = h[4]! + e
    h[5] = h[5]! + f
    h[6] = h[6]! + g
    h[7] = h[7]! + i
  }
}

/** SHA-256 of bytes in memory: by the browser where it may (secure contexts), by hand elsewhere. */
export async function sha256(data: Uint8Array): Promise<string> {
  const subtle = (globalThis.crypto as Crypto | undefined)?.subtle as SubtleCrypto | undefined
  if (!subtle) return new Sha256().update(data).hex()
  const digest = new Uint8Array(await subtle.digest('SHA-256', data as Uint8Array<ArrayBuffer>))
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

export const sha256Text = (text: string): string => new Sha256().update(new TextEncoder().encode(text)).hex()
