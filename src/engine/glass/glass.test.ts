// Every number the inspector gives, held against the plain references of the unfused Plan in f64. One long file: all of
// it asks one run and one slow reference of it.

import { beforeAll, describe, expect, it } from 'vitest'
import type { OpenedModel } from '../load.ts'
import { createCpuRuntime, type CpuRuntime } from '../runtime/cpu.ts'
import { outputsOf, type Runtime } from '../runtime/runtime.ts'
import { defaultSampling } from '../sampler/chain.ts'
import { nodeGpu, noGpuReason } from '../testing/gpu.ts'
import type { LiveGlass } from './live.ts'
import { storytellerGlass } from './testing.ts'
import type { Edit, Site } from './types.ts'

const TEXT =
  'Mia and Tom were in the garden. Mia had a red ball. Tom had a blue kite. Mia had a red ball. Where was Mia?'

/** Everything the plain Plan computes for this text, by step and buffer: (T, width). */
const seen = new Map<string, Float32Array>()
let model: OpenedModel, cpu: CpuRuntime, session: Runtime, glass: LiveGlass, ids: number[], T: number
let finalLogits: Float32Array[]
const gpu = await nodeGpu()

beforeAll(async () => {
  if (!gpu) return
  ;({ glass, session, model, ids } = await storytellerGlass(gpu, TEXT, 40))
  T = ids.length
  cpu = await createCpuRuntime(model.plain, model.provider, model.size)
  cpu.steps.onStep = (step, { T: rows }) => {
    for (const name of outputsOf(step)) {
      const width = model.plain.buffers[name]?.width
      if (width && step.part === 'body') {
        seen.set(`${step.name}/${name}`, cpu.steps.tensors[name]!.slice(0, rows * width))
      }
    }
  }
  finalLogits = await cpu.forward(ids, 'all')
}, 180_000)

const row = (key: string, position: number): Float32Array => {
  const all = seen.get(key)!
  const width = all.length / T
  return all.subarray(position * width, (position + 1) * width)
}
const close = (got: ArrayLike<number>, want: ArrayLike<number>, tolerance = 1e-4): void => {
  expect(got.length).toBe(want.length)
  let peak = 1e-6
  for (let i = 0; i < want.length; i++) peak = Math.max(peak, Math.abs(want[i]!))
  for (let i = 0; i < want.length; i++) {
    expect(Math.abs(got[i]! - want[i]!) / peak, `element ${i}: ${got[i]} instead of ${want[i]}`).toBeLessThan(tolerance)
  }
}
/** probabilities of one head in f64 from the plain run's q and keys */
function probs(layer: number, h: number, position: number): number[] {
  const { H, K, d } = model.plan.dims
  const q = row(`blocks.${layer}.attn.q_rope/q`, position).subarray(h * d, (h + 1) * d)
  const scores = Array.from({ length: position + 1 }, (_, c) => {
    const k = row(`blocks.${layer}.attn.k_rope/k`, c).subarray(
      Math.floor(h / (H / K)) * d,
      (Math.floor(h / (H / K)) + 1) * d,
    )
    return k.reduce((sum, v, i) => sum + v * q[i]!, 0) / Math.sqrt(d)
  })
  const m = Math.max(...scores),
    e = scores.map((s) => Math.exp(s - m)),
    l = e.reduce((a, b) => a + b, 0)
  return e.map((v) => v / l)
}

describe.skipIf(!gpu)(`the inspector on the storyteller${gpu ? '' : ` UNRUN: ${noGpuReason}`}`, () => {
  it('probes every site of a block as the plain Plan computes it', async () => {
    const step: Partial<Record<Site, string>> = {
      attn_norm: 'attn.norm/h',
      q: 'attn.q/q',
      k: 'attn.k/k',
      v: 'attn.v/v',
      q_rope: 'attn.q_rope/q',
      k_rope: 'attn.k_rope/k',
      z: 'attn.z/z',
      attn_out: 'attn.out/attnOut',
      resid_mid: 'attn.add/x',
      mlp_norm: 'mlp.norm/h',
      gate: 'mlp.gate/gate',
      up: 'mlp.up/up',
      act: 'mlp.act/act',
      mlp_out: 'mlp.down/mlpOut',
      resid_post: 'mlp.add/x',
    }
    for (const layer of [0, model.plan.dims.layers - 1]) {
      for (const [site, name] of Object.entries(step)) {
        const { values } = await glass.probe({ site: site as Site, layer, position: 17 })
        close(values, row(`blocks.${layer}.${name}`, 17))
      }
    }
    close((await glass.probe({ site: 'embed', position: 5 })).values, row('embed/x', 5))
    close((await glass.probe({ site: 'logits', position: 20 })).values, finalLogits[20]!)
  })

  it('leaves the run as it found it: a probe changes no bit of what comes next', async () => {
    const [before] = await session.forward([7], 'last')
    session.truncate(T)
    await glass.probe({ site: 'act', layer: 1, position: 3 })
    await glass.contributions(T - 1, 9)
    const [after] = await session.forward([7], 'last')
    session.truncate(T)
    expect([...after!]).toEqual([...before!])
  })

  it('draws attention rows that sum to 1 and equal the reference, and P·V is the fused z', async () => {
    const { H, layers } = model.plan.dims
    for (const layer of [0, layers - 1]) {
      const tile = await glass.attention({
        layer,
        heads: [0, H - 1],
        rows: [0, T],
        cols: [0, T],
        maxRows: T,
        maxCols: T,
      })
      for (const [n, h] of [
        [0, 0],
        [1, H - 1],
      ] as const) {
        for (let r = 0; r < T; r++) {
          const cells = [...tile.values.subarray((n * T + r) * T, (n * T + r + 1) * T)]
          expect(cells.slice(r + 1).every(Number.isNaN)).toBe(true)
          expect(Math.abs(cells.slice(0, r + 1).reduce((a, b) => a + b, 0) - 1)).toBeLessThan(1e-5)
          close(cells.slice(0, r + 1), probs(layer, h, r))
        }
      }
      expect(await glass.attentionError(layer, T - 1)).toBeLessThan(1e-4)
    }
  })

  it('pools large tiles by the maximum', async () => {
    const tile = await glass.thumbnails(8, 1)
    expect(tile.rows).toBeLessThanOrEqual(8)
    const p = probs(1, 2, T - 1)
    const last = tile.values.subarray(
      (2 * tile.rows + tile.rows - 1) * tile.cols,
      (2 * tile.rows + tile.rows) * tile.cols,
    )
    const [poolR, poolC] = tile.pool
    const rows = Array.from({ length: T - (tile.rows - 1) * poolR }, (_, i) => probs(1, 2, (tile.rows - 1) * poolR + i))
    expect(p.length).toBe(T)
    close(
      [...last].map((v) => (Number.isNaN(v) ? 0 : v)),
      Array.from({ length: tile.cols }, (_, c) =>
        Math.max(0, ...rows.flatMap((r) => r.slice(c * poolC, (c + 1) * poolC))),
      ),
    )
  })

  it('scores heads as a plain walk over the probabilities does', async () => {
    const { H, layers } = model.plan.dims
    const stats = await glass.headStats()
    for (const layer of [0, layers - 1]) {
      for (let h = 0; h < H; h++) {
        let self = 0,
          previous = 0,
          entropy = 0,
          sink = 0,
          distance = 0,
          induction = 0,
          withEarlier = 0
        for (let r = 1; r < T; r++) {
          const p = probs(layer, h, r)
          self += p[r]!
          if (r > 1) previous += p[r - 1]!
          sink += p[0]!
          let found = 0,
            any = false
          for (let c = 1; c <= r; c++) {
            entropy -= p[c]! * Math.log(p[c]!)
            distance += p[c]! * (r - c)
            if (ids[c - 1] === ids[r]) {
              found += p[c]!
              any = true
            }
          }
          if (any) {
            withEarlier++
            if (found >= 0.01) induction += found
          }
        }
        const at = layer * H + h
        close(
          [
            stats.self[at]!,
            stats.previous[at]!,
            stats.entropy[at]!,
            stats.sink[at]!,
            stats.distance[at]!,
            stats.induction[at]!,
          ],
          [
            self / (T - 1),
            previous / (T - 1),
            entropy / (T - 1),
            sink / (T - 1),
            distance / (T - 1),
            induction / withEarlier,
          ],
        )
      }
    }
  })

  it('reads the lens: the last layer is the model, divergence and ranks are right', async () => {
    const { layers } = model.plan.dims
    const cells = await glass.lens({
      positions: [T - 1, 9],
      layers: [-1, 0, layers - 1],
      part: 'resid',
      topK: 5,
      targets: [3],
    })
    const last = cells.find((c) => c.position === T - 1 && c.layer === layers - 1)!
    const logits = finalLogits[T - 1]!
    const order = [...logits.keys()].sort((a, b) => logits[b]! - logits[a]! || a - b)
    const m = logits[order[0]!]!,
      lse = m + Math.log(logits.reduce((sum, v) => sum + Math.exp(v - m), 0))
    expect(last.top.map((t) => t.id)).toEqual(order.slice(0, 5))
    close(
      last.top.map((t) => t.logprob),
      order.slice(0, 5).map((id) => logits[id]! - lse),
    )
    expect(last.kl).toBeLessThan(1e-6)
    expect(last.targets[0]!.rank).toBe(order.indexOf(3))
    close([last.entropy], [-logits.reduce((sum, v) => sum + Math.exp(v - lse) * (v - lse), 0)])
    expect(cells.find((c) => c.position === 9 && c.layer === 0)!.kl).toBeGreaterThan(0)
  })

  it('splits a logit into parts that add up, heads into their layer', async () => {
    const { H, layers } = model.plan.dims
    const target = 11
    const c = await glass.contributions(T - 1, target)
    close([c.logit], [finalLogits[T - 1]![target]!], 1e-3)
    close([c.embed + c.attn.reduce((a, b) => a + b, 0) + c.mlp.reduce((a, b) => a + b, 0)], [c.logit], 1e-3)
    for (let layer = 0; layer < layers; layer++) {
      expect(
        Math.abs(c.heads.subarray(layer * H, (layer + 1) * H).reduce((a, b) => a + b, 0) - c.attn[layer]!),
      ).toBeLessThan(1e-3)
    }
  })

  it('reads a logit along the direction it names', async () => {
    const direction = await glass.direction(11)
    const { values: x, norm } = await glass.probe({
      site: 'resid_post',
      layer: model.plan.dims.layers - 1,
      position: T - 1,
    })
    const rms = Math.sqrt(norm ** 2 / x.length + model.plan.steps.find((s) => s.name === 'final_norm')!.params['eps']!)
    close([direction.reduce((sum, v, i) => sum + v * x[i]!, 0) / rms], [finalLogits[T - 1]![11]!], 1e-3)
    await expect(glass.direction(model.plan.dims.V)).rejects.toMatchObject({ code: 'PARAM_INVALID' })
  })

  it('scores the prompt with the model’s own probabilities', async () => {
    const tokens = await glass.tokens()
    expect(tokens[0]!.logprob).toBeNull()
    for (const p of [1, 12, T - 1]) {
      const logits = finalLogits[p - 1]!
      const m = Math.max(...logits),
        lse = m + Math.log(logits.reduce((sum, v) => sum + Math.exp(v - m), 0))
      close([tokens[p]!.logprob!], [logits[ids[p]!]! - lse], 1e-3)
      expect(tokens[p]!.rank).toBe(
        logits.filter((v, i) => v > logits[ids[p]!]! || (v === logits[ids[p]!]! && i < ids[p]!)).length,
      )
    }
    const view = await glass.sampling(T, { ...defaultSampling, temperature: 1 }, 8)
    expect(view.rows[0]!.id).toBe(finalLogits[T - 1]!.indexOf(Math.max(...finalLogits[T - 1]!)))
    expect(view.tail.count).toBe(model.plan.dims.V - view.rows.length)
  })

  it('measures what an edge carries: W_O v for every head and position, edits included', async () => {
    const { H, K, d, D, layers } = model.plan.dims
    const layer = layers - 1
    const { tensor } = (await glass.weights()).find(
      (w) => w.tensor.includes(`layers.${layer}.`) && w.tensor.endsWith('o_proj.weight'),
    )!
    const { values: W } = await glass.weightTile(tensor, 0, 0, D, H * d)
    const lengths = async (): Promise<number[]> => {
      const v = await Promise.all(
        Array.from({ length: T }, async (_, position) => (await glass.probe({ site: 'v', layer, position })).values),
      )
      return Array.from({ length: H * T }, (_, i) => {
        const h = Math.floor(i / T),
          group = Math.floor(h / (H / K)) * d
        return Math.hypot(
          ...Array.from({ length: D }, (__, n) =>
            Array.from({ length: d }, (___, j) => W[n * H * d + h * d + j]! * v[i % T]![group + j]!).reduce(
              (a, b) => a + b,
              0,
            ),
          ),
        )
      })
    }
    const plain = await lengths()
    close(await glass.valueNorms(layer), plain)
    try {
      await glass.setEdits([
        { kind: 'scale-head', layer, head: 2, factor: -0.5 },
        {
          kind: 'direction',
          layer: 0,
          positions: [3, 9],
          mode: 'add',
          factor: 1,
          direction: Array.from({ length: D }, (_, i) => Math.cos(i)),
        },
      ])
      const edited = await lengths()
      expect(edited).not.toEqual(plain)
      close(
        await glass.valueNorms(layer),
        edited.map((v, i) => (Math.floor(i / T) === 2 ? v / 2 : v)),
      )
      await glass.setEdits([{ kind: 'skip', layer, part: 'attn' }])
      expect([...(await glass.valueNorms(layer))]).toEqual(plain.map(() => 0))
      const { attn, heads } = await glass.contributions(T - 1, 11)
      expect([attn[layer], ...heads.subarray(layer * H)], 'nor does it push a logit').toEqual(
        new Array<number>(H + 1).fill(0),
      )
    } finally {
      await glass.setEdits([])
    }
  }, 60_000)

  it('finds the tokens nearest in the embedding as a walk over its rows does', async () => {
    const { V, D } = model.plan.dims
    const { tensor } = (await glass.weights()).find((w) => w.rows === V && w.cols === D)!
    const { values: table } = await glass.weightTile(tensor, 0, 0, 200, D)
    const row = (id: number): Float32Array => table.subarray(id * D, (id + 1) * D)
    const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, v, i) => sum + v * b[i]!, 0)
    close(
      await glass.cosines(33, [0, 200]),
      Array.from(
        { length: 200 },
        (_, id) => dot(row(33), row(id)) / Math.sqrt(dot(row(33), row(33)) * dot(row(id), row(id))),
      ),
      1e-5,
    )
    // whole or in blocks: the same numbers
    const all = await glass.cosines(700, [0, V])
    expect([...(await glass.cosines(700, [0, 100])), ...(await glass.cosines(700, [100, V]))]).toEqual([...all])
    expect([all.length, all.indexOf(Math.max(...all))]).toEqual([V, 700])
    expect(all[700]).toBeCloseTo(1, 6)
    await expect(glass.cosines(V, [0, 1])).rejects.toMatchObject({ code: 'PARAM_INVALID' })
    await expect(glass.cosines(0, [5, V + 1])).rejects.toMatchObject({ code: 'PARAM_INVALID' })
  })

  it('reads back the very codes a matmul used', async () => {
    const weight = (await glass.weights()).find((w) => w.format === 'nf4')
    const tile = await glass.weightTile(weight!.tensor, 1, 0, 4, 64)
    for (let i = 0; i < 256; i++) {
      expect(Math.fround(tile.table![tile.codes![i]!]! * tile.scales![i]!)).toBe(tile.values[i])
    }
    const [first] = tile.nested!
    expect(first!.scale).toBe(tile.scales![0])
    expect(Math.fround(Math.fround(first!.map * first!.absmax) + first!.offset)).toBe(first!.scale)
  })

  it('edits act, an empty list is bit-identical, undo is identical', async () => {
    const outcome = async (edits: Edit[]) => (await glass.setEdits(edits)).tokens.map((t) => t.logprob)
    const plain = await outcome([])
    const { layers } = model.plan.dims
    const edits: Edit[][] = [
      [{ kind: 'scale-head', layer: 0, head: 1, factor: 0 }],
      [{ kind: 'skip', layer: 1, part: 'mlp' }],
      [{ kind: 'skip', layer: 0, part: 'attn' }],
      [{ kind: 'mask-edges', layer: layers - 1, head: -1, queries: [T - 2, T - 1], keys: [0, T - 4] }],
      [{ kind: 'evict', keys: [3, 6] }],
      [
        {
          kind: 'direction',
          layer: 1,
          positions: [4, 20],
          mode: 'add',
          factor: 2,
          direction: Array.from({ length: model.plan.dims.D }, (_, i) => Math.sin(i)),
        },
      ],
      [{ kind: 'patch', layer: 0, position: 8, values: new Array<number>(model.plan.dims.D).fill(0.1) }],
    ]
    for (const list of edits) {
      const changed = await outcome(list)
      expect(changed, JSON.stringify(list[0]).slice(0, 80)).not.toEqual(plain)
      expect(changed.slice(1).every((v) => Number.isFinite(v))).toBe(true)
    }
    // a masked edge acts on its own query and what follows from it, never before
    const masked = await outcome([{ kind: 'mask-edges', layer: 1, head: 0, queries: [20, 21], keys: [2, 12] }])
    // another kernel: the same numbers, not the same bits
    close(masked.slice(1, 21) as number[], plain.slice(1, 21) as number[], 1e-5)
    expect(await outcome([])).toEqual(plain)
  }, 120_000)

  it('puts a residual back to the bit, and one of another run as the plain Plan would', async () => {
    const { layers, D } = model.plan.dims
    const position = 8,
      asked = [position, position + 1, T - 1]
    const logits = async (): Promise<Float32Array[]> => {
      const rows = []
      for (const p of asked) rows.push((await glass.probe({ site: 'logits', position: p })).values)
      return rows
    }
    const residual = async (from: LiveGlass, layer: number): Promise<number[]> => [
      ...(await from.probe(layer < 0 ? { site: 'embed', position } : { site: 'resid_post', layer, position })).values,
    ]
    const { glass: other } = await storytellerGlass(gpu!, 'Lily and Sam were at the lake. Sam had a green boat.', 14)
    try {
      await glass.setEdits([])
      const plain = await logits()
      const own = new Map<number, number[]>()
      for (const layer of [-1, 0, layers - 1]) own.set(layer, await residual(glass, layer))
      for (const [layer, values] of own) {
        await glass.setEdits([{ kind: 'patch', layer, position, values }])
        expect(
          (await logits()).map((row) => [...row]),
          `own residual after layer ${layer}`,
        ).toEqual(plain.map((row) => [...row]))
      }
      for (const layer of [-1, 1]) {
        const values = await residual(other, layer)
        await glass.setEdits([{ kind: 'patch', layer, position, values }])
        expect(await residual(glass, layer)).toEqual(values)
        cpu.truncate(0)
        cpu.steps.onStep = (step) => {
          if (step.name === (layer < 0 ? 'embed' : `blocks.${layer}.mlp.add`)) {
            cpu.steps.tensors['x']!.set(values, position * D)
          }
        }
        const reference = await cpu.forward(ids, 'all')
        const got = await logits()
        got.forEach((row, i) => close(row, reference[asked[i]!]!))
        expect(
          Math.max(...got[2]!.map((v, i) => Math.abs(v - plain[2]![i]!))),
          'it acts on what comes later',
        ).toBeGreaterThan(1e-3)
      }
    } finally {
      cpu.steps.onStep = null
      await glass.setEdits([])
    }
  }, 120_000)

  it('shows attention as the masked edges left it: rows sum to 1, P·V is z, heads are scored by the keys they see', async () => {
    const { H, K, d } = model.plan.dims
    const layer = 1
    const maskedEdges: [head: number, queries: [number, number], keys: [number, number]][] = [
      [2, [10, 25], [0, 8]],
      [3, [12, 13], [0, 13]],
      [-1, [30, 31], [4, 29]],
    ]
    const edits: Edit[] = [
      ...maskedEdges.map(([head, queries, keys]): Edit => ({ kind: 'mask-edges', layer, head, queries, keys })),
      { kind: 'evict', keys: [3, 6] },
      { kind: 'scale-head', layer, head: 0, factor: 0.5 },
    ]
    const hidden = (h: number, q: number, k: number): boolean =>
      (k >= 3 && k < 6 && q >= 6) ||
      maskedEdges.some(
        ([head, [q0, q1], [k0, k1]]) => (head < 0 || head === h) && q >= q0 && q < q1 && k >= k0 && k < k1,
      )
    try {
      await glass.setEdits(edits)
      const q: Float32Array[] = [],
        k: Float32Array[] = []
      for (let p = 0; p < T; p++) {
        q.push((await glass.probe({ site: 'q_rope', layer, position: p })).values)
        k.push((await glass.probe({ site: 'k_rope', layer, position: p })).values)
      }
      /** a plain softmax over the visible keys; NaN where there is none to see */
      const masked = (h: number, r: number): number[] => {
        const group = Math.floor(h / (H / K)) * d
        const scores = Array.from({ length: r + 1 }, (_, c) =>
          hidden(h, r, c)
            ? NaN
            : Array.from({ length: d }, (_, j) => q[r]![h * d + j]! * k[c]![group + j]!).reduce((a, b) => a + b, 0) /
              Math.sqrt(d),
        )
        const seen = scores.filter((s) => !Number.isNaN(s)),
          m = Math.max(...seen),
          l = seen.reduce((sum, s) => sum + Math.exp(s - m), 0)
        return scores.map((s) => Math.exp(s - m) / l)
      }
      const same = (got: ArrayLike<number>, want: number[]): void => {
        expect(Array.from(got, Number.isNaN)).toEqual(want.map(Number.isNaN))
        close(
          Array.from(got, (v) => v || 0),
          want.map((v) => v || 0),
        )
      }
      const tile = await glass.attention({
        layer,
        heads: Array.from({ length: H }, (_, h) => h),
        rows: [0, T],
        cols: [0, T],
        maxRows: T,
        maxCols: T,
      })
      for (let h = 0; h < H; h++) {
        for (let r = 0; r < T; r++) {
          const row = tile.values.subarray((h * T + r) * T, (h * T + r) * T + r + 1)
          same(row, masked(h, r))
          const sum = row.reduce((a, v) => a + (v || 0), 0)
          expect(Math.abs(sum - (h === 3 && r === 12 ? 0 : 1)), `head ${h}, row ${r}`).toBeLessThan(1e-5)
        }
      }
      same((await glass.probe({ site: 'probs', layer, head: 2, position: 20 })).values, masked(2, 20))
      expect(
        Array.from((await glass.probe({ site: 'scores', layer, head: 2, position: 20 })).values, Number.isNaN),
      ).toEqual(masked(2, 20).map(Number.isNaN))
      const small = await glass.thumbnails(T, layer)
      expect([...small.values]).toEqual([...tile.values])
      for (const p of [5, 12, 20, 30, T - 1]) {
        expect(await glass.attentionError(layer, p), `attention error at ${p}`).toBeLessThan(1e-4)
      }

      const stats = await glass.headStats()
      for (let h = 0; h < H; h++) {
        const at = layer * H + h
        const rows = Array.from({ length: T - 1 }, (_, i) => ({ r: i + 1, p: masked(h, i + 1) })).filter(({ p }) =>
          p.some((v) => v > 0),
        )
        const mean = (of: (p: number[], r: number) => number): number =>
          rows.reduce(
            (sum, { p, r }) =>
              sum +
              of(
                p.map((v) => v || 0),
                r,
              ),
            0,
          ) / rows.length
        close(
          [
            stats.self[at]!,
            stats.previous[at]!,
            stats.entropy[at]!,
            stats.relativeEntropy[at]!,
            stats.sink[at]!,
            stats.distance[at]!,
          ],
          [
            mean((p, r) => p[r]!),
            mean((p, r) => (r > 1 ? p[r - 1]! : 0)),
            mean((p) => p.reduce((sum, v, c) => sum - (c && v ? v * Math.log(v) : 0), 0)),
            mean((p, r) => p.reduce((sum, v, c) => sum - (c && v ? v * Math.log(v) : 0), 0) / Math.log(r + 1)),
            mean((p) => p[0]!),
            mean((p, r) => p.reduce((sum, v, c) => sum + (c ? v * (r - c) : 0), 0)),
          ],
        )
        const copying = rows.filter(({ p, r }) => p.some((v, c) => c > 0 && !Number.isNaN(v) && ids[c - 1] === ids[r]))
        const induction =
          copying
            .map(({ p, r }) => p.reduce((sum, v, c) => sum + (c > 0 && ids[c - 1] === ids[r] ? v || 0 : 0), 0))
            .reduce((sum, v) => sum + (v < 0.01 ? 0 : v), 0) / copying.length
        close([stats.induction[at]!], [induction], 1e-3)
      }
      // a list that is refused changes nothing
      await expect(
        glass.setEdits([
          { kind: 'mask-edges', layer, head: 0, queries: [0, T], keys: [0, 2] },
          { kind: 'mask-edges', layer, head: 99, queries: [0, 1], keys: [0, 1] },
        ]),
      ).rejects.toMatchObject({ code: 'PARAM_INVALID' })
      await expect(
        glass.setEdits([{ kind: 'mask-edges', layer, head: 0, queries: [NaN, 3], keys: [0, 1] }]),
      ).rejects.toMatchObject({ code: 'PARAM_INVALID' })
      expect([...(await glass.thumbnails(T, layer)).values]).toEqual([...tile.values])
    } finally {
      await glass.setEdits([])
    }
  }, 120_000)

  it('refuses what is not there, in words', async () => {
    await expect(glass.probe({ site: 'q', layer: 99, position: 0 })).rejects.toMatchObject({ code: 'PARAM_INVALID' })
    await expect(glass.probe({ site: 'q', layer: 0, position: T })).rejects.toMatchObject({ code: 'PARAM_INVALID' })
    await expect(glass.weightTile('nothing', 0, 0, 1, 1)).rejects.toMatchObject({ code: 'PARAM_INVALID' })
  })

  it('times every step of the Plan', async () => {
    const timings = await glass.timings()
    expect(timings.map((t) => t.name)).toEqual(model.plan.steps.map((s) => s.name))
    expect(timings.some((t) => t.microseconds > 0)).toBe(true)
  }, 60_000)
})
