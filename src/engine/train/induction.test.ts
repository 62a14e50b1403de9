// An induction head is born, in the updates in which it is: from the state that `npm run induction -- --state` kept short before
// it, through the change, by the experiment's own door. All of it, from nothing: `npm run induction -- --seeds 2`.

import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { induction, type InductionLook, type TrainState } from '../index.ts'
import { onProcessor } from '../testing/machines.ts'
import { unpackState } from '../testing/rounded.ts'

const run = { kind: 'attention', seed: 2, load: onProcessor } as const
/** What is seen until so many updates are done, and the last state. */
async function seen(until: number, resume?: TrainState): Promise<{ looks: InductionLook[]; state: TrainState }> {
  const stop = new AbortController()
  const looks: InductionLook[] = []
  let state: TrainState | null = null
  const options = { ...run, signal: stop.signal, ...(resume && { resume }) }
  for await (const event of induction(options)) {
    if (event.type === 'look') looks.push(event)
    if (event.type === 'saved') state = event.state
    const step = event.type === 'begin' ? 0 : event.type === 'step' ? event.step : null
    if (step === until) stop.abort()
  }
  return { looks, state: state! }
}

it('loss, repeats and both scores change together', async () => {
  const { looks: before, state: start } = await seen(0)
  const { looks } = await seen(150, unpackState(readFileSync('fixtures/train/induction.bin'), start))
  const told = [...before, ...looks].map(({ step, loss, right, prefix, previous }) => {
    const half = prefix.length / 2
    const scores = [Math.max(...prefix.slice(half)), Math.max(...previous.slice(0, half))]
    return [step, loss, right, ...scores.map((one) => Math.round(100 * one))] as const
  })
  expect(told.map(([step]) => step)).toEqual([0, 130, 140, 150])
  // nats and part of the repeats that are right, behind the occurrences before, the token before: in hundredths
  const [nothing, first, , last] = told
  expect(nothing![1]).toBeGreaterThan(Math.log(32) - 0.1)
  expect(nothing![2]).toBeLessThan(0.1)
  expect(nothing![3]).toBeLessThan(15)
  expect(first![1]).toBeGreaterThan(2.2)
  expect(first![2]).toBeLessThan(0.5)
  expect(Math.max(first![3]! - 45, first![4]! - 25)).toBeLessThan(0)
  expect(last![1]).toBeLessThan(1.4)
  expect(last![2]).toBeGreaterThan(0.7)
  expect(last![3]).toBeGreaterThan(65)
  expect(last![4]).toBeGreaterThan(40)
})
