// What the panel lists of models with experts and of recurrent ones: every number of a spot, the operands of each, every
// step at its place, and what its cards of routers and gates ask. On the CPU references.

import { describe, expect, it } from 'vitest'
import { folderFiles } from '../../engine/formats/testing.ts'
import { glassOf } from '../../engine/glass/testing.ts'
import { gatesIn } from './Gates.tsx'
import { memoryOf, type Gates } from './memory.ts'
import { operandsOf } from './operands.ts'
import { probe } from './read.ts'
import { routed } from './Router.tsx'
import { placesOfSteps } from './sites.ts'
import { vectorsOf, type Spot } from './vectors.ts'
import { boxOf, outlineOf } from './outline.ts'

const ids = [5, 9, 17, 3, 44, 21, 8]
const open = (name: string) => glassOf(name, folderFiles(`fixtures/golden/${name}`), ids)

describe.each(['mixtral', 'qwen2_moe'])('%s', (name) => {
  it('has numbers at every place, and every step stands at one', async () => {
    const glass = await open(name)
    const [info, plan] = [await glass.info(), await glass.plan()]
    const places = placesOfSteps(plan)
    expect(plan.steps.filter((step) => !places.has(step.name))).toEqual([])
    for (const { op } of boxOf(outlineOf(plan), 'mlp', 1)!.ops) {
      const spot: Spot = { part: 'mlp', op, layer: 1, head: 0, position: 5 }
      for (const [vector, values] of Object.entries(await vectorsOf(glass, info, plan, spot))) {
        expect(values.every(Number.isFinite), `${op} ${vector}`).toBe(true)
        expect((await operandsOf(glass, info, plan, spot, vector, 1)).value, `${op} ${vector}`).toBe(values[1])
      }
    }
  })
  it('says how much each expert was wanted and who was chosen', async () => {
    const glass = await open(name)
    const { probs, chosen } = await routed(glass, 1, 4)
    expect(probs.reduce((a, b) => a + b)).toBeCloseTo(1, 6)
    expect(chosen).toHaveLength(2)
    expect(Math.max(...probs)).toBe(probs[chosen[0]!])
  })
})

it('has four gates of an LSTM', async () => {
  const glass = await open('lstm_lm')
  const plan = await glass.plan()
  expect(placesOfSteps(plan).size).toBe(plan.steps.length)
  const gates = gatesIn(await probe(glass, { site: 'gates', layer: 0, position: 3 }))
  expect(gates.map((gate) => gate.length)).toEqual([24, 24, 24, 24])
  // the card of its memory knows it by these widths, and what all tokens left adds up to the cell
  expect(plan.sites['blocks.0.cell.gates']!.width).toBe(2 * plan.sites['blocks.0.cell.state']!.width)
  const all = await Promise.all([0, 1, 2, 3].map((position) => probe(glass, { site: 'gates', layer: 0, position })))
  const state = await probe(glass, { site: 'blocks.0.cell.state', position: 3 })
  const { off, tokens } = memoryOf(all.map(gatesIn) as unknown as Gates[], state.values.slice(24), true)
  expect(off).toBeLessThan(1e-5)
  expect(tokens.map(({ kept }) => kept > 0 && kept <= 1)).toEqual([true, true, true, true])
})
