// The text of an HTML page: what stands between its tags. Scripts, styles and what is no text are left out; nothing is loaded.

import { limits, refuse } from './refuse.ts'
import { marksOf, resolved, Written } from './tags.ts'

const left = new Set([
  'template',
  'noscript',
  'svg',
  'math',
  'iframe',
  'object',
  'head',
  'title',
  'select',
  'button',
  'nav',
])
/** What a head may hold. Its end need not be written: anything else begins the page. */
const ofHead = new Set(['base', 'link', 'meta', 'noscript', 'script', 'style', 'template', 'title'])
const holding = new Set(['noscript', 'template', 'title'])
const raw = new Set(['script', 'style'])
const blocks = new Set(
  'address article aside blockquote dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr main ol p pre section summary table ul'.split(
    ' ',
  ),
)

/** @throws DOCUMENT_REFUSED */
export function htmlText(file: string, source: string, pulse: () => void): string {
  const out = new Written()
  let hidden: string | null = null
  let depth = 0
  let exact = 0
  let within: string | null = null // of the head
  for (const mark of marksOf(source, raw)) {
    pulse()
    if ('declares' in mark) continue
    if (hidden === 'head' && within === null) {
      const begins = 'text' in mark ? mark.text.trim() !== '' : !mark.closes && !ofHead.has(mark.tag)
      if (begins) hidden = null
    }
    if ('text' in mark) {
      if (hidden === null) out.add(resolved(mark.text), exact > 0)
      if (out.length > limits.text) throw refuse(file, 'long')
      continue
    }
    const { tag, closes } = mark
    if (hidden !== null) {
      if (hidden === 'head' && holding.has(tag)) {
        if (!closes) within ??= tag
        else if (within === tag) within = null
      }
      if (tag === hidden) depth += closes ? -1 : 1
      if (depth === 0 || (hidden === 'head' && tag === 'body')) hidden = within = null
      continue
    }
    if (left.has(tag) && !closes && !raw.has(tag)) {
      hidden = tag
      within = null
      depth = 1
    } else if (tag === 'br') out.breaks(1)
    else if (tag === 'li' && !closes) out.breaks(1, '- ')
    else if (tag === 'tr') out.breaks(1, closes ? '' : '| ')
    else if ((tag === 'td' || tag === 'th') && closes) out.add(' | ')
    else if (blocks.has(tag)) {
      const [, level] = /^h([1-6])$/.exec(tag) ?? []
      out.breaks(2, level && !closes ? `${'#'.repeat(Number(level))} ` : '')
      if (tag === 'pre') exact = Math.max(0, exact + (closes ? -1 : 1))
    }
  }
  return out.whole()
}
