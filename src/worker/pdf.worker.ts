// Reads one PDF and is ended by whoever started it: nothing of a file stays, and what never comes to an end is stopped.

import { boundArrays, pdfText } from '../retrieval/read/pdf.ts'

boundArrays()

// It answers through a port: PDF.js speaks in this thread's own name, to a page of its own that is not there.
self.onmessage = ({ data, ports }: MessageEvent<Uint8Array<ArrayBuffer>>) => {
  void pdfText(data).then((read) => ports[0]?.postMessage(read))
}
