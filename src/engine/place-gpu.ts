// A Plan on a GPU: what this machine remembers of its kernels decides which of them are compiled, and checked, while the
// weights arrive.

import { KernelChoice } from './kernel-choice.ts'
import type { Machine, PlaceOptions, Work } from './machine.ts'
import { KernelProof, proveDrawing, proveKernels } from './prove.ts'
import { wantedGroups } from './runtime/fusion.ts'
import { createSession, type Session } from './runtime/session.ts'
import { choicesOf, kindsOf } from './runtime/tuning/kinds.ts'
import { defaultOrder } from './runtime/tuning/order.ts'

export interface PlacedOnGpu {
  runtime: Session
  choice: KernelChoice
  /** kernels that were found wrong */
  rejected: ReadonlySet<string>
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
