// Logit lens and direct logit attribution: rows of head(final_norm(residual)), reduced where they are computed.
// nostalgebraist 2020; Elhage et al. 2021 (attribution). The Δ views of a branch are put under the norm scale of
// the full residual they were added to, so that they add up to it (final-norm.ts).

import { blockSite, placeOf, stepOf, tensorOf } from '../model/sites.ts'
import type { ActivationCache } from './activation-cache.ts'
import { isSkipped } from './edits.ts'
import { FinalNorm } from './final-norm.ts'
import type { Replay } from './replay.ts'
import { residualsAround } from './residuals.ts'
import { absentView, refuseAbsent, whyAbsent } from './absent.ts'
import { ReadOut } from './read-out.ts'
import { BATCH, reduceRows, type RowAsked, type RowStats } from './row-stats.ts'
import { branchOf, firstRow, residualAfter, sourceLayers } from './sites.ts'
import type { Contributions, LensCell, LensRequest } from './types.ts'

/** One row to read out: a vector already under the norm, and what to report of it. */
interface Row extends RowAsked {
  h: Float32Array
}

/** The residual of an encoder is not on the way to the vocabulary: the text takes it in by cross-attention. */
const offTheWay = (): Error =>
  absentView(
    'source',
    'Cannot follow one residual to the vocabulary: what the encoder computes reaches the answer through cross-attention, as another residual.',
  )

export class Lens {
  private constructor(
    private readonly activations: ActivationCache,
    private readonly norm: FinalNorm,
    private readonly out: ReadOut,
    private readonly replay: () => Replay,
  ) {}

  /** @throws VIEW_ABSENT where the model has no head over tokens */
  static async create(activations: ActivationCache, replay: () => Replay): Promise<Lens> {
    const { runner } = activations
    const out = await ReadOut.create(runner, BATCH)
    return new Lens(activations, await FinalNorm.read(runner), out, replay)
  }

  /** Statistics of up to BATCH rows at once; `final` is an index into the same batch. */
  private async stats(rows: readonly Row[], max: number): Promise<RowStats[]> {
    this.out.run(rows.map(({ h }) => h))
    return reduceRows(this.activations.runner, 'lens', this.out.logits, rows, max)
  }

  /** What the model itself says at these positions: top candidates and, per position, one target's logit and rank. */
  async finals(positions: readonly number[], targets: readonly (number | null)[], topK: number): Promise<RowStats[]> {
    const out: RowStats[] = []
    for (let i = 0; i < positions.length; i += BATCH) {
      const residuals = await this.activations.many(
        positions.slice(i, i + BATCH).map((position) => ({ site: this.last, position })),
      )
      const rows = residuals.map((x, n): Row => ({
        h: this.norm.whole(x),
        final: n,
        targets: targets[i + n] == null ? [] : [targets[i + n]!],
      }))
      out.push(...(await this.stats(rows, topK)))
    }
    return out
  }

  /** Final norm and full logits of one position. */
  async row(position: number): Promise<{ norm: Float32Array; logits: Float32Array }> {
    const { V } = this.activations.runner.runtime.plan.dims
    const norm = this.norm.whole(await this.activations.row(this.last, position))
    this.out.run([norm])
    return { norm, logits: await this.activations.runner.read(this.out.logits, 0, V) }
  }

  async cells(request: LensRequest, text: (id: number) => string): Promise<LensCell[]> {
    const cells: LensCell[] = [],
      { plan } = this.activations.runner.runtime
    // of the last residual every model speaks
    const beyond = request.part !== 'resid' || request.layers.some((layer) => layer < plan.dims.layers - 1)
    if (beyond) refuseAbsent(whyAbsent(plan, 'lens'))
    // what a branch added is no part of a sum that starts afresh, nor of one that is bent behind it
    if (request.part !== 'resid') refuseAbsent(whyAbsent(plan, 'contributions'))
    if (request.layers.some((layer) => layer >= 0 && layer < sourceLayers(plan))) throw offTheWay()
    for (const position of request.positions) {
      const vectors = await this.vectors(request, position)
      const final: Row = { h: this.norm.whole(await this.activations.row(this.last, position)), final: 0, targets: [] }
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

  /** The residual after the last block. */
  private get last(): string {
    const { plan } = this.activations.runner.runtime
    return residualAfter(plan, plan.dims.layers - 1)
  }

  /** One vector for each layer asked, under the norm: a residual, or what a branch added, under the scale of the
   *  residual after it. Of layer -1 there is only the embedding. */
  private async vectors({ layers, part }: LensRequest, position: number): Promise<Float32Array[]> {
    const { plan } = this.activations.runner.runtime
    const ofBranch = (layer: number): boolean => part !== 'resid' && layer >= 0
    const whole = await this.activations.many(
      layers.flatMap((layer) => (ofBranch(layer) ? [] : { site: residualAfter(plan, layer), position })),
    )
    const parts = await residualsAround(
      this.activations,
      this.replay,
      layers.flatMap((layer) => (part !== 'resid' && layer >= 0 ? { layer, part } : [])),
      position,
    )
    return layers.map((layer) => {
      if (!ofBranch(layer)) return this.norm.whole(whole.shift()!)
      const [after, before] = parts.shift()!
      return this.norm.part(
        after.map((v, i) => v - before[i]!),
        this.norm.scale(after),
      )
    })
  }

  /** Every part's push on one token's logit at one position; the sum is the logit. */
  async contributions(position: number, target: number): Promise<Contributions> {
    const { runner } = this.activations
    const { plan } = runner.runtime
    const { layers, H, d } = plan.dims
    refuseAbsent(whyAbsent(plan, 'contributions'))
    // an encoder's layers are no part of this residual: it takes them in through cross-attention
    const start = sourceLayers(plan)
    const branches = plan.blocks.flatMap(({ branches: list }, layer) =>
      layer < start ? [] : list.map(({ name: part }) => ({ layer, part })),
    )
    const around = await residualsAround(this.activations, this.replay, branches, position)
    const [embedding, last] = (await this.activations.many(
      ['embed', this.last].map((site) => ({ site, position })),
    )) as [Float32Array, Float32Array]
    const { row, bias: headBias } = await this.out.row(target)
    const scale = this.norm.scale(last)
    const direction = this.norm.direction(row).map((v) => v * scale)
    const dot = (x: Float32Array, from = 0): number => direction.reduce((sum, v, i) => sum + v * x[from + i]!, 0)

    const attn = new Float32Array(layers),
      mlp = new Float32Array(layers),
      cross = new Float32Array(layers),
      heads = new Float32Array(layers * H)
    branches.forEach(({ layer, part }, n) => {
      const [after, before] = around[n]!
      ;(part === 'attn' ? attn : part === 'cross' ? cross : mlp)[layer]! += dot(after) - dot(before)
    })
    const embed = dot(embedding)
    const bias = (this.norm.bias?.reduce((sum, v, i) => sum + v * row[i]!, 0) ?? 0) + headBias
    const ofStack = Array.from({ length: layers - start }, (_, i) => start + i)
    const z = await this.replay().run(
      position,
      start,
      layers - 1,
      ofStack.map((layer) => {
        const place = placeOf(plan, blockSite(layer, 'attn.z'))
        const { offset, width } = place
        return { key: String(layer), step: place.step, buffer: tensorOf(plan, place), offset, width }
      }),
    )
    runner.tensor('lens.zHeads', H * H * d)
    for (const layer of ofStack) {
      // W_O times z with all heads but one zeroed, one head a row
      const masked = new Float32Array(H * H * d)
      for (let h = 0; h < H; h++) masked.set(z.get(String(layer))!.subarray(h * d, (h + 1) * d), h * H * d + h * d)
      runner.write('lens.zHeads', masked)
      const out = placeOf(plan, blockSite(layer, 'attn.out')).weight!
      const { rows: N, cols: K } = plan.weights[out.name]!
      runner.tensor(`lens.outHeads.${layer}`, H * N)
      const ready = await runner.step(
        `lens.out.${layer}`,
        'matmul',
        { x: 'lens.zHeads', weight: out.name, y: `lens.outHeads.${layer}` },
        { K, N, hasBias: 0, accumulate: 0, yStride: N, yOffset: 0 },
        layer,
      )
      runner.run([ready], { T: H, pos: 0, row: 0, prefix: 0 })
    }
    const outs = await runner.readMany(
      ofStack.map((layer) => {
        const { rows } = plan.weights[placeOf(plan, blockSite(layer, 'attn.out')).weight!.name]!
        return { tensor: `lens.outHeads.${layer}`, offset: 0, count: H * rows }
      }),
    )
    for (const [i, rows] of outs.entries()) {
      const layer = start + i
      if (isSkipped(runner.runtime, layer, 'attn')) continue
      const first = firstRow(plan, placeOf(plan, blockSite(layer, 'attn.out')).weight!)
      const under = await this.underNorm(layer, position)
      for (let h = 0; h < H; h++) {
        const from = (h * rows.length) / H + first
        heads[layer * H + h] = under ? dot(under(rows.slice(from, from + plan.dims.D))) : dot(rows, from)
      }
    }
    const logit = dot(last) + bias
    return {
      target,
      embed,
      attn,
      mlp,
      ...(branches.some(({ part }) => part === 'cross') && { cross }),
      heads,
      bias,
      logit,
    }
  }

  /**
   * What the block does to a part of attention's result before it adds it: a norm of its own, whose scale is the whole's,
   * and a factor. null: nothing.
   */
  private async underNorm(layer: number, position: number): Promise<((x: Float32Array) => Float32Array) | null> {
    const { runner } = this.activations
    const { plan } = runner.runtime
    const { by = 1 } = stepOf(plan, branchOf(plan, layer, 'attn').adds).params
    const site = blockSite(layer, 'attn.after')
    if (!(site in plan.sites)) return by === 1 ? null : (x) => x.map((v) => v * by)
    const norm = await FinalNorm.read(runner, site)
    const scale = norm.scale(await this.replay().site(blockSite(layer, 'attn.out'), layer, position))
    return (x) => norm.part(x, scale * by)
  }

  /** The direction that a residual's logit of this token is read along: logit = direction · x · scale (+ bias). */
  async direction(target: number): Promise<Float32Array> {
    return this.norm.direction((await this.out.row(target)).row)
  }
}
