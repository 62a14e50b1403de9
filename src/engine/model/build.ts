// What lower.ts writes a Plan with: steps, the weights and buffers they name, and the site of what each leaves behind.
// Knows no kind of block; it keeps names, sites and steps together, so that the forward pass reads as one.

import type { Params } from '../ops/op.ts'
import type { Linear, Norm } from './describe.ts'
import { lifetimesOf } from './flow.ts'
import type { Part, Plan, PlanBlock, PlanStep, RowSlice, SitePlace, WeightSpec } from './plan.ts'
import { blockSite } from './sites.ts'

/** Numbers on their way: the buffer that holds them, and the site where they are first seen. */
export interface Value {
  buffer: string
  site: string
  width: number
}

export class PlanBuilder {
  /** the block that is being written; -1 outside of blocks */
  layer = -1
  part: Part = 'body'

  /**
   * @param blockAt what the names of a block's tensors begin with, `{i}` being its number
   * @param hasBias whether a layer that may have a bias has one
   */
  constructor(
    private readonly plan: Plan,
    private readonly blockAt: string,
    private readonly hasBias: (tensor: string) => boolean,
  ) {}

  /** blocks.3.attn.q; outside of blocks the name itself */
  full(name: string): string {
    return this.layer < 0 ? name : blockSite(this.layer, name)
  }
  beginBlock(layer: number): PlanBlock {
    this.layer = layer
    return (this.plan.blocks[layer] = { sites: [], branches: [] })
  }
  finish(): Plan {
    return { ...this.plan, lifetimes: lifetimesOf(this.plan) }
  }

  step(
    name: string,
    op: string,
    args: Record<string, string>,
    params: Params,
    more: Pick<PlanStep, 'sized' | 'mask'> = {},
  ): void {
    this.plan.steps.push({ name: this.full(name), op, args, params, ...more, part: this.part, layer: this.layer })
  }

  buffer(name: string, width: number): string {
    this.plan.buffers[name] = { rows: this.part === 'head' ? 'R' : 'T', width }
    return name
  }

  /**
   * Says where values stand from the last step on.
   * @param arg the step's argument that names their buffer
   * @param from what they are computed from
   */
  site(name: string, arg: string, width: number, from: readonly Value[], more: Partial<SitePlace> = {}): Value {
    const { name: step, args } = this.plan.steps.at(-1)!
    const site = this.full(name)
    this.plan.sites[site] = { step, arg, in: 'row', offset: 0, width, from: from.map((v) => v.site), ...more }
    this.plan.blocks[this.layer]?.sites.push(site)
    return { buffer: args[arg]!, site, width }
  }

  /** A second name for values that stand somewhere already. */
  alias(name: string, { buffer, site, width }: Value): Value {
    const alias = this.full(name)
    this.plan.sites[alias] = { ...this.plan.sites[site]! }
    this.plan.blocks[this.layer]!.sites.push(alias)
    return { buffer, site: alias, width }
  }

  /** A tensor of a module of this block, or of the whole model. */
  private tensor(module: string, kind: 'weight' | 'bias'): string {
    return `${this.layer < 0 ? '' : `${this.blockAt.replace('{i}', String(this.layer))}.`}${module}.${kind}`
  }
  weight(at: string, rows: number, cols: number, role: WeightSpec['role'], slice?: RowSlice): string {
    const tensor = this.tensor(at, 'weight'),
      name = keyOf(tensor, slice)
    this.plan.weights[name] = { parts: [{ tensor, rows, ...(slice && { slice }) }], rows, cols, role }
    return name
  }
  private vector(at: string, kind: 'weight' | 'bias', length: number, slice?: RowSlice): string {
    const tensor = this.tensor(at, kind),
      name = keyOf(tensor, slice)
    this.plan.vectors[name] = { parts: [{ tensor, length, ...(slice && { slice }) }], length }
    return name
  }

  /** A norm over the whole width of x, or over each of its `heads` slices with one gain for all. */
  norm(name: string, n: Norm, x: Value, y: string, heads?: number): Value {
    const D = x.width / (heads ?? 1)
    const args = { x: x.buffer, gain: this.vector(n.at, 'weight', D), y: this.buffer(y, x.width) }
    const params = { D, eps: n.eps, R: heads ?? 1 }
    if (n.kind === 'rms') this.step(name, 'rmsnorm', args, params)
    else {
      const bias = n.bias && { bias: this.vector(n.at, 'bias', D) }
      this.step(name, 'layernorm', { ...args, ...bias }, { ...params, hasBias: Number(Boolean(n.bias)) })
    }
    return this.site(name, 'y', x.width, [x], heads ? { heads } : {})
  }

  /**
   * y = x Wᵀ (+ b) into a buffer of its own.
   * @param more.step the step's name where it is not the site's; more.weight: a weight that is there already
   */
  linear(
    name: string,
    l: Linear,
    x: Value,
    y: string,
    width: number,
    more: { heads?: number; step?: string; role?: WeightSpec['role']; weight?: string } = {},
  ): Value {
    const { heads, step = name, role = 'linear' } = more
    const weight = more.weight ?? this.weight(l.at, width, x.width, role, l.slice)
    const hasBias = Boolean(l.bias) && this.hasBias(this.tensor(l.at, 'bias'))
    this.step(
      step,
      'matmul',
      {
        x: x.buffer,
        weight,
        y: this.buffer(y, width),
        ...(hasBias && { bias: this.vector(l.at, 'bias', width, l.slice) }),
      },
      { K: x.width, N: width, hasBias: Number(hasBias), accumulate: 0, yStride: width, yOffset: 0 },
    )
    return this.site(name, 'y', width, [x], { ...(heads && { heads }), weight: { name: weight, part: 0 } })
  }
}

/** Two slices of one tensor are two weights: each has a key of its own. */
const keyOf = (tensor: string, slice?: RowSlice): string =>
  slice ? `${tensor}[${slice.from}:${slice.from + slice.count}/${slice.every}]` : tensor
