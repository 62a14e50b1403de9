// How fast this machine's kernels were, one beside the other: timed once per adapter, build and shape of a model's steps.

import type { KernelTimes, KernelTimings } from '../engine/types.ts'
import { keyValue } from './key-value.ts'

const store = keyValue<KernelTimes>('kernel-times')

export const kernelTimings: KernelTimings = { known: () => store.all(), remember: (entries) => store.set(entries) }
