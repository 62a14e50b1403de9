// What the panel lists of a block unlike LLaMA's: the vectors it has, each number the sum of its
// operands, each step at its place on the map. On the CPU references.

import { beforeAll, expect, it } from 'vitest'
import { folderFiles } from '../../engine/formats/testing.ts'
import { glassOf } from '../../engine/glass/testing.ts'
import { neoxPass } from '../../engine/testing/neox.ts'
import type { Glass, GlassInfo, PlanInfo } from '../../store/inspect.ts'
import { operandsOf } from './operands.ts'
import { normsOf, type Norms } from './read.ts'
import { placesOfSteps, siteOf, stepsOfPart } from './sites.ts'
import { vectorsOf, type Spot } from './vectors.ts'
import { boxOf, outlineOf } from './outline.ts'

const ids = [5, 9, 17, 3, 44, 21, 8, 60, 2, 33, 12]
let glass: Glass, info: GlassInfo, plan: PlanInfo
beforeAll(async () => {
  glass = await glassOf('gpt_neox', folderFiles('fixtures/golden/gpt_neox'), ids)
  ;[info, plan] = [await glass.info(), await glass.plan()]
})

it('every number it shows is the sum of its operands', async () => {
  const seen: string[] = []
  for (const part of ['embed', 'attn', 'mlp', 'head'] as const) {
    for (const { op } of boxOf(outlineOf(plan), part, 1)!.ops) {
      const spot: Spot = { part, op, layer: 1, head: 2, position: 7 }
      for (const [name, values] of Object.entries(await vectorsOf(glass, info, plan, spot))) {
        const i = Math.min(values.length - 1, 5)
        const { result, value } = await operandsOf(glass, info, plan, spot, name, i)
        const peak = Math.max(...Array.from(values, Math.abs))
        expect(value, `${part} ${op} ${name}`).toBe(values[i])
        expect(Math.abs(result - value), `${part} ${op} ${name}`).toBeLessThan(2e-4 * peak)
        seen.push(`${part} ${op} ${name}`)
      }
    }
  }
  expect(seen).toEqual([
    'embed embed x',
    ...['norm x', 'norm y', 'qkv q', 'qkv k', 'qkv v', 'rope q_rope', 'rope k_rope'].map((x) => `attn ${x}`),
    ...['attention scores', 'attention probs', 'attention z', 'out delta', 'out sum'].map((x) => `attn ${x}`),
    ...['norm x', 'norm y', 'swiglu up', 'swiglu act', 'out delta', 'out sum'].map((x) => `mlp ${x}`),
    ...['head norm x', 'head norm y', 'head softmax logits', 'head softmax p'],
  ])
})

it('draws the running sum between branches that read alike, and places every step', async () => {
  const { sites } = await neoxPass(ids)
  const at = (name: string): number[] => sites.get(name)![7]!
  const norm = (x: readonly number[]): number => Math.hypot(...x)
  const start = at('blocks.0.resid_post'),
    attn = at('blocks.1.attn.out')
  const found = await normsOf(glass, plan, 1, 7)
  expect(found.start).toBeCloseTo(norm(start), 4)
  expect(found.parts.map(({ part }) => part)).toEqual(['attn', 'mlp'])
  const [first, second] = found.parts as [Norms['parts'][number], Norms['parts'][number]]
  expect(first.added).toBeCloseTo(norm(attn), 4)
  expect(first.after).toBeCloseTo(norm(start.map((v, i) => v + attn[i]!)), 4)
  expect(second.added).toBeCloseTo(norm(at('blocks.1.mlp.out')), 4)
  expect(second.after).toBeCloseTo(norm(at('blocks.1.resid_post')), 4)

  expect(siteOf(plan, 'mlp.gate', 1)).toBeNull()
  const places = placesOfSteps(plan)
  expect(plan.steps.filter(({ name }) => !places.has(name))).toEqual([])
  const ops = (part: 'attn' | 'mlp') => stepsOfPart(plan, part, 1).map(({ name }) => places.get(name)!.op)
  expect(ops('attn')).toEqual(['norm', 'qkv', 'rope', 'attention', 'out'])
  expect(ops('mlp')).toEqual(['norm', 'swiglu', 'swiglu', 'out'])
})
