// The inspector opened on a block unlike LLaMA's (parallel attention and MLP, LayerNorm with bias, q, k and v fused head
// by head in the file, no gate), on the references and on the processor: every answer is what plain loops over the file's
// tensors give (testing/neox.ts). Nobody told this room about that family.

import { beforeAll, describe, expect, it } from 'vitest'
import { folderFiles } from '../formats/testing.ts'
import { onProcessor, type Where } from '../testing/machines.ts'
import { neoxFile, neoxPass, type NeoxChange, type Rows } from '../testing/neox.ts'
import { glassOf } from './testing.ts'
import { sites, type Edit, type Glass, type PlanInfo, type Site } from './types.ts'

const ids = [5, 9, 17, 3, 44, 21, 8, 60, 2, 33, 12]
const P = 7
type Pass = Awaited<ReturnType<typeof neoxPass>>
let glass: Glass, plain: Pass, plan: PlanInfo

/** The largest difference, in parts of the largest number. */
function off(got: ArrayLike<number>, want: ArrayLike<number>): number {
  expect(got.length).toBe(want.length)
  const peak = Array.from(want).reduce((m, v) => Math.max(m, Math.abs(v)), 1e-3)
  return Array.from(want).reduce((w, v, i) => Math.max(w, Math.abs(v - got[i]!)), 0) / peak
}
const row = (pass: Pass, site: string, position = P): number[] => pass.sites.get(site)![position]!
const softmax = (logits: readonly number[]): number[] => {
  const total = logits.reduce((sum, v) => sum + Math.exp(v), 0)
  return logits.map((v) => Math.exp(v) / total)
}

/** Everything a probe can be asked for in this family, by the word of the question. */
const asked: Partial<Record<Site, string>> = {
  attn_norm: 'attn.norm',
  q: 'attn.q',
  k: 'attn.k',
  v: 'attn.v',
  q_rope: 'attn.queries',
  k_rope: 'attn.keys',
  z: 'attn.z',
  attn_out: 'attn.out',
  mlp_norm: 'mlp.norm',
  up: 'mlp.up',
  act: 'mlp.act',
  mlp_out: 'mlp.out',
  resid_post: 'resid_post',
}

describe.each<[string, Where]>([
  ['references', { device: 'reference' }],
  ['processor', onProcessor],
])('a block with parallel branches: %s', (_, where) => {
  beforeAll(async () => {
    glass = await glassOf('gpt_neox', folderFiles('fixtures/golden/gpt_neox'), ids, where)
    plain = await neoxPass(ids)
    plan = await glass.plan()
  })

  it('says which sites it has, and which it has not', async () => {
    const { layers } = await glass.info()
    expect(plan.blocks).toHaveLength(layers)
    const words = Object.values(plan.sites).flatMap(({ site, layer }) => (site && layer === 1 ? site : []))
    expect(words.sort()).toEqual(Object.keys(asked).sort())
    for (const site of ['gate', 'resid_mid'] as const) {
      await expect(glass.probe({ site, layer: 1, position: P })).rejects.toMatchObject({ code: 'PARAM_INVALID' })
    }
    expect(sites.filter((site) => !(site in asked))).toEqual([
      ...['embed', 'scores', 'probs', 'resid_mid', 'gate', 'router', 'chosen', 'gates', 'final_norm', 'logits'],
    ])
  })

  it('answers every probe with what the equations give', async () => {
    for (let layer = 0; layer < plan.blocks.length; layer++) {
      for (const [site, name] of Object.entries(asked)) {
        const { values } = await glass.probe({ site: site as Site, layer, position: P })
        expect(off(values, row(plain, `blocks.${layer}.${name}`)), `${site} ${layer}`).toBeLessThan(3e-5)
      }
      for (let head = 0; head < plain.probs[layer]![P]!.length; head++) {
        const { values } = await glass.probe({ site: 'probs', layer, head, position: P })
        expect(off(values, plain.probs[layer]![P]![head]!)).toBeLessThan(2e-5)
      }
    }
    for (const site of ['embed', 'final_norm', 'logits'] as const) {
      expect(off((await glass.probe({ site, position: P })).values, row(plain, site)), site).toBeLessThan(2e-5)
    }
  })

  it('draws attention as it was, and says how far that picture is from the run', async () => {
    const { heads, length } = await glass.info()
    const all = Array.from({ length: heads }, (_, h) => h)
    const span: [number, number] = [0, length]
    const tile = await glass.attention({ layer: 1, heads: all, rows: span, cols: span, maxRows: 99, maxCols: 99 })
    all.forEach((head) => {
      for (let t = 0; t < length; t++) {
        const at = (head * length + t) * length
        expect(off(tile.values.subarray(at, at + t + 1), plain.probs[1]![t]![head]!)).toBeLessThan(2e-5)
      }
    })
    expect(await glass.attentionError(1, P)).toBeLessThan(1e-4)
  })

  it('takes a logit apart: embedding, branches, heads and biases add up to it', async () => {
    const target = 13
    const parts = await glass.contributions(P, target)
    const { tensor } = await neoxFile()
    const [[gain], [bias]] = (await Promise.all(
      ['weight', 'bias'].map((name) => tensor(`gpt_neox.final_layer_norm.${name}`)),
    )) as [Rows, Rows]
    const read = (await tensor('embed_out.weight'))[target]!
    const last = row(plain, `blocks.${plan.blocks.length - 1}.resid_post`)
    const mean = (x: readonly number[]): number => x.reduce((sum, v) => sum + v, 0) / x.length
    const spread = Math.sqrt(mean(last.map((v) => (v - mean(last)) ** 2)) + 1e-5)
    const push = (x: readonly number[]): number =>
      x.reduce((sum, v, i) => sum + ((v - mean(x)) / spread) * gain![i]! * read[i]!, 0)
    expect(parts.logit).toBeCloseTo(row(plain, 'logits')[target]!, 4)
    expect(parts.bias).toBeCloseTo(
      bias!.reduce((sum, v, i) => sum + v * read[i]!, 0),
      5,
    )
    expect(parts.embed).toBeCloseTo(push(row(plain, 'embed')), 4)
    plan.blocks.forEach((_, layer) => {
      expect(parts.attn[layer]!, `attn ${layer}`).toBeCloseTo(push(row(plain, `blocks.${layer}.attn.out`)), 4)
      expect(parts.mlp[layer]!, `mlp ${layer}`).toBeCloseTo(push(row(plain, `blocks.${layer}.mlp.out`)), 4)
    })
    const sum = (list: ArrayLike<number>): number => Array.from(list).reduce((a, b) => a + b, 0)
    expect(parts.embed + sum(parts.attn) + sum(parts.mlp) + parts.bias).toBeCloseTo(parts.logit, 4)
    // heads: all of attention but its bias
    const dense = (await tensor('gpt_neox.layers.0.attention.dense.bias'))[0]!
    const { heads } = await glass.info()
    expect(sum(parts.heads.subarray(0, heads)) + push(dense)).toBeCloseTo(parts.attn[0]!, 4)
  })

  it('reads the lens under LayerNorm: residuals and what each branch added', async () => {
    const { tensor } = await neoxFile()
    const head = await tensor('embed_out.weight')
    const layer = plan.blocks.length - 1
    const ask = async (part: 'resid' | 'attn' | 'mlp', l: number, id: number) =>
      (await glass.lens({ positions: [P], layers: [l], part, topK: 1, targets: [id] }))[0]!.targets[0]!
    const logits = row(plain, 'logits')
    for (const id of [0, 13, 60]) {
      const { logit, logprob, rank } = await ask('resid', layer, id)
      expect(logit).toBeCloseTo(logits[id]!, 4)
      expect(logprob).toBeCloseTo(Math.log(softmax(logits)[id]!), 4)
      expect(rank).toBe(logits.filter((v) => v > logits[id]!).length)
    }
    // the parts stand under the scale of the residual they were added to; the MLP's is the block's own
    const [gain] = await tensor('gpt_neox.final_layer_norm.weight')
    const after = row(plain, `blocks.${layer}.resid_post`)
    const centred = (x: readonly number[]): number[] => {
      const mean = x.reduce((sum, v) => sum + v, 0) / x.length
      return x.map((v) => v - mean)
    }
    const scale = 1 / Math.sqrt(centred(after).reduce((sum, v) => sum + v * v, 0) / after.length + 1e-5)
    const want = centred(row(plain, `blocks.${layer}.mlp.out`)).reduce(
      (sum, v, i) => sum + v * scale * gain![i]! * head[13]![i]!,
      0,
    )
    expect((await ask('mlp', layer, 13)).logit).toBeCloseTo(want, 4)
  })

  it('shows the fused matrix row by row, as it lies in the file', async () => {
    const name = 'gpt_neox.layers.1.attention.query_key_value.weight'
    const { tensor } = await neoxFile()
    const file = await tensor(name)
    const listed = (await glass.weights()).find((w) => w.tensor === name)!
    expect([listed.rows, listed.cols]).toEqual([file.length, file[0]!.length])
    const { values } = await glass.weightTile(name, 0, 0, file.length, file[0]!.length)
    expect(off(values, file.flat())).toBe(0)
    // which of them makes an element of k, and of what
    const { hidden, heads } = await glass.info()
    const { matrix } = plan.sites['blocks.1.attn.k']!
    expect(matrix).toEqual({
      tensor: name,
      rows: { every: (3 * hidden) / heads, from: hidden / heads, count: hidden / heads },
      input: 'blocks.1.attn.norm',
      bias: true,
    })
  })

  it.each<[string, Edit, NeoxChange]>([
    [
      'a head scaled',
      { kind: 'scale-head', layer: 0, head: 1, factor: -2 },
      { scale: { layer: 0, head: 1, factor: -2 } },
    ],
    ['attention left out', { kind: 'skip', layer: 1, part: 'attn' }, { skip: { layer: 1, part: 'attn' } }],
    ['an MLP left out', { kind: 'skip', layer: 0, part: 'mlp' }, { skip: { layer: 0, part: 'mlp' } }],
    [
      'an edge masked',
      { kind: 'mask-edges', layer: 0, head: 0, queries: [6, 7], keys: [2, 3] },
      { hide: { layer: 0, head: 0, query: 6, key: 2 } },
    ],
    [
      'a direction added',
      { kind: 'direction', layer: 0, positions: [3, 99], mode: 'add', factor: 1, direction: ramp() },
      { add: { layer: 0, from: 3, values: ramp() } },
    ],
  ])('%s: what follows is what the equations give, and undone it is as before', async (_, edit, change) => {
    const want = await neoxPass(ids, change)
    const { tokens } = await glass.setEdits([edit])
    for (let position = 1; position < ids.length; position++) {
      const p = softmax(row(want, 'logits', position - 1))[ids[position]!]!
      expect(tokens[position]!.logprob!).toBeCloseTo(Math.log(p), 3)
    }
    const layer = plan.blocks.length - 1
    for (const [site, name] of [
      ['mlp_norm', 'mlp.norm'],
      ['resid_post', 'resid_post'],
    ] as const) {
      const { values } = await glass.probe({ site, layer, position: P })
      expect(off(values, row(want, `blocks.${layer}.${name}`))).toBeLessThan(1e-4)
    }
    await glass.setEdits([])
    const { values } = await glass.probe({ site: 'logits', position: P })
    expect(off(values, row(plain, 'logits'))).toBeLessThan(2e-5)
  })
})

function ramp(): number[] {
  return Array.from({ length: 32 }, (_, i) => (i - 15) / 20)
}

describe.each<[string, Where]>([
  ['references', { device: 'reference' }],
  ['processor', onProcessor],
])('a residual that starts afresh: %s', (_, where) => {
  it.each(['bloom_h4_1', 'openai-gpt'])('%s without a branch is what the sum keeps', async (name) => {
    const inside = await glassOf(name, folderFiles(`fixtures/golden/${name}`), ids, where)
    const at = async (site: Site): Promise<Float32Array> => (await inside.probe({ site, layer: 1, position: P })).values
    const before = await at('resid_post')
    await inside.setEdits([{ kind: 'skip', layer: 1, part: 'mlp' }])
    const after = await at('resid_post')
    expect(off(after, before)).toBeGreaterThan(1e-2)
    // BLOOM keeps what the branch has read, normed
    if (name === 'bloom_h4_1') expect(off(after, await at('mlp_norm'))).toBeLessThan(1e-6)
    await inside.setEdits([])
    expect(off(await at('resid_post'), before)).toBeLessThan(1e-6)
  })
})
