// The processor as a device: loads a Plan's weights into one memory and starts its threads. Loaded when it is chosen.

import { checkAborted } from '../../errors.ts'
import { Scratch } from '../../formats/scratch.ts'
import { weightOf, type Plan } from '../../model/plan.ts'
import { codesBytes, scalesBytes } from '../../quants/weight.ts'
import type { DeviceFacts } from '../../types.ts'
import type { UploadProgress } from '../placement.ts'
import { readingOrder } from '../reading-order.ts'
import { RopeTables } from '../rope-rows.ts'
import type { Runtime, WeightProvider } from '../runtime.ts'
import type { RuntimeSize } from '../size.ts'
import { allocate, layOut, MAX_THREADS, weightData, type Memory, type Placement } from './memory.ts'
import type { ThreadStart } from './requests.ts'
import { ProcessorRuntime, type StartTeam } from './runtime.ts'
import { OneThread, START, Threads, type Team, type StartThread } from './team.ts'

export interface ProcessorOptions {
  /** default: as many as there are cores, up to MAX_THREADS, and as the model keeps busy */
  threads?: number | undefined
  /** how a thread is started; without it the calling thread computes alone */
  startThread?: StartThread | undefined
  signal?: AbortSignal | undefined
  onProgress?: ((p: UploadProgress) => void) | undefined
  /** hears how many threads are left when one has ended by itself */
  onFewer?: ((threads: number) => void) | undefined
}

export interface Processor {
  runtime: Runtime
  threads: number
  single: DeviceFacts['single']
  references: string[]
  /** bytes of its memory */
  bytes: number
}

const cores = (): number => (globalThis.navigator as Navigator | undefined)?.hardwareConcurrency ?? 1

/** Weights that a thread multiplies in about a quarter of a millisecond: with less to do, more would be lost in meetings than won. */
const WORTH_A_THREAD = 2 ** 20

/** Weights that one token multiplies. */
const weightsOf = ({ steps, weights }: Plan): number =>
  steps.reduce((sum, { op, args }) => {
    const weight = op === 'matmul' ? weights[args['weight'] ?? ''] : undefined
    return sum + (weight ? weight.rows * weight.cols : 0)
  }, 0)

/** How many threads there can be, and why it is one where it could be more. */
function howMany(
  plan: Plan,
  { threads, startThread }: ProcessorOptions,
): { wanted: number; single: DeviceFacts['single'] } {
  const worth = Math.max(1, Math.floor(weightsOf(plan) / WORTH_A_THREAD))
  const wanted = Math.min(threads ?? Math.min(cores(), worth), MAX_THREADS)
  if (typeof SharedArrayBuffer === 'undefined') return { wanted: 1, single: 'not-isolated' }
  if (!startThread) return { wanted: 1, single: 'no-threads' }
  return { wanted, single: threads === 1 ? 'asked' : wanted === 1 && cores() > 1 ? 'small' : null }
}

/** @throws CPU_OUT_OF_MEMORY, ABORTED, and what reading the weights throws */
export async function createProcessor(
  plan: Plan,
  provider: WeightProvider,
  size: RuntimeSize,
  options: ProcessorOptions = {},
): Promise<Processor> {
  const { signal, startThread } = options
  const { wanted, single: first } = howMany(plan, options)
  let single = first
  const placement = layOut(plan, size, wanted, (name) => provider.layout(plan.weights[name]!))
  const shared = single === 'not-isolated' || single === 'no-threads' ? null : share(placement)
  const alone = shared === null
  if (alone) single ??= 'no-memory'
  const memory = shared ?? allocate(placement, false)
  const tables = new RopeTables(plan, size.context)
  await fill(plan, provider, tables, memory, placement, options)
  checkAborted(signal)

  const start: Omit<ThreadStart, 'thread' | 'threads'> = { memory, plan, size, placement }
  const startSome = async (threads: number, stop?: AbortSignal): Promise<Team> => {
    const began = performance.now()
    for (let n = threads; !alone && n >= 1; n--) {
      try {
        return await Threads.start(startThread!, n, start, stop)
      } catch {
        checkAborted(stop)
        // fewer may start: each needs memory of its own; but whoever waited in vain does not wait again
        if (performance.now() - began > START / 2) break
      }
    }
    if (!alone) single = 'no-threads'
    return new OneThread(start)
  }
  const startTeam: StartTeam = (threads) => startSome(threads)
  const team = await startSome(wanted, signal)
  const runtime = new ProcessorRuntime(plan, size, tables, memory, placement, team, startTeam, (left) =>
    options.onFewer?.(left),
  )
  return { runtime, threads: team.threads, single, references: team.references, bytes: placement.words * 4 }
}

/** Memory for several threads; null where the browser gives none, though it may give as much to one. */
function share(placement: Placement): Memory | null {
  try {
    return allocate(placement, true)
  } catch {
    return null
  }
}

async function fill(
  plan: Plan,
  provider: WeightProvider,
  tables: RopeTables,
  memory: Memory,
  placement: Placement,
  { signal, onProgress }: ProcessorOptions,
): Promise<void> {
  const floats = new Float32Array(memory)
  for (const { table, values } of tables.first()) floats.set(values, placement.tensors[table]!.at)
  const layouts = Object.values(placement.weights).map(({ layout }) => layout)
  const total = layouts.reduce((sum, layout) => sum + codesBytes(layout) + scalesBytes(layout), 0)
  let loaded = 0
  const scratch = new Scratch()
  try {
    for (const one of readingOrder(plan, provider)) {
      const { name } = one
      if ('vector' in one) {
        floats.set(await provider.vector(one.vector, signal, weightOf(plan, one.vector)), placement.tensors[name]!.at)
        continue
      }
      const { codes, scales } = weightData(memory, placement.weights[name]!)
      const planes = { codes, scales }
      for await (const { plane, offset, bytes } of provider.read(one.weight, signal, scratch)) {
        const { buffer, byteOffset } = planes[plane]
        new Uint8Array(buffer, byteOffset + offset, bytes.byteLength).set(bytes)
        loaded += bytes.byteLength
        onProgress?.({ loaded, total, detail: name })
      }
    }
  } finally {
    scratch.release()
  }
}
