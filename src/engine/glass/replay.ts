// Runs one position through one block (or all of them) again and copies what is asked for on the way.
// The cache rows it rewrites are saved first and put back after, so a probe changes nothing: the bits of the next
// token are the bits it would have had.

import type { GpuBuffer } from '../gpu/memory.ts'
import type { Ready } from '../runtime/session.ts'
import type { Tapes } from './tapes.ts'

/** Copy `width` floats at `offset` of a buffer right after (or `before`) the named step. */
export interface Capture { key: string; step: string; buffer: string; offset: number; width: number; before?: boolean }

export class Replay {
  private readonly keep: GpuBuffer
  private readonly out: GpuBuffer

  constructor(private readonly tapes: Tapes) {
    const { session } = tapes.machine
    const { K, d, layers, D, H, F, V } = session.plan.dims
    this.keep = tapes.machine.tensor('replay.keep', layers * 2 * K * d)
    this.out = tapes.machine.tensor('replay.out', layers * Math.max(3 * D + 4 * H * d + 4 * F, 64) + V)
  }

  /**
   * @param from first layer, to last layer (inclusive); the residual before `from` comes from the tape
   * @returns one array per capture, by key
   */
  async run(position: number, from: number, to: number, captures: readonly Capture[]): Promise<Map<string, Float32Array>> {
    const { machine } = this.tapes
    const { session } = machine
    const { K, d, D } = session.plan.dims
    const encoder = session.device.gpu.createCommandEncoder()
    const values = { T: 1, pos: position, row: 0 }
    session.writeStep('body', values)
    const rows = (move: (cache: GpuBuffer, cacheOffset: number, keepOffset: number) => void): void => {
      for (let layer = from; layer <= to; layer++) {
        ['kCache', 'vCache'].forEach((plane, p) => {
          const cache = machine.buffer(`${plane}.${layer}`)
          for (let k = 0; k < K; k++) move(cache, (k * session.context + position) * d * 4, ((layer * 2 + p) * K + k) * d * 4)
        })
      }
    }
    rows((cache, at, kept) => encoder.copyBufferToBuffer(cache, at, this.keep, kept, d * 4))
    encoder.copyBufferToBuffer(machine.buffer(`post.${from - 1}`), (position % this.tapes.rows) * D * 4, machine.buffer('x'), 0, D * 4)

    let written = 0
    const places: { key: string; offset: number; width: number }[] = []
    const take = (capture: Capture): void => {
      encoder.copyBufferToBuffer(machine.buffer(capture.buffer), capture.offset * 4, this.out, written * 4, capture.width * 4)
      places.push({ key: capture.key, offset: written, width: capture.width })
      written += capture.width
    }
    const steps: Ready[] = session.body.filter((r) => r.step.layer >= from && r.step.layer <= to)
    // the tapes already hold this position: only edits apply during a replay
    const hooks = session.hooks
    session.hooks = hooks && { after: new Map([...hooks.after].map(([name, list]) => [name, list.filter((r) => r.step.op !== 'tape')])), instead: hooks.instead }
    for (const ready of steps) {
      for (const c of captures) if (c.before && c.step === ready.step.name) take(c)
      const pass = encoder.beginComputePass()
      session.record(pass, [ready], values)
      pass.end()
      for (const c of captures) if (!c.before && c.step === ready.step.name) take(c)
    }
    session.hooks = hooks
    rows((cache, at, kept) => encoder.copyBufferToBuffer(this.keep, kept, cache, at, d * 4))
    session.device.gpu.queue.submit([encoder.finish()])

    const data = await machine.read(this.out, 0, written)
    return new Map(places.map(({ key, offset, width }) => [key, data.subarray(offset, offset + width)]))
  }
}
