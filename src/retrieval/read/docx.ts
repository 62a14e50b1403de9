// The text of a DOCX file: a ZIP whose part word/document.xml holds paragraphs (w:p) of runs (w:t). Headings by their style,
// tables row by row. Comments, footnotes, headers, pictures and what was struck out in a review are left out.

import { limits, refuse } from './refuse.ts'
import { marksOf, resolved, Written } from './tags.ts'

/** @throws DOCUMENT_REFUSED */
export async function docxText(file: string, bytes: Uint8Array<ArrayBuffer>, pulse: () => void): Promise<string> {
  const document = await unpack(file, bytes, 'word/document.xml')
  if (!document) throw refuse(file, 'kind')
  const xml = new TextDecoder().decode(document)
  const styles = await unpack(file, bytes, 'word/styles.xml')
  const headings = styles ? headingsOf(new TextDecoder().decode(styles), pulse) : undefined
  const out = new Written()
  let inText = false
  let found = false
  let cells = 0
  let again = 0 // the same text twice: for programs that cannot draw a box, and where it was moved away from
  for (const mark of marksOf(xml)) {
    pulse()
    if ('declares' in mark) {
      if (/^!doctype|^!entity/i.test(mark.declares)) throw refuse(file, 'entities')
    } else if ('text' in mark) {
      if (inText && again === 0) out.add(resolved(mark.text), true)
      if (out.length > limits.text) throw refuse(file, 'long')
    } else {
      const { tag, closes, attributes } = mark
      const name = tag.slice(tag.indexOf(':') + 1)
      if (name === 't') inText = !closes
      else if (name === 'document') found = true
      else if (name === 'fallback' || name === 'movefrom') again += closes ? -1 : 1
      else if (name === 'tr') out.breaks(1, closes ? '' : '| ')
      else if (name === 'tc') {
        cells += closes ? -1 : 1
        if (closes) out.add(' | ')
      } else if (name === 'p' && cells > 0) out.add(' ')
      else if (name === 'p' || name === 'tbl') out.breaks(2)
      else if ((name === 'br' || name === 'cr') && !closes) out.breaks(1)
      else if (name === 'tab' && !closes) out.add(' ')
      else if (name === 'nobreakhyphen' && !closes && again === 0) out.add('\u2011', true)
      else if (name === 'pstyle') {
        const level = headingLevel(/val\s*=\s*["']([^"']*)["']/.exec(attributes)?.[1], headings)
        if (level > 0) out.breaks(2, `${'#'.repeat(level)} `)
      }
    }
  }
  if (!found) throw refuse(file, 'damaged')
  return out.whole()
}

/** 0: no heading. Word's own names, as they are in English, in Chinese, and as styles.xml has them for ids of any kind. */
function headingLevel(style = '', headings: ReadonlyMap<string, number> = new Map()): number {
  const known = headings.get(style)
  if (known !== undefined) return known
  const [, level] = /^(?:heading|title|标题|標題|見出し)[\s_]?([1-6]?)$/i.exec(style.trim()) ?? []
  return level === undefined ? 0 : Number(level || 1)
}

/** Of styles.xml: which styles are headings, by their names. Chinese Word calls them 1, 2, a3 in the document. */
function headingsOf(xml: string, pulse: () => void): Map<string, number> {
  const headings = new Map<string, number>()
  let style: string | undefined
  for (const mark of marksOf(xml)) {
    pulse()
    if (!('tag' in mark) || mark.closes) continue
    const name = mark.tag.slice(mark.tag.indexOf(':') + 1)
    if (name === 'style') style = /styleid\s*=\s*["']([^"']*)["']/i.exec(mark.attributes)?.[1]
    else if (name === 'name' && style !== undefined) {
      const level = headingLevel(/val\s*=\s*["']([^"']*)["']/.exec(mark.attributes)?.[1])
      if (level > 0) headings.set(style, level)
    }
  }
  return headings
}

/** A part, out of the list at the file's end; null where there is none of its name. */
async function unpack(file: string, bytes: Uint8Array<ArrayBuffer>, part: string): Promise<Uint8Array | null> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let end = bytes.length - 22
  while (end >= 0 && end > bytes.length - 65_558 && view.getUint32(end, true) !== 0x06054b50) end--
  if (end < 0 || view.getUint32(end, true) !== 0x06054b50) throw refuse(file, 'damaged')
  const count = view.getUint16(end + 10, true)
  if (count > limits.parts) throw refuse(file, 'packed')
  for (let i = 0, at = view.getUint32(end + 16, true); i < count; i++) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== 0x02014b50) throw refuse(file, 'damaged')
    const length = view.getUint16(at + 28, true)
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + length))
    if (name === part) return inflate(file, bytes, view, at)
    at += 46 + length + view.getUint16(at + 30, true) + view.getUint16(at + 32, true)
  }
  return null
}

async function inflate(file: string, bytes: Uint8Array<ArrayBuffer>, view: DataView, at: number): Promise<Uint8Array> {
  const method = view.getUint16(at + 10, true)
  const packed = view.getUint32(at + 20, true)
  const size = view.getUint32(at + 24, true)
  const local = view.getUint32(at + 42, true)
  if (view.getUint16(at + 8, true) & 1) throw refuse(file, 'locked')
  if (size > limits.part || size > packed * limits.ratio + 1000) throw refuse(file, 'packed')
  if (local + 30 > bytes.length || view.getUint32(local, true) !== 0x04034b50) throw refuse(file, 'damaged')
  const from = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true)
  if (from + packed > bytes.length || (method !== 0 && method !== 8)) throw refuse(file, 'damaged')
  const data = bytes.subarray(from, from + packed)
  if (method === 0) return data
  const out = new Uint8Array(size)
  let done = 0
  // what it says of its size is not believed: it is written into that much room and no more
  try {
    const reader = new Blob([data]).stream().pipeThrough(new DecompressionStream('deflate-raw')).getReader()
    for (;;) {
      const { done: ended, value } = await reader.read()
      if (ended) break
      if (done + value.length > size) {
        await reader.cancel()
        throw refuse(file, 'packed')
      }
      out.set(value, done)
      done += value.length
    }
  } catch (error) {
    if (
      error instanceof TypeError ||
      !(error instanceof Error) ||
      !('code' in error) ||
      error.code !== 'DOCUMENT_REFUSED'
    ) {
      throw refuse(file, 'damaged')
    }
    throw error
  }
  if (done !== size) throw refuse(file, 'damaged')
  return out
}
