// Processor threads in Node: the same code as in the page's workers, bundled once, in node:worker_threads.

import path from 'node:path'
import { Worker as NodeWorker } from 'node:worker_threads'
import { rolldown } from 'rolldown'
import type { Thread } from '../types.ts'

const entry = path.resolve(import.meta.dirname, 'node-thread.ts')
let bundle: Promise<string> | null = null

async function bundled(): Promise<string> {
  const built = await rolldown({ input: entry, platform: 'node', logLevel: 'silent' })
  const { output } = await built.generate({ format: 'cjs', minify: true })
  await built.close()
  return output[0].code
}

/** @returns what starts a thread; `started` are all that it started */
export async function nodeThreads(): Promise<{ start: () => Thread; started: NodeWorker[] }> {
  const code = await (bundle ??= bundled())
  const started: NodeWorker[] = []
  return {
    started,
    start() {
      const worker = new NodeWorker(code, { eval: true })
      started.push(worker)
      const listen = (name: string, heard: (event: object) => void): void => {
        const preventDefault = (): void => undefined
        if (name === 'message') worker.on('message', (data) => heard({ data }))
        if (name === 'error') {
          worker.on('error', (error) => heard({ message: String(error), preventDefault }))
          worker.on('exit', () => heard({ message: 'it ended', preventDefault }))
        }
      }
      return {
        postMessage: (message: unknown) => worker.postMessage(message),
        terminate: () => void worker.terminate(),
        addEventListener: listen,
      } as unknown as Thread
    },
  }
}
