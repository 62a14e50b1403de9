// A file becomes a text: plain text and Markdown as they are, HTML and DOCX by what stands in them. Which it is, its first
// bytes say, and its name only where those leave it open. Everything else is refused by name before it is parsed.

import { docxText } from './docx.ts'
import { decode, type Encoding } from './encoding.ts'
import { htmlText } from './html.ts'
import type { PdfText } from './pdf.ts'
import { limits, refuse, timeFor } from './refuse.ts'

export type { Encoding } from './encoding.ts'
export type DocumentKind = 'text' | 'markdown' | 'html' | 'docx' | 'pdf'
/** "%PDF" is to stand in the first 1,024 bytes; where the name does not say PDF, nothing visible before it. */
function isPdf(bytes: Uint8Array, ending: string): boolean {
  const first = String.fromCharCode(...bytes.subarray(0, 1024))
  return ending === 'pdf' ? first.includes('%PDF-') : /^(?:\u00ef\u00bb\u00bf)?\s*%PDF-\d/.test(first)
}

/** Reads a PDF in a thread of its own (worker/pdf.ts). @throws DOCUMENT_REFUSED */
export type ReadPdf = (file: string, bytes: Uint8Array<ArrayBuffer>, signal?: AbortSignal) => Promise<PdfText>

/**
 * @param pulse called often while it reads: ends what takes too long
 * @param readPdf absent: there is no thread for it here, and PDF is refused
 * @returns `partly`: something of it could not be read; `bare`: pages of a PDF that hold no text
 * @throws DOCUMENT_REFUSED
 */
export async function readDocument(
  file: string,
  bytes: Uint8Array<ArrayBuffer>,
  pulse: () => void = timeFor(file),
  readPdf?: ReadPdf,
  signal?: AbortSignal,
): Promise<{ kind: DocumentKind; text: string; encoding?: Encoding; partly?: true; bare?: number }> {
  if (bytes.length > limits.file) throw refuse(file, 'large')
  const begins = (...first: number[]): boolean => first.every((byte, i) => bytes[i] === byte)
  const ending = /\.([^.]+)$/.exec(file)?.[1]?.toLowerCase() ?? ''
  let kind: DocumentKind
  let text: string
  let encoding: Encoding | undefined
  let partly = false
  let bare = 0
  if (begins(0xd0, 0xcf, 0x11, 0xe0)) throw refuse(file, 'old')
  if (begins(0x7b, 0x5c, 0x72, 0x74, 0x66)) throw refuse(file, 'kind') // RTF: its words stand among its commands
  if (isPdf(bytes, ending)) {
    if (!readPdf) throw refuse(file, 'pdf')
    kind = 'pdf'
    ;({ text, partly, bare } = await readPdf(file, bytes, signal))
  } else if (ending === 'pdf') throw refuse(file, 'damaged')
  else if (begins(0x50, 0x4b, 3, 4)) [kind, text] = ['docx', await docxText(file, bytes, pulse)]
  else if (ending === 'docx') throw refuse(file, 'damaged')
  else {
    const { text: source, ...read } = decode(file, bytes)
    encoding = read.encoding
    const looks = /^\s*(?:<!--[\s\S]{0,2000}?-->\s*)?<(?:!doctype html|html|head|body)[\s>]/i.test(
      source.slice(0, 3000),
    )
    if (looks || /^x?html?$/.test(ending)) [kind, text] = ['html', htmlText(file, source, pulse)]
    else [kind, text] = [/^(?:md|markdown|mdx)$/.test(ending) ? 'markdown' : 'text', source]
  }
  if (text.trim() === '') throw refuse(file, 'empty')
  if (text.length > limits.text) throw refuse(file, 'long')
  return {
    kind,
    text: text.toWellFormed(),
    ...(encoding && { encoding }),
    ...(partly && { partly }),
    ...(bare > 0 && { bare }),
  }
}
