// What the inspector says of routers and recurrent gates, beside the run itself.

import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { bytesSource } from '../formats/bytes.ts'
import { openModel } from '../load.ts'
import { planWeightBytes, weightBytes, weightBytesPerToken } from '../model/print.ts'
import { createCpuRuntime } from '../runtime/cpu.ts'
import { siteValues } from '../testing/sites.ts'
import { glassOf } from './testing.ts'

const filesOf = (name: string) =>
  new Map(
    readdirSync(`fixtures/golden/${name}`).map((file) => [
      file,
      bytesSource(file, readFileSync(`fixtures/golden/${name}/${file}`)),
    ]),
  )
const ids = [5, 9, 17, 3, 44, 21]
const open = (name: string) =>
  openModel({ name, files: filesOf(name) }, { linear: 'keep', embedding: 'keep', context: 32, chunk: 32 })

async function runOf(name: string) {
  const { plan, provider, size } = await open(name)
  return siteValues(await createCpuRuntime(plan, provider, size), ids)
}

describe.each(['mixtral', 'qwen2_moe', 'qwen3_moe', 'olmoe'])('%s', (name) => {
  test('probabilities of the router, and the experts that the token went to', async () => {
    const glass = await glassOf(name, filesOf(name), ids)
    const run = await runOf(name)
    for (const layer of [0, 1]) {
      const position = ids.length - 1
      const { values } = await glass.probe({ site: 'router', layer, position })
      const chosen = await glass.probe({ site: 'chosen', layer, position })
      const want = run.get(`blocks.${layer}.mlp.router`)!.slice(-values.length)
      values.forEach((p, e) => expect(p).toBeCloseTo(want[e]!, 5))
      expect(values.reduce((a, b) => a + b)).toBeCloseTo(1, 6)
      const order = [...values.keys()].sort((a, b) => values[b]! - values[a]!)
      expect([...chosen.values]).toEqual(order.slice(0, chosen.values.length))
    }
  })
  test('a token reads the weights of its experts only', async () => {
    const { plan, provider } = await open(name)
    const layoutOf = (weight: string) => provider.layout(plan.weights[weight]!)
    const all = plan.steps.flatMap((step) => {
      const weight = step.args['weight']
      return weight
        ? [{ step, bytes: weightBytes(layoutOf(weight)), read: planWeightBytes(step, [layoutOf(weight)]) }]
        : []
    })
    const experts = all.filter(({ step }) => step.op === 'expert-matmul')
    expect(experts.length).toBe(3 * plan.blocks.length)
    for (const { step, bytes, read } of experts) expect(read).toBe((bytes * step.params['top']!) / step.params['E']!)
    expect(weightBytesPerToken(plan, layoutOf)).toBe(Math.round(all.reduce((sum, { read }) => sum + read, 0)))
  })
})

test('gates of an LSTM at any position, and its state in the cache', async () => {
  const glass = await glassOf('lstm_lm', filesOf('lstm_lm'), ids)
  const run = await runOf('lstm_lm')
  const want = run.get('blocks.0.cell.gates')!
  for (const position of [0, 3, 5]) {
    const { shape, values } = await glass.probe({ site: 'gates', layer: 0, position })
    const [gates, H] = shape as [number, number]
    expect(gates).toBe(4)
    const row = want.slice(
      want.length - (ids.length - position) * 4 * H,
      want.length - (ids.length - position - 1) * 4 * H,
    )
    if (position === ids.length - 1) values.forEach((v, i) => expect(v).toBeCloseTo(row[i]!, 5))
    // i, f and o are between 0 and 1; g is between -1 and 1
    values.forEach((v, i) => expect(v > (Math.floor(i / H) === 2 ? -1 : 0) && v < 1).toBe(true))
  }
})
