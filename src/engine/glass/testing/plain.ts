// For tests: one text run on a machine, its Glass, and everything the unfused Plan computes for it on the plain
// references in f64. Slow, so that all tests of a file share one.

import { expect } from 'vitest'
import type { OpenedModel } from '../../load.ts'
import { createCpuRuntime, type CpuRuntime } from '../../runtime/cpu.ts'
import { outputsOf, type Runtime } from '../../runtime/runtime.ts'
import type { LiveGlass } from '../live.ts'
import type { Where } from '../../testing/machines.ts'
import { storytellerGlass } from '../testing.ts'

const TEXT =
  'Mia and Tom were in the garden. Mia had a red ball. Tom had a blue kite. Mia had a red ball. Where was Mia?'

/** Everything the plain Plan computes for this text, by step and buffer: (T, width). */
export const seen = new Map<string, Float32Array>()
export let model: OpenedModel, cpu: CpuRuntime, session: Runtime, glass: LiveGlass, ids: number[], T: number
export let finalLogits: Float32Array[]
/** Runs the text there and, the first time, on the references; what is exported above is of that run from then on. */
export async function readPlainRun(where: Where): Promise<void> {
  ;({ glass, session, model, ids } = await storytellerGlass(where, TEXT, 40))
  T = ids.length
  if (seen.size > 0) return
  cpu = await createCpuRuntime(model.plain, model.provider, model.size)
  cpu.steps.onStep = (step, { T: rows }) => {
    for (const name of outputsOf(step)) {
      const width = model.plain.buffers[name]?.width
      if (width && step.part === 'body') {
        seen.set(`${step.name}/${name}`, cpu.steps.tensors[name]!.slice(0, rows * width))
      }
    }
  }
  finalLogits = await cpu.forward(ids, 'all')
}

export const row = (key: string, position: number): Float32Array => {
  const all = seen.get(key)!
  const width = all.length / T
  return all.subarray(position * width, (position + 1) * width)
}
export const close = (got: ArrayLike<number>, want: ArrayLike<number>, tolerance = 1e-4): void => {
  expect(got.length).toBe(want.length)
  let peak = 1e-6
  for (let i = 0; i < want.length; i++) peak = Math.max(peak, Math.abs(want[i]!))
  // an expect for each of many thousand takes longer than what they look at
  for (let i = 0; i < want.length; i++) {
    const off = Math.abs(got[i]! - want[i]!) / peak
    if (!(off < tolerance)) expect.fail(`element ${i}: ${got[i]} instead of ${want[i]}, ${off} of the largest off`)
  }
}
/** probabilities of one head in f64 from the plain run's q and keys */
export function probs(layer: number, h: number, position: number): number[] {
  const { H, K, d } = model.plan.dims
  const q = row(`blocks.${layer}.attn.q_rope/q`, position).subarray(h * d, (h + 1) * d)
  const scores = Array.from({ length: position + 1 }, (_, c) => {
    const k = row(`blocks.${layer}.attn.k_rope/k`, c).subarray(
      Math.floor(h / (H / K)) * d,
      (Math.floor(h / (H / K)) + 1) * d,
    )
    return k.reduce((sum, v, i) => sum + v * q[i]!, 0) / Math.sqrt(d)
  })
  const m = Math.max(...scores),
    e = scores.map((s) => Math.exp(s - m)),
    l = e.reduce((a, b) => a + b, 0)
  return e.map((v) => v / l)
}
