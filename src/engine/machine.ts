// What a model is placed on, and what of it is placed.

import type { Device } from './gpu/device.ts'
import type { KernelCache } from './gpu/kernel.ts'
import type { Plan } from './model/plan.ts'
import type { WeightProvider } from './runtime/runtime.ts'
import type { RuntimeSize } from './runtime/size.ts'
import type { LoadOptions } from './types.ts'

/** A Plan, how much of it there is, and where its weights come from. */
export interface Work {
  plan: Plan
  size: RuntimeSize
  provider: WeightProvider
}

/** A device and the kernels compiled for it, for callers who run many models on one. It stays theirs to dispose. */
export interface Machine {
  device: Device
  kernels: KernelCache
}

/** What placing a model takes beside what a caller of the engine says. */
export interface PlaceOptions extends LoadOptions {
  /** told once the device works by itself: this thread may do something long meanwhile */
  onBusy?: () => void
}
