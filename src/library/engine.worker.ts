// The package's worker: the engine's thread, or one of the processor's, as its name says. One file that asks for no other, so
// that any bundler can copy it, and any server serve it.

import { exposeEngine } from '../worker/expose.ts'

const THREAD = 'processor'

if (self.name === THREAD) void import('../engine/runtime/processor/thread.worker.ts')
else exposeEngine(() => new Worker(self.location.href, { type: 'module', name: THREAD }))
