// From bytes to text. What has no mark is UTF-8, or, where it is none, GBK as Chinese files of old are (read as GB 18030, which
// holds it): but only where it looks like Chinese, because nearly any bytes are some characters of GBK. Whoever shows the text
// says so (`encoding`).

import { refuse } from './refuse.ts'

export type Encoding = 'gb18030'

/** Bytes that are looked at to tell what they are. */
const sample = 100_000
/** Signs and characters that make up a good part of any Chinese text. */
const frequent = new Set(
  '，。、：“”的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年好',
)

/** @throws DOCUMENT_REFUSED */
export function decode(file: string, bytes: Uint8Array): { text: string; encoding?: Encoding } {
  const [a, b] = bytes
  const name = a === 0xff && b === 0xfe ? 'utf-16le' : a === 0xfe && b === 0xff ? 'utf-16be' : 'utf-8'
  const found = read(name, bytes)
  const chinese = found === null && name === 'utf-8' && looksChinese(bytes) ? read('gb18030', bytes) : null
  const text = found ?? chinese
  if (text === null) throw refuse(file, bytes.includes(0) ? 'binary' : 'encoding')
  if (/[\u0000-\u0008\u000e-\u001a]/.test(text)) throw refuse(file, 'binary')
  return chinese === null ? { text } : { text, encoding: 'gb18030' }
}

function read(name: string, bytes: Uint8Array): string | null {
  try {
    return new TextDecoder(name, { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}

/**
 * Nearly all pairs of bytes lie where GB 2312 has its characters, most of them among the 3,755 common ones, and some are the
 * most frequent of all. Western, Cyrillic, Japanese and Korean bytes, and those of Big5, fail at one of these.
 */
function looksChinese(bytes: Uint8Array): boolean {
  let pairs = 0
  let inside = 0
  let common = 0
  let often = 0
  const decoder = new TextDecoder('gb18030')
  for (let i = 0; i < Math.min(bytes.length, sample); i++) {
    const lead = bytes[i]!
    if (lead < 0x80) continue
    const trail = bytes[++i] ?? 0
    pairs++
    if (trail < 0xa1) continue
    if (lead >= 0xa1 && lead <= 0xf7) inside++
    if ((lead >= 0xb0 && lead <= 0xd7) || lead === 0xa1 || lead === 0xa3) common++
    if (frequent.has(decoder.decode(bytes.subarray(i - 1, i + 1)))) often++
  }
  return pairs > 0 && inside >= pairs * 0.95 && common >= pairs * 0.8 && often >= pairs * 0.06
}
