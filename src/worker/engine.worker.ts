// The engine's thread in this page. No decisions here.

import { exposeEngine } from './expose.ts'
import { workerUrl } from './trusted-types.ts'
import threadUrl from '../engine/runtime/processor/thread.worker.ts?worker&url'
import pdfUrl from './pdf.worker.ts?worker&url'

exposeEngine(
  () => new Worker(workerUrl(threadUrl), { type: 'module', name: 'processor' }),
  () => new Worker(workerUrl(pdfUrl), { type: 'module', name: 'pdf' }),
)
