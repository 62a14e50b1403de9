// Which kernels have answered their known-answer case right on this machine: asked once per adapter and build.

import { keyValue } from './key-value.ts'

const store = keyValue<1>('proofs')

export const checkedKernels = {
  known: async (): Promise<Set<string>> => new Set((await store.all()).keys()),
  remember: (keys: readonly string[]): Promise<void> => store.set(keys.map((key) => [key, 1])),
}
