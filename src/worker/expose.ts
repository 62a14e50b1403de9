// What an engine's worker answers: the host, on this browser's storage. Whoever's worker it is says how a thread is started, and
// one that reads a PDF, where it has one.

import * as Comlink from 'comlink'
import * as engine from '../engine/index.ts'
import { Library } from '../storage/library.ts'
import { checkedKernels } from '../storage/checked-kernels.ts'
import { kernelTimings } from '../storage/kernel-timings.ts'
import { deviceTrials } from '../storage/device-trials.ts'
import { createHost } from './host.ts'

export function exposeEngine(startThread: () => Worker, startPdf?: () => Worker): void {
  // a message that cannot be read is a call that nobody would ever answer: the page hears of this error, and of the end
  addEventListener('messageerror', () => {
    throw new Error('a message could not be read')
  })
  const own = { checkedKernels, trials: deviceTrials, kernelTimings, startThread }
  const { loadEngine, induction } = engine
  Comlink.expose(
    createHost(
      {
        ...engine,
        loadEngine: (source, options) => loadEngine(source, options && { ...options, ...own }),
        induction: (options) => induction({ ...options, load: { ...options.load, startThread } }),
      },
      new Library(),
      startPdf,
    ),
  )
}
