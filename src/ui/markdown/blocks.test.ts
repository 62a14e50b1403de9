import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import type { Nodes } from 'mdast'
import { BlockReader, longest, parse } from './blocks.ts'
import { safeUrl } from './links.ts'

const sample = `# Title

First **bold** paragraph,
still first.

- one
- two

  still two
- three

\`\`\`wgsl
fn main() {}

// after a blank line
\`\`\`

| a | b |
|---|--:|
| 1 | 2 |

    indented code

1. x
2. y

Last line`

/** a clock that stands: no parse is slow */
const still = () => 0
const bare = (node: Nodes): unknown => JSON.parse(JSON.stringify(node, (name, value: unknown) => (name === 'position' ? undefined : value)))
const types = (text: string): string[] => {
  const seen: string[] = []
  const walk = (node: Nodes): void => { seen.push(node.type); if ('children' in node) node.children.forEach(walk) }
  walk(parse(text))
  return seen
}

describe('BlockReader', () => {
  it('gives at every length of a growing text what one whole parse gives', () => {
    const reader = new BlockReader(still)
    for (let n = 1; n <= sample.length; n++) {
      const text = sample.slice(0, n)
      if (/\n\d\. *$/.test(text)) continue // a bare marker reads differently with and without what came before
      expect(reader.update(text, true).map((b) => bare(b.node)), JSON.stringify(text.slice(-20))).toEqual(parse(text).children.map(bare))
    }
  })
  it('keeps closed blocks as the same objects, with unique keys', () => {
    const reader = new BlockReader(still)
    const before = reader.update('one\n\ntwo\n\nthr', true)
    const after = reader.update('one\n\ntwo\n\nthree\n\nfour', true)
    expect(after[0]!.node).toBe(before[0]!.node)
    expect(after[1]!.node).toBe(before[1]!.node)
    expect(new Set(after.map((b) => b.key)).size).toBe(4)
  })
  it('resolves late definitions once the text is finished', () => {
    const text = '[home][h]\n\nmore\n\n[h]: https://example.org'
    const reader = new BlockReader(still)
    for (let n = 1; n <= text.length; n++) reader.update(text.slice(0, n), true)
    const first = reader.update(text, false)[0]!.node
    expect(first.type === 'paragraph' && first.children[0]!.type).toBe('linkReference')
  })
  it('skips updates while a slow text grows, but not the last one', () => {
    let clock = 0
    const reader = new BlockReader(() => (clock += 20))
    const first = reader.update('one', true)
    expect(reader.update('one two', true)).toBe(first)
    expect(bare(reader.update('one two', false)[0]!.node)).toEqual(bare(parse('one two').children[0]!))
  })
  it('starts over when the text is replaced', () => {
    const reader = new BlockReader(still)
    reader.update('one\n\ntwo', true)
    expect(reader.update('other', true).map((b) => bare(b.node))).toEqual(parse('other').children.map(bare))
  })
  it('takes any text', () => {
    fc.assert(fc.property(fc.array(fc.constantFrom('#', '*', '_', '`', '[', ']', '(', ')', '>', '-', '|', '\n', ' ', '<b>', '~', '1.', '中', '“', 'a')), (parts) => {
      const reader = new BlockReader(still)
      const text = parts.join('')
      for (let n = 0; n <= text.length; n += 3) reader.update(text.slice(0, n), true)
      expect(reader.update(text, false).map((b) => bare(b.node))).toEqual(parse(text).children.map(bare))
    }), { numRuns: 200 })
  })
})

describe('parse', () => {
  it.each(['**粗体，**后面', '**“引号”**文字', '这是**注意！**事项', '他说：**“你好。”**然后走了'])('finds emphasis next to Chinese punctuation: %s', (text) => {
    expect(types(text)).toContain('strong')
  })
  it('shows absurd nesting as plain text', () => {
    for (const marker of ['>', '- ', '1. ', '> - ']) expect(types(`hello\n\n${marker.repeat(500)}`)).toEqual(['root', 'paragraph', 'text'])
  })
  it('shows an endless text as plain text', () => {
    expect(types('# a\n'.repeat(longest / 4 + 1))).toEqual(['root', 'paragraph', 'text'])
  })
})

describe('safeUrl', () => {
  it.each(['https://example.org/a?b=1', 'http://example.org/'])('allows %s', (url) => expect(safeUrl(url)).toBe(url))
  it.each(['javascript:alert(1)', 'JaVaScRiPt:alert(1)', ' java\nscript:alert(1)', 'data:text/html,<script>', 'vbscript:x', 'file:///etc/passwd', 'blob:https://x/y',
    '/relative', '//host/path', '#hash', 'mailto:a@b.c', 'https://bank.example@evil.example/', ''])('refuses %j', (url) => expect(safeUrl(url)).toBeNull())
})
