// Runs one position through one block (or all of them) again and copies what is asked for on the way.
// The cache rows it rewrites are saved first and put back after, so a probe changes nothing: the bits of the next
// token are the bits it would have had.

import type { Work } from '../runtime/inspect.ts'
import type { BranchName, PlanStep } from '../model/plan.ts'
import { blockSite, endOf, placeOf, stepOf, stretchesOf, tensorOf } from '../model/sites.ts'
import { keptTensor, type ActivationCache } from './activation-cache.ts'
import { branchOf, isBehindEncoder, residualAfter, residualBefore, residualTensor, sourceLayers } from './sites.ts'

/** Copy `width` floats at `offset` of a buffer right after (or `before`) the named step. */
export interface Capture {
  key: string
  step: string
  buffer: string
  offset: number
  width: number
  before?: boolean
}

const keep = 'replay.keep',
  out = 'replay.out'

export class Replay {
  constructor(private readonly activations: ActivationCache) {
    const { runner } = activations
    const { plan } = runner.runtime
    runner.tensor(
      keep,
      Object.values(plan.caches).reduce((sum, { kvHeads, headDim }) => sum + kvHeads * headDim, 0),
    )
    // every site once, and the residual before each
    runner.tensor(
      out,
      Object.values(plan.sites).reduce((sum, { width }) => sum + 2 * width, 0),
    )
  }

  /**
   * @param from first layer, to last layer (inclusive); the residual before `from` comes from the activation cache
   * @param behind what runs over the source behind the encoder's last block, instead of a block
   * @returns one array per capture, by key
   */
  async run(
    position: number,
    from: number,
    to: number,
    captures: readonly Capture[],
    behind = false,
  ): Promise<Map<string, Float32Array>> {
    const { runtime } = this.activations.runner
    const { plan } = runtime
    // the layers of the encoder run over the source
    const part = behind || from < sourceLayers(plan) ? 'encode' : 'body'
    const start = behind ? residualAfter(plan, sourceLayers(plan) - 1) : residualBefore(plan, from)
    const belongs = ({ name, layer }: PlanStep): boolean =>
      behind ? isBehindEncoder(plan, name) : layer >= from && layer <= to
    const work: Work[] = []
    const rows = (move: (cache: string, at: number, kept: number, count: number) => Work): void => {
      let kept = 0
      for (const [cache, { layer, kvHeads, headDim }] of Object.entries(plan.caches)) {
        if (layer < from || layer > to) continue
        for (let k = 0; k < kvHeads; k++, kept += headDim) {
          work.push(move(cache, (k * runtime.context + position) * headDim, kept, headDim))
        }
      }
    }
    rows((cache, at, kept, count) => ({ copy: cache, at, to: keep, toAt: kept, count }))
    const before = placeOf(plan, start),
      { width } = before
    work.push({
      copy: keptTensor(start),
      at: (position % this.activations.rows) * width,
      to: tensorOf(plan, before),
      toAt: 0,
      count: width,
    })

    let written = 0
    const places: { key: string; buffer: string; offset: number; width: number }[] = []
    const take = (capture: Capture): void => {
      work.push({ copy: capture.buffer, at: capture.offset, to: out, toAt: written, count: capture.width })
      places.push({ key: capture.key, buffer: capture.buffer, offset: written, width: capture.width })
      written += capture.width
    }
    const distances = new Map(
      plan.blocks.flatMap((_, layer) => {
        const site = blockSite(layer, 'attn.distances')
        const place = plan.sites[site]
        return place ? [[place.step, { site, tensor: tensorOf(plan, place), width: place.width }] as const] : []
      }),
    )
    for (const prepared of runtime.steps) {
      const { step } = prepared
      if (step.part !== part || !belongs(step)) continue
      for (const c of captures) if (c.before && c.step === step.name) take(c)
      work.push({ run: prepared })
      // distances do not depend on the position: the run's own stay, of which this step has just overwritten the first row
      const away = distances.get(step.name)
      if (away) work.push({ copy: keptTensor(away.site), at: 0, to: away.tensor, toAt: 0, count: away.width })
      for (const c of captures) if (!c.before && c.step === step.name) take(c)
    }
    rows((cache, at, kept, count) => ({ copy: keep, at: kept, to: cache, toAt: at, count }))

    // the activation cache already holds this position: only edits apply during a replay
    const { hooks } = runtime
    runtime.setHooks(
      hooks && {
        after: new Map(
          [...hooks.after].map(([name, list]) => [name, list.filter((r) => !r.step.op.startsWith('keep-'))]),
        ),
        instead: hooks.instead,
      },
    )
    runtime.submit(part, { T: 1, pos: position, row: 0, prefix: runtime.prefix }, work)
    runtime.setHooks(hooks)
    const data = await this.activations.runner.read(out, 0, written)
    return new Map(
      places.map(({ key, buffer, offset, width }) => [
        key,
        runtime.copied(buffer, data.subarray(offset, offset + width)),
      ]),
    )
  }
  /** The values of a site of a block at one position, edits included. */
  async site(name: string, layer: number, position: number): Promise<Float32Array> {
    const { plan, context } = this.activations.runner.runtime
    const place = placeOf(plan, name)
    const pieces = stretchesOf(plan, place, place.in === 'cache' ? position : 0, context)
    const captures = (before: boolean): Capture[] =>
      pieces.map(({ tensor, offset, count }, n) => ({
        key: `${before ? 'before' : 'after'} ${n}`,
        step: before ? (place.since ?? place.step) : place.step,
        buffer: tensor,
        offset,
        width: count,
        before,
      }))
    const wanted = [...(place.added ? captures(true) : []), ...captures(false)]
    const first = sourceLayers(plan)
    const behind = stepOf(plan, place.step).part === 'encode' && (layer < 0 || layer >= first)
    const found = behind
      ? await this.run(position, first, plan.dims.layers - 1, wanted, true)
      : await this.run(position, layer, layer, wanted)
    const all = (when: string): Float32Array =>
      Float32Array.from(pieces.flatMap((_, n) => [...found.get(`${when} ${n}`)!]))
    const after = all('after')
    if (!place.added) return after
    const before = all('before')
    return after.map((v, i) => v - before[i]!)
  }

  /**
   * The residual right after a branch has been added, by layer, where no site stands: between the branches of a
   * parallel block.
   */
  async between(wanted: readonly { layer: number; part: BranchName }[], position: number): Promise<Float32Array[]> {
    const { plan } = this.activations.runner.runtime
    const layers = wanted.map(({ layer }) => layer)
    const key = ({ layer, part }: { layer: number; part: string }): string => `${layer} ${part}`
    const found = await this.run(
      position,
      Math.min(...layers),
      Math.max(...layers),
      wanted.map((one): Capture => ({
        key: key(one),
        step: endOf(plan, branchOf(plan, one.layer, one.part).adds),
        buffer: residualTensor(plan, one.layer),
        offset: 0,
        width: plan.dims.D,
      })),
    )
    return wanted.map((one) => found.get(key(one))!.slice())
  }
}
