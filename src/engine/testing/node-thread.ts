// One processor thread in Node.

import { parentPort } from 'node:worker_threads'
import { serveThread } from '../runtime/processor/worker.ts'

serveThread({
  postMessage: (message) => parentPort!.postMessage(message),
  listen: (heard) => parentPort!.on('message', heard),
})
