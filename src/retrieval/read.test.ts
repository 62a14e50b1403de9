// Files become texts, or are refused by name: each kind by hand, and hostile ones.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { chunkText } from './index.ts'
import { docx, zip } from './testing/zip.ts'
import { readDocument } from './read/index.ts'
import { limits, timeFor } from './read/refuse.ts'

const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text)
const read = async (name: string, data: Uint8Array<ArrayBuffer> | string) =>
  readDocument(name, typeof data === 'string' ? bytes(data) : data)

describe('what is read', () => {
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
    ['a PDF, whatever its name', 'pdf', async () => ['a.txt', bytes('%PDF-1.7 text')]],
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
    ['an encoding of old', 'encoding', async () => ['a.txt', Uint8Array.of(0xc4, 0xe3, 0xba, 0xc3)]],
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
    expect(() => chunkText('a.\n\n'.repeat(1500), { pulse })).toThrow(expect.objectContaining(slow))
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
