// A strict pull scanner for JSON from unknown hands: safetensors headers and shard indexes.
// The caller says what must come next, so nothing is built that was not asked for; there are no
// objects keyed by the file's text, duplicate keys and deep nesting are refused, and integers
// are plain digits that fit 2^53. It knows no tensors.

import { EngineError } from '../errors.ts'

const maxDepth = 8
const quote = 0x22,
  backslash = 0x5c

export class JsonScanner {
  at = 0
  private depth = 0

  /** @param file and part name the text in messages */
  constructor(
    private readonly text: string,
    private readonly file: string,
    private readonly part: string,
  ) {}

  /** Throws FILE_HEADER: `problem` completes "… is not valid: ". */
  fail(problem: string, at = this.at): never {
    throw new EngineError(
      'FILE_HEADER',
      `Cannot read "${this.file}": its ${this.part} is not valid at character ${at}: ${problem}. The file is damaged or was not made by a standard writer; fetch it again.`,
      { file: this.file, part: this.part, at, problem },
    )
  }

  /** The next character that is not JSON white space; '' at the end. */
  peek(): string {
    const { text } = this
    for (; ; this.at++) {
      const c = text.charCodeAt(this.at)
      if (c !== 0x20 && c !== 0x0a && c !== 0x0d && c !== 0x09) return Number.isNaN(c) ? '' : text[this.at]!
    }
  }

  private expect(char: string): void {
    if (this.peek() !== char) this.fail(`expected ${char}`)
    this.at++
  }

  string(): string {
    this.expect('"')
    const { text } = this
    const start = this.at
    let escaped = false
    let end = start
    for (; ; end++) {
      const c = text.charCodeAt(end)
      if (c === quote) break
      if (!(c >= 0x20)) this.fail('a string is not closed or holds a control character', start)
      if (c === backslash) {
        escaped = true
        end++
      }
    }
    const raw = text.slice(start, end)
    this.at = end + 1
    if (!escaped) return raw
    let value: string
    try {
      value = JSON.parse(`"${raw}"`) as string
    } catch {
      this.fail('a string holds a wrong escape', start)
    }
    // an escaped half of a surrogate pair is no character
    if (/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(value)) {
      this.fail('a string holds a lone surrogate', start)
    }
    return value
  }

  /** A non-negative integer in plain digits, at most 2^53 - 1. */
  uint(): number {
    this.peek()
    const start = this.at
    let value = 0
    for (; ; this.at++) {
      const digit = this.text.charCodeAt(this.at) - 0x30
      if (!(digit >= 0 && digit <= 9)) break
      if (this.at > start && value === 0) this.fail('a number starts with 0', start)
      value = value * 10 + digit
      if (value > Number.MAX_SAFE_INTEGER) this.fail('a number is larger than 2^53 - 1', start)
    }
    const next = this.text[this.at]
    if (this.at === start || next === '.' || next === 'e' || next === 'E') {
      this.fail('expected a non-negative integer', start)
    }
    return value
  }

  /** { "key": …, … }: calls `member` with each key; it must consume the value. */
  object(member: (key: string) => void): void {
    const seen = new Set<string>()
    this.list('{', '}', () => {
      const start = this.at
      const key = this.string()
      if (seen.has(key)) this.fail(`the key "${key.slice(0, 100)}" appears twice`, start)
      seen.add(key)
      this.expect(':')
      member(key)
    })
  }

  /** [ …, … ]: calls `element` before each value; it must consume it. */
  array(element: () => void): void {
    this.list('[', ']', element)
  }

  private list(open: string, close: string, item: () => void): void {
    this.expect(open)
    if (++this.depth > maxDepth) this.fail(`it is nested deeper than ${maxDepth}`)
    if (this.peek() === close) this.at++
    else {
      for (;;) {
        item()
        const next = this.peek()
        if (next === close) {
          this.at++
          break
        }
        this.expect(',')
        if (this.peek() === close) this.fail('a comma is followed by nothing')
      }
    }
    this.depth--
  }

  /** Any valid value, not kept. */
  skip(): void {
    const c = this.peek()
    if (c === '{') {
      this.object(() => {
        this.skip()
      })
    } else if (c === '[') {
      this.array(() => {
        this.skip()
      })
    } else if (c === '"') this.string()
    else {
      const literal = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.+-])/y
      literal.lastIndex = this.at
      if (!literal.test(this.text)) this.fail('expected a value')
      this.at = literal.lastIndex
    }
  }
}
