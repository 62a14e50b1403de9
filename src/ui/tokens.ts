// How a token is written: whitespace as pale signs, bytes that are only part of a character as hex, joined to
// their neighbours, never a replacement character.

/** What the token parts need of a token; the engine's GlassToken fits. */
export interface TokenLike {
  position: number
  id: number
  text: string
  bytes: readonly number[]
  special: boolean
  generated: boolean
}

export interface TokenView {
  /** pieces of the label; space = one of the whitespace signs, drawn pale */
  parts: { text: string; space: boolean }[]
  /** the same as one string */
  label: string
  /** part of a character: bytes are shown */
  partial: boolean
  /** joins the chip before / after it, inside one character */
  joinStart: boolean
  joinEnd: boolean
}

const signs: Record<string, string> = { ' ': '␣', '\n': '⏎', '\t': '⇥', '\r': '␍', '\u00a0': '⍽', '\u3000': '□' }
const space = /[ \n\t\r\u00a0\u3000]/
const lengthOf = (lead: number): number =>
  lead < 0x80 ? 1 : lead > 0xf4 ? 0 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 0
const hex = (bytes: readonly number[]): string =>
  bytes.map((b) => b.toString(16).toUpperCase().padStart(2, '0')).join(' ')

/** @returns open: bytes still missing at the end; whole: it starts and ends between characters */
function walk(bytes: readonly number[], missing: number): { open: number; whole: boolean } {
  let need = missing,
    whole = missing === 0
  for (const b of bytes) {
    if (need > 0) {
      if ((b & 0xc0) === 0x80) {
        need--
        continue
      }
      need = 0
      whole = false
    }
    const n = lengthOf(b)
    if (n === 0) whole = false
    else need = n - 1
  }
  return { open: need, whole: whole && need === 0 }
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The views of a whole run: neighbours decide where characters join. */
export function viewTokens(tokens: readonly TokenLike[]): TokenView[] {
  let missing = 0
  return tokens.map((token) => {
    const before = missing
    const { open, whole } = token.special ? { open: 0, whole: true } : walk(token.bytes, missing)
    missing = open
    if (!whole && token.bytes.length > 0) {
      const text = hex(token.bytes)
      return { parts: [{ text, space: false }], label: text, partial: true, joinStart: before > 0, joinEnd: open > 0 }
    }
    return { ...plain(token), partial: false, joinStart: false, joinEnd: false }
  })
}

function plain(token: TokenLike): Pick<TokenView, 'parts' | 'label'> {
  let text = token.text
  if (!token.special && token.bytes.length) {
    try {
      text = decoder.decode(Uint8Array.from(token.bytes))
    } catch {
      /* the engine's text stands */
    }
  }
  if (text === '') return { parts: [{ text: '∅', space: true }], label: '∅' }
  const parts: TokenView['parts'] = []
  for (const char of text) {
    const isSpace = space.test(char)
    const shown = isSpace
      ? signs[char]!
      : /\p{Cc}/u.test(char)
        ? `\\x${char.codePointAt(0)!.toString(16).padStart(2, '0')}`
        : char
    const last = parts.at(-1)
    if (last && last.space === isSpace) last.text += shown
    else parts.push({ text: shown, space: isSpace })
  }
  return { parts, label: parts.map((p) => p.text).join('') }
}

/** One token's text alone: whitespace as signs. */
export const tokenLabel = (text: string): string =>
  viewTokens([{ position: 0, id: 0, text, bytes: [], special: false, generated: false }])[0]!.label

/** At most `max` characters, the middle left out: both ends identify. */
export function short(label: string, max: number): string {
  const chars = [...label]
  return chars.length <= max
    ? label
    : `${chars.slice(0, Math.ceil(max / 2)).join('')}…${chars.slice(chars.length - Math.floor(max / 2) + 1).join('')}`
}
