// Bytes of a token as people can read them. Pure: whoever tells of tokens far from a tokenizer writes them the same.

/** UTF-8 bytes as text; bytes that belong to no whole character as \xE4. */
export function showBytes(bytes: Uint8Array): string {
  let text = ''
  for (let i = 0; i < bytes.length;) {
    const length = characterLength(bytes, i)
    if (length > 0) text += plain.decode(bytes.subarray(i, i + length))
    else text += `\\x${bytes[i]!.toString(16).toUpperCase().padStart(2, '0')}`
    i += Math.max(length, 1)
  }
  return text
}

const plain = new TextDecoder('utf-8', { ignoreBOM: true })
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Bytes of the whole character at `at`, or 0. */
function characterLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at]!
  const length =
    lead < 0x80
      ? 1
      : lead >= 0xc2 && lead < 0xe0
        ? 2
        : lead >= 0xe0 && lead < 0xf0
          ? 3
          : lead >= 0xf0 && lead < 0xf5
            ? 4
            : 0
  if (length < 2) return length
  if (at + length > bytes.length) return 0
  try {
    strict.decode(bytes.subarray(at, at + length))
    return length
  } catch {
    return 0
  }
}
