// Bytes as text that fits an address (base64url, RFC 4648 §5, no padding), and float vectors as such text.

const letters = /^[A-Za-z0-9_-]*$/

export function toBase64(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192))
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}

/** null for anything that toBase64 would not have written */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> | null {
  if (!letters.test(text) || text.length % 4 === 1) return null
  const plain = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0))
}

/** As 32-bit floats, little-endian: the precision the model works in. */
export function packFloats(values: readonly number[]): string {
  const bytes = new DataView(new ArrayBuffer(values.length * 4))
  values.forEach((value, i) => bytes.setFloat32(i * 4, value, true))
  return toBase64(new Uint8Array(bytes.buffer))
}

/** null unless it is at most `most` finite numbers */
export function unpackFloats(text: string, max: number): number[] | null {
  const bytes = fromBase64(text)
  if (!bytes || bytes.length % 4 !== 0 || bytes.length > max * 4) return null
  const view = new DataView(bytes.buffer)
  const values = Array.from({ length: bytes.length / 4 }, (_, i) => view.getFloat32(i * 4, true))
  return values.every(Number.isFinite) ? values : null
}
