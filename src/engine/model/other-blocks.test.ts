// Blocks unlike LLaMA's: shown with families that are described here only. Their logits are their reference
// implementation's, in every way of running, and what stands at their sites is what an independent forward pass of the
// same file gives.

import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { folderFiles, openModelFiles } from '../formats/testing.ts'
import { readVector } from '../formats/weights.ts'
import { GOLDEN_TOLERANCE, runGolden } from '../golden.ts'
import { openModel } from '../load.ts'
import { createCpuRuntime } from '../runtime/cpu.ts'
import { addTestFamilies } from '../testing/families.ts'
import { nodeGpu, noGpuReason } from '../testing/gpu.ts'
import { siteValues } from '../testing/sites.ts'
import { lower } from './lower.ts'
import { placeOf, stepOf } from './sites.ts'

addTestFamilies()
const folder = 'fixtures/families'
const names = readdirSync(folder)
const gpu = await nodeGpu()
const open = (name: string) =>
  openModel(
    { name, files: folderFiles(`${folder}/${name}`) },
    { linear: 'keep', embedding: 'keep', context: 32, chunk: 32 },
  )
const ids = [5, 9, 17, 3, 44, 21, 8, 60, 2, 33, 12]

describe.each(names)('%s', (name) => {
  test('gives the logits of its reference, whole, one by one and in two chunks', async ({ skip }) => {
    const files = new Map(
      readdirSync(`${folder}/${name}`).map((file) => [file, new Uint8Array(readFileSync(`${folder}/${name}/${file}`))]),
    )
    const { status, reason, differences } = await runGolden(name, files, gpu)
    expect({ status, ...(status !== 'pass' && { reason, differences }) }).toEqual({ status: 'pass' })
    for (const way in differences) expect(differences[way], way).toBeLessThanOrEqual(GOLDEN_TOLERANCE)
    if (!gpu) skip(`UNRUN on the GPU (the CPU references agree): ${noGpuReason}`)
    expect(Object.keys(differences)).toEqual(['cpu whole', 'gpu whole', 'gpu one by one', 'gpu two chunks'])
  })

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

// ---- an independent forward pass of GPT-NeoX, from the file's tensors by the equations of its paper -------------

type Rows = number[][]
const matrix = async (name: string): Promise<{ tensor: (at: string) => Promise<Rows>; config: Json }> => {
  const checkpoint = await openModelFiles(folderFiles(`${folder}/${name}`))
  const tensor = async (at: string): Promise<Rows> => {
    const found = checkpoint.tensors.get(at)!
    const [rows, cols] = found.shape.length === 1 ? [1, found.shape[0]!] : (found.shape as [number, number])
    const flat = { ...found, shape: [rows * cols] }
    const values = await readVector({ ...checkpoint, tensors: new Map([[at, flat]]) }, at)
    return Array.from({ length: rows }, (_, r) => [...values.subarray(r * cols, (r + 1) * cols)])
  }
  return { tensor, config: checkpoint.config }
}
type Json = Record<string, unknown>

const affine = (x: Rows, w: Rows, b: Rows): Rows =>
  x.map((row) => w.map((weights, n) => weights.reduce((sum, v, k) => sum + v * row[k]!, b[0]![n]!)))
const norm = (x: Rows, [gain]: Rows, [bias]: Rows): Rows =>
  x.map((row) => {
    const mean = row.reduce((s, v) => s + v, 0) / row.length
    const spread = row.reduce((s, v) => s + (v - mean) ** 2, 0) / row.length
    return row.map((v, i) => ((v - mean) / Math.sqrt(spread + 1e-5)) * gain![i]! + bias![i]!)
  })
const gelu = (v: number): number => {
  let [term, sum] = [v / Math.SQRT2, v / Math.SQRT2]
  for (let n = 1; n < 200; n++) sum += term *= (-(v * v) / 2 / n) * ((2 * n - 1) / (2 * n + 1))
  return 0.5 * v * (1 + (2 / Math.sqrt(Math.PI)) * sum)
}
const plus = (a: Rows, b: Rows): Rows => a.map((row, t) => row.map((v, i) => v + b[t]![i]!))

async function neoxSites(): Promise<Map<string, Rows>> {
  const { tensor, config } = await matrix('gpt_neox')
  const [H, D] = [config['num_attention_heads'] as number, config['hidden_size'] as number]
  const d = D / H,
    r = d / 4
  const sites = new Map<string, Rows>()
  const embedding = await tensor('gpt_neox.embed_in.weight')
  let x = ids.map((id) => embedding[id]!)
  sites.set('embed', x)
  for (let layer = 0; layer < (config['num_hidden_layers'] as number); layer++) {
    const at = `gpt_neox.layers.${layer}`,
      keep = (site: string, rows: Rows): Rows => (sites.set(`blocks.${layer}.${site}`, rows), rows)
    const both = async (module: string): Promise<[Rows, Rows]> => [
      await tensor(`${at}.${module}.weight`),
      await tensor(`${at}.${module}.bias`),
    ]
    const h = keep('attn.norm', norm(x, ...(await both('input_layernorm'))))
    const fused = affine(h, ...(await both('attention.query_key_value')))
    const [q, k, v] = [0, 1, 2].map((n) =>
      fused.map((row) => Array.from({ length: D }, (_, i) => row[Math.floor(i / d) * 3 * d + n * d + (i % d)]!)),
    ) as [Rows, Rows, Rows]
    keep('attn.q', q)
    keep('attn.k', k)
    keep('attn.v', v)
    const turn = (rows: Rows): Rows =>
      rows.map((row, pos) =>
        row.map((value, i) => {
          const j = i % d
          if (j >= r) return value
          const first = j < r / 2
          const angle = pos * 10000 ** ((-2 * (j % (r / 2))) / r)
          const other = row[first ? i + r / 2 : i - r / 2]!
          return value * Math.cos(angle) + (first ? -1 : 1) * other * Math.sin(angle)
        }),
      )
    const [qr, kr] = [keep('attn.q_rope', turn(q)), keep('attn.k_rope', turn(k))]
    keep('attn.queries', qr)
    keep('attn.keys', kr)
    keep('attn.values', v)
    const lse: Rows = qr.map(() => [])
    const z = qr.map((row, t) =>
      Array.from({ length: H }, (_, head) => {
        const scores = Array.from({ length: t + 1 }, (__, s) => {
          let sum = 0
          for (let i = head * d; i < (head + 1) * d; i++) sum += row[i]! * kr[s]![i]!
          return sum / Math.sqrt(d)
        })
        const total = scores.reduce((sum, s) => sum + Math.exp(s), 0)
        lse[t]!.push(Math.log(total))
        return Array.from({ length: d }, (__, i) =>
          scores.reduce((sum, s, c) => sum + (Math.exp(s) / total) * v[c]![head * d + i]!, 0),
        )
      }).flat(),
    )
    keep('attn.z', z)
    keep('attn.lse', lse)
    const attended = keep('attn.out', affine(z, ...(await both('attention.dense'))))
    const other = keep('mlp.norm', norm(x, ...(await both('post_attention_layernorm'))))
    const up = keep('mlp.up', affine(other, ...(await both('mlp.dense_h_to_4h'))))
    const act = keep(
      'mlp.act',
      up.map((row) => row.map(gelu)),
    )
    const out = keep('mlp.out', affine(act, ...(await both('mlp.dense_4h_to_h'))))
    x = keep('resid_post', plus(x, plus(attended, out)))
  }
  const last = norm(
    [x.at(-1)!],
    await tensor('gpt_neox.final_layer_norm.weight'),
    await tensor('gpt_neox.final_layer_norm.bias'),
  )
  sites.set('final_norm', last)
  const head = await tensor('embed_out.weight')
  sites.set('logits', affine(last, head, [head.map(() => 0)]))
  return sites
}

function relative(got: ArrayLike<number>, want: ArrayLike<number>): number {
  expect(got.length).toBe(want.length)
  const peak = Array.from(want).reduce((m, v) => Math.max(m, Math.abs(v)), 1e-3)
  return Array.from(want).reduce((w, v, i) => Math.max(w, Math.abs(v - got[i]!)), 0) / peak
}

test('every site of GPT-NeoX holds what the equations say', async () => {
  const want = await neoxSites()
  const { plain, plan, provider, size } = await open('gpt_neox')
  for (const p of [plain, plan]) {
    const got = await siteValues(await createCpuRuntime(p, provider, size), ids)
    expect([...got.keys()].sort()).toEqual([...want.keys()].sort())
    for (const [site, rows] of want) expect(relative(got.get(site)!, rows.flat()), site).toBeLessThan(2e-5)
  }
})

test('positions that nothing computes are refused by name; none at all is computed', async () => {
  const { description } = await open('gpt_neox')
  const lowered = (kind: 'none' | 'alibi') => () => lower({ ...description, position: { kind } }, () => true)
  expect(lowered('alibi')).toThrow(expect.objectContaining({ code: 'FAMILY_UNSUPPORTED' }))
  expect(lowered('alibi')).toThrow(/its positions are alibi; known are rope, none/)
  const plan = lowered('none')()
  expect(plan.tables).toEqual({})
  expect(Object.keys(plan.sites).filter((site) => site.endsWith('_rope'))).toEqual([])
  expect(placeOf(plan, 'blocks.1.attn.queries').step).toBe('blocks.1.attn.z')
})
