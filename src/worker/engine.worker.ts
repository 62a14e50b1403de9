// The engine's thread: exposes the host. No decisions here.

import * as Comlink from 'comlink'
import * as engine from '../engine/index.ts'
import { Library } from '../storage/library.ts'
import { checkedKernels } from '../storage/checked-kernels.ts'
import { deviceTrials } from '../storage/device-trials.ts'
import { createHost } from './host.ts'

// a message that cannot be read is a call that nobody would ever answer: the page hears of this error, and of the end
addEventListener('messageerror', () => {
  throw new Error('a message could not be read')
})

Comlink.expose(
  createHost(
    {
      ...engine,
      loadEngine: (source, options) =>
        engine.loadEngine(source, options && { ...options, checkedKernels, trials: deviceTrials }),
    },
    new Library(),
  ),
)
