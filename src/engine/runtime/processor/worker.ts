// A worker as one thread of the processor. Between requests it sleeps in its event loop and costs nothing.

import '../../ops/training/index.ts' // a thread may be asked to train, and loads nothing later
import { MeetingBroken } from './meeting.ts'
import type { Answer, Request, ThreadStart } from './requests.ts'
import { PlanThread } from './thread.ts'

/** What both kinds of workers are from inside: a page's, and Node's. */
export interface Port {
  postMessage(message: Answer): void
  listen(heard: (message: unknown) => void): void
}

export function serveThread(port: Port): void {
  let thread: PlanThread | null = null
  port.listen((message) => {
    try {
      if (!thread) {
        thread = new PlanThread(message as ThreadStart)
        return port.postMessage({ ready: true, references: thread.references })
      }
      const request = message as Request
      const ms = thread.answer(request)
      if (ms !== null && 'run' in request && thread.isFirst) port.postMessage({ done: request.run, ms })
    } catch (error) {
      thread?.fail(error)
      if (!(error instanceof MeetingBroken)) port.postMessage({ failed: String(error) })
    }
  })
}
