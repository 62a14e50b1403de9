// name(key=literal, …) as Python writes it: the arguments as data, or null. No expression, no name but True, False and
// None, nothing that would have to be run.

/** Nested lists and dicts deeper than this are no arguments. */
const deepest = 64

/** May it stand in front of the = of an argument? */
export const isIdentifier = (name: string): boolean => /^[\p{L}_][\p{L}\p{N}_]*$/u.test(name)

class NoLiteral extends Error {}

/** @returns the keyword arguments of one call of `name`, or null where the text is anything else */
export function parsePythonCall(text: string, name: string): Record<string, unknown> | null {
  try {
    return new Reader(text).call(name)
  } catch (error) {
    if (error instanceof NoLiteral) return null
    throw error
  }
}

const escapes: Record<string, string> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', v: '\v', a: '\x07' }

class Reader {
  private at = 0
  constructor(private readonly text: string) {}

  call(name: string): Record<string, unknown> {
    this.need(name)
    this.need('(')
    const args = new Map<string, unknown>()
    while (!this.takes(')')) {
      const key = this.match(/[\p{L}_][\p{L}\p{N}_]*/uy)
      if (args.has(key)) throw new NoLiteral()
      this.need('=')
      args.set(key, this.value(0))
      if (!this.takes(',')) {
        this.need(')')
        break
      }
    }
    this.space()
    if (this.at !== this.text.length) throw new NoLiteral()
    return record(args)
  }

  private value(depth: number): unknown {
    if (depth > deepest) throw new NoLiteral()
    this.space()
    switch (this.text[this.at]) {
      case '"':
      case "'": {
        // texts side by side are one
        let text = this.string()
        for (this.space(); this.text[this.at] === '"' || this.text[this.at] === "'"; this.space()) text += this.string()
        return text
      }
      case '[':
        return this.list('[', ']', depth).items
      case '(': {
        // one value is itself; a comma makes it a tuple
        const { items, comma } = this.list('(', ')', depth)
        return items.length === 1 && !comma ? items[0] : items
      }
      case '{':
        return this.dict(depth)
      default:
        return this.word()
    }
  }

  private list(open: string, close: string, depth: number): { items: unknown[]; comma: boolean } {
    this.need(open)
    const items: unknown[] = []
    let comma = false
    while (!this.takes(close)) {
      items.push(this.value(depth + 1))
      comma = this.takes(',')
      if (!comma) {
        this.need(close)
        break
      }
    }
    return { items, comma }
  }

  private dict(depth: number): Record<string, unknown> {
    this.need('{')
    const entries = new Map<string, unknown>()
    while (!this.takes('}')) {
      const key = this.value(depth + 1)
      if (typeof key !== 'string' && typeof key !== 'number') throw new NoLiteral()
      this.need(':')
      entries.set(String(key), this.value(depth + 1))
      if (!this.takes(',')) {
        this.need('}')
        break
      }
    }
    return record(entries)
  }

  private word(): unknown {
    const word = this.match(
      /[+-]?(?:\d[\d_]*\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|True|False|None|true|false|null/y,
    )
    if (/^[A-Za-z_]$/.test(this.text[this.at] ?? '')) throw new NoLiteral()
    switch (word.toLowerCase()) {
      case 'true':
        return true
      case 'false':
        return false
      case 'none':
      case 'null':
        return null
      default:
        return Number(word.replaceAll('_', ''))
    }
  }

  private string(): string {
    const quote = this.text[this.at]!
    const long = this.text.startsWith(quote.repeat(3), this.at)
    const end = long ? quote.repeat(3) : quote
    this.at += end.length
    const parts: string[] = []
    for (;;) {
      if (this.at >= this.text.length) throw new NoLiteral()
      if (this.text.startsWith(end, this.at)) {
        this.at += end.length
        return parts.join('')
      }
      const c = this.text[this.at++]!
      if (c === '\n' && !long) throw new NoLiteral()
      parts.push(c === '\\' ? this.escape() : c)
    }
  }

  private escape(): string {
    const c = this.text[this.at++] ?? ''
    if (c === '\n') return ''
    if (c === 'N') throw new NoLiteral() // a character by its name
    const octal = /^[0-7]{1,3}/.exec(c + this.text.slice(this.at, this.at + 2))?.[0]
    if (octal !== undefined) {
      this.at += octal.length - 1
      return String.fromCharCode(parseInt(octal, 8))
    }
    const digits = { x: 2, u: 4, U: 8 }[c]
    if (digits === undefined) return escapes[c] ?? (c === '\\' || c === "'" || c === '"' ? c : `\\${c}`)
    const code = this.text.slice(this.at, this.at + digits)
    if (!/^[\da-fA-F]+$/.test(code) || code.length < digits || parseInt(code, 16) > 0x10ffff) throw new NoLiteral()
    this.at += digits
    return String.fromCodePoint(parseInt(code, 16))
  }

  private space(): void {
    while (' \t\r\n'.includes(this.text[this.at] ?? 'x')) this.at++
  }
  private takes(token: string): boolean {
    this.space()
    if (!this.text.startsWith(token, this.at)) return false
    this.at += token.length
    return true
  }
  private need(token: string): void {
    if (!this.takes(token)) throw new NoLiteral()
  }
  private match(pattern: RegExp): string {
    this.space()
    pattern.lastIndex = this.at
    const found = pattern.exec(this.text)?.[0]
    if (found === undefined || found === '') throw new NoLiteral()
    this.at += found.length
    return found
  }
}

/** A plain object whatever its keys are called. */
const record = (entries: ReadonlyMap<string, unknown>): Record<string, unknown> => Object.fromEntries(entries)
