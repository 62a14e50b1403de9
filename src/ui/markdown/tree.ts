// markdown-it's flat tokens → our tree. Bare addresses become links here, in one pass over each text.

import type { Token } from 'markdown-it'
import { childrenOf, type Align, type Node, type Src } from './nodes.ts'
import { stretchOf, type Lines } from './places.ts'

/** Inside "<a href>" of raw HTML, or of a link, an address stays text. */
const address = /(?:https?:\/\/|www\.)[^\s<>"'`\u3000-\u30ff\u4e00-\u9fff\uff00-\uffef“”‘’]{1,2000}/gi
const trail = /[.,:;!?*_~'")\]}]+$/

/**
 * The part of a found address that is one: without the full stop behind it, and with as many brackets closed as opened.
 */
function addressLength(found: string): number {
  let end = found.length - (trail.exec(found)?.[0].length ?? 0)
  const opened = found.slice(0, end).split('(').length,
    closed = found.slice(0, end).split(')').length
  if (opened > closed && found[end] === ')') end++
  return end
}

function linked(text: string, [from, to]: Src): Node[] {
  const out: Node[] = []
  let at = 0
  // where something was left out (an escape), no part's own place is known: the whole one's stands for it
  const src = (a: number, b: number): Src => (to - from === text.length ? [from + a, from + b] : [from, to])
  for (const found of text.matchAll(address)) {
    const before = text[found.index - 1]
    if (before !== undefined && /[\w/.@-]/.test(before)) continue
    const shown = found[0].slice(0, addressLength(found[0]))
    if (!/^(?:https?:\/\/|www\.)[^/.]/i.test(shown)) continue
    if (found.index > at) out.push({ type: 'text', value: text.slice(at, found.index), src: src(at, found.index) })
    out.push({
      type: 'link',
      url: /^www/i.test(shown) ? `http://${shown}` : shown,
      children: [{ type: 'text', value: shown, src: src(found.index, found.index + shown.length) }],
    })
    at = found.index + shown.length
  }
  if (at < text.length) out.push({ type: 'text', value: text.slice(at), src: src(at, text.length) })
  return out
}

/** The element that a token opens or is; null for what only carries inline content, or says nothing. */
function nodeOf(token: Token): Node | null {
  switch (token.type) {
    case 'paragraph_open':
      return { type: 'paragraph', children: [] }
    case 'heading_open':
      return { type: 'heading', depth: Number(token.tag.slice(1)), children: [] }
    case 'blockquote_open':
      return { type: 'blockquote', children: [] }
    case 'bullet_list_open':
      return { type: 'list', ordered: false, start: 1, children: [] }
    case 'ordered_list_open':
      return { type: 'list', ordered: true, start: Number(token.attrGet('start') ?? 1), children: [] }
    case 'list_item_open':
      return { type: 'listItem', checked: null, tight: true, children: [] }
    case 'table_open':
      return { type: 'table', align: [], children: [] }
    case 'tr_open':
      return { type: 'tableRow', children: [] }
    case 'th_open':
    case 'td_open':
      return { type: 'tableCell', children: [] }
    case 'footnote_open':
      return { type: 'footnoteDefinition', label: token.content, children: [] }
    case 'strong_open':
      return { type: 'strong', children: [] }
    case 'em_open':
      return { type: 'emphasis', children: [] }
    case 's_open':
      return { type: 'delete', children: [] }
    case 'link_open':
      return { type: 'link', url: String(token.attrGet('href') ?? ''), children: [] }
    case 'text':
    case 'text_special':
      return { type: 'text', value: token.content }
    // line ends are kept by the style (white-space: pre-line)
    case 'softbreak':
      return { type: 'text', value: '\n' }
    case 'hardbreak':
      return { type: 'break' }
    case 'code_inline':
      return { type: 'inlineCode', value: token.content }
    case 'html_inline':
    case 'html_block':
      return { type: 'html', value: token.content.replace(/\n$/, '') }
    case 'fence':
      return { type: 'code', value: token.content.replace(/\n$/, ''), lang: token.info.trim().split(/\s/)[0] ?? '' }
    case 'code_block':
      return { type: 'code', value: token.content.replace(/\n$/, ''), lang: '' }
    case 'math':
      return { type: 'math', value: token.content, source: token.markup, display: token.meta?.['display'] === true }
    case 'image':
      return { type: 'image', url: String(token.attrGet('src') ?? ''), alt: token.content }
    case 'footnote_ref':
      return { type: 'footnoteReference', label: token.content }
    case 'hr':
      return { type: 'thematicBreak' }
    default:
      return null
  }
}

const alignOf = (token: Token): Align =>
  (/text-align:(left|right|center)/.exec(String(token.attrGet('style') ?? ''))?.[1] as Align) ?? null

/** `- [x] done`: the box is the item's, not its text's */
function readTask(item: Node): void {
  const first = item.type === 'listItem' ? childrenOf(item)[0] : undefined
  const text = first?.type === 'paragraph' ? first.children[0] : undefined
  const box = text?.type === 'text' ? /^\[([ xX])\]\s+(?=\S)/.exec(text.value) : null
  if (!box || item.type !== 'listItem' || text?.type !== 'text') return
  item.checked = box[1] !== ' '
  text.value = text.value.slice(box[0].length)
  if (text.src) text.src = [text.src[0] + box[0].length, text.src[1]]
}

/** Bare addresses in the texts right inside a closed element. */
function linkTexts(node: Node, inLink: boolean): void {
  if (
    inLink ||
    !('children' in node) ||
    !node.children.some((child) => child.type === 'text' && /:\/\/|www\./i.test(child.value))
  ) {
    return
  }
  node.children = node.children.flatMap((child) =>
    child.type === 'text' ? linked(child.value, child.src ?? [0, 0]) : [child],
  )
}

export interface Placed {
  node: Node
  line: number
}

/** The blocks of the top, each with the line it begins in. Iterative: depth is the input's choice. */
export function toTree(tokens: readonly Token[], lines: Lines, base: number): Placed[] {
  const top: Placed[] = []
  const open: Node[] = []
  let line = 0
  let map: readonly number[] = []
  let at = (place: number): number => place
  const put = (node: Node): void => {
    const parent = open.at(-1)
    if (!parent) top.push({ node, line })
    else if ('children' in parent) {
      const last = parent.children.at(-1)
      // a soft line end belongs to the text around it
      if (node.type === 'text' && last?.type === 'text') {
        last.value += node.value
        if (last.src && node.src) last.src = [last.src[0], Math.max(last.src[1], node.src[1])]
      } else parent.children.push(node)
    }
  }
  const take = (list: readonly Token[]): void => {
    for (const token of list) {
      if (token.map) map = token.map
      if (token.map && open.length === 0) [line] = token.map
      if (token.type === 'inline') {
        const parent = open.at(-1)
        if (parent?.type === 'footnoteDefinition') {
          open.push({ type: 'paragraph', children: [] })
          parent.children.push(open.at(-1)!)
        }
        const placer = lines.placer(token, token.map ?? map)
        at = (place) => base + placer(place)
        take(token.children ?? [])
        if (parent?.type === 'footnoteDefinition') open.pop()
        if (open.at(-1)?.type === 'paragraph' && open.at(-2)?.type === 'listItem') readTask(open.at(-2)!)
        continue
      }
      if (token.nesting < 0) {
        if (nodeOfClose.has(token.type)) {
          const node = open.pop()
          if (node && node.type !== 'link') {
            linkTexts(
              node,
              open.some((one) => one.type === 'link'),
            )
          }
        }
        continue
      }
      const node = nodeOf(token)
      if (!node || (node.type === 'text' && node.value === '')) continue
      if (node.type === 'text' || node.type === 'inlineCode') {
        const { from, to } = stretchOf(token)
        node.src = [at(from), at(to)]
      }
      if (node.type === 'code' && token.map) {
        node.src = [base + lines.start(token.map[0]), base + lines.start(token.map[1])]
      }
      put(node)
      if (token.nesting === 0) continue
      if (node.type === 'tableCell' && token.tag === 'th') {
        const table = open.find((one) => one.type === 'table')
        if (table?.type === 'table') table.align.push(alignOf(token))
      }
      if (node.type === 'paragraph' && !token.hidden) {
        const item = open.at(-1)
        if (item?.type === 'listItem') item.tight = false
      }
      open.push(node)
    }
  }
  take(tokens)
  return top
}

const nodeOfClose = new Set(
  [
    'paragraph',
    'heading',
    'blockquote',
    'bullet_list',
    'ordered_list',
    'list_item',
    'table',
    'tr',
    'th',
    'td',
    'footnote',
    'strong',
    'em',
    's',
    'link',
  ].map((name) => `${name}_close`),
)
