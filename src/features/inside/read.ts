// Asking the Glass for this panel: every probe is asked once per run and position. What is computed here from its
// answers is what the card says it computes, nothing else.

import {
  activations,
  useInspect,
  type Glass,
  type PlanInfo,
  type ProbeRequest,
  type ProbeResult,
} from '../../store/inspect.ts'
import { stepOf } from './sites.ts'

const max = 400
const held = new Map<string, Promise<ProbeResult>>()
let heldOf: { glass: Glass; version: number } | null = null

export function probe(glass: Glass, request: ProbeRequest): Promise<ProbeResult> {
  const { version } = useInspect.getState()
  if (heldOf?.glass !== glass || heldOf.version !== version) {
    held.clear()
    heldOf = { glass, version }
  }
  const { site, layer = 0, head = -1, position } = request
  const key = `${site} ${layer} ${head} ${position}`
  let answer = held.get(key)
  if (!answer) {
    if (held.size >= max) held.delete(held.keys().next().value!)
    held.set(key, (answer = glass.probe(request)))
    answer.catch(() => held.delete(key))
  }
  return answer
}

/** A site by its name in the Plan. */
function named(glass: Glass, plan: PlanInfo, name: string, position: number): Promise<ProbeResult> {
  const { site, layer } = plan.sites[name]!
  return probe(glass, { site: site!, layer, position })
}

const lengthOf = (values: Float32Array): number => Math.sqrt(values.reduce((sum, v) => sum + v * v, 0))

/** The residual that this part reads: a branch of this layer, or the head. */
export const readBy = (
  glass: Glass,
  plan: PlanInfo,
  part: 'attn' | 'mlp' | 'head',
  layer: number,
  position: number,
): Promise<ProbeResult> =>
  named(
    glass,
    plan,
    part === 'head'
      ? plan.blocks.at(-1)!.branches.at(-1)!.writes!
      : plan.blocks[layer]!.branches.find(({ name }) => name === part)!.reads,
    position,
  )

/**
 * The running sum after the first `count` branches of a layer: a residual where one stands; between parallel branches,
 * which all read the same, what is added so far.
 */
async function sumAfter(
  glass: Glass,
  plan: PlanInfo,
  layer: number,
  count: number,
  position: number,
): Promise<Pick<ProbeResult, 'values' | 'norm'>> {
  const { branches } = plan.blocks[layer]!
  if (count === 0) return named(glass, plan, branches[0]!.reads, position)
  const { writes, out } = branches[count - 1]!
  if (writes !== null) return named(glass, plan, writes, position)
  const x = await sumAfter(glass, plan, layer, count - 1, position)
  const delta = await named(glass, plan, out, position)
  const values = x.values.map((v, i) => v + delta.values[i]!)
  return { values, norm: lengthOf(values) }
}

/** The running sum before this branch is added, and after. */
export async function sumsAround(
  glass: Glass,
  plan: PlanInfo,
  part: PlanInfo['blocks'][number]['branches'][number]['name'],
  layer: number,
  position: number,
): Promise<{ before: Pick<ProbeResult, 'values' | 'norm'>; after: Pick<ProbeResult, 'values' | 'norm'> }> {
  const at = plan.blocks[layer]!.branches.findIndex(({ name }) => name === part)
  return {
    before: await sumAfter(glass, plan, layer, at, position),
    after: await sumAfter(glass, plan, layer, at + 1, position),
  }
}

export interface Norms {
  start: number
  attn: number
  mid: number
  mlp: number
  post: number
}

/**
 * Lengths of the sum and of what each part adds; what is added is the difference of two sums, as the engine's own probe
 * takes it.
 */
export async function normsOf(glass: Glass, plan: PlanInfo, layer: number, position: number): Promise<Norms> {
  const attn = await sumsAround(glass, plan, 'attn', layer, position),
    mlp = await sumsAround(glass, plan, 'mlp', layer, position)
  return {
    start: attn.before.norm,
    attn: distance(attn.after.values, attn.before.values),
    mid: attn.after.norm,
    mlp: distance(mlp.after.values, mlp.before.values),
    post: mlp.after.norm,
  }
}

function distance(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2
  return Math.sqrt(sum)
}

export const meanSquare = (x: Float32Array): number => x.reduce((sum, v) => sum + v * v, 0) / x.length
/** What bends the gate, by the step that does it; recordings from before there was a choice have silu. */
export const actOf = (plan: PlanInfo | null, layer: number): (typeof activations)[number] =>
  activations[stepOf(plan, 'mlp.act', layer)?.params['act'] ?? 0] ?? activations[0]

/** Indices of the largest magnitudes, or of the largest values. */
export function largest(values: ArrayLike<number>, count: number, by: (v: number) => number = Math.abs): number[] {
  const top: number[] = []
  for (let i = 0; i < values.length; i++) {
    if (top.length === count && by(values[i]!) <= by(values[top.at(-1)!]!)) continue
    const at = top.findIndex((j) => by(values[i]!) > by(values[j]!))
    top.splice(at < 0 ? top.length : at, 0, i)
    if (top.length > count) top.pop()
  }
  return top
}

/** Which two numbers of a head make pair j (house rule: "half" or "interleaved"). */
export const pairOf = (layout: 'half' | 'interleaved', rotary: number, j: number): [number, number] =>
  layout === 'half' ? [j, j + rotary / 2] : [2 * j, 2 * j + 1]

export const turn = ([a, b]: readonly [number, number], angle: number, factor: number): [number, number] => [
  (a * Math.cos(angle) - b * Math.sin(angle)) * factor,
  (b * Math.cos(angle) + a * Math.sin(angle)) * factor,
]
