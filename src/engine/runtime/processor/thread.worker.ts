// The entry of a processor thread in the page.

import { serveThread } from './worker.ts'

const scope = globalThis as unknown as Pick<Worker, 'postMessage' | 'addEventListener'>

serveThread({
  postMessage: (message) => scope.postMessage(message),
  listen: (heard) => scope.addEventListener('message', (event) => heard(event.data)),
})
