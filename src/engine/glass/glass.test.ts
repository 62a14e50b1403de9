// Every number the inspector gives, held against the plain references of the unfused Plan in f64.

import { beforeAll, describe, expect, it } from 'vitest'
import { defaultSampling } from '../sampler/chain.ts'
import { testMachines } from '../testing/machines.ts'
import { close, finalLogits, glass, ids, model, probs, readPlainRun, row, session, T } from './testing/plain.ts'
import type { Site } from './types.ts'

describe.each(await testMachines())('the inspector on the storyteller: $name', ({ where, why }) => {
  if (!where) return it('all', ({ skip }) => skip(why))
  beforeAll(() => readPlainRun(where), 180_000)

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
