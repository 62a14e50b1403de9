import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { BlockReader, longest, longestInline, parse } from './blocks.ts'
import { hostsIn, isAddress, misleads, safeUrl, shownHost } from './links.ts'
import { childrenOf, type Node } from './nodes.ts'

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
/** without where it was written: placed.test.tsx looks at that */
const bare = (node: Node): Node =>
  JSON.parse(JSON.stringify(node, (key, value: unknown) => (key === 'src' ? undefined : value))) as Node
const nodes = (text: string): Node[] => parse(text).map((block) => bare(block.node))
const types = (text: string): string[] => {
  const seen: string[] = []
  const walk = (node: Node): void => {
    seen.push(node.type)
    childrenOf(node).forEach(walk)
  }
  nodes(text).forEach(walk)
  return seen
}
const plain = (text: string): Node => ({ type: 'paragraph', children: [{ type: 'text', value: text }] })

describe('BlockReader', () => {
  it('gives at every length of a growing text what one whole parse gives', () => {
    const reader = new BlockReader(still)
    for (let n = 1; n <= sample.length; n++) {
      const text = sample.slice(0, n)
      if (/\n\d\. *$/.test(text)) continue // a bare marker reads differently with and without what came before
      expect(
        reader.update(text, true).map((b) => bare(b.node)),
        JSON.stringify(text.slice(-20)),
      ).toEqual(nodes(text))
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
    expect(bare(first)).toEqual({
      type: 'paragraph',
      children: [{ type: 'link', url: 'https://example.org', children: [{ type: 'text', value: 'home' }] }],
    })
  })
  it('skips updates while a slow text grows, but not the last one', () => {
    let clock = 0
    const reader = new BlockReader(() => (clock += 20))
    const first = reader.update('one', true)
    expect(reader.update('one two', true)).toBe(first)
    expect(bare(reader.update('one two', false)[0]!.node)).toEqual(plain('one two'))
  })
  it('starts over when the text is replaced', () => {
    const reader = new BlockReader(still)
    reader.update('one\n\ntwo', true)
    expect(reader.update('other', true).map((b) => bare(b.node))).toEqual([plain('other')])
  })
  it('takes any text', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom(
            '#',
            '*',
            '_',
            '`',
            '[',
            ']',
            '(',
            ')',
            '>',
            '-',
            '|',
            '\n',
            ' ',
            '<b>',
            '~',
            '1.',
            '中',
            '“',
            'a',
          ),
        ),
        (parts) => {
          const reader = new BlockReader(still)
          const text = parts.join('')
          for (let n = 0; n <= text.length; n += 3) reader.update(text.slice(0, n), true)
          expect(reader.update(text, false).map((b) => bare(b.node))).toEqual(nodes(text))
        },
      ),
      { numRuns: 200 },
    )
  })
})

describe('parse', () => {
  it.each(['**粗体，**后面', '**“引号”**文字', '这是**注意！**事项', '他说：**“你好。”**然后走了'])(
    'finds emphasis next to Chinese punctuation: %s',
    (text) => {
      expect(types(text)).toContain('strong')
    },
  )
  it('shows absurd nesting as plain text, nothing left out', () => {
    for (const text of [
      ...['>', '- ', '1. ', '> - '].map((marker) => `hello\n\n${marker.repeat(500)}deep`),
      Array.from({ length: 70 }, (_, n) => `${'  '.repeat(n)}- a${n}`).join('\n'),
    ]) {
      expect(nodes(text)).toEqual([plain(text)])
    }
  })
  it('reads an endless text to its limit, and shows the rest as it is', () => {
    const one = '# some words of a heading\n\n',
      text = one.repeat(longest / 20),
      [...blocks] = nodes(text)
    expect(blocks.slice(0, -1).every((node) => node.type === 'heading')).toBe(true)
    expect(blocks.at(-1)!.type).toBe('paragraph')
    const rest = blocks.at(-1)!
    expect(
      (blocks.length - 1) * one.length -
        1 +
        (rest.type === 'paragraph' && rest.children[0]!.type === 'text' ? rest.children[0]!.value.length : 0),
    ).toBe(text.length)
  })
  it('draws a bounded number of elements', () => {
    expect(types('- x\n'.repeat(20_000))).toEqual(['paragraph', 'text'])
    expect(types('- x\n'.repeat(2000)).filter((type) => type === 'listItem')).toHaveLength(2000)
  })
  it('shows a paragraph without end as it is, and reads the ones beside it', () => {
    const long = 'www.a_ '.repeat(longestInline / 7 + 1).trim()
    const [first, second] = nodes(`${long}\n\n**b**`)
    expect(second).toEqual({
      type: 'paragraph',
      children: [{ type: 'strong', children: [{ type: 'text', value: 'b' }] }],
    })
    expect(childrenOf(first!).some((node) => node.type === 'emphasis')).toBe(false)
  })
  it('links bare addresses, without the full stop and the words behind them', () => {
    const links = (text: string): string[] =>
      nodes(text).flatMap((node) => childrenOf(node).flatMap((one) => (one.type === 'link' ? [one.url] : [])))
    expect(links('See https://a.example/b_c_d?e=1. (http://b.example/x(1)) www.c.example!')).toEqual([
      'https://a.example/b_c_d?e=1',
      'http://b.example/x(1)',
      'http://www.c.example',
    ])
    expect(links('见 https://a.example/x。更多：www.b.example，好')).toEqual([
      'https://a.example/x',
      'http://www.b.example',
    ])
    expect(links('`https://a.example` ahttps://b.example me@www.c.example https:// www.')).toEqual([])
    expect(types('[see https://a.example](https://b.example)').filter((type) => type === 'link')).toHaveLength(1)
  })
})

describe('work', () => {
  // each of these grew with the square of the length in one parser or another
  const hostile = [
    'www.a_',
    '*_',
    '](',
    '[',
    '![',
    '![[',
    '`',
    '``` ',
    '<',
    '<a ',
    '<!--',
    '&',
    '\\',
    '$',
    '$a',
    '\\(',
    '\\[\n',
    '$$\n',
    '~~',
    '**a',
    '_a*',
    'a@b.',
    'http://a',
    '[^a]',
    '[^a]: ',
    '[a]: b\n',
    '[a](<',
    '[a](b "',
    '> ',
    '> a\n',
    '- ',
    '- x\n',
    '1. ',
    '\n=',
    '|',
    '|a',
    '|-|\n',
    '|a|\n|-|\n',
    '\n\n-',
    '\n    ',
    '    a\n\n',
    '"|-|\n',
    '<?',
    '<![CDATA[',
    '- [ ] ',
    '“',
    '**“',
    '(',
    'a(',
    '\t',
    '\u202e',
    '中*',
  ]
  it.each(hostile)('of %j grows with the length, not with its square', (pattern) => {
    const cost = (size: number): number => {
      const text = pattern.repeat(Math.ceil(size / pattern.length)).slice(0, size)
      let best = Infinity
      for (let i = 0; i < 5 && best > 200; i++) {
        const start = process.cpuUsage()
        parse(text)
        best = Math.min(best, process.cpuUsage(start).user / 1000)
      }
      return best
    }
    // ms: 100 for every 10 kB, beside other work; what grows with the square takes seconds
    expect(cost(40_000)).toBeLessThan(400)
  })
  it('stays bounded while the text grows', () => {
    const reader = new BlockReader()
    const start = process.cpuUsage(),
      text = 'www.a_'.repeat(10_000)
    for (let n = 0; n <= text.length; n += 200) reader.update(text.slice(0, n), true)
    reader.update(text, false)
    expect(process.cpuUsage(start).user / 1000).toBeLessThan(2000)
  })
})

describe('formulas', () => {
  const maths = (text: string): string[] => {
    const found: string[] = []
    const walk = (node: Node): void => {
      if (node.type === 'math') found.push(`${node.display ? 'D' : 'I'}${node.value}`)
      childrenOf(node).forEach(walk)
    }
    nodes(text).forEach(walk)
    return found
  }
  it.each<[string, string[]]>([
    ['\\( a_1^2 + b*c*d \\)', ['I a_1^2 + b*c*d ']],
    ['so \\[ \\{ x \\\\ y \\} \\] holds', ['D \\{ x \\\\ y \\} ']],
    ['$a_1 * b_2 * c$', ['Ia_1 * b_2 * c']],
    ['$$\na\n- b\n= c\n\n+ d\n$$\n\ntext', ['D\na\n- b\n= c\n\n+ d\n']],
    ['\\[\nx = 1\n=====\n\\]', ['D\nx = 1\n=====\n']],
    ['- a\n\n  $$\n  - b\n  $$\n- c', ['D\n- b\n']],
    ['> $$x$$', ['Dx']],
    ['设$x$为正，则\\(y\\)也是；$$z$$。', ['Ix', 'Iy', 'Dz']],
    ['| $a$ | b |\n|--|--|\n| $c_1$ | d |', ['Ia', 'Ic_1']],
    ['**$a$**', ['Ia']],
    ['costs $5 and $6', []],
    ['$5, $6 and 7$', []],
    ['between 5$ and 6$', []],
    ['US$5 to HK$6', []],
    ['$HOME/$PATH', []],
    ['echo $a; echo $b', []],
    ['`$a$` and $`x`$', []],
    ['```\n$a$\n\\(b\\)\n```', []],
    ['\\$a$', []],
    ['$20 for the first and 30$ for all', []],
    ['$ a$ and $b $', []],
    ['$100', []],
    ['\\( open', []],
    ['$$ open\n\ntext', []],
    ['\\\\(a\\\\)', []],
    ['$5–$10', []],
    ['it is $$', []],
  ])('%j', (text, want) => {
    expect(maths(text)).toEqual(want)
  })
})

describe('where a link leads', () => {
  it.each([
    ['https://bank.example', 'https://evil.example/', true],
    ['bank.example', 'https://evil.example/', true],
    ['Sign in at www.bank.example now', 'https://evil.example/', true],
    ['bank.example', 'https://bank.example.evil.example/', true],
    ['bank.exаmple', 'https://bank.example/', true],
    ['bank\u200b.example', 'https://evil.example/', true],
    ['ｂａｎｋ．ｅｘａｍｐｌｅ', 'https://evil.example/', true],
    ['\u202eelpmaxe.knab', 'https://evil.example/', true],
    ['银行。中国', 'https://evil.example/', true],
    ['https://bank.example@x', 'https://evil.example/', true],
    ['bank.example', 'https://www.bank.example/a', false],
    ['bank.example', 'https://login.bank.example/', false],
    ['the docs', 'https://evil.example/', false],
    ['夏洛克·福尔摩斯', 'https://a.example/', false],
    ['Qwen2.5-0.5B', 'https://a.example/', false],
    ['https://a.example/x.page?y=b.example', 'https://a.example/x.page?y=b.example', false],
    ['node.js', 'https://nodejs.org/', false],
    ['see v1.2.3, e.g. this', 'https://a.example/', false],
  ])('%j → %s misleads: %s', (text, href, want) => {
    expect(misleads(text, href)).toBe(want)
  })
  it.each([
    'http://127.0.0.1',
    '192.168.0.1',
    'https://[::1]/',
    '[::1]',
    'https://localhost',
    'localhost:3000',
    'https://bank',
    'https:/bank',
    '//bank',
    'bank.xn--p1ai',
    'xn--80ak6aa92e.com',
    'банк.рф',
    'google.net',
    'bank.zip',
    'a.js/login',
    'bank.example..',
    'bank.example…',
    'bank.example.)',
    'bank..example',
    '.bank.example',
    '-bank.example',
    'bank_login.example',
    'a.b.c.d.e.f.g.h.i.bank.example',
    `${'x '.repeat(5000)} bank.example`,
    `${'\u200b'.repeat(500)}https://bank.example`,
    `${'x'.repeat(490)} https://bank.example`,
    ...['⸱', '․', '。', '．', '｡', '·', '•', '・', '‧', '∙', '⋅', 'ꓸ', '﹒'].map((dot) => `bank${dot}com`),
    ...[
      '\u200b',
      '\u00ad',
      '\u2060',
      '\u115f',
      '\u3164',
      '\ufe0e',
      '\u{e0100}',
      '\u0338',
      '\u20dd',
      '\u2800',
      '\u202e',
    ].map((mark) => `bank${mark}.${mark}example`),
    'ｈｔｔｐｓ：／／ｂａｎｋ．example',
    '𝖇𝖆𝖓𝖐.𝖊𝖝𝖆𝖒𝖕𝖑𝖊',
    'https:\\\\bank.example',
    'user@bank.example',
    'bank.example:443',
    'evil.example/ bank.example',
    'evil.example/https://bank.example',
  ])('%j names another host than evil.example', (text) => {
    expect(misleads(text, 'https://evil.example/')).toBe(true)
  })
  it.each([
    ['аррӏе.com', 'https://xn--80ak6aa92e.com/'],
    ['https://аррӏе.com', 'https://xn--80ak6aa92e.com/'],
    ['https:\\\\a.example', 'https://a.example/'],
    ['http://a.example', 'https://a.example/'],
    ['https://a.example/\u202e', 'https://a.example/%E2%80%AE'],
    ['https://a.example/\u200b', 'https://a.example/%E2%80%8B'],
    ['http://2130706433/', 'http://127.0.0.1/'],
    ['https://a。example', 'https://a.example/'],
    ['https://b@a.example', 'https://a.example/'],
    ['https://a.example:8080', 'https://a.example/'],
  ])('%j is not taken for the address %s', (text, href) => {
    expect(isAddress(text, href)).toBe(false)
  })
  it.each([
    ['https://A.example/', 'https://a.example/'],
    ['www.a.example/b', 'http://www.a.example/b'],
    ['https://a.example/文', 'https://a.example/%E6%96%87'],
    ['https://xn--80ak6aa92e.com', 'https://xn--80ak6aa92e.com/'],
    ['http://[::1]:80/x', 'http://[::1]/x'],
    ['a.example:8080', 'https://a.example:8080/'],
  ])('%j is the address %s', (text, href) => {
    expect([isAddress(text, href), misleads(text, href)]).toEqual([true, false])
  })
  it('looks at all of a long text in one pass', () => {
    const start = process.cpuUsage()
    for (const part of ['a.', 'a', '[:', '@a', '\u200b', 'https:', '/', 'a.b/', '.-', '·']) {
      misleads(`a${part.repeat(100_000 / part.length)}a`, 'https://evil.example/')
    }
    expect(process.cpuUsage(start).user / 1000).toBeLessThan(2000)
  })
  it('names hosts, and keeps the end of a long one', () => {
    expect(hostsIn('a.example, https://b.example/c and d@e.example')).toEqual(['a.example', 'b.example', 'e.example'])
    expect(shownHost(`https://bank.example.${'a'.repeat(60)}.evil.example/`)).toMatch(
      /^bank\.example…a+\.evil\.example$/,
    )
    expect([
      isAddress('https://a.example/', 'https://a.example/'),
      isAddress('a.example', 'https://a.example/'),
      isAddress('https://a.example', 'https://a.example/b'),
      isAddress('here', 'https://a.example/'),
    ]).toEqual([true, true, false, false])
  })
})

describe('safeUrl', () => {
  it.each(['https://example.org/a?b=1', 'http://example.org/'])('allows %s', (url) => expect(safeUrl(url)).toBe(url))
  it.each([
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    ' java\nscript:alert(1)',
    'data:text/html,<script>',
    'vbscript:x',
    'file:///etc/passwd',
    'blob:https://x/y',
    '/relative',
    '//host/path',
    '#hash',
    'mailto:a@b.c',
    'https://bank.example@evil.example/',
    '',
  ])('refuses %j', (url) => expect(safeUrl(url)).toBeNull())
})
