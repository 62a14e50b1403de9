// Runs one position through one block (or all of them) again and copies what is asked for on the way.
// The cache rows it rewrites are saved first and put back after, so a probe changes nothing: the bits of the next
// token are the bits it would have had.

import type { Work } from '../runtime/inspect.ts'
import type { ActivationCache } from './activation-cache.ts'

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
    const { K, d, layers, D, H, F, V } = runner.runtime.plan.dims
    runner.tensor(keep, layers * 2 * K * d)
    runner.tensor(out, layers * Math.max(3 * D + 4 * H * d + 4 * F, 64) + V)
  }

  /**
   * @param from first layer, to last layer (inclusive); the residual before `from` comes from the activation cache
   * @returns one array per capture, by key
   */
  async run(
    position: number,
    from: number,
    to: number,
    captures: readonly Capture[],
  ): Promise<Map<string, Float32Array>> {
    const { runtime } = this.activations.runner
    const { K, d, D } = runtime.plan.dims
    const work: Work[] = []
    const rows = (move: (cache: string, at: number, kept: number) => Work): void => {
      for (let layer = from; layer <= to; layer++) {
        ;['kCache', 'vCache'].forEach((plane, p) => {
          for (let k = 0; k < K; k++) {
            work.push(move(`${plane}.${layer}`, (k * runtime.context + position) * d, ((layer * 2 + p) * K + k) * d))
          }
        })
      }
    }
    rows((cache, at, kept) => ({ copy: cache, at, to: keep, toAt: kept, count: d }))
    work.push({ copy: `post.${from - 1}`, at: (position % this.activations.rows) * D, to: 'x', toAt: 0, count: D })

    let written = 0
    const places: { key: string; offset: number; width: number }[] = []
    const take = (capture: Capture): void => {
      work.push({ copy: capture.buffer, at: capture.offset, to: out, toAt: written, count: capture.width })
      places.push({ key: capture.key, offset: written, width: capture.width })
      written += capture.width
    }
    for (const prepared of runtime.steps) {
      const { step } = prepared
      if (step.part !== 'body' || step.layer < from || step.layer > to) continue
      for (const c of captures) if (c.before && c.step === step.name) take(c)
      work.push({ run: prepared })
      for (const c of captures) if (!c.before && c.step === step.name) take(c)
    }
    rows((cache, at, kept) => ({ copy: keep, at: kept, to: cache, toAt: at, count: d }))

    // the activation cache already holds this position: only edits apply during a replay
    const { hooks } = runtime
    runtime.setHooks(
      hooks && {
        after: new Map([...hooks.after].map(([name, list]) => [name, list.filter((r) => r.step.op !== 'keep-rows')])),
        instead: hooks.instead,
      },
    )
    runtime.submit('body', { T: 1, pos: position, row: 0 }, work)
    runtime.setHooks(hooks)
    const data = await this.activations.runner.read(out, 0, written)
    return new Map(places.map(({ key, offset, width }) => [key, data.subarray(offset, offset + width)]))
  }
}
