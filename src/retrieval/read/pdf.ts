// The text of a PDF file: what its pages write, in the order in which they write it, put together to paragraphs by where the
// lines stand. PDF.js reads it, without WebAssembly and without running anything of the file. Pictures, comments, form
// fields and attached files are left out. Runs in a worker of its own (worker/pdf.worker.ts): a page that never comes to an
// end can be stopped only with the thread that reads it.

import type * as Pdf from 'pdfjs-dist/legacy/build/pdf.mjs'
// @ts-expect-error the packed form has no types of its own
import * as packed from 'pdfjs-dist/legacy/build/pdf.min.mjs'
// @ts-expect-error it has no types, and is handed on as it is
import { WorkerMessageHandler } from 'pdfjs-dist/legacy/build/pdf.worker.min.mjs'
import { linesOf, written, type Line } from './pdf-lines.ts'
import { limits, type Why } from './refuse.ts'

const { getDocument, PasswordException } = packed as typeof Pdf

// PDF.js would start a worker by an address of its own; this thread is one already
Object.assign(globalThis, { pdfjsWorker: { WorkerMessageHandler } })

export type PdfRead = { text: string; partly: boolean } | { why: Why }

/** Tables of Chinese, Japanese and Korean letters that many files name instead of bringing them. */
const tables = import.meta.glob<string>('/node_modules/pdfjs-dist/cmaps/*.bcmap', {
  query: '?url',
  import: 'default',
  eager: true,
})

/** Brings what PDF.js asks for from our own origin. Fonts are asked for to draw letters with: their text needs none. */
class Tables {
  static missing = false
  async fetch({ kind, filename }: { kind: string; filename: string }): Promise<Uint8Array> {
    const url = kind === 'cMapUrl' ? tables[`/node_modules/pdfjs-dist/cmaps/${filename}`] : undefined
    const answer = url === undefined ? null : await fetch(new URL(url, import.meta.url)).catch(() => null)
    if (answer?.ok) return new Uint8Array(await answer.arrayBuffer())
    if (url !== undefined) Tables.missing = true
    throw new Error(`no ${filename}`)
  }
}

const open = (bytes: Uint8Array<ArrayBuffer>, strict: boolean) =>
  getDocument({
    data: bytes.slice(), // it is handed over
    stopAtErrors: strict,
    useWasm: false,
    useSystemFonts: false,
    useWorkerFetch: false,
    disableFontFace: true,
    isOffscreenCanvasSupported: false,
    isImageDecoderSupported: false,
    cMapUrl: 'cmaps/', // a name that `Tables` never asks for
    BinaryDataFactory: Tables,
    verbosity: 0,
  })

async function lines(bytes: Uint8Array<ArrayBuffer>, strict: boolean): Promise<Line[][]> {
  const task = open(bytes, strict)
  try {
    const file = await task.promise
    const pages: Line[][] = []
    let length = 0
    for (let n = 1; n <= file.numPages; n++) {
      const page = await file.getPage(n)
      const { items } = await page.getTextContent()
      const found = linesOf(items.filter((item) => 'str' in item))
      pages.push(found)
      for (const { text } of found) length += text.length
      if (length > limits.text) break // it will be refused
      page.cleanup()
    }
    return pages
  } finally {
    await task.destroy()
  }
}

/** Letters that a font draws without saying which they are: of the private use areas, or none at all. */
const unnamed = (text: string): number => text.match(/[\ufffd\p{Co}\p{Cn}\0-\x08\x0e-\x1f]/gu)?.length ?? 0

/** @returns its text, `partly` where something of it could not be read; or why it is not read */
export async function pdfText(bytes: Uint8Array<ArrayBuffer>): Promise<PdfRead> {
  let pages: Line[][]
  let partly = false
  try {
    pages = await lines(bytes, true).catch((error: unknown) => {
      if (error instanceof PasswordException) throw error
      partly = true
      return lines(bytes, false)
    })
  } catch (error) {
    return { why: error instanceof PasswordException ? 'locked' : 'damaged' }
  }
  if (Tables.missing) return { why: 'tables' }
  const text = written(pages)
  if (text.trim() === '') return { why: partly || pages.length === 0 ? 'damaged' : 'pictures' }
  if (text.length > limits.text) return { why: 'long' }
  if (unnamed(text) > 0.1 * text.length) return { why: 'unnamed' }
  return { text, partly }
}
