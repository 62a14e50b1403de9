// PDF in a real browser: what its pages write, in paragraphs, and what is refused or stopped.
import { describe, expect, test } from 'vitest'
import { readDocument, type ReadPdf } from '../retrieval/read/index.ts'
import { linesOf, written } from '../retrieval/read/pdf-lines.ts'
import { pdfText } from '../retrieval/read/pdf.ts'
import { refuse } from '../retrieval/read/refuse.ts'
import { bytesOf, line, linesDown, pagesOf, pdfOf, stream } from '../retrieval/testing/pdf.ts'
import { readPdfWith } from './pdf.ts'
import pdfUrl from './pdf.worker.ts?worker&url'

const start = () => new Worker(pdfUrl, { type: 'module' })
const read = (bytes: Uint8Array<ArrayBuffer>, readPdf: ReadPdf = here) =>
  readDocument('a.pdf', bytes, undefined, readPdf)
/** Without a thread of its own: starting one takes longer than most of these files. */
const here: ReadPdf = async (file, bytes) => {
  const found = await pdfText(bytes)
  if ('why' in found) throw refuse(file, found.why)
  return found
}

const dense = 'The Alme rises in the hills above Brilon and is 59 km long.'

test('lines become paragraphs, larger letters headings, a broken word one word; Chinese needs no blanks', async () => {
  const english =
    line('The Alme', 72, 780, 20) +
    linesDown([
      dense,
      'It falls by 400 metres, which the hydro-',
      'electric works of three towns make use of, and',
      'ends.',
    ]) +
    linesDown(['Twelve bridges cross it, the oldest of which is', 'of 1763.', '• one', '• two'], 72, 680)
  const chinese = linesDown(['阿尔梅河发源于布里隆以南的山地，全长五十九公', '里，流经三个城镇。'])
  expect(await read(pagesOf(english, chinese))).toEqual({
    kind: 'pdf',
    text: [
      '# The Alme',
      `${dense} It falls by 400 metres, which the hydroelectric works of three towns make use of, and ends.`,
      'Twelve bridges cross it, the oldest of which is of 1763.',
      '• one',
      '• two',
      '阿尔梅河发源于布里隆以南的山地，全长五十九公里，流经三个城镇。',
    ].join('\n\n'),
  })
})

test('two columns are read one after the other, and a sentence goes on at the top of the next', async () => {
  const left = linesDown([
    'The left column has four lines,',
    'which stand below each other,',
    'and the last of which does',
    'not end where',
  ])
  const right = linesDown(['its sentence does.'], 320)
  expect((await read(pagesOf(left + right))).text).toBe(
    'The left column has four lines, which stand below each other, and the last of which does not end where its sentence does.',
  )
})

test('what can be read of a file that is broken is read, and that it is a part is said', async () => {
  const broken = pagesOf(linesDown([dense]), `${line('So far.', 72, 700)} /Nothing Do`)
  expect(await read(broken)).toEqual({ kind: 'pdf', text: `${dense}\n\nSo far.`, partly: true })
})

test('a page that is missing, a font, an unknown packing: what is left is read, and that it is a part is said', async () => {
  const page = (n: number, more = '') =>
    `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents ${n} 0 R ${more} >>`
  const font = '/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>'
  const file = (kids: string, other: string, text = stream(line('Lost.', 72, 700))) =>
    pdfOf({
      1: '<< /Type /Catalog /Pages 2 0 R >>',
      2: `<< /Type /Pages /Count 2 /Kids [${kids}] >>`,
      10: page(11, font),
      11: stream(line('Whole.', 72, 700)),
      12: other,
      13: text,
    })
  const part = { kind: 'pdf', text: 'Whole.', partly: true }
  expect(await read(file('10 0 R 99 0 R', ''))).toEqual(part)
  expect(await read(file('10 0 R 12 0 R', page(13)))).toEqual({ ...part, text: 'Whole.\n\nLost.' })
  expect(await read(file('10 0 R 12 0 R', page(13, font), stream('x', '/Filter /FooDecode')))).toEqual({
    ...part,
    bare: 1,
  })
  // what is there is whole, and one page is blank: no part is missing
  expect(await read(file('10 0 R 12 0 R', page(13, font), stream('')))).toEqual({
    kind: 'pdf',
    text: 'Whole.',
    bare: 1,
  })
})

test('a page on its side, and one whose corner lies elsewhere, are read in paragraphs like any other', async () => {
  const turned = ['The page lies on its side, and its hydro-', 'electric lines stand beside each other.'].map(
    (text, i) => line(text, 0, 0).replace('0 0 Td', `0 1 -1 0 ${100 + 14.4 * i} 72 Tm`),
  )
  expect((await read(pagesOf(turned.join('')))).text).toBe(
    'The page lies on its side, and its hydroelectric lines stand beside each other.',
  )
  const below = ['All of its places are less than', 'nothing.'].map((text, i) => ({
    text,
    x: -500,
    y: -100 - 14 * i,
    end: -300,
    size: 12,
  }))
  expect(written([below])).toBe('All of its places are less than nothing.')
})

test('PDF is known by its first bytes, by its name also behind some others; a page of source is no document', async () => {
  const file = pagesOf(line('Whole.', 72, 700))
  const behind = (junk: string) => Uint8Array.from([...bytesOf(junk), ...file])
  for (const [name, bytes] of [
    ['a.txt', file],
    ['a.txt', behind('\u00ef\u00bb\u00bf\n')],
    ['a.pdf', behind('HTTP/1.1 200 OK\r\n\r\n')],
  ] as const) {
    expect((await readDocument(name, bytes, undefined, here)).text).toBe('Whole.')
  }
  await expect(read(bytesOf('Only text.'))).rejects.toMatchObject({ facts: { why: 'damaged' } })
  expect((await readDocument('a.txt', bytesOf('%PDF is a sign'), undefined, here)).kind).toBe('text')
})

test('cells that are drawn from the right to the left stand apart, in the order of the page; bold by two strokes is once', async () => {
  const row = line('3.5', 340, 760) + line('12', 200, 760) + line('Alpha', 72, 760)
  expect((await read(pagesOf(row))).text).toBe('Alpha 12 3.5')
  expect((await read(pagesOf(line('Bold', 72, 760) + line('Bold', 72.3, 760)))).text).toBe('Bold')
})

test('words of Hebrew, which are drawn from the left, are read from the right', () => {
  const word = (str: string, x: number) => ({
    str,
    transform: [11, 0, 0, 11, x, 600],
    width: 25,
    height: 11,
    hasEOL: false,
    dir: 'rtl',
  })
  expect(linesOf([word('עם', 60), word('בעברית', 90), word('זה', 120)])[0]!.text).toBe('זה בעברית עם')
})

test('half a million letters of one paragraph are put together in a moment', () => {
  const lines = Array.from({ length: 20_000 }, (_, i) => ({
    text: 'acgtacgtacgtacgtacgtacgta',
    x: 72,
    y: -i,
    end: 300,
    size: 1,
  }))
  const began = performance.now()
  expect(written([lines]).length).toBe(20_000 * 26 - 1)
  expect(performance.now() - began).toBeLessThan(2000)
})

/** Drawings that draw the next one twice: 2 to the power of 40 lines of text. */
function endless(): Uint8Array<ArrayBuffer> {
  const form = (i: number) =>
    i === 40
      ? stream(line('again', 72, 700), '/Type /XObject /Subtype /Form /BBox [0 0 600 800]')
      : stream(
          '/X Do /X Do',
          `/Type /XObject /Subtype /Form /BBox [0 0 600 800] /Resources << /XObject << /X ${101 + i} 0 R >> >>`,
        )
  return pdfOf({
    1: '<< /Type /Catalog /Pages 2 0 R >>',
    2: '<< /Type /Pages /Count 1 /Kids [10 0 R] >>',
    10: '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 11 0 R /Resources << /XObject << /X 100 0 R >> >> >>',
    11: stream('/X Do'),
    ...Object.fromEntries(Array.from({ length: 41 }, (_, i) => [100 + i, form(i)])),
  })
}

test('a thread of its own reads it, and is ended where it never comes to an end', async () => {
  expect((await read(pagesOf(linesDown(['里，流经三个城镇。'])), readPdfWith(start))).text).toBe('里，流经三个城镇。')
  await expect(read(endless(), readPdfWith(start, 1))).rejects.toMatchObject({ facts: { why: 'slow' } })
})

describe('what is refused, by name', () => {
  const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
  const catalog = { 1: '<< /Type /Catalog /Pages 2 0 R >>' }
  const cases: [what: string, why: string | null, make: () => Uint8Array<ArrayBuffer>][] = [
    ['only its first line', 'damaged', () => bytesOf('%PDF-1.7')],
    [
      'noise',
      'damaged',
      () =>
        bytesOf('%PDF-1.7\n' + Array.from({ length: 5000 }, (_, i) => String.fromCharCode((i * 7919) % 256)).join('')),
    ],
    ['no pages', 'damaged', () => pdfOf(catalog)],
    ['no catalog', 'damaged', () => pdfOf({ 5: '<< >>' })],
    [
      'pages that hold themselves',
      'damaged',
      () => pdfOf({ ...catalog, 2: '<< /Type /Pages /Count 1 /Kids [2 0 R] >>' }),
    ],
    [
      'a billion pages of which none is there',
      'damaged',
      () => pdfOf({ ...catalog, 2: '<< /Type /Pages /Count 1000000000 /Kids [] >>' }),
    ],
    [
      'a list in a list, 100,000 deep',
      'damaged',
      () => pdfOf({ ...catalog, 2: `<< /Type /Pages /Count 1 /Kids ${nested(100_000)} >>` }),
    ],
    [
      'a password',
      'locked',
      () =>
        pdfOf(
          {
            ...catalog,
            2: '<< /Type /Pages /Count 0 /Kids [] >>',
            3: `<< /Filter /Standard /V 1 /R 2 /P -44 /O <${'ab'.repeat(32)}> /U <${'cd'.repeat(32)}> >>`,
          },
          `/Encrypt 3 0 R /ID [<${'01'.repeat(16)}> <${'01'.repeat(16)}>]`,
        ),
    ],
    ['a page without text', 'pictures', () => pagesOf('0 0 100 100 re f')],
    ['letters that have no names', 'unnamed', () => pagesOf(line('\ue000\ue001\ue002\ue003', 72, 700))],
  ]
  test.each(cases)('%s', async (_, why, make) => {
    const found = await read(make()).then(
      (read) => read,
      (error: { facts: { why: string } }) => error.facts.why,
    )
    expect(found).toBe(why)
  })
})
