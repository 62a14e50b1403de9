// Where tests run a model: on the GPU, on the processor with one thread, and with two. For tests only.

import type { LoadOptions } from '../types.ts'
import { noGpuReason } from './gpu.ts'
import { sharedGpu } from './shared-gpu.ts'
import { nodeThreads } from './node-threads.ts'

/** What to load with, so that a model runs there. */
export type Where = Pick<LoadOptions, 'gpu' | 'selfCheck' | 'device' | 'threads' | 'startThread'>

export interface TestMachine {
  name: 'gpu' | 'processor' | 'two threads'
  /** null, with the reason, where there is none */
  where: Where | null
  why: string
}

export const onProcessor: Where = { device: 'cpu', threads: 1 }

/** Kernels are not checked with every load: ops/kernels.test.ts does. */
export async function testMachines(): Promise<TestMachine[]> {
  const gpu = await sharedGpu()
  const { start } = await nodeThreads()
  return [
    { name: 'gpu', where: gpu && { gpu, selfCheck: false }, why: `UNRUN: ${noGpuReason}` },
    { name: 'processor', where: onProcessor, why: '' },
    { name: 'two threads', where: { device: 'cpu', threads: 2, startThread: start }, why: '' },
  ]
}
