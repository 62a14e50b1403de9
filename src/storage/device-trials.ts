// How fast this machine's devices were in their trial: asked once per adapter, build and number of threads.

import type { DeviceTrials, Speeds } from '../engine/types.ts'
import { keyValue } from './key-value.ts'

const store = keyValue<Speeds>('trials')

export const deviceTrials: DeviceTrials = {
  known: () => store.all(),
  remember: (key, speeds) => store.set([[key, speeds]]),
}
