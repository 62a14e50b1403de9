// What edits do to a run, held against the plain references of the unfused Plan in f64.

import { beforeAll, describe, expect, it } from 'vitest'
import { testMachines } from '../testing/machines.ts'
import { storytellerGlass } from './testing.ts'
import type { LiveGlass } from './live.ts'
import { cpu, close, glass, ids, model, readPlainRun, T } from './testing/plain.ts'
import type { Edit } from './types.ts'

describe.each(await testMachines())('edits of the storyteller: $name', ({ where, why }) => {
  if (!where) return it('all', ({ skip }) => skip(why))
  beforeAll(() => readPlainRun(where), 180_000)

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
    const { glass: other } = await storytellerGlass(where, 'Lily and Sam were at the lake. Sam had a green boat.', 14)
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
            mean((p) => {
              const seen = p.filter((v) => v > 0).length
              return p.reduce((sum, v, c) => sum - (c && v ? v * Math.log(v) : 0), 0) / (seen > 1 ? Math.log(seen) : 1)
            }),
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
})
