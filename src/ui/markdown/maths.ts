// Where a formula begins and ends: \( \), \[ \], $ $ and $$ $$, as inline and block rules of markdown-it.
//
// The dollar's rules are pandoc's (tex_math_dollars): the first has no space after it, the last none before it
// and no digit after it. Prices and shell variables stay what they are. Knows nothing of how a formula looks.

import type { MarkdownIt, StateBlock, StateInline } from 'markdown-it'

/** A longer formula is shown as its source. */
export const longestFormula = 1000
/** Lines that are searched for the end of a formula that stands by itself. */
const lines = 100
const dollar = 0x24,
  backslash = 0x5c

const pairs: readonly { open: string; close: string; display: boolean }[] = [
  { open: '\\(', close: '\\)', display: false },
  { open: '\\[', close: '\\]', display: true },
  { open: '$$', close: '$$', display: true },
]

const space = /\s/
const letterOrDigit = /[\p{Script=Latin}0-9]/u
/** "$20 for the first and 30$": words without a sign of mathematics */
const prose = (tex: string): boolean => /^\d/.test(tex) && !/[\\^_=]/.test(tex) && /[\p{L}]{3}/u.test(tex)

/** The end of a formula between single dollars, -1 where there is none. */
function dollarEnd(src: string, start: number, max: number): number {
  if (
    start + 1 >= max ||
    space.test(src[start + 1]!) ||
    src[start + 1] === '$' ||
    (start > 0 && /[\p{Script=Latin}0-9\\$]/u.test(src[start - 1]!))
  ) {
    return -1
  }
  const stop = Math.min(max, start + longestFormula)
  for (let at = start + 1; at < stop; at++) {
    const char = src.charCodeAt(at)
    if (char === backslash) at++
    else if (src[at] === '`') return -1
    else if (char === dollar) {
      if (space.test(src[at - 1]!)) continue
      const after = src[at + 1]
      if (at + 1 < max && after !== undefined && (letterOrDigit.test(after) || after === '$')) return -1
      return prose(src.slice(start + 1, at)) ? -1 : at
    }
  }
  return -1
}

function inlineMath(state: StateInline, silent: boolean): boolean {
  const { src, pos, posMax } = state
  const char = src.charCodeAt(pos)
  if (char !== dollar && char !== backslash) return false
  const pair = pairs.find(({ open }) => src.startsWith(open, pos))
  let inner = 1,
    end = -1
  if (pair) {
    inner = 2
    // never searched to the text's end: unclosed ones would cost the square of its length
    const found = src.slice(pos + 2, Math.min(posMax, pos + 4 + longestFormula)).indexOf(pair.close)
    end = found < 0 ? -1 : pos + 2 + found
  } else if (char === dollar) end = dollarEnd(src, pos, posMax)
  if (end < 0) return false
  const tex = src.slice(pos + inner, end)
  if (tex.trim() === '') return false
  if (!silent) {
    const token = state.push('math', '', 0)
    token.content = tex
    token.markup = src.slice(pos, end + inner)
    token.meta = { display: pair?.display ?? false }
  }
  state.pos = end + inner
  return true
}

/** A formula on lines of its own: what looks like a list, a heading or a table in it is none. */
function blockMath(state: StateBlock, first: number, last: number, silent: boolean): boolean {
  if (state.sCount[first]! - state.blkIndent >= 4) return false
  const { src } = state
  const start = state.bMarks[first]! + state.tShift[first]!
  const pair = pairs.find(({ open, display }) => display && src.startsWith(open, start))
  if (!pair) return false
  const parts: string[] = []
  for (let line = first; line < Math.min(last, first + lines); line++) {
    if (line > first && !state.isEmpty(line) && state.sCount[line]! < state.blkIndent) return false
    const text = src.slice(
      line === first ? start + 2 : Math.min(state.bMarks[line]! + state.tShift[line]!, state.eMarks[line]!),
      state.eMarks[line]!,
    )
    const end = text.indexOf(pair.close)
    if (end < 0) {
      parts.push(text)
      continue
    }
    // words behind it: a formula in a paragraph
    if (text.slice(end + 2).trim() !== '') return false
    parts.push(text.slice(0, end))
    const tex = parts.join('\n')
    if (tex.trim() === '' || tex.length > longestFormula) return false
    if (silent) return true
    const token = state.push('math', '', 0)
    token.block = true
    token.content = tex
    token.markup = pair.open + tex + pair.close
    token.meta = { display: true }
    token.map = [first, line + 1]
    state.line = line + 1
    return true
  }
  return false
}

export function mathsRules(md: MarkdownIt): void {
  md.inline.ruler.before('escape', 'math', inlineMath)
  md.block.ruler.before('fence', 'math', blockMath, { alt: ['paragraph', 'reference', 'blockquote', 'list'] })
}
