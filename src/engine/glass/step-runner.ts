// Running single steps outside a forward: what the inspector does between tokens. Names its steps and tensors,
// remembers what is prepared, and which edges are masked. What runs them is the runtime's Inspection, whichever runtime it
// is.

import { MASKED_EDGES_WORDS, packMaskedEdges, type MaskedEdges } from '../ops/masked-edges.ts'
import type { Params, StepValues } from '../ops/op.ts'
import type { PlanStep } from '../model/plan.ts'
import type { Inspection, Piece, Prepared } from '../runtime/inspect.ts'

/** Masked edges that a layer's list holds. */
export const MAX_MASKED_EDGES = 64

export class StepRunner {
  /** by attention: how many entries of its list of masked edges are in force */
  private readonly inForce = new Map<string, number>()
  private readonly prepared = new Map<string, Promise<Prepared>>()

  constructor(readonly runtime: Inspection) {}

  /** A named tensor of the inspector's own, beside the Plan's; made once. */
  tensor(name: string, floats: number): void {
    this.runtime.tensor(name, floats)
  }

  /** The tensor of the masked edges of an attention: the forward and every picture of it read the same list. */
  maskedEdgesList(layer: number, branch: 'attn' | 'cross'): string {
    const name = `maskedEdges.${branch}.${layer}`
    this.tensor(name, MAX_MASKED_EDGES * MASKED_EDGES_WORDS)
    return name
  }
  /** How many entries of that list are in force. */
  maskedEdges(layer: number, branch: 'attn' | 'cross'): number {
    return this.inForce.get(`${branch}.${layer}`) ?? 0
  }
  /** @returns the tensor of the list */
  maskEdges(layer: number, branch: 'attn' | 'cross', edges: readonly MaskedEdges[]): string {
    const list = this.maskedEdgesList(layer, branch)
    this.inForce.set(`${branch}.${layer}`, edges.length)
    if (edges.length > 0) this.write(list, packMaskedEdges(edges))
    return list
  }

  /** A step over named tensors, prepared the first time it is asked for. */
  step(
    name: string,
    op: string,
    args: Record<string, string>,
    params: Params,
    layer = -1,
    part: PlanStep['part'] = 'probe',
    when?: PlanStep['when'],
  ): Promise<Prepared> {
    let ready = this.prepared.get(name)
    if (!ready) {
      const step: PlanStep = { name, op, args, params, part, layer, ...(when && { when }) }
      this.prepared.set(name, (ready = this.runtime.prepare([step]).then((list) => list[0]!)))
    }
    return ready
  }

  write(name: string, data: ArrayBufferView, offset = 0): void {
    this.runtime.write(name, data, offset)
  }

  /** Runs prepared probe steps in one submit. */
  run(steps: readonly Prepared[], values: StepValues): void {
    this.runtime.submit(
      'probe',
      values,
      steps.map((run) => ({ run })),
    )
  }

  /** `count` floats of a tensor from `offset`, copied. */
  async read(tensor: string, offset: number, count: number): Promise<Float32Array> {
    return (await this.readMany([{ tensor, offset, count }]))[0]!
  }
  readMany(pieces: readonly Piece[]): Promise<Float32Array[]> {
    return this.runtime.readMany(pieces)
  }
}
