// The text of a PDF file: what its pages write, in the order in which they write it, put together to paragraphs by where the
// lines stand. PDF.js reads it, without WebAssembly and without running anything of the file. Pictures, comments, form
// fields and attached files are left out. Runs in a worker of its own (worker/pdf.worker.ts): a page that never comes to an
// end can be stopped only with the thread that reads it.

import type * as Pdf from 'pdfjs-dist/legacy/build/pdf.mjs'
// @ts-expect-error the packed form has no types of its own
import * as packed from 'pdfjs-dist/legacy/build/pdf.min.mjs'
// @ts-expect-error it has no types, and is handed on as it is
import { WorkerMessageHandler } from 'pdfjs-dist/legacy/build/pdf.worker.min.mjs'
import { linesOf, written, type Item, type Line } from './pdf-lines.ts'
import { limits, type Why } from './refuse.ts'

const { getDocument, PasswordException } = packed as typeof Pdf

/** Bytes: what a part of a file unpacks to lies in one array. */
const mostBytes = 2 * limits.part
let isTooLarge = false

/**
 * From now on no array of bytes in this thread is larger: PDF.js unpacks whatever a file packed, 2 kB to 2 GB, and knows no
 * bound. For a thread that reads one file and is ended.
 */
export function boundArrays(): void {
  const whole = Uint8Array
  const bounded: typeof Uint8Array = new Proxy(whole, {
    construct(target, args: unknown[], made) {
      if (typeof args[0] === 'number' && args[0] > mostBytes) {
        isTooLarge = true
        throw new RangeError(`no array of ${args[0]} bytes is made here`)
      }
      return Reflect.construct(target, args, made === bounded ? target : made) as Uint8Array
    },
  })
  // the browser's own unpacks all of a stream before anyone could look at its size: without it PDF.js unpacks into one array
  Object.assign(globalThis, { Uint8Array: bounded, DecompressionStream: undefined })
}

// PDF.js would start a worker by an address of its own; this thread is one already
Object.assign(globalThis, { pdfjsWorker: { WorkerMessageHandler } })

/** A text; `partly` where something of it could not be read; `bare`: pages that hold no text. */
export interface PdfText {
  text: string
  partly: boolean
  bare: number
}
export type PdfRead = PdfText | { why: Why }

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
    throw new Error('it is not needed')
  }
}

const open = (bytes: Uint8Array<ArrayBuffer>) =>
  getDocument({
    data: bytes.slice(), // it is handed over
    useWasm: false,
    useSystemFonts: false,
    useWorkerFetch: false,
    disableFontFace: true,
    isOffscreenCanvasSupported: false,
    isImageDecoderSupported: false,
    cMapUrl: 'cmaps/', // a name that `Tables` never asks for
    BinaryDataFactory: Tables,
    verbosity: 1,
  })

/** What PDF.js only warns of: text that it left out. */
const losses = /stream|filter|unterminated|is not available|unknown command|skipping command|error/i
const harmless = /it is not needed/
/** Pages after each other that are not there: there will be no more. */
const mostMissing = 20

/** @returns null where there is more text than room for it */
async function linesOfPage(page: Pdf.PDFPageProxy, room: number): Promise<Line[] | null> {
  const items: Item[] = []
  let length = 0
  const reader = page.streamTextContent().getReader() as ReadableStreamDefaultReader<{ items: (Item | object)[] }>
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    for (const item of next.value.items) {
      if (!('str' in item)) continue
      items.push(item)
      length += item.str.length
    }
    if (length > room) {
      await reader.cancel(new Error('it has more text than is read'))
      return null
    }
  }
  return linesOf(items)
}

async function pagesOf(bytes: Uint8Array<ArrayBuffer>): Promise<{ pages: Line[][]; partly: boolean; isLong: boolean }> {
  const pages: Line[][] = []
  let partly = false
  let isLong = false
  const { warn } = console
  console.warn = (said: unknown) => {
    if (losses.test(String(said)) && !harmless.test(String(said))) partly = true
  }
  const task = open(bytes)
  try {
    const file = await task.promise
    let length = 0
    let missing = 0
    for (let n = 1; n <= file.numPages && missing < mostMissing && !isLong; n++) {
      try {
        const page = await file.getPage(n)
        const lines = await linesOfPage(page, limits.text - length)
        page.cleanup()
        isLong = lines === null
        if (!lines) break
        pages.push(lines)
        length = lines.reduce((sum, { text }) => sum + text.length, length)
        missing = 0
      } catch {
        partly = true
        missing++
      }
    }
  } finally {
    console.warn = warn
    await task.destroy()
  }
  return { pages, partly, isLong }
}

/** Letters that a font draws without saying which they are: of the private use areas, or none at all. */
const unnamed = /[\ufffd\p{Co}\p{Cn}\p{Cs}\0-\x08\x0b\x0c\x0e-\x1f\x7f]/gu

/** @returns its text, or why it is not read */
export async function pdfText(bytes: Uint8Array<ArrayBuffer>): Promise<PdfRead> {
  try {
    const { pages, partly, isLong } = await pagesOf(bytes)
    if (isLong) return { why: 'long' }
    if (Tables.missing) return { why: 'tables' }
    const drawn = written(pages)
    if (drawn.trim() === '') {
      return { why: isTooLarge ? 'packed' : partly || pages.length === 0 ? 'damaged' : 'pictures' }
    }
    const lost = drawn.match(unnamed)?.length ?? 0
    if (lost > 0.1 * drawn.length) return { why: 'unnamed' }
    return {
      text: drawn.replace(unnamed, '\ufffd'),
      partly: partly || lost > 0.01 * drawn.length,
      bare: pages.filter((lines) => lines.length === 0).length,
    }
  } catch (error) {
    if (error instanceof PasswordException) return { why: 'locked' }
    return { why: isTooLarge ? 'packed' : 'damaged' }
  }
}
