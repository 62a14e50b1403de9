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

/** The running sum before this part of this layer. */
export const before = (
  glass: Glass,
  part: 'attn' | 'mlp' | 'head',
  layer: number,
  position: number,
): Promise<ProbeResult> =>
  part === 'mlp'
    ? probe(glass, { site: 'resid_mid', layer, position })
    : part === 'attn' && layer === 0
      ? probe(glass, { site: 'embed', position })
      : probe(glass, { site: 'resid_post', layer: part === 'attn' ? layer - 1 : layer, position })

export const after = (glass: Glass, part: 'attn' | 'mlp', layer: number, position: number): Promise<ProbeResult> =>
  probe(glass, { site: part === 'attn' ? 'resid_mid' : 'resid_post', layer, position })

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
export async function normsOf(glass: Glass, layer: number, position: number): Promise<Norms> {
  const x = await before(glass, 'attn', layer, position),
    mid = await after(glass, 'attn', layer, position),
    post = await after(glass, 'mlp', layer, position)
  return {
    start: x.norm,
    attn: distance(mid.values, x.values),
    mid: mid.norm,
    mlp: distance(post.values, mid.values),
    post: post.norm,
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
