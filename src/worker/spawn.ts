// Starts the engine worker under the page's policies: its address passes the page's one Trusted Types policy.

import { workerUrl } from '../app/trusted-types.ts'
import url from './engine.worker.ts?worker&url'

export const spawnWorker = (): Worker => new Worker(workerUrl(url), { type: 'module', name: 'engine' })
