// Everything that a load takes of a GPU; it is fetched when one is wanted. A Plan on a GPU: what this machine remembers of its kernels decides which of them are compiled, and checked, while the
// weights arrive.

import { openDevice } from './gpu/device.ts'
import { KernelCache } from './gpu/kernel.ts'
import { KernelChoice } from './kernel-choice.ts'
import type { Machine, PlaceOptions, Work } from './machine.ts'
import { KernelProof, proveDrawing, proveKernels } from './prove.ts'
import { wantedGroups } from './runtime/fusion.ts'
import { createSession, type Session } from './runtime/session.ts'
import { choicesOf, kindsOf } from './runtime/tuning/kinds.ts'
import { defaultOrder } from './runtime/tuning/order.ts'
import type { LoadOptions } from './types.ts'

export { createSession, KernelProof, openDevice }

export interface PlacedOnGpu {
  runtime: Session
  choice: KernelChoice
  /** kernels that were found wrong */
  rejected: ReadonlySet<string>
}

/** @throws NO_WEBGPU, INSECURE_CONTEXT, NO_ADAPTER, LIMIT_TOO_SMALL, ABORTED */
export async function openMachine(options: Pick<LoadOptions, 'gpu' | 'force' | 'signal'>): Promise<Machine> {
  const device = await openDevice(options.gpu ?? globalThis.navigator?.gpu, options)
  return { device, kernels: new KernelCache(device) }
}

/** @throws KERNEL_FAILED, GPU_OUT_OF_MEMORY, GPU_VALIDATION, LIMIT_TOO_SMALL, GPU_LOST; ABORTED; what reading the weights throws */
export async function placeOnGpu(work: Work, machine: Machine, options: PlaceOptions): Promise<PlacedOnGpu> {
  const { plan, provider, size } = work
  const { device, kernels } = machine
  const { kind } = device.facts
  const proof = new KernelProof(device, kernels, options)
  const { rejected } = proof
  const kinds = kindsOf(plan, wantedGroups(plan, options.fusion ?? 'auto', kind), provider, size, device)
  const { rows } = plan.programs.decode
  const asked = choicesOf(kinds, defaultOrder, size, rows, { device, kernels, rejected })
  const choice = await KernelChoice.open(
    asked.map((one) => one.choice),
    device.facts,
    options,
  )
  const { order } = choice
  await proveKernels(proof, kinds, order, size, options)
  const runtime = await createSession(device, kernels, plan, provider, {
    size,
    checks: proof,
    order,
    fusion: options.fusion,
    ...(options.sampling !== 'host' && {
      drawing: {
        // on a processor the kernels are slower than the chain, and nothing is waited for that another could do meanwhile
        ready: options.sampling === 'device' ? 'at once' : kind === 'software' ? 'never' : 'when wanted',
        prove: () => proveDrawing(proof),
      },
    }),
    signal: options.signal,
    onProgress: (p) => options.onProgress?.({ phase: 'upload', ...p }),
  })
  await choice.decideFor(runtime.tuner())
  return { runtime, choice, rejected }
}
