// Blocks unlike LLaMA's: what stands at their sites is what an independent forward pass of the same file gives. Their
// logits are held against the reference implementation's in golden.test.ts.

import { describe, expect, test } from 'vitest'
import { folderFiles } from '../formats/testing.ts'
import { openModel } from '../load.ts'
import { createCpuRuntime } from '../runtime/cpu.ts'
import { neoxPass } from '../testing/neox.ts'
import { siteValues } from '../testing/sites.ts'
import { lower } from './lower.ts'
import { placeOf, stepOf } from './sites.ts'

const folder = 'fixtures/golden'
const names = ['falcon_mqa', 'gpt_neox', 'phi']
const open = (name: string) =>
  openModel(
    { name, files: folderFiles(`${folder}/${name}`) },
    { linear: 'keep', embedding: 'keep', context: 32, chunk: 32 },
  )
const ids = [5, 9, 17, 3, 44, 21, 8, 60, 2, 33, 12]

describe.each(names)('%s', (name) => {
  test('fused and plain, the same values stand at its sites', async () => {
    const { plain, plan, provider, size } = await open(name)
    expect(Object.keys(plan.sites)).toEqual(Object.keys(plain.sites))
    const [want, got] = await Promise.all(
      [plain, plan].map(async (p) => siteValues(await createCpuRuntime(p, provider, size), ids)),
    )
    expect([...got!.keys()].sort()).toEqual(Object.keys(plan.sites).sort())
    for (const [site, values] of want!) expect(relative(got!.get(site)!, values), site).toBeLessThan(2e-5)
  })

  test('has a parallel block: both branches read alike, no residual stands between them', async () => {
    const { plain, plan } = await open(name)
    for (const p of [plain, plan]) {
      expect(Object.keys(p.sites).filter((site) => /resid_mid|mlp\.gate/.test(site))).toEqual([])
      p.blocks.forEach(({ branches }, layer) => {
        const before = layer ? `blocks.${layer - 1}.resid_post` : 'embed'
        expect(branches.map((b) => [b.name, b.reads, b.writes])).toEqual([
          ['attn', before, null],
          ['mlp', before, `blocks.${layer}.resid_post`],
        ])
        for (const { adds } of branches) expect(Object.values(stepOf(p, adds).args)).toContain('x')
      })
    }
    // q, k, v in one, rope with append, and two sums
    expect(plain.steps.length - plan.steps.length).toBe(plan.dims.layers * (2 + 2 + 2))
  })
})

test('one norm for both branches is computed once, two norms are two', async () => {
  for (const [name, count] of [
    ['falcon_mqa', 1],
    ['phi', 1],
    ['gpt_neox', 2],
  ] as const) {
    const { plan } = await open(name)
    expect(plan.steps.filter((s) => s.layer === 0 && s.op === 'layernorm')).toHaveLength(count)
    const places = ['attn.norm', 'mlp.norm'].map((site) => placeOf(plan, `blocks.0.${site}`))
    expect(places[0]!.step === places[1]!.step).toBe(count === 1)
  }
})

function relative(got: ArrayLike<number>, want: ArrayLike<number>): number {
  expect(got.length).toBe(want.length)
  const peak = Array.from(want).reduce((m, v) => Math.max(m, Math.abs(v)), 1e-3)
  return Array.from(want).reduce((w, v, i) => Math.max(w, Math.abs(v - got[i]!)), 0) / peak
}

test('every site of GPT-NeoX holds what the equations say', async () => {
  const { sites } = await neoxPass(ids)
  // the head runs over the last row only
  const want = new Map(
    [...sites].map(([site, rows]) => [site, /^(final_norm|logits)$/.test(site) ? [rows.at(-1)!] : rows]),
  )
  const { plain, plan, provider, size } = await open('gpt_neox')
  for (const p of [plain, plan]) {
    const got = await siteValues(await createCpuRuntime(p, provider, size), ids)
    expect([...got.keys()].sort()).toEqual([...want.keys()].sort())
    for (const [site, rows] of want) expect(relative(got.get(site)!, rows.flat()), site).toBeLessThan(2e-5)
  }
})

test('a model without positions turns nothing', async () => {
  const { description } = await open('gpt_neox')
  const block = (layer: number) => {
    const { branches, ...rest } = description.block(layer)
    return {
      ...rest,
      branches: branches.map((branch) =>
        branch.body.kind === 'attention' ? { ...branch, body: { ...branch.body, rope: null } } : branch,
      ),
    }
  }
  const plan = lower({ ...description, block }, () => true)
  expect(plan.tables).toEqual({})
  expect(Object.keys(plan.sites).filter((site) => site.endsWith('_rope'))).toEqual([])
  expect(placeOf(plan, 'blocks.1.attn.queries').step).toBe('blocks.1.attn.z')
})
