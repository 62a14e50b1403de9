// [^1] and "[^1]: a note", as rules of markdown-it. A note stays where it was written.

import type { MarkdownIt, StateBlock, StateInline } from 'markdown-it'

const label = /\[\^([^\s[\]^]{1,64})\]/y
const definition = /^\[\^([^\s[\]^]{1,64})\]:[ \t]*/

function reference(state: StateInline, silent: boolean): boolean {
  label.lastIndex = state.pos
  const found = label.exec(state.src)
  if (!found || label.lastIndex > state.posMax) return false
  if (!silent) state.push('footnote_ref', '', 0).content = found[1]!
  state.pos += found[0].length
  return true
}

/** The line and those that go on with it, up to a blank one or the next note. */
function note(state: StateBlock, first: number, last: number, silent: boolean): boolean {
  if (state.sCount[first]! - state.blkIndent >= 4) return false
  const textOf = (line: number): string =>
    state.src.slice(state.bMarks[line]! + state.tShift[line]!, state.eMarks[line]!)
  const found = definition.exec(textOf(first))
  if (!found) return false
  if (silent) return true
  let end = first + 1
  while (end < last && !state.isEmpty(end) && state.sCount[end]! >= state.blkIndent && !definition.test(textOf(end))) {
    end++
  }
  const open = state.push('footnote_open', '', 1)
  open.content = found[1]!
  open.map = [first, end]
  const inline = state.push('inline', '', 0)
  inline.content = [
    textOf(first).slice(found[0].length),
    ...Array.from({ length: end - first - 1 }, (_, i) => textOf(first + 1 + i)),
  ]
    .join('\n')
    .trim()
  inline.children = []
  inline.map = [first, end]
  state.push('footnote_close', '', -1)
  state.line = end
  return true
}

export function footnoteRules(md: MarkdownIt): void {
  md.inline.ruler.before('link', 'footnote', reference)
  md.block.ruler.before('reference', 'footnote', note, { alt: ['paragraph', 'reference'] })
}
