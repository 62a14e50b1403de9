// A text file as its text. What is no text in UTF-8, or in UTF-16 with its mark, is refused: read as if it were, every letter
// of a table that Excel saved in another encoding would silently be a \uFFFD.

/** null: in another encoding */
export function decodeText(bytes: Uint8Array): string | null {
  const [a, b] = bytes
  const encoding = a === 0xff && b === 0xfe ? 'utf-16le' : a === 0xfe && b === 0xff ? 'utf-16be' : 'utf-8'
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}
