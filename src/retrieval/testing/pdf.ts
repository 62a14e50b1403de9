// PDF files for tests, written by hand: objects without a table of where they lie, which readers make for themselves.

/** Bytes as they are: one character each. */
export const bytesOf = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(text, (c) => c.charCodeAt(0))

/** @param objects by their numbers: what stands between "obj" and "endobj"; 1 is the catalog @param trailer more of it */
export function pdfOf(objects: Readonly<Record<number, string>>, trailer = ''): Uint8Array<ArrayBuffer> {
  const body = Object.entries(objects).map(([n, object]) => `${n} 0 obj\n${object}\nendobj\n`)
  return bytesOf(`%PDF-1.7\n${body.join('')}trailer\n<< /Root 1 0 R ${trailer} >>\n%%EOF\n`)
}
export const stream = (data: string, more = ''): string =>
  `<< /Length ${data.length} ${more} >>\nstream\n${data}\nendstream`

/** Helvetica as /F1, and a Song typeface that is not brought along, named letter by letter in UCS-2, as /F2. */
const fonts = `<< /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>
/F2 << /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [
<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000
/CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 0 >> /FontDescriptor
<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 700
/StemV 90 /FontBBox [0 -200 1000 900] >> >> ] >> >>`

/** @param pages what is drawn on each, in the language of PDF */
export function pagesOf(...pages: readonly string[]): Uint8Array<ArrayBuffer> {
  const numbers = pages.map((_, i) => 10 + 2 * i)
  return pdfOf({
    1: '<< /Type /Catalog /Pages 2 0 R >>',
    2: `<< /Type /Pages /Count ${pages.length} /Kids [${numbers.map((n) => `${n} 0 R`).join(' ')}] >>`,
    ...Object.fromEntries(
      numbers.flatMap((n, i) => [
        [
          n,
          `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents ${n + 1} 0 R /Resources << /Font ${fonts} >> >>`,
        ],
        [n + 1, stream(pages[i]!)],
      ]),
    ),
  })
}

/** A line of text at a place, in points from the lower left corner. */
export const line = (text: string, x: number, y: number, size = 12): string => {
  const chinese = /[^\0-\xff]/.test(text)
  const hex = Array.from(text, (c) =>
    c
      .charCodeAt(0)
      .toString(16)
      .padStart(chinese ? 4 : 2, '0'),
  ).join('')
  return `BT /${chinese ? 'F2' : 'F1'} ${size} Tf ${x} ${y} Td <${hex}> Tj ET\n`
}
export const linesDown = (texts: readonly string[], x = 72, y = 760, size = 12): string =>
  texts.map((text, i) => line(text, x, y - 1.2 * size * i, size)).join('')
