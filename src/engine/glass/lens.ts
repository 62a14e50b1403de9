// Logit lens and direct logit attribution: rows of head(final_norm(residual)), reduced on the GPU.
// nostalgebraist 2020; Elhage et al. 2021 (attribution). The Δ views of a branch are put under the norm scale of
// the full residual they were added to, so that they add up to it.

import type { PlanStep } from '../model/plan.ts'
import type { Prepared } from '../runtime/inspect.ts'
import { isSkipped } from './edits.ts'
import type { Replay } from './replay.ts'
import type { ActivationCache } from './activation-cache.ts'
import type { Contributions, LensCell, LensRequest } from './types.ts'

/** Rows of logits in one submit. */
const BATCH = 16

/** One row to read out: a vector already under the norm, and what to report of it. */
interface Row {
  h: Float32Array
  final: number
  targets: number[]
}
export interface RowStats {
  max: number
  lse: number
  entropy: number
  kl: number
  top: { id: number; logit: number }[]
  targets: { logit: number; rank: number }[]
}

export class Lens {
  private constructor(
    private readonly activations: ActivationCache,
    private readonly gain: Float32Array,
    private readonly eps: number,
    private readonly head: PlanStep,
  ) {}

  static async create(activations: ActivationCache): Promise<Lens> {
    const { runner } = activations
    const { plan } = runner.runtime
    const { D, V } = plan.dims
    const norm = plan.steps.find((s) => s.name === 'final_norm')!
    runner.tensor('lens.h', BATCH * D)
    runner.tensor('lens.logits', BATCH * V)
    return new Lens(
      activations,
      await runner.read(norm.args['gain']!, 0, D),
      norm.params['eps']!,
      plan.steps.find((s) => s.name === 'logits')!,
    )
  }

  /** 1/rms of a residual. */
  private scale(x: Float32Array): number {
    let sum = 0
    for (const v of x) sum += v * v
    return 1 / Math.sqrt(sum / x.length + this.eps)
  }

  /** gain * x * scale: `scale` is the full residual's, x may be a part of it. */
  private normed(x: Float32Array, scale: number): Float32Array {
    return x.map((v, i) => v * scale * this.gain[i]!)
  }

  private async logitsOf(rows: readonly Row[]): Promise<void> {
    const { runner } = this.activations
    const { D } = runner.runtime.plan.dims
    const all = new Float32Array(rows.length * D)
    rows.forEach(({ h }, i) => all.set(h, i * D))
    runner.write('lens.h', all)
    const matmul = await runner.step(
      'lens.head',
      'matmul',
      { ...this.head.args, x: 'lens.h', y: 'lens.logits' },
      this.head.params,
    )
    runner.run([matmul], { T: rows.length, pos: 0, row: 0 })
  }

  /** Statistics of up to BATCH rows at once; `final` is an index into the same batch. */
  private async stats(rows: readonly Row[], max: number): Promise<RowStats[]> {
    const { runner } = this.activations
    const { V } = runner.runtime.plan.dims
    const topK = Math.min(max, V)
    const targets = Math.max(0, ...rows.map((r) => r.targets.length))
    const width = 4 + 2 * topK + 2 * targets
    runner.tensor('lens.ids', BATCH * 64)
    runner.tensor('lens.stats', BATCH * 256)
    await this.logitsOf(rows)
    runner.write(
      'lens.ids',
      Uint32Array.from([
        ...rows.map((r) => r.final),
        ...rows.flatMap((r) => Array.from({ length: targets }, (_, n) => r.targets[n] ?? 0)),
      ]),
    )
    const params = { V, k: topK, targets, width }
    const ready: Prepared = await runner.step(
      'lens.reduce',
      'row-stats',
      { x: 'lens.logits', ids: 'lens.ids', stats: 'lens.stats' },
      params,
    )
    runner.runtime.setParams(ready, params)
    runner.run([ready], { T: rows.length, pos: 0, row: 0 })
    const data = await runner.read('lens.stats', 0, rows.length * width)
    return rows.map((row, r): RowStats => {
      const at = (i: number): number => data[r * width + i]!
      return {
        max: at(0),
        lse: at(1),
        entropy: at(2),
        kl: at(3),
        top: Array.from({ length: topK }, (_, n) => ({ id: at(4 + 2 * n), logit: at(5 + 2 * n) })),
        targets: row.targets.map((_, n) => ({ logit: at(4 + 2 * topK + 2 * n), rank: at(5 + 2 * topK + 2 * n) })),
      }
    })
  }

  /** What the model itself says at these positions: top candidates and, per position, one target's logit and rank. */
  async finals(positions: readonly number[], targets: readonly (number | null)[], topK: number): Promise<RowStats[]> {
    const { layers, D } = this.activations.runner.runtime.plan.dims
    const out: RowStats[] = []
    for (let i = 0; i < positions.length; i += BATCH) {
      const residuals = await this.activations.many(
        positions.slice(i, i + BATCH).map((position) => ({ tensor: `post.${layers - 1}`, position, width: D })),
      )
      const rows = residuals.map((x, n): Row => ({
        h: this.normed(x, this.scale(x)),
        final: n,
        targets: targets[i + n] == null ? [] : [targets[i + n]!],
      }))
      out.push(...(await this.stats(rows, topK)))
    }
    return out
  }

  /** Final norm and full logits of one position. */
  async row(position: number): Promise<{ norm: Float32Array; logits: Float32Array }> {
    const { layers, D, V } = this.activations.runner.runtime.plan.dims
    const x = await this.activations.row(`post.${layers - 1}`, position, D)
    const norm = this.normed(x, this.scale(x))
    await this.logitsOf([{ h: norm, final: 0, targets: [] }])
    return { norm, logits: await this.activations.runner.read('lens.logits', 0, V) }
  }

  async cells(request: LensRequest, text: (id: number) => string): Promise<LensCell[]> {
    const { layers, D } = this.activations.runner.runtime.plan.dims
    const cells: LensCell[] = []
    for (const position of request.positions) {
      const wanted = request.layers.flatMap((layer) => tensorsOfPart(layer, request.part))
      const [last, ...rest] = await this.activations.many(
        [`post.${layers - 1}`, ...wanted].map((tensor) => ({ tensor, position, width: D })),
      )
      const vectors = request.layers.map((layer) =>
        this.partOf(rest.splice(0, tensorsOfPart(layer, request.part).length)),
      )
      const final: Row = { h: this.normed(last!, this.scale(last!)), final: 0, targets: [] }
      for (let i = 0; i < vectors.length; i += BATCH - 1) {
        const chunk = vectors.slice(i, i + BATCH - 1)
        const stats = await this.stats(
          [final, ...chunk.map((h): Row => ({ h, final: 0, targets: request.targets ?? [] }))],
          request.topK,
        )
        chunk.forEach((_, n) => {
          const s = stats[n + 1]!
          cells.push({
            layer: request.layers[i + n]!,
            position,
            entropy: s.entropy,
            kl: s.kl,
            top: s.top.map(({ id, logit }) => ({ id, text: text(id), logprob: logit - s.lse })),
            targets: s.targets.map(({ logit, rank }, t) => ({
              id: request.targets![t]!,
              logit,
              logprob: logit - s.lse,
              rank,
            })),
          })
        })
      }
    }
    return cells
  }

  /** One residual as it is, or the difference of two under the norm scale of the later one. */
  private partOf([after, before]: Float32Array[]): Float32Array {
    const scale = this.scale(after!)
    return this.normed(before ? after!.map((v, i) => v - before[i]!) : after!, scale)
  }

  /** Every part's push on one token's logit at one position; the sum is the logit. */
  async contributions(position: number, target: number, replay: Replay): Promise<Contributions> {
    const { runner } = this.activations
    const { plan } = runner.runtime
    const { layers, D, H, d } = plan.dims
    const residuals = await this.activations.many([
      { tensor: 'post.-1', position, width: D },
      ...Array.from({ length: layers }, (_, layer) =>
        [`mid.${layer}`, `post.${layer}`].map((tensor) => ({ tensor, position, width: D })),
      ).flat(),
    ])
    const last = residuals.at(-1)!
    const scale = this.scale(last)
    const direction = (await this.direction(target)).map((v) => v * scale)
    const dot = (x: Float32Array, from = 0): number => direction.reduce((sum, v, i) => sum + v * x[from + i]!, 0)

    const attn = new Float32Array(layers),
      mlp = new Float32Array(layers),
      heads = new Float32Array(layers * H)
    const pushes = residuals.map((x) => dot(x))
    const embed = pushes[0]!
    const z = await replay.run(
      position,
      0,
      layers - 1,
      plan.steps
        .filter((s) => s.op === 'attention')
        .map((s) => ({ key: String(s.layer), step: s.name, buffer: s.args['z']!, offset: 0, width: H * d })),
    )
    runner.tensor('lens.zHeads', H * H * d)
    for (let layer = 0; layer < layers; layer++) {
      attn[layer] = pushes[2 * layer + 1]! - pushes[2 * layer]!
      mlp[layer] = pushes[2 * layer + 2]! - pushes[2 * layer + 1]!
      // W_O times z with all heads but one zeroed, one head a row
      const masked = new Float32Array(H * H * d)
      for (let h = 0; h < H; h++) masked.set(z.get(String(layer))!.subarray(h * d, (h + 1) * d), h * H * d + h * d)
      runner.write('lens.zHeads', masked)
      runner.tensor(`lens.outHeads.${layer}`, H * D)
      const out = plan.steps.find((s) => s.layer === layer && s.name.endsWith('.attn.out'))!
      const ready = await runner.step(
        `lens.out.${layer}`,
        'matmul',
        { x: 'lens.zHeads', weight: out.args['weight']!, y: `lens.outHeads.${layer}` },
        { ...out.params, hasBias: 0, accumulate: 0 },
        layer,
      )
      runner.run([ready], { T: H, pos: 0, row: 0 })
    }
    const outs = await runner.readMany(
      Array.from({ length: layers }, (_, layer) => ({ tensor: `lens.outHeads.${layer}`, offset: 0, count: H * D })),
    )
    outs.forEach((rows, layer) => {
      if (!isSkipped(runner.runtime, layer, 'attn')) {
        for (let h = 0; h < H; h++) heads[layer * H + h] = dot(rows, h * D)
      }
    })
    return { target, embed, attn, mlp, heads, logit: dot(last) }
  }

  /** The direction that a residual's logit of this token is read along: logit = direction · x / rms(x). */
  async direction(target: number): Promise<Float32Array> {
    return this.normed(await this.headRow(target), 1)
  }

  /** One dequantized row of the head. */
  private async headRow(id: number): Promise<Float32Array> {
    const { runner } = this.activations
    const { D } = runner.runtime.plan.dims
    runner.tensor('lens.row', D)
    runner.tensor('lens.rowId', 1)
    runner.write('lens.rowId', Uint32Array.of(id))
    const gather = await runner.step(
      'lens.gather',
      'gather',
      { ids: 'lens.rowId', weight: this.head.args['weight']!, y: 'lens.row' },
      { D },
    )
    runner.run([gather], { T: 1, pos: 0, row: 0 })
    return runner.read('lens.row', 0, D)
  }
}

/** The kept tensors a view is made of: [what it is after, what it was before]. */
const tensorsOfPart = (layer: number, part: LensRequest['part']): string[] => {
  if (part === 'resid' || layer < 0) return [`post.${layer}`]
  return part === 'attn' ? [`mid.${layer}`, `post.${layer - 1}`] : [`post.${layer}`, `mid.${layer}`]
}
