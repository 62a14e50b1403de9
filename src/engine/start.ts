// From an opened model to one that runs: the device is chosen, the model placed on it and warmed up. Where the device
// was left to us, a GPU that fails on the way makes place for the processor, and the facts say so.

import { chooseDevice, wantedDevice, withoutGpu, type Choice, type Tools } from './choose.ts'
import { checkAborted, EngineError } from './errors.ts'
import { openMachine, placeModel, startProcessor, type LoadedModel, type Machine, type OpenedModel } from './load.ts'
import type { PlaceOptions } from './machine.ts'
import type { KernelProof } from './prove.ts'
import type { StorageFormat } from './quants/weight.ts'
import type { Runtime } from './runtime/runtime.ts'
import type { LoadOptions } from './types.ts'

/** A GPU that is opened before it is known whether a load gets so far. */
export interface Early {
  machine: Promise<Machine>
  /** it is not wanted after all */
  drop(): void
}

/** Opens the GPU that a load will ask for while its files' headers are read; null where it will ask for none. */
export function openEarly(options: LoadOptions): Early | null {
  if (!['auto', 'gpu'].includes(wantedDevice(options))) return null
  const machine = openMachine(options)
  const drop = (): void =>
    void machine.then(
      ({ device }) => device.dispose(),
      () => undefined, // told to whoever asks for it
    )
  machine.catch(() => undefined)
  return { machine, drop }
}

/**
 * Starts a model, and does something long beside it while the device works by itself.
 * @throws as startModel; what `beside` throws, whatever becomes of the model
 */
export async function startBeside<T>(
  model: OpenedModel,
  options: LoadOptions,
  early: Early | null,
  beside: () => Promise<T>,
): Promise<[LoadedModel, T]> {
  const stop = new AbortController()
  const end = (): void => stop.abort(options.signal?.reason)
  options.signal?.addEventListener('abort', end)
  if (options.signal?.aborted) end()
  let onBusy = (): void => undefined
  const busy = new Promise<void>((resolve) => {
    onBusy = resolve
  })
  try {
    const starting = startModel(model, { ...options, signal: stop.signal, onBusy }, early)
    starting.then(onBusy, onBusy)
    const done = await busy.then(beside).catch(async (error: unknown) => {
      end()
      await starting.then(
        ({ runtime, device }) => {
          runtime.dispose()
          device?.dispose()
        },
        () => undefined,
      )
      throw error
    })
    return [await starting, done]
  } finally {
    options.signal?.removeEventListener('abort', end)
  }
}

/** @throws what the device that was asked for fails with; where none was, what the processor fails with; ABORTED */
export async function startModel(
  model: OpenedModel,
  options: PlaceOptions,
  early: Early | null = null,
): Promise<LoadedModel> {
  const format = mostOf(model)
  const tools = toolsFor(options, format)
  const choice = await chooseDevice(options, format, early ? { ...tools, open: () => early.machine } : tools)
  const { machine } = choice
  if (choice.kind !== 'gpu' || !machine) return start(model, options, choice)
  try {
    return await machine.device.presence.during(() => start(model, options, choice))
  } catch (error) {
    machine.device.dispose()
    if (choice.why === 'asked') throw error
    return start(model, options, withoutGpu(error))
  }
}

async function start(model: OpenedModel, options: PlaceOptions, choice: Choice): Promise<LoadedModel> {
  const { machine, kind, ...reasons } = choice
  const loaded = await placeModel(model, { ...options, device: kind }, machine ?? undefined)
  const { runtime, info } = loaded
  options.onProgress?.({ phase: 'warm-up', loaded: 0, total: 0 })
  try {
    await warmUp(runtime, kind === 'cpu' ? JIT : 0)
    checkAborted(options.signal)
  } catch (error) {
    runtime.dispose()
    throw error
  }
  return { ...loaded, info: { ...info, device: { ...info.device!, ...reasons } } }
}

/** Milliseconds in which JavaScript's compiler learns what a small model runs all the time; a large one learns it with a token. */
const JIT = 150

/** Runs a token, to see that it can be done; again and again, with a few tokens at once, until `ms` are over. */
async function warmUp(runtime: Runtime, ms: number): Promise<void> {
  const end = performance.now() + ms
  do {
    runtime.truncate(0)
    await runtime.forward([0], 'last')
    if (performance.now() < end && runtime.context > 4) await runtime.forward([0, 0, 0, 0], 'none')
  } while (performance.now() < end)
  runtime.truncate(0)
}

/** What the trial does on real devices. It is loaded when it is made. */
function toolsFor(options: LoadOptions, format: StorageFormat): Tools {
  const trial = async () => {
    const { trialWork, speedOf } = await import('./trial.ts')
    return { work: trialWork(format), speedOf }
  }
  return {
    open: () => openMachine(options),
    async prepareGpu({ device, kernels }) {
      options.onProgress?.({ phase: 'self-check', loaded: 0, total: 0 })
      const [{ work, speedOf }, { createSession, KernelProof }] = await Promise.all([trial(), import('./place-gpu.ts')])
      const session = (checks?: KernelProof): Promise<Runtime> =>
        createSession(device, kernels, work.plan, work.provider, { size: work.size, checks })
      const runtime = await session().catch(async (thrown) => {
        const error = await device.presence.cause(thrown)
        if (!(error instanceof EngineError) || error.code !== 'KERNEL_FAILED') throw error
        return session(new KernelProof(device, kernels, options))
      })
      return () => speedOf(runtime, options.signal).finally(() => runtime.dispose())
    },
    async runCpu() {
      const { work, speedOf } = await trial()
      const { runtime } = await startProcessor(work, { ...options, onProgress: undefined, onNotice: undefined })
      return speedOf(runtime, options.signal).finally(() => runtime.dispose())
    },
  }
}

/** The format of most of the model's weights that every token multiplies. */
function mostOf({ plan, provider }: OpenedModel): StorageFormat {
  const counts = new Map<StorageFormat, number>()
  for (const { op, args } of plan.steps) {
    const weight = plan.weights[args['weight'] ?? '']
    if (!weight || op !== 'matmul') continue
    const { format } = provider.layout(weight)
    counts.set(format, (counts.get(format) ?? 0) + weight.rows * weight.cols)
  }
  return [...counts].reduce((most, one) => (one[1] > most[1] ? one : most))[0]
}
