// What lower.ts writes a Plan with: steps, the weights and buffers they name, and the site of what each leaves behind.
// Knows no kind of block; it keeps names, sites and steps together, so that the forward pass reads as one.

import type { Params } from '../ops/op.ts'
import type { ExpertRows, Linear, Norm } from './describe.ts'
import { lifetimesOf } from './flow.ts'
import type {
  Part,
  Plan,
  PlanBlock,
  PlanStep,
  RowSlice,
  SitePlace,
  VectorPart,
  VectorSpec,
  WeightSpec,
} from './plan.ts'
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
  /** what the names of the block's tensors begin with */
  private at = ''

  /** @param hasBias whether a layer that may have a bias has one @param has whether the files hold a tensor */
  constructor(
    readonly plan: Plan,
    private readonly hasBias: (tensor: string) => boolean,
    private readonly has: (tensor: string) => boolean,
  ) {}

  /** blocks.3.attn.q; outside of blocks the name itself */
  full(name: string): string {
    return this.layer < 0 ? name : blockSite(this.layer, name)
  }
  /** @param at what the names of its tensors begin with, `{i}` being its number in its stack */
  beginBlock(layer: number, at: string, stack: PlanBlock['stack'], number: number): PlanBlock {
    this.layer = layer
    this.at = at && `${at.replace('{i}', String(number))}.`
    return (this.plan.blocks[layer] ??= { stack, number, sites: [], branches: [] })
  }
  endBlocks(): void {
    this.layer = -1
    this.at = ''
  }
  finish(): Plan {
    return { ...this.plan, lifetimes: lifetimesOf(this.plan) }
  }

  step(
    name: string,
    op: string,
    args: Record<string, string>,
    params: Params,
    more: Pick<PlanStep, 'sized' | 'mask' | 'ofTokens'> = {},
  ): void {
    this.plan.steps.push({ name: this.full(name), op, args, params, ...more, part: this.part, layer: this.layer })
  }

  /** An encoder has buffers of its own; where blocks differ in width, so has each width. */
  buffer(name: string, width: number): string {
    const rows = this.part === 'head' ? 'R' : 'T'
    const own = this.part === 'encode' ? `source.${name}` : name
    const other = this.plan.buffers[own]
    const free = !other || (other.width === width && other.rows === rows) ? own : `${own}.${width}`
    this.plan.buffers[free] = { rows, width }
    return free
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
    this.plan.blocks[this.layer]?.sites.push(alias)
    return { buffer, site: alias, width }
  }

  /** Values are changed in place by the last step: they stand in its argument `arg` from now on. */
  moved({ site }: Value, arg: string): void {
    Object.assign(this.plan.sites[site]!, { step: this.plan.steps.at(-1)!.name, arg })
  }

  /** A module of this block, or of the whole model. */
  private within(at: string): string {
    return this.at + at
  }
  weight(l: Linear, rows: number, cols: number, role: WeightSpec['role']): string {
    const { slice, transpose } = l
    const tensor = this.within(l.weightAt ?? `${l.at}.weight`),
      name = keyOf(tensor, slice)
    this.plan.weights[name] = {
      parts: [{ tensor, rows, ...(slice && { slice }), ...(transpose && { transpose }) }],
      rows,
      cols,
      role,
    }
    return name
  }
  /** Does the file hold this tensor of this block? {e} stands for an expert's number. */
  holds(tensor: string): boolean {
    return this.has(this.within(tensor).replace('{e}', '0'))
  }
  /** The rows of all `count` experts, `rows` of each, one expert below the other. */
  experts({ tensor, slice }: ExpertRows, count: number, rows: number, cols: number): string {
    const whole = this.within(tensor),
      name = keyOf(whole, slice)
    const parts = whole.includes('{e}')
      ? this.untilMissing(count, (e) => whole.replace('{e}', String(e))).map((one) => ({ tensor: one, rows }))
      : [{ tensor: whole, rows: count * rows, ...(slice && { slice }) }]
    this.plan.weights[name] = { parts, rows: count * rows, cols, role: 'linear' }
    return name
  }
  /** Names of a tensor for each of `count`; of those that the files lack the first: it is the one to be missed. */
  private untilMissing(count: number, name: (e: number) => string): string[] {
    const names: string[] = []
    for (let e = 0; e < count; e++) {
      names.push(name(e))
      if (!this.has(names[e]!)) break
    }
    return names
  }
  /** The bias of a layer of `rows` rows, where it has one. */
  bias({ at, bias, biasAt = `${at}.bias`, slice }: Linear, rows: number): string | null {
    return bias && this.hasBias(this.within(biasAt)) ? this.vector(biasAt, rows, slice ? { slice } : {}) : null
  }
  /** `length` values of a tensor of this block, or of the whole model. @param tensor its name within the block */
  vector(tensor: string, length: number, more: { slice?: RowSlice } & Pick<VectorSpec, 'shape' | 'make'> = {}): string {
    const { slice, ...rest } = more
    const whole = this.within(tensor),
      name = keyOf(whole, slice)
    this.plan.vectors[name] = { parts: [{ tensor: whole, length, ...(slice && { slice }) }], length, ...rest }
    return name
  }
  /** Several tensors of this block as one vector. */
  joined(name: string, parts: readonly VectorPart[]): string {
    const all = parts.map((part) => ({ ...part, tensor: this.within(part.tensor) }))
    this.plan.vectors[this.full(name)] = { parts: all, length: all.reduce((n, part) => n + part.length, 0) }
    return this.full(name)
  }
  /** A vector that is made of no tensor of its own. */
  made(name: string, length: number, make: VectorSpec['make']): string {
    this.plan.vectors[name] = { parts: [], length, ...(make && { make }) }
    return name
  }

  /** Gains or biases of a norm over D values: one for all `heads` slices, one for each of them, or one tensor for each. */
  private gains({ at, over, plusOne }: Norm, kind: 'weight' | 'bias', D: number, heads: number): string {
    const make = plusOne && kind === 'weight' ? { make: { kind: 'plus-one' as const } } : {}
    if (over !== 'own') return this.vector(`${at}.${kind}`, D, make)
    if (!at.includes('{h}')) return this.vector(`${at}.${kind}`, heads * D, { shape: [heads, D], ...make })
    const name = this.within(`${at}.${kind}`)
    const parts = Array.from({ length: heads }, (_, h) => ({ tensor: name.replace('{h}', String(h)), length: D }))
    this.plan.vectors[name] = { parts, length: heads * D, ...make }
    return name
  }

  /** A norm over the whole width of x, or over each of its `heads` slices. */
  norm(name: string, n: Norm, x: Value, y: string, heads = 1): Value {
    const R = n.over === 'all' ? 1 : heads,
      D = x.width / R
    const args = { x: x.buffer, gain: this.gains(n, 'weight', D, R), y: this.buffer(y, x.width) }
    const params = { D, eps: n.eps, R, own: Number(n.over === 'own') }
    if (n.kind === 'rms') this.step(name, 'rmsnorm', args, params)
    else {
      const bias = n.bias && { bias: this.gains(n, 'bias', D, R) }
      this.step(name, 'layernorm', { ...args, ...bias }, { ...params, hasBias: Number(Boolean(n.bias)) })
    }
    return this.site(name, 'y', x.width, [x], heads > 1 ? { heads } : {})
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
    const weight = more.weight ?? this.weight(l, width, x.width, role)
    const bias = this.bias(l, width)
    this.step(
      step,
      'matmul',
      { x: x.buffer, weight, y: this.buffer(y, width), ...(bias && { bias }) },
      { K: x.width, N: width, hasBias: Number(bias !== null), accumulate: 0, yStride: width, yOffset: 0 },
    )
    return this.site(name, 'y', width, [x], { ...(heads && { heads }), weight: { name: weight, part: 0 } })
  }
}

/** Two slices of one tensor are two weights: each has a key of its own. */
const keyOf = (tensor: string, slice?: RowSlice): string =>
  slice ? `${tensor}[${slice.from}:${slice.from + slice.count}/${slice.every}]` : tensor
