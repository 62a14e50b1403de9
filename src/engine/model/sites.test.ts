// Every site says where it stands, in the plain Plan and in the fused one: the same values stand there.

import { usesOf } from './flow.ts'
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { folderFiles } from '../formats/testing.ts'
import { openModel } from '../load.ts'
import { createCpuRuntime } from '../runtime/cpu.ts'
import { goldens } from '../testing/goldens.ts'
import { siteValues } from '../testing/sites.ts'
import { placeOf, stepOf, stretchesOf } from './sites.ts'

const open = (name: string) =>
  openModel(
    { name, files: folderFiles(`fixtures/golden/${name}`) },
    { linear: 'keep', embedding: 'keep', context: 30, chunk: 30 },
  )
const idsOf = (name: string): number[] =>
  (
    JSON.parse(readFileSync(`fixtures/golden/${name}/golden.json`, 'utf8')) as { inputs: { input_ids: number[][] } }
  ).inputs.input_ids[0]!.slice(0, 9)

describe.each(goldens)('%s', (name) => {
  let model: Awaited<ReturnType<typeof open>>
  beforeAll(async () => {
    model = await open(name)
  })

  test('the fused Plan has the plain one’s sites, and the same values stand there', async () => {
    const { plain, plan, provider, size } = model
    expect(Object.keys(plan.sites)).toEqual(Object.keys(plain.sites))
    const [want, got] = await Promise.all(
      [plain, plan].map(async (p) => siteValues(await createCpuRuntime(p, provider, size), idsOf(name))),
    )
    expect([...got!.keys()].sort()).toEqual(Object.keys(plan.sites).sort())
    for (const [site, values] of want!) {
      const peak = values.reduce((m, v) => Math.max(m, Math.abs(v)), 1e-3)
      const worst = values.reduce((w, v, i) => Math.max(w, Math.abs(v - got!.get(site)![i]!)), 0)
      expect(worst / peak, site).toBeLessThan(2e-5)
      expect(got!.get(site)!.length, site).toBe(values.length)
    }
  })

  test('places lie inside their buffers, and blocks list them', () => {
    const { plain, plan } = model
    for (const p of [plain, plan]) {
      for (const [site, place] of Object.entries(p.sites)) {
        const tensor = stepOf(p, place.step).args[place.arg]!
        const width =
          place.in === 'row' ? p.buffers[tensor]!.width : p.caches[tensor]!.kvHeads * p.caches[tensor]!.headDim
        expect(place.offset + place.width, site).toBeLessThanOrEqual(width)
        expect(place.width % (place.heads ?? 1), site).toBe(0)
        if (place.weight) {
          const { parts } = p.weights[place.weight.name]!
          expect(parts[place.weight.part]!.rows, site).toBe(place.width)
        }
      }
      const own = p.blocks.flatMap(({ sites }) => sites)
      expect([...own].sort()).toEqual(
        Object.keys(p.sites)
          .filter((site) => site.startsWith('blocks.'))
          .sort(),
      )
      let residual = ''
      p.blocks.forEach(({ branches, stack, number }) => {
        if (number === 0) residual = stack === 'encoder' && p.programs.encode ? 'encoder.embed' : 'embed'
        for (const { reads, writes } of branches) {
          expect(reads).toBe(residual)
          residual = writes ?? residual
        }
        for (const { adds, out, writes, breaks } of branches) {
          if (breaks && stepOf(p, adds).op === 'mix') continue
          const { op, args } = stepOf(p, adds)
          if (writes && op !== 'recurrent-cell') expect(args[placeOf(p, writes).arg]).toMatch(/^(source\.)?x$/)
          // a sum that is weighed stays a step of its own
          expect(placeOf(p, out).added ?? false).toBe(
            op !== 'add' && p === plan && stepOf(plain, placeOf(plain, out).step).op === 'matmul',
          )
        }
      })
    }
  })

  test('sites are computed from sites before them; what a matrix multiplies stands where its step reads', () => {
    const { plain, plan } = model
    for (const p of [plain, plan]) {
      const seen = new Set<string>(),
        early: string[] = []
      for (const [site, { from, step, weight }] of Object.entries(p.sites)) {
        if (from.length === 0) expect(site).toMatch(/^((encoder\.)?embed(\.tokens)?|ahead\.start|.*\.attn\.distances)$/)
        early.push(...from.filter((source) => !seen.has(source)).map((source) => `${site} of ${source}`))
        seen.add(site)
        if (!weight || stepOf(p, step).op !== 'matmul') continue // the logits may be scaled afterwards
        const source = placeOf(p, from[0]!)
        expect(stepOf(p, source.step).args[source.arg], site).toBe(stepOf(p, step).args['x'])
      }
      expect(early).toEqual([])
    }
  })

  test('nothing is read of a buffer whose lifetime is over', async () => {
    const { plain, plan, provider, size } = model
    for (const p of [plain, plan]) {
      expect(Object.keys(p.lifetimes)).toEqual(Object.keys(p.buffers))
      const runtime = await createCpuRuntime(p, provider, size)
      const [want] = await runtime.forward(idsOf(name), 'last')
      const over = new Map<string, string[]>()
      // what no step writes stays as it is made
      const written = new Set(p.steps.flatMap((s) => usesOf(s).flatMap((u) => (u.writes ? [u.tensor] : []))))
      for (const [buffer, list] of Object.entries(p.lifetimes)) {
        if (!written.has(buffer)) continue
        for (const { last } of list) {
          const { name: step } = p.steps[last]!
          if (last < p.steps.length - 1) over.set(step, [...(over.get(step) ?? []), buffer])
        }
      }
      runtime.truncate(0)
      runtime.steps.onStep = ({ name: step }) => {
        for (const buffer of over.get(step) ?? []) runtime.steps.tensors[buffer]!.fill(NaN)
      }
      expect((await runtime.forward(idsOf(name), 'last'))[0]).toEqual(want)
    }
  })
})

test('the tiny llama: where sites stand before and after fusion', async () => {
  const { plain, plan } = await open('llama')
  const both = (site: string) => [placeOf(plain, `blocks.1.${site}`), placeOf(plan, `blocks.1.${site}`)]
  const layer = 'model.layers.1'
  const stacked = ['q', 'k', 'v'].map((x) => `${layer}.self_attn.${x}_proj.weight`).join('+')
  expect(both('attn.k')).toEqual([
    {
      step: 'blocks.1.attn.k',
      arg: 'y',
      in: 'row',
      offset: 0,
      width: 16,
      heads: 2,
      from: ['blocks.1.attn.norm'],
      weight: { name: `${layer}.self_attn.k_proj.weight`, part: 0 },
    },
    {
      step: 'blocks.1.attn.qkv',
      arg: 'y',
      in: 'row',
      offset: 32,
      width: 16,
      heads: 2,
      from: ['blocks.1.attn.norm'],
      weight: { name: stacked, part: 1 },
    },
  ])
  expect(both('attn.k_rope')).toEqual([
    { step: 'blocks.1.attn.k_rope', arg: 'x', in: 'row', offset: 0, width: 16, heads: 2, from: ['blocks.1.attn.k'] },
    {
      step: 'blocks.1.attn.rope_append',
      arg: 'kCache',
      in: 'cache',
      offset: 0,
      width: 16,
      heads: 2,
      from: ['blocks.1.attn.k'],
    },
  ])
  expect(both('mlp.up').map(({ step, offset }) => [step, offset])).toEqual([
    ['blocks.1.mlp.up', 0],
    ['blocks.1.mlp.gate_up', 48],
  ])
  expect(both('resid_post').map(({ step, arg }) => [step, arg])).toEqual([
    ['blocks.1.mlp.add', 'x'],
    ['blocks.1.mlp.down', 'y'],
  ])
  expect(stretchesOf(plan, placeOf(plan, 'blocks.1.attn.keys'), 5, 48)).toEqual([
    { tensor: 'kCache.1', offset: 40, count: 8 },
    { tensor: 'kCache.1', offset: 53 * 8, count: 8 },
  ])
  expect(plan.masks).toEqual({ causal: { causal: true, window: 0 } })
  expect(plan.lifetimes['qkv']![0]).toEqual({ first: 2, last: 3 })
  expect(plan.lifetimes['logits']).toEqual([{ first: plan.steps.length - 1, last: plan.steps.length - 1 }])
})
