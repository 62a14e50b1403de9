// Which device a load uses: the one that was asked for; else the faster one, measured on this machine (trial.ts) and
// remembered; and the processor where no GPU can be used, with the reason why. It opens a GPU and hands it on.

import { EngineError } from './errors.ts'
import { notLongerThan, stallError } from './gpu/lost.ts'
import { selfCheckKey } from './gpu/key.ts'
import type { Machine } from './load.ts'
import type { StorageFormat } from './quants/weight.ts'
import type { DeviceFacts, LoadOptions, Speeds } from './types.ts'

/** Why this device, and the GPU that was opened on the way, where it is the one. */
export type Choice = Pick<DeviceFacts, 'kind' | 'why' | 'refused' | 'speeds'> & { machine: Machine | null }

/** What is asked of the devices; tests answer themselves. */
export interface Tools {
  /** @throws NO_WEBGPU, INSECURE_CONTEXT, NO_ADAPTER, LIMIT_TOO_SMALL, GPU_LOST */
  open(): Promise<Machine>
  /** makes the trial ready on a GPU; the function that comes back runs it: weights in a second */
  prepareGpu(machine: Machine): Promise<() => Promise<number>>
  runCpu(): Promise<number>
}

/** Seconds that a GPU may take to make the trial ready (its compiler may be slow) and to run it. */
const patience = { prepare: 10, run: 2 } as const

const told = ({ code, message, facts }: EngineError): NonNullable<DeviceFacts['refused']> => ({ code, message, facts })

/** The GPU is not used, and this is why. @throws what says nothing of the GPU: a stop, a bug */
export function withoutGpu(error: unknown): Choice {
  if (!(error instanceof EngineError) || !ofTheGpu.has(error.code)) throw error
  return { kind: 'cpu', why: 'only', refused: told(error), speeds: null, machine: null }
}
const ofTheGpu: ReadonlySet<string> = new Set([
  'NO_WEBGPU',
  'INSECURE_CONTEXT',
  'NO_ADAPTER',
  'LIMIT_TOO_SMALL',
  'GPU_OUT_OF_MEMORY',
  'GPU_VALIDATION',
  'GPU_LOST',
  'KERNEL_FAILED',
])

export type Wanted = Pick<LoadOptions, 'device' | 'gpu' | 'threads' | 'trials'>

/** Where nothing is said, a given GPU is meant. */
export const wantedDevice = ({ device, gpu }: Wanted): NonNullable<LoadOptions['device']> =>
  device ?? (gpu ? 'gpu' : 'auto')

/** @param format of the weights that the trial multiplies: the model's own */
export async function chooseDevice(options: Wanted, format: StorageFormat, tools: Tools): Promise<Choice> {
  const wanted = wantedDevice(options)
  if (wanted !== 'auto') {
    const machine = wanted === 'gpu' ? await tools.open() : null
    return { kind: wanted, why: 'asked', refused: null, speeds: null, machine }
  }
  let machine: Machine
  try {
    machine = await tools.open()
  } catch (error) {
    return withoutGpu(error)
  }
  try {
    const key = trialKey(machine, format, options)
    const known = (await options.trials?.known())?.get(key)
    const speeds = known ?? (await measure(machine, tools))
    if (!known && speeds.cpu > 0) await options.trials?.remember(key, speeds)
    const choice = { why: 'measured', refused: null, speeds } as const
    if (speeds.gpu >= speeds.cpu) return { kind: 'gpu', ...choice, machine }
    machine.device.dispose()
    return { kind: 'cpu', ...choice, machine: null }
  } catch (thrown) {
    const error = await machine.device.presence.cause(thrown) // asked before disposing: that loses the device, too
    machine.device.dispose()
    return withoutGpu(error)
  }
}

/** One after the other: they share the machine. @throws what the GPU fails with */
async function measure(machine: Machine, tools: Tools): Promise<Speeds> {
  const run = await soon(patience.prepare, tools.prepareGpu(machine))
  const gpu = await soon(patience.run, run())
  const cpu = await tools.runCpu().catch((error: unknown) => {
    if (error instanceof EngineError && error.code === 'ABORTED') throw error
    return 0 // whatever it is, a file that does not load too: the GPU works
  })
  return { gpu, cpu }
}

/** @throws GPU_LOST when the GPU takes longer: it is not waited for as it is in a chat */
function soon<T>(seconds: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    void notLongerThan(seconds, work, () => reject(stallError('trial', seconds))).then(resolve, reject)
  })
}

/** A build's files have names of their own, so its address stands for the code of both devices. */
function trialKey({ device }: Machine, format: StorageFormat, { threads }: Wanted): string {
  const cores = (globalThis.navigator as Navigator | undefined)?.hardwareConcurrency ?? 1
  const { crossOriginIsolated: isolated = false } = globalThis as { crossOriginIsolated?: boolean }
  return [
    selfCheckKey(device.facts),
    `${threads ?? 'all'} of ${cores}`,
    isolated,
    format,
    new URL(import.meta.url).pathname,
  ].join('|')
}
