// The choice of a device as a table, on devices that answer as they are told.

import { afterEach, describe, expect, test, vi } from 'vitest'
import { chooseDevice, type Tools, type Wanted } from './choose.ts'
import { noFeatures } from './device-features.ts'
import { EngineError, type ErrorCode } from './errors.ts'
import { Presence } from './gpu/lost.ts'
import type { Machine } from './load.ts'
import type { DeviceTrials, Speeds } from './types.ts'

const format = 'f32' as const
const fail = (code: ErrorCode): EngineError => new EngineError(code, `planted ${code}`, { planted: true })

interface Fake extends Tools {
  /** what was asked, in order */
  asked: string[]
  disposed: boolean
  machine: Machine
}
interface Answers {
  open?: EngineError
  prepare?: EngineError | 'never'
  gpu?: number | EngineError | 'never'
  cpu?: number | Error
  vendor?: string
}
function fake({ open, prepare, gpu = 1, cpu = 1, vendor = 'v' }: Answers): Fake {
  const never = new Promise<never>(() => undefined)
  const device = {
    facts: { vendor, architecture: '', description: '', kind: 'gpu', kernels: noFeatures },
    presence: new Presence({ lost: never, destroy: () => undefined }, false),
    dispose: () => {
      tools.disposed = true
    },
  }
  const answer = <T>(name: string, value: T | 'never'): Promise<Exclude<T, Error>> => {
    tools.asked.push(name)
    if (value === 'never') return never
    return value instanceof Error ? Promise.reject(value) : Promise.resolve(value as Exclude<T, Error>)
  }
  const tools: Fake = {
    asked: [],
    disposed: false,
    machine: { device } as unknown as Machine,
    open: () => answer('open', open ?? tools.machine),
    prepareGpu: () => answer('prepare', prepare ?? (() => answer('gpu', gpu))),
    runCpu: () => answer('cpu', cpu),
  }
  return tools
}
function memory(): DeviceTrials & { map: Map<string, Speeds> } {
  const map = new Map<string, Speeds>()
  return {
    map,
    known: () => Promise.resolve(map),
    remember: (key, speeds) => Promise.resolve(void map.set(key, speeds)),
  }
}
const given = {} as NonNullable<Wanted['gpu']>
const trial = ['open', 'prepare', 'gpu', 'cpu']

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe('what is chosen', () => {
  const lost: ErrorCode[] = ['NO_WEBGPU', 'INSECURE_CONTEXT', 'NO_ADAPTER', 'LIMIT_TOO_SMALL', 'GPU_LOST']
  test.each<[string, Wanted, Answers, string[], object]>([
    ['the processor by name', { device: 'cpu' }, {}, [], { kind: 'cpu', why: 'asked', speeds: null }],
    ['the references by name', { device: 'reference' }, {}, [], { kind: 'reference', why: 'asked' }],
    ['the GPU by name', { device: 'gpu' }, { gpu: 1, cpu: 9 }, ['open'], { kind: 'gpu', why: 'asked', speeds: null }],
    ['a GPU that is given', { gpu: given }, { gpu: 1, cpu: 9 }, ['open'], { kind: 'gpu', why: 'asked' }],
    ['a given GPU that is slower', { gpu: given, device: 'auto' }, { gpu: 1, cpu: 9 }, trial, { kind: 'cpu' }],
    [
      'the faster one: GPU',
      {},
      { gpu: 9, cpu: 1 },
      trial,
      { kind: 'gpu', why: 'measured', speeds: { gpu: 9, cpu: 1 } },
    ],
    ['the faster one: processor', {}, { gpu: 1, cpu: 9 }, trial, { kind: 'cpu', why: 'measured', refused: null }],
    ['a GPU where the processor fails', {}, { gpu: 1, cpu: fail('INTERNAL') }, trial, { kind: 'gpu', why: 'measured' }],
    ['a GPU where the processor’s file does not load', {}, { cpu: new TypeError('import') }, trial, { kind: 'gpu' }],
    ...lost.map((code): [string, Wanted, Answers, string[], object] => [
      `the processor after ${code}`,
      {},
      { open: fail(code) },
      ['open'],
      {
        kind: 'cpu',
        why: 'only',
        speeds: null,
        refused: { code, message: `planted ${code}`, facts: { planted: true } },
      },
    ]),
    [
      'the processor where the GPU compiles nothing',
      {},
      { prepare: fail('KERNEL_FAILED') },
      ['open', 'prepare'],
      { kind: 'cpu', why: 'only', refused: { code: 'KERNEL_FAILED' } },
    ],
    [
      'the processor where the GPU fails in the trial',
      {},
      { gpu: fail('GPU_LOST') },
      ['open', 'prepare', 'gpu'],
      { kind: 'cpu', why: 'only', refused: { code: 'GPU_LOST' } },
    ],
  ])('%s', async (_, options, answers, asked, wanted) => {
    const tools = fake(answers)
    const trials = memory()
    const choice = await chooseDevice({ ...options, trials }, format, tools)
    expect(choice).toMatchObject(wanted)
    expect(tools.asked).toEqual(asked)
    // the GPU that was opened is the one that is used; one that is not used is let go
    expect(choice.machine).toBe(choice.kind === 'gpu' ? tools.machine : null)
    expect(tools.disposed).toBe(asked.includes('open') && !answers.open && choice.kind !== 'gpu')
    // a failure may be gone next time
    expect(trials.map.size).toBe(choice.speeds && choice.speeds.cpu > 0 ? 1 : 0)
  })

  test.each<[string, Answers['prepare'], Answers['gpu'], number]>([
    ['hangs while it compiles', 'never', 1, 10],
    ['hangs while it runs', undefined, 'never', 2],
  ])('a GPU that %s is not waited for', async (_, prepare, gpu, seconds) => {
    vi.useFakeTimers()
    const tools = fake({ prepare, gpu })
    let choice: unknown = null
    void chooseDevice({}, format, tools).then((made) => {
      choice = made
    })
    await vi.advanceTimersByTimeAsync(seconds * 1000 - 1)
    expect(choice).toBeNull()
    await vi.advanceTimersByTimeAsync(1)
    expect(choice).toMatchObject({ kind: 'cpu', why: 'only', refused: { code: 'GPU_LOST', facts: { seconds } } })
    expect(tools.disposed).toBe(true)
  })

  test.each<[string, Wanted, Answers, ErrorCode]>([
    ['a GPU that is asked for and is not there', { device: 'gpu' }, { open: fail('NO_WEBGPU') }, 'NO_WEBGPU'],
    ['a stop while it is opened', {}, { open: fail('ABORTED') }, 'ABORTED'],
    ['a stop while it compiles', {}, { prepare: fail('ABORTED') }, 'ABORTED'],
    ['a stop while the processor runs', {}, { cpu: fail('ABORTED') }, 'ABORTED'],
    ['what is a bug', {}, { gpu: fail('INTERNAL') }, 'INTERNAL'],
  ])('%s is an error', async (_, options, answers, code) => {
    const tools = fake(answers)
    await expect(chooseDevice(options, format, tools)).rejects.toMatchObject({ code })
    expect(tools.disposed).toBe(!answers.open)
  })

  test('the machine is tried once for each adapter, format and number of threads', async () => {
    vi.stubGlobal('navigator', { hardwareConcurrency: 8 })
    const trials = memory()
    const tried = async (options: Wanted, answers: Answers, of: 'f32' | 'bf16' = format): Promise<[string, number]> => {
      const tools = fake(answers)
      const { kind } = await chooseDevice({ ...options, trials }, of, tools)
      expect(tools.disposed).toBe(kind === 'cpu')
      return [kind, tools.asked.length]
    }
    expect(await tried({}, { cpu: 9 })).toEqual(['cpu', 4])
    expect(await tried({}, { gpu: 9 })).toEqual(['cpu', 1])
    expect(await tried({}, { gpu: 9, vendor: 'other' })).toEqual(['gpu', 4])
    expect(await tried({}, { cpu: 9, vendor: 'other' })).toEqual(['gpu', 1])
    expect(await tried({ threads: 1 }, { gpu: 9 })).toEqual(['gpu', 4])
    expect(await tried({}, { gpu: 9 }, 'bf16')).toEqual(['gpu', 4])
    expect(trials.map.size).toBe(4)
  })
})
