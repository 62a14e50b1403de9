// A template's text → tokens, as jinja2's lexer does it with trim_blocks and
// lstrip_blocks: the newline after a block goes, and the space before it on its line.

import { fail, refuse } from './meter.ts'

export type TokenType =
  | 'data'
  | 'variable_begin'
  | 'variable_end'
  | 'block_begin'
  | 'block_end'
  | 'name'
  | 'string'
  | 'integer'
  | 'float'
  | 'operator'
  | 'eof'
export interface Token {
  type: TokenType
  /** the text, unescaped for strings; digits for numbers */ value: string
  number: number
}

// Python's white space; JavaScript's \s lacks some of it and has U+FEFF
export const space = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000'
const re = (source: string): RegExp => new RegExp(source, 'yu')
const rules = {
  space: re(`[${space}]+`),
  float: re('(?<!\\.)(?:\\d+_)*\\d+(?:(?:\\.(?:\\d+_)*\\d+)?[eE][+\\-]?(?:\\d+_)*\\d+|\\.(?:\\d+_)*\\d+)'),
  integer: re('0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0[xX](?:_?[\\da-fA-F])+|[1-9](?:_?\\d)*|0(?:_?0)*'),
  name: re('[\\p{L}\\p{Nl}_][\\p{L}\\p{Nl}\\p{Mn}\\p{Mc}\\p{Nd}\\p{Pc}]*'),
  string: re(`'[^'\\\\]*(?:\\\\[\\s\\S][^'\\\\]*)*'|"[^"\\\\]*(?:\\\\[\\s\\S][^"\\\\]*)*"`),
  operator: re('\\/\\/|\\*\\*|==|!=|>=|<=|[-+/*%~[\\](){}><=.:|,;]'),
  blockEnd: re(`\\+%\\}|-%\\}[${space}]*|%\\}\\n?`),
  variableEnd: re(`-\\}\\}[${space}]*|\\}\\}`),
  raw: re(`\\{%[-+]?[${space}]*raw[${space}]*(?:-%\\}[${space}]*|%\\})`),
  endraw: re(`\\{%([-+]?)[${space}]*endraw[${space}]*(?:\\+%\\}|-%\\}[${space}]*|%\\}\\n?)`),
}
const closing: Record<string, string> = { '{': '}', '(': ')', '[': ']' }
const spaceOnly = new RegExp(`^[${space}]+$`),
  isSpace = new RegExp(`[${space}]`)

export function trimEnd(text: string): string {
  let to = text.length
  while (to > 0 && isSpace.test(text[to - 1]!)) to--
  return text.slice(0, to)
}

export function tokenize(template: string): Token[] {
  let source = template.replace(/\r\n|\r/g, '\n')
  if (source.endsWith('\n')) source = source.slice(0, -1)
  const tokens: Token[] = []
  let at = 0,
    lineStarting = true
  const push = (type: TokenType, value: string, number = 0): void => {
    tokens.push({ type, value, number })
  }
  const match = (rule: RegExp): string | null => {
    rule.lastIndex = at
    return rule.exec(source)?.[0] ?? null
  }
  /** The text before a tag, without what the tag's sign or lstrip_blocks takes away. */
  const data = (text: string, sign: string, isVariable: boolean): void => {
    let kept = text
    if (sign === '-') kept = trimEnd(text)
    else if (sign !== '+' && !isVariable) {
      const line = text.lastIndexOf('\n') + 1
      if ((line > 0 || lineStarting) && spaceOnly.test(text.slice(line))) kept = text.slice(0, line)
    }
    if (kept !== '') push('data', kept)
  }
  const advance = (matched: string): void => {
    at += matched.length
    lineStarting = matched.endsWith('\n')
  }

  while (at < source.length) {
    const open = nextTag(source, at)
    if (open < 0) {
      push('data', source.slice(at))
      break
    }
    const text = source.slice(at, open)
    at = open
    const kind = source[open + 1]!
    const raw = kind === '%' ? match(rules.raw) : null
    const sign = source[open + 2] === '-' || source[open + 2] === '+' ? source[open + 2]! : ''
    data(text, sign, kind === '{')
    if (raw !== null) {
      advance(raw)
      readRaw()
      continue
    }
    advance(source.slice(open, open + 2 + sign.length))
    if (kind === '#') readComment()
    else readTag(kind === '{')
  }
  push('eof', '')
  return tokens

  function readComment(): void {
    const end = source.indexOf('#}', at)
    if (end < 0) fail('Missing end of comment tag')
    // "-#}" and "+#}" begin one character earlier, which may not be the comment's own sign
    const signed = end > at && (source[end - 1] === '-' || source[end - 1] === '+') ? source[end - 1] : ''
    at = end + 2
    if (signed === '-') {
      rules.space.lastIndex = at
      at += rules.space.exec(source)?.[0].length ?? 0
    } else if (signed === '' && source[at] === '\n') at++
    lineStarting = source[at - 1] === '\n'
  }
  function readRaw(): void {
    for (let from = source.indexOf('{%', at); from >= 0; from = source.indexOf('{%', from + 1)) {
      rules.endraw.lastIndex = from
      const found = rules.endraw.exec(source)
      if (!found) continue
      const text = source.slice(at, from)
      data(text, found[1]!, false)
      at = from
      advance(found[0])
      return
    }
    fail('Missing end of raw directive')
  }
  function readTag(isVariable: boolean): void {
    push(isVariable ? 'variable_begin' : 'block_begin', '')
    const open: string[] = []
    for (;;) {
      if (at >= source.length) return
      if (open.length === 0) {
        const end = match(isVariable ? rules.variableEnd : rules.blockEnd)
        if (end !== null) {
          push(isVariable ? 'variable_end' : 'block_end', '')
          advance(end)
          return
        }
      }
      let found: string | null
      if ((found = match(rules.space)) !== null) {
        at += found.length
        continue
      }
      if ((found = match(rules.float)) !== null) push('float', found, Number(found.replaceAll('_', '')))
      else if ((found = match(rules.integer)) !== null) push('integer', found, Number(found.replaceAll('_', '')))
      else if ((found = match(rules.name)) !== null) push('name', found)
      else if ((found = match(rules.string)) !== null) push('string', unescape(found.slice(1, -1)))
      else if ((found = match(rules.operator)) !== null) {
        if (found in closing) open.push(closing[found]!)
        else if (found === '}' || found === ')' || found === ']') {
          const wanted = open.pop()
          if (wanted !== found) {
            fail(wanted === undefined ? `unexpected '${found}'` : `unexpected '${found}', expected '${wanted}'`)
          }
        }
        push('operator', found)
      } else return fail(`unexpected char '${source[at]}' at ${at}`)
      at += found.length
    }
  }
}

function nextTag(source: string, from: number): number {
  for (let at = source.indexOf('{', from); at >= 0; at = source.indexOf('{', at + 1)) {
    const next = source[at + 1]
    if (next === '{' || next === '%' || next === '#') return at
  }
  return -1
}

const simple: Record<string, string> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  v: '\v',
  a: '\x07',
  "'": "'",
  '"': '"',
  '\\': '\\',
  '\n': '',
}

/** Python's string escapes; an unknown one keeps its backslash. */
function unescape(text: string): string {
  if (!text.includes('\\')) return text
  const out = text.replace(
    /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{1,3})|([\s\S]))/gu,
    (all, x?: string, u?: string, U?: string, octal?: string, one?: string) => {
      const hex = x ?? u ?? U
      if (hex !== undefined) {
        return parseInt(hex, 16) > 0x10ffff
          ? fail('illegal Unicode character')
          : String.fromCodePoint(parseInt(hex, 16))
      }
      if (octal !== undefined) return String.fromCharCode(parseInt(octal, 8))
      if (one === 'x' || one === 'u' || one === 'U') return fail(`the escape "${all}" cannot be read`)
      if (one === 'N') return refuse('the escape "\\N"')
      return simple[one!] ?? all
    },
  )
  // Python makes no pair of two halves
  return /\p{Cs}/u.test(out) || /\\u[dD][89abAB]/.test(text) ? refuse('half of a character in a text') : out
}
