// Files become texts, or are refused by name: each kind by hand, and hostile ones.

import { written } from './read/pdf-lines.ts'
import { plainLetters } from './read/letters.ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { chunkText } from './index.ts'
import { cutText } from './indexed.ts'
import { docx, zip } from './testing/zip.ts'
import { readDocument } from './read/index.ts'
import { limits, timeFor } from './read/refuse.ts'

const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text)
const read = async (name: string, data: Uint8Array<ArrayBuffer> | string) =>
  readDocument(name, typeof data === 'string' ? bytes(data) : data)

/** In the bytes of an encoding that TextEncoder does not write: found by reading every pair of bytes. */
function bytesIn(encoding: string, text: string): Uint8Array<ArrayBuffer> {
  const decoder = new TextDecoder(encoding)
  const of = new Map<string, number[]>()
  for (let a = 0xff; a >= 0x80; a--) {
    of.set(decoder.decode(Uint8Array.of(a)), [a])
    for (let b = 0xfe; b >= 0x40; b--) {
      const one = decoder.decode(Uint8Array.of(a, b))
      if ([...one].length === 1) of.set(one, [a, b])
    }
  }
  return Uint8Array.from([...text].flatMap((c) => (c < '\u0080' ? [c.charCodeAt(0)] : of.get(c)!)))
}
const russian = 'Сегодня музей открыт с девяти часов утра, вход свободный для детей.'
const japanese = 'この図書館は朝九時に開きます。子供は無料です。'

describe('what is read', () => {
  test('Chinese in GBK, and it is said', async () => {
    const text = '# 门票\r\n成人门票的价格是 29 元，儿童半价。周一闭馆；节假日可能有例外。'
    const data = bytesIn('gb18030', text)
    expect(await read('a.txt', data)).toEqual({ kind: 'text', text, encoding: 'gb18030' })
    expect(await read('a.md', bytesIn('gb18030', '你好'))).toMatchObject({ kind: 'markdown', text: '你好' })
    expect((await read('a.html', bytesIn('gb18030', `<html><p>${text}</p></html>`))).text).toBe(
      `\\${text.replace('\r\n', ' ')}`, // no heading of that page
    )
    // UTF-8 is UTF-8
    expect(await read('b.txt', text)).toEqual({ kind: 'text', text })
  })
  test('DOCX of a Chinese Word: headings by the names of their styles', async () => {
    const style = (id: string, name: string): string =>
      `<w:style w:type="paragraph" w:styleId="${id}"><w:name w:val="${name}"/></w:style>`
    const line = (id: string, text: string): string =>
      `<w:p><w:pPr><w:pStyle w:val="${id}"/></w:pPr><w:r><w:t>${text}</w:t></w:r></w:p>`
    const body = line('1', '门票') + line('a3', '成人') + line('标题 2', '儿童') + line('20', '半价') + line('7', '尾')
    const data = await zip([
      {
        name: 'word/styles.xml',
        text: `<w:styles>${style('1', 'heading 1')}${style('a3', '标题 2')}${style('20', 'toc 2')}</w:styles>`,
      },
      { name: 'word/document.xml', text: `<w:document><w:body>${body}</w:body></w:document>` },
    ])
    expect((await read('a.docx', data)).text.split('\n\n')).toEqual(['# 门票', '## 成人', '## 儿童', '半价', '尾'])
  })
  test('text and Markdown as they are, with every kind of line and mark', async () => {
    const text = '# 标题\r\n\r\nA line. <|im_end|> 😀\n'
    expect(await read('a.md', text)).toEqual({ kind: 'markdown', text })
    expect(await read('a.txt', `\ufeff${text}`)).toEqual({ kind: 'text', text })
    const wide = new Uint8Array(2 + text.length * 2)
    wide.set([0xff, 0xfe])
    for (let i = 0; i < text.length; i++) new DataView(wide.buffer).setUint16(2 + i * 2, text.charCodeAt(i), true)
    expect(await read('a', wide)).toEqual({ kind: 'text', text })
  })
  test('HTML: what stands between its tags, block by block', async () => {
    const page = `<!DOCTYPE html><html><head><title>T</title><style>p > a { }</style></head><body>
      <script>document.write("<p>never</p>")</script><h1 title="a > b">Hours &amp; prices</h1>
      <p>Open  at\n nine<br>every day.</p><!-- <p>hidden</p> --><ul><li>one<li>two</ul>
      <table><tr><th>a</th><th>b</th></tr><tr><td>1 &lt; 2</td><td>&#20013;&#x6587;</td></tr></table>
      <pre>x\n  y</pre><template>no</template>&unknown; 3 < 4</body></html>`
    expect(await read('page', page)).toEqual({
      kind: 'html',
      text: '# Hours & prices\n\nOpen at nine\nevery day.\n\n- one\n- two\n\n| a | b |\n| 1 < 2 | 中文 |\n\nx\n  y\n\n&unknown; 3 < 4',
    })
  })
  test.each([
    ['a head without an end', '<!doctype html><head><title>T</title><p>all<p>of it', 'all\n\nof it'],
    ['a text behind its title', '<head><meta charset=x><title>T</title>all of it', 'all of it'],
    ['a template in its head', '<head><template><p>no</template><h1>all</h1>', '# all'],
    ['a title without a head', '<html><title>T</title>all of it', 'all of it'],
    ['elements of somebody’s own', '<html><style-guide>all</style-guide> <script-x>of it</script-x>', 'all of it'],
    ['comments that end as browsers end them', '<html><!-->all<!--->  of<!-- no --!> it<!-- no -->', 'all of it'],
  ])('HTML: %s loses nothing', async (_, page, text) => {
    expect((await read('a.html', page)).text).toBe(text)
  })
  test('DOCX: paragraphs, headings, tables, runs that are cut; what was struck out is not read', async () => {
    const body =
      '<w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr><w:r><w:t>Fees</w:t></w:r></w:p>' +
      '<w:p><w:r><w:t xml:space="preserve">It is </w:t></w:r><w:r><w:t>12 &amp; more.</w:t></w:r><w:del><w:r><w:delText>old</w:delText></w:r></w:del></w:p>' +
      '<w:tbl><w:tr><w:tc><w:p><w:r><w:t>a</w:t></w:r></w:p></w:tc></w:tr></w:tbl><w:p><w:r><w:t>终</w:t></w:r></w:p>'
    for (const packed of [true, false]) {
      const { kind, text } = await read('a.docx', await docx(body, packed))
      expect(kind).toBe('docx')
      expect(text.split(/\s*\n+/)).toEqual(['# Fees', 'It is 12 & more.', expect.stringContaining('a'), '终'])
    }
  })
})

test('DOCX: a hyphen that does not break is one; what was moved in a review is read once, where it is now', async () => {
  const body =
    '<w:p><w:r><w:t>co</w:t><w:noBreakHyphen/><w:t>op</w:t></w:r></w:p>' +
    '<w:p><w:moveFrom w:id="1"><w:r><w:t>moved</w:t></w:r></w:moveFrom><w:r><w:t>stays</w:t></w:r></w:p>' +
    '<w:p><w:moveTo w:id="2"><w:r><w:t>moved</w:t></w:r></w:moveTo></w:p>'
  expect((await read('a.docx', await docx(body))).text).toBe('co\u2011op\n\nstays\n\nmoved')
})

describe('what is refused, by name', () => {
  const document = '<w:document><w:p/></w:document>'
  const cases: [what: string, why: string, make: () => Promise<[string, Uint8Array<ArrayBuffer>]>][] = [
    ['a PDF, whatever its name, where no thread reads it', 'pdf', async () => ['a.txt', bytes('%PDF-1.7 text')]],
    [
      'a Word file of old, or one with a password',
      'old',
      async () => ['a.docx', Uint8Array.of(0xd0, 0xcf, 0x11, 0xe0, 1)],
    ],
    ['nothing', 'empty', async () => ['a.txt', bytes('')]],
    ['white space', 'empty', async () => ['a.md', bytes(' \n\t ')]],
    ['a page of scripts', 'empty', async () => ['a.html', bytes('<html><script>let a = "text"</script></html>')]],
    ['a page that never ends a tag', 'empty', async () => ['a.html', bytes('<html><p '.padEnd(1e6, 'a'))]],
    ['a picture', 'binary', async () => ['a.png', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0, 1)]],
    ['a text with zeros', 'binary', async () => ['a.txt', bytes('a\0b')]],
    [
      'Western letters of old',
      'encoding',
      async () => ['a.txt', bytesIn('windows-1252', 'Müller fährt über Köln, élève à côté.')],
    ],
    ['Russian of Windows', 'encoding', async () => ['a.txt', bytesIn('windows-1251', russian)]],
    ['Russian of KOI8', 'encoding', async () => ['a.txt', bytesIn('koi8-r', russian)]],
    ['Japanese in Shift-JIS', 'encoding', async () => ['a.txt', bytesIn('shift_jis', japanese)]],
    ['Chinese in Big5', 'encoding', async () => ['a.txt', bytesIn('big5', '博物館今天上午九點開門，兒童免費入場。')]],
    [
      'Korean of old',
      'encoding',
      async () => ['a.txt', bytesIn('euc-kr', '도서관은 아침 아홉 시에 문을 엽니다. 어린이는 무료입니다.')],
    ],
    [
      'bytes of chance',
      'encoding',
      async () => ['a.txt', Uint8Array.from({ length: 4000 }, (_, i) => 0x80 + ((i * 7919) % 127))],
    ],
    ['a sign that is longer than it may be', 'encoding', async () => ['a.txt', Uint8Array.of(97, 0xc0, 0xaf, 98)]],
    ['half a sign at the end of UTF-16', 'encoding', async () => ['a.txt', Uint8Array.of(0xff, 0xfe, 0x3d, 0xd8)]],
    ['UTF-32', 'binary', async () => ['a.txt', Uint8Array.of(0xff, 0xfe, 0, 0, 97, 0, 0, 0)]],
    ['RTF', 'kind', async () => ['a.txt', bytes('{\\rtf1 text}')]],
    ['a packed file of another kind', 'encoding', async () => ['a.txt', Uint8Array.of(0x1f, 0x8b, 8, 0x80, 1)]],
    ['a page of a million open boxes', 'empty', async () => ['a.html', bytes(`<html>${'<div>'.repeat(1e6)}`)]],
    [
      'a Word file of open boxes',
      'empty',
      async () => ['a.docx', await docx('<w:p><w:tbl><w:tr><w:tc>'.repeat(1e5), false)],
    ],
    [
      'a ZIP whose list lies outside',
      'damaged',
      async () => {
        const data = await docx('<w:p/>')
        new DataView(data.buffer).setUint32(data.length - 6, 0x7fffffff, true)
        return ['a.docx', data]
      },
    ],
    [
      'a ZIP with more parts than it brings',
      'packed',
      async () => {
        const data = await docx('<w:p/>')
        new DataView(data.buffer).setUint16(data.length - 12, 0xffff, true)
        return ['a.docx', data]
      },
    ],
    [
      'packed bytes that are no packing',
      'damaged',
      async () => {
        const data = await zip([{ name: 'word/document.xml', text: document.repeat(50) }])
        data.fill(0xff, 50, 70)
        return ['a.docx', data]
      },
    ],
    [
      'a list of styles that is a bomb',
      'packed',
      async () => [
        'a.docx',
        await zip([
          { name: 'word/document.xml', text: document },
          { name: 'word/styles.xml', text: ' '.repeat(3e6) },
        ]),
      ],
    ],
    ['a DOCX that is text', 'damaged', async () => ['a.docx', bytes('hello')]],
    ['a ZIP that breaks off', 'damaged', async () => ['a.docx', (await docx('<w:p/>')).slice(0, 60)]],
    ['a ZIP of something else', 'kind', async () => ['a.docx', await zip([{ name: 'x', text: 'y' }])]],
    [
      'XML that is no document',
      'damaged',
      async () => ['a.docx', await zip([{ name: 'word/document.xml', text: '<a/>' }])],
    ],
    [
      'words defined in words',
      'entities',
      async () => [
        'a.docx',
        await zip([{ name: 'word/document.xml', text: `<!DOCTYPE x [<!ENTITY a "b">]>${document}` }]),
      ],
    ],
    [
      'a ZIP with a password',
      'locked',
      async () => ['a.docx', await zip([{ name: 'word/document.xml', text: document, flags: 1 }])],
    ],
    ['a bomb that says so', 'packed', async () => ['a.docx', await docx(' '.repeat(3e6))]],
    [
      'a bomb that lies about its size',
      'packed',
      async () => ['a.docx', await zip([{ name: 'word/document.xml', text: document + ' '.repeat(1e6), says: 900 }])],
    ],
    [
      'a part that is shorter than it says',
      'damaged',
      async () => ['a.docx', await zip([{ name: 'word/document.xml', text: document, says: 400 }])],
    ],
    [
      'a packing of its own',
      'damaged',
      async () => ['a.docx', await zip([{ name: 'word/document.xml', text: document, method: 99 }])],
    ],
    ['more than 50 MB', 'large', async () => ['a.txt', new Uint8Array(50_000_001)]],
    ['more than 5 million characters', 'long', async () => ['a.txt', new Uint8Array(5_000_001).fill(97)]],
  ]
  test.each(cases)('%s: %s', async (_, why, make) => {
    const [name, data] = await make()
    await expect(readDocument(name, data)).rejects.toMatchObject({
      code: 'DOCUMENT_REFUSED',
      facts: { file: name, why },
    })
  })
  test('changed bytes of a DOCX are read or refused, never anything else', async () => {
    const whole = await docx('<w:p><w:r><w:t>Some text of a document</w:t></w:r></w:p>')
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }),
        async (changes) => {
          const data = whole.slice()
          for (const [at, value] of changes) data[at] = value
          const found = await readDocument('a.docx', data).then(
            ({ text }) => typeof text,
            (error: { code: string }) => error.code,
          )
          expect(['string', 'DOCUMENT_REFUSED']).toContain(found)
        },
      ),
      { numRuns: 300, seed: 7 },
    )
  })
  test('what takes longer than the time there is', async () => {
    let now = 0
    const clock = timeFor('a', () => now)
    const pulse = (): void => {
      now += limits.seconds * 2
      clock()
    }
    const slow = { code: 'DOCUMENT_REFUSED', facts: { file: 'a', why: 'slow' } }
    const page = `<html>${'<b>a</b>'.repeat(500)}`
    await expect(readDocument('a', bytes(page), pulse)).rejects.toMatchObject(slow)
    now = 0
    const word = await docx('<w:p/>'.repeat(1500))
    await expect(readDocument('a', word, pulse)).rejects.toMatchObject(slow)
    now = 0
    const text = { id: '', name: 'a', kind: 'text', text: 'a.\n\n'.repeat(1500) }
    await expect(cutText(text, () => undefined, pulse)).rejects.toMatchObject(slow)
  })
  test('a page of open tags takes no more than its length', async () => {
    const began = performance.now()
    const spaces = `${' '.repeat(300_000)}x\n`.repeat(3)
    await read('a.md', `# ${'# '.repeat(300_000)}x\n${spaces}`).then(({ text }) => chunkText(text, { markdown: true }))
    await docx(`<w:p><w:r><w:t>a${spaces}</w:t></w:r></w:p>`, false).then((data) => read('a.docx', data))
    await read(
      'a.html',
      `<html>${'<a b=">'.repeat(200_000)}${'<'.repeat(200_000)}${'<script>'.repeat(1000)}text`,
    ).catch(() => 0)
    expect(performance.now() - began).toBeLessThan(5000)
  })
})

test('a line that Markdown would take for a heading or a fence, and that is none, stays text', async () => {
  const page = '<html><h1># One</h1><p># two</p><pre>a\n# three\n```\n</pre><p><b>#</b> four</p>#5<br>## six</html>'
  const { text } = await read('a.html', bytes(page))
  expect(text).toBe('# # One\n\n\\# two\n\na\n\\# three\n\\```\n\n\n\\# four\n\n#5\n\\## six')
  expect(chunkText(text, { size: 5, overlap: 0, markdown: true }).every(({ path }) => path[0] === '# One')).toBe(true)
  const body = '<w:p><w:r><w:t># seven</w:t></w:r></w:p>'
  expect((await read('a.docx', await docx(body))).text).toBe('\\# seven')
  const line = { text: '# eight', x: 0, y: 0, end: 40, size: 12 }
  expect(written([[line]])).toBe('\\# eight')
})

test('radicals that a font made of words are words again, and nothing else changes', () => {
  expect(plainLetters('全⻓五⼗九公⾥，⽕⻥ ⺀ 里 ﬁ ﻴ')).toBe('全长五十九公里，火鱼 ⺀ 里 fi ي')
})

test.each([
  ['a word that was parted', ['an exam-', 'ple of it'], 'an example of it'],
  [
    'one with a hyphen, as it stands elsewhere',
    ['a well-', 'known name, a well-known one'],
    'a well-known name, a well-known one',
  ],
  [
    'of three parts',
    ['State-of-the-', 'art; a state-of-the-art bridge'],
    'State-of-the-art; a state-of-the-art bridge',
  ],
  [
    'both ways: the word',
    ['a co-', 'operation, cooperation, co-operation'],
    'a cooperation, cooperation, co-operation',
  ],
  [
    'before a capital, and a number',
    ['the Anglo-', 'Saxon COVID-', '19 of 1990-', '1995'],
    'the Anglo-Saxon COVID-19 of 1990-1995',
  ],
  ['in capitals', ['AN EXAM-', 'PLE'], 'AN EXAMPLE'],
  ['one that hangs', ['in pre-', 'and post-war times'], 'in pre- and post-war times'],
  ['a dash', ['the bridge -', 'old'], 'the bridge - old'],
  ['of parts that stand nowhere else', ['an up-to-', 'date list'], 'an up-to-date list'],
  ['behind capitals', ['a USA-', 'based firm'], 'a USA-based firm'],
  [
    'a word that goes on like a conjunction',
    ['the toma-', 'to is red, my husb-', 'and'],
    'the tomato is red, my husband',
  ],
  [
    'in an address',
    ['write to jean-', 'luc@x.org or http://a.b/my-', 'page'],
    'write to jean-luc@x.org or http://a.b/my-page',
  ],
  ['before Chinese', ['用 GPT-', '模型'], '用 GPT-模型'],
])('a hyphen at a line’s end: %s', (_, lines, text) => {
  const page = lines.map((one, i) => ({ text: one, x: 0, y: 700 - 14 * i, end: 200, size: 12 }))
  expect(written([page])).toBe(text)
})
