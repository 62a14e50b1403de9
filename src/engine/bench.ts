// How fast each kernel is on this device, at the shapes of SmolLM2-135M. For comparing two versions
// of a kernel on one machine; a model's speed is measured on the model.

import type { Device } from './gpu/device.ts'
import { KernelCache } from './gpu/kernel.ts'
import { contextOf, prepareOp } from './gpu/selftest.ts'
import { ops } from './ops/index.ts'
import { makeInputs } from './ops/inputs.ts'
import type { Case, Op, Variant } from './ops/op.ts'
import type { StorageFormat } from './tensor/format.ts'

export interface BenchRow {
  op: string
  variant: string
  format: StorageFormat | null
  /** readable, and unique together with variant and format */
  shape: string
  T: number
  /** median wall time of one launch of all its passes */
  ms: number
  /** 10^9 weights times tokens (multiplications, for attention) per second */
  gps: number
}

interface Job {
  op: Op
  format: StorageFormat | null
  shape: string
  given: Case
  work: number
}

const shapes = [
  [960, 576],
  [576, 576],
  [3072, 576],
  [576, 1536],
  [49152, 576],
] as const

const matmulJob = (N: number, K: number, T: number, format: StorageFormat): Job => ({
  op: ops['matmul']!,
  format,
  shape: `(${N}, ${K})`,
  work: N * K * T,
  given: {
    params: { K, N, hasBias: 0, accumulate: 0, yStride: N, yOffset: 0, block: 64 },
    step: { T, pos: 0, row: 0 },
    sizes: { x: T * K, bias: 1, y: T * N },
    weight: { rows: N, cols: K },
  },
})

function attentionJob(T: number, keys: number): Job {
  const { H, K, d, C } = { H: 9, K: 3, d: 64, C: 2048 }
  return {
    op: ops['attention']!,
    format: null,
    shape: `${H}/${K} heads, ${keys} keys`,
    work: H * T * (keys - (T - 1) / 2) * d * 2,
    given: {
      params: { H, K, d, C, scale: d ** -0.5, window: 0 },
      step: { T, pos: keys - T, row: 0 },
      sizes: { q: T * H * d, kCache: K * C * d, vCache: K * C * d, z: T * H * d, lse: T * H },
    },
  }
}

const rmsnormJob = (T: number): Job => ({
  op: ops['rmsnorm']!,
  format: null,
  shape: '576 columns',
  work: T * 576,
  given: {
    params: { D: 576, eps: 1e-5, R: 1 },
    step: { T, pos: 0, row: 0 },
    sizes: { x: T * 576, gain: 576, y: T * 576 },
  },
})

export interface BenchOptions {
  formats?: StorageFormat[]
  /** tokens per launch */
  tokens?: number[]
  /** which op to run, default all */
  op?: string
  /** seconds of measuring per row */
  seconds?: number
  /** every variant that fits, not only the one a session would choose */
  allVariants?: boolean
  /** milliseconds; on a machine busy with other work, the process's own CPU time divided by its cores */
  clock?: () => number
  onRow?: (row: BenchRow) => void
}

export async function benchOps(
  device: Device,
  {
    formats = ['nf4', 'q4_1', 'q8_0', 'i8'],
    tokens = [1, 64],
    op,
    seconds = 0.3,
    allVariants = false,
    clock = () => performance.now(),
    onRow,
  }: BenchOptions = {},
): Promise<BenchRow[]> {
  const jobs = tokens
    .flatMap((T) => [
      // logits are made for few rows only
      ...formats.flatMap((format) =>
        shapes.filter(([N]) => T <= 4 || N < 10000).map(([N, K]) => matmulJob(N, K, T, format)),
      ),
      attentionJob(T, Math.max(128, T)),
      attentionJob(T, Math.max(512, T)),
      rmsnormJob(T),
    ])
    .filter((job) => !op || job.op.name === op)
  const kernels = new KernelCache(device)
  const rows: BenchRow[] = []
  for (const { op: own, format, shape, given, work } of jobs) {
    const usable = own.variants.filter(
      (variant) => variant.fits(contextOf(device, given.params, format)) && variant.accepts(given.step, given.params),
    )
    for (const variant of allVariants ? usable : usable.slice(0, 1)) {
      const ms = await timeOne(device, kernels, own, variant, given, format, seconds, clock)
      const row: BenchRow = {
        op: own.name,
        variant: variant.name,
        format,
        shape,
        T: given.step.T,
        ms,
        gps: work / ms / 1e6,
      }
      rows.push(row)
      onRow?.(row)
    }
  }
  return rows
}

/** Median of batches long enough that the submit does not count. */
async function timeOne(
  device: Device,
  kernels: KernelCache,
  op: Op,
  variant: Variant,
  given: Case,
  format: StorageFormat | null,
  seconds: number,
  clock: () => number,
): Promise<number> {
  const prepared = await prepareOp(device, kernels, op, variant, makeInputs(op, given, format))
  const batch = async (count: number): Promise<number> => {
    const encoder = device.gpu.createCommandEncoder()
    const pass = encoder.beginComputePass()
    for (let i = 0; i < count; i++) prepared.record(pass)
    pass.end()
    const start = clock()
    device.gpu.queue.submit([encoder.finish()])
    await device.presence.wait('a round', device.gpu.queue.onSubmittedWorkDone())
    return (clock() - start) / count
  }
  const first = await batch(1)
  const count = Math.max(1, Math.min(200, Math.round(20 / Math.max(first, 0.01))))
  const times: number[] = []
  for (const start = clock(); times.length < 3 || clock() - start < seconds * 1000;) times.push(await batch(count))
  prepared.dispose()
  return times.sort((a, b) => a - b)[times.length >> 1]!
}
