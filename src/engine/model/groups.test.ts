// What a decoded token takes when groups run in place of steps: launches by kind of block, with and without the probes that a
// run keeps. Counted on the Plan, with one launch for each op: no weights, no device.

import { expect, test } from 'vitest'
import { folderFiles } from '../formats/testing.ts'
import { keptSites, keptTogether } from '../glass/activation-cache.ts'
import { openModel } from '../load.ts'
import { Schedule, type HookedSteps } from '../runtime/schedule.ts'
import { smolLM2 } from '../testing/shapes.ts'
import type { Plan, PlanStep } from './plan.ts'

import { placeOf, tensorOf } from './sites.ts'

/** Hooks as the activation cache sets them. */
function probes(plan: Plan): HookedSteps {
  const after = new Map<string, { step: PlanStep }[]>()
  for (const { step: behind, together } of keptTogether(plan, keptSites(plan))) {
    const args = together.flatMap((site, n) => [
      [`x${n || ''}`, tensorOf(plan, placeOf(plan, site))],
      [`kept${n || ''}`, `kept.${site}`],
    ])
    const op = together.length === 3 ? 'keep-three' : 'keep-rows'
    const step = { name: `keep.${together.join('+')}`, op, args: Object.fromEntries(args) as Record<string, string> }
    const own: PlanStep = { ...step, params: {}, part: 'body', layer: -1 }
    after.set(behind.name, [...(after.get(behind.name) ?? []), { step: own }])
  }
  return { after, instead: new Map() }
}

/** Launches of a decoded token, those of hooks among them. */
function launches(plan: Plan, hooks: HookedSteps | null = null): number {
  const own = (['body', 'head'] as const).flatMap((part) =>
    new Schedule(
      plan.steps.filter((step) => step.part === part),
      plan.groups,
    ).turns(new Set(), hooks, () => true),
  )
  return own.length + [...(hooks?.after.values() ?? [])].reduce((n, list) => n + list.length, 0)
}

const planOf = async (files: Parameters<typeof openModel>[0]['files']): Promise<Plan> =>
  (await openModel({ name: 'shapes', files }, { linear: 'keep', embedding: 'keep' })).plan

test('SmolLM2-135M: five launches a layer, and two probes more where a run is looked into', async () => {
  const plan = await planOf(smolLM2())
  // the embedding, and norm with head
  expect(launches(plan)).toBe(30 * 5 + 2)
  // queries, log-sum-exp and a residual at once, the other residual of each layer, and the last one
  expect(launches(plan, probes(plan))).toBe(30 * (5 + 2) + 2 + 1)
})

test('storyteller', async () => {
  const plan = await planOf(folderFiles('public/models/storyteller'))
  expect(launches(plan)).toBe(plan.dims.layers * 5 + 2)
})

test.each([
  // ALiBi, LayerNorm and biases; the embedding is normed too
  ['bloom_h6_0', 5, 3],
  // one key head, partly turned or not at all, both branches beside each other
  ['falcon_mqa', 5, 2],
  ['gptj', 5, 2],
  ['gpt_neox', 5, 2],
  ['phi', 5, 2],
  // queries and keys normed by head
  ['qwen3', 5, 2],
])('%s: %i launches a layer and %i around them', async (name, each, around) => {
  const plan = await planOf(folderFiles(`fixtures/golden/${name}`))
  expect(launches(plan)).toBe(plan.dims.layers * each + around)
  // no group is left out for them
  expect(launches(plan, probes(plan)) - launches(plan)).toBe(keptTogether(plan, keptSites(plan)).length)
})
