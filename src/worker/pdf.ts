// A PDF, read in a thread that is started for it and ended after it.

import { checkAborted } from '../engine/errors.ts'
import type { ReadPdf } from '../retrieval/read/index.ts'
import type { PdfRead } from '../retrieval/read/pdf.ts'
import { limits, refuse } from '../retrieval/read/refuse.ts'

/** @param start starts pdf.worker.ts @param seconds that it may take */
export const readPdfWith =
  (start: () => Worker, seconds: number = limits.seconds): ReadPdf =>
  async (file, bytes, signal) => {
    const worker = start()
    try {
      const read = await new Promise<PdfRead>((resolve) => {
        const { port1, port2 } = new MessageChannel()
        port1.onmessage = ({ data }: MessageEvent<PdfRead>) => resolve(data)
        worker.onerror = (event) => {
          event.preventDefault()
          resolve({ why: 'damaged' })
        }
        signal?.addEventListener('abort', () => resolve({ why: 'slow' }))
        setTimeout(() => resolve({ why: 'slow' }), seconds * 1000)
        worker.postMessage(bytes, [port2])
      })
      checkAborted(signal)
      if ('why' in read) throw refuse(file, read.why)
      return read
    } finally {
      worker.terminate()
    }
  }
