// How long each step of one decoded token takes: every step alone, repeated until the clock can see it.
// Slower than a real token (a submit per batch of repeats) and said so where it is shown. Kernel time only as far as a
// wall clock can tell: browsers round GPU timestamps to tens of microseconds.

import type { Session } from '../runtime/session.ts'
import type { StepTiming } from './types.ts'

const REPEATS = 20

export async function measureSteps(session: Session): Promise<StepTiming[]> {
  const { queue } = session.device.gpu
  const values = { T: 1, pos: Math.min(session.length, session.context - 1), row: 0 }
  session.writeStep('body', values)
  session.writeStep('head', values)
  const time = async (record: (pass: GPUComputePassEncoder) => void): Promise<number> => {
    await session.device.presence.wait('timings', queue.onSubmittedWorkDone())
    const started = performance.now()
    const encoder = session.device.gpu.createCommandEncoder()
    const pass = encoder.beginComputePass()
    record(pass)
    pass.end()
    queue.submit([encoder.finish()])
    await session.device.presence.wait('timings', queue.onSubmittedWorkDone())
    return performance.now() - started
  }
  const empty = Math.min(...await inTurn(5, () => time(() => undefined)))
  const out: StepTiming[] = []
  const { hooks } = session
  session.hooks = null
  for (const ready of [...session.body, ...session.head]) {
    const ms = Math.min(...await inTurn(2, () => time((pass) => { for (let i = 0; i < REPEATS; i++) session.record(pass, [ready], values) })))
    out.push({ name: ready.step.name, microseconds: Math.max(0, ((ms - empty) * 1000) / REPEATS), runs: REPEATS })
  }
  session.hooks = hooks
  return out
}

async function inTurn<T>(count: number, work: () => Promise<T>): Promise<T[]> {
  const results: T[] = []
  for (let i = 0; i < count; i++) results.push(await work())
  return results
}
