// Groups of steps that run as one kernel: what they replace, when they do, and that they give what their steps give, bit
// for bit on the references, and on the GPU.

import { afterAll, describe, expect, test } from 'vitest'
import { folderFiles } from '../formats/testing.ts'
import { openDevice } from '../gpu/device.ts'
import { KernelCache } from '../gpu/kernel.ts'
import { openModel, type OpenedModel } from '../load.ts'
import type { Plan, PlanStep } from '../model/plan.ts'
import { goldens } from '../testing/goldens.ts'
import { nodeGpu, noGpuReason } from '../testing/gpu.ts'
import { createCpuRuntime } from './cpu.ts'
import type { Runtime } from './runtime.ts'
import { Schedule, type HookedSteps } from './schedule.ts'
import { createSession } from './session.ts'

const open = (name: string): Promise<OpenedModel> =>
  openModel(
    { name, files: folderFiles(`fixtures/golden/${name}`) },
    { linear: 'keep', embedding: 'keep', context: 24, chunk: 8 },
  )
const none: ReadonlySet<string> = new Set()
const ids = [5, 9, 17, 3, 24, 21]

/** The Plan with its groups in the place of their steps. */
function grouped(plan: Plan): Plan {
  const steps = (['encode', 'body', 'head'] as const).flatMap((part) =>
    new Schedule(
      plan.steps.filter((step) => step.part === part),
      plan.groups,
    )
      .turns(none, null, () => true)
      // sites stand at the last of its steps
      .map((turn) => ('group' in turn ? { ...turn.group, name: turn.steps.at(-1)!.name } : turn.step)),
  )
  return { ...plan, steps, groups: [] }
}

async function decoded(runtime: Runtime): Promise<Float32Array[]> {
  const rows = [...(await runtime.forward(ids.slice(0, 2), 'all'))]
  for (const id of ids.slice(2)) rows.push(...(await runtime.forward([id], 'last')))
  runtime.dispose()
  return rows
}

/** Largest difference over largest value; NaN wins. */
function apart(got: readonly Float32Array[], want: readonly Float32Array[]): number {
  const differences = got.flatMap((row, i) => Array.from(row, (v, j) => Math.abs(v - want[i]![j]!)))
  const peak = Math.max(...want.flatMap((row) => [...row].map(Math.abs)))
  return Math.max(...differences) / peak
}

const whole = process.env['GLASSBOX_ALL_GROUPS'] === '1'
/** one of each kind of block: gated and plain, with and without biases, turned whole, in part, in pairs and not at all */
const some = new Set([
  'llama',
  'llama_bias_tied',
  'qwen2',
  'qwen3',
  'phi',
  'gptj',
  'falcon_mqa',
  'bloom_h4_1',
  'gpt_neox',
  'opt',
  'mixtral',
  'olmo2',
  'gpt2',
  'gemma',
])

const names = goldens.filter((name) => whole || some.has(name))

describe('a Plan of groups gives what its steps give', () => {
  test.for(names)('%s, on the references to the bit', async (name, { skip }) => {
    const { plan, provider, size } = await open(name)
    if (plan.programs.decode.whole || plan.programs.encode) skip('not read from left to right')
    const want = await decoded(await createCpuRuntime(plan, provider, size))
    expect(await decoded(await createCpuRuntime(grouped(plan), provider, size))).toEqual(want)
  })
})

const gpu = await nodeGpu()
const device = gpu && (await openDevice(gpu, { force: 'limits=default' }))
const kernels = device && new KernelCache(device)
afterAll(() => device?.dispose())

describe.runIf(gpu)('on the GPU', () => {
  test.for(names)('%s', { timeout: 120_000 }, async (name, { skip }) => {
    const { plan, provider, size } = await open(name)
    if (plan.programs.decode.whole || plan.programs.encode) skip('not read from left to right')
    const rows: Float32Array[][] = []
    for (const fusion of ['none', 'all'] as const) {
      const session = await createSession(device!, kernels!, plan, provider, { size, fusion })
      if (fusion === 'all') {
        const all = await createSession(device!, kernels!, plan, provider, { size, fusion: 'none' })
        const values = { T: 1, pos: 0, row: 0, prefix: 0 }
        if (plan.groups.length > 0 && plan.dims.D % 32 === 0) {
          expect(session.launches(values)).toBeLessThan(all.launches(values))
        }
        all.dispose()
      }
      rows.push(await decoded(session))
    }
    expect(apart(rows[1]!, rows[0]!)).toBeLessThan(1e-6)
  })
})
if (!gpu) test('groups on the GPU', ({ skip }) => skip(`UNRUN: ${noGpuReason}`))

// ---- when a group runs ------------------------------------------------------

describe('a group stands for its steps', () => {
  const step = (name: string, op: string, args: Record<string, string>, when?: string[]): PlanStep => ({
    ...{ name, op, args, params: {}, part: 'body', layer: 0 },
    ...(when && { when }),
  })
  const steps = [
    step('norm', 'rmsnorm', { x: 'x', gain: 'g', y: 'h' }),
    step('up', 'matmul', { x: 'h', weight: 'w', y: 'up' }),
    step('low', 'matmul', { x: 'h', weight: 'a', y: 'up' }, ['adapter']),
    step('act', 'activation', { x: 'up', y: 'act' }),
    step('down', 'matmul', { x: 'act', weight: 'v', y: 'x' }),
  ]
  const group = {
    ...step('act+', 'matmul-act', { x: 'h', weight: 'w', y: 'act' }),
    kind: 'activated-sums',
    steps: ['up', 'act'],
  }
  const schedule = new Schedule(steps, [group])
  const off = new Set(['adapter'])
  const runs = (hooks: Partial<HookedSteps> | null = null, without: ReadonlySet<string> = off): string =>
    schedule
      .turns(without, hooks && { after: new Map(), instead: new Map(), ...hooks }, () => true)
      .map((turn) => ('group' in turn ? turn.group.name : turn.step.name))
      .join(' ')
  const behind = (name: string, args: Record<string, string>): Partial<HookedSteps> => ({
    after: new Map([[name, [{ step: step('look', 'keep-rows', args) }]]]),
  })
  const [fused, plain] = ['norm low act+ down', 'norm up low act down']

  test('where nothing is in the way', () => expect(runs()).toBe(fused))
  test('not while an adapter changes what they pass on', () => expect(runs(null, none)).toBe(plain))
  test('not where a step runs in place of one of them', () => {
    expect(runs({ instead: new Map([['up', []]]) })).toBe(plain)
    expect(runs({ instead: new Map([['down', []]]) })).toBe(fused)
  })
  test('while somebody looks at what it writes, or at what it does not touch', () => {
    expect(runs(behind('act', { x: 'act', kept: 'kept' }))).toBe(fused)
    expect(runs(behind('norm', { x: 'h', kept: 'kept' }))).toBe(fused)
    expect(runs(behind('up', { x: 'h', kept: 'kept' }))).toBe(fused)
  })
  test('not while somebody looks at what it keeps to itself', () => {
    expect(runs(behind('up', { x: 'up', kept: 'kept' }))).toBe(plain)
    expect(runs(behind('act', { x: 'up', kept: 'kept' }))).toBe(plain)
    expect(runs(behind('up', { x: 'act', kept: 'kept' }))).toBe(plain)
  })
  test('not while a hook changes what they read', () => {
    expect(runs(behind('up', { x: 'x', kept: 'h' }))).toBe(plain)
    expect(runs(behind('act', { x: 'x', kept: 'act' }))).toBe(fused)
  })
})
