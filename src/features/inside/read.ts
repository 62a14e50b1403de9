// Asking the Glass for this panel: every probe is asked once per run and position. What is computed here from its
// answers is what the card says it computes, nothing else.

import {
  activations,
  useInspect,
  type Glass,
  type GlassInfo,
  type PlanInfo,
  type ProbeRequest,
  type ProbeResult,
} from '../../store/inspect.ts'
import type { Part } from './outline.ts'
import { stepOf } from './sites.ts'

const max = 400
const held = new Map<string, Promise<ProbeResult>>()
let heldOf: { glass: Glass; version: number; turns: number } | null = null

export function probe(glass: Glass, request: ProbeRequest): Promise<ProbeResult> {
  const { version, turns } = useInspect.getState()
  if (heldOf?.glass !== glass || heldOf.version !== version || heldOf.turns !== turns) {
    held.clear()
    heldOf = { glass, version, turns }
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

/** A site by its name in the Plan; of a recording by the word it was kept under, where it has one. */
export function readSite(
  glass: Glass,
  plan: PlanInfo,
  name: string,
  position: number,
  head?: number,
): Promise<ProbeResult> {
  // a name that the Plan lacks is for the Glass to refuse
  const { site, layer } = plan.sites[name] ?? { site: null, layer: 0 }
  // the word for what a branch gives means what is added, behind a norm of its own
  const given = name.endsWith('.out') && `${name.slice(0, -'out'.length)}after` in plan.sites
  const asked = site === null || given ? { site: name } : { site, layer }
  return probe(glass, { ...asked, position, ...(head !== undefined && { head }) })
}

/** One head's row of attention at a token: scores or weights over the keys it may look at. */
export async function lookOf(
  glass: Glass,
  info: GlassInfo,
  { part, layer, head, position }: { part: Part; layer: number; head: number; position: number },
  what: 'scores' | 'probs',
): Promise<Float32Array> {
  if (part !== 'cross') return (await probe(glass, { site: what, layer, head, position })).values
  const keys = info.encoder!.tokens.length
  const size = { rows: [position, position + 1], cols: [0, keys], maxRows: 1, maxCols: keys } as const
  const asked = { layer, branch: 'cross' as const, heads: [head], ...size, what }
  return (await glass.attention({ ...asked, rows: [position, position + 1], cols: [0, keys] })).values
}

export const lengthOf = (values: Float32Array): number => Math.sqrt(values.reduce((sum, v) => sum + v * v, 0))

const branchOf = (plan: PlanInfo, part: Part, layer: number): Branch =>
  plan.blocks[layer]!.branches.find(({ name }) => name === part)!
type Branch = PlanInfo['blocks'][number]['branches'][number]

/** A residual, or a running sum that stands nowhere. */
type Sum = Pick<ProbeResult, 'values' | 'norm'>

/**
 * The running sum after the first `count` branches of a layer: a residual where one stands; between parallel branches,
 * which all read the same, what is added so far.
 */
async function sumAfter(glass: Glass, plan: PlanInfo, layer: number, count: number, position: number): Promise<Sum> {
  const { branches } = plan.blocks[layer]!
  if (count === 0) return readSite(glass, plan, branches[0]!.reads, position)
  const { writes, out } = branches[count - 1]!
  if (writes !== null) return readSite(glass, plan, writes, position)
  const x = await sumAfter(glass, plan, layer, count - 1, position)
  const delta = await readSite(glass, plan, out, position)
  const values = x.values.map((v, i) => v + delta.values[i]!)
  return { values, norm: lengthOf(values) }
}

/** Where a branch is added, and to what: a sum of its own where a norm follows, or where a norm's result is added to. */
export function sumOf(
  plan: PlanInfo,
  part: Part,
  layer: number,
): { onto: string; out: string; sum: string; keep: number; by: number } | null {
  const branch = branchOf(plan, part, layer)
  const { out, writes, adds, breaks } = branch
  if (!breaks || part === 'cell' || writes === null) return null
  const own = `blocks.${layer}.${part}.sum`
  const sum = own in plan.sites ? own : writes
  const { keep = 1, by = 1 } = plan.steps.find(({ name }) => name === adds)?.params ?? {}
  return { onto: plan.sites[sum]!.from[0] ?? branch.reads, out, sum, keep, by }
}

/** What a branch is added to, the sum of both, and what it adds: their difference, edits included. */
export async function sumAround(
  glass: Glass,
  plan: PlanInfo,
  part: Part,
  layer: number,
  position: number,
): Promise<{ before: Sum; after: Sum; delta: Float32Array }> {
  const own = sumOf(plan, part, layer)
  const at = plan.blocks[layer]!.branches.findIndex(({ name }) => name === part)
  let before = own ? await readSite(glass, plan, own.onto, position) : await sumAfter(glass, plan, layer, at, position)
  if (own && own.keep !== 1) {
    const values = before.values.map((v) => v * own.keep)
    before = { values, norm: lengthOf(values) }
  }
  const after = own
    ? await readSite(glass, plan, own.sum, position)
    : await sumAfter(glass, plan, layer, at + 1, position)
  return { before, after, delta: after.values.map((v, i) => v - before.values[i]!) }
}

/** Lengths of the residual before a block and behind each of its branches, and of what each adds (null: it replaces). */
export interface Norms {
  start: number
  parts: { part: Part; added: number | null; after: number }[]
}

/** What is added is the difference of two sums, as the engine's own probe takes it. */
export async function normsOf(glass: Glass, plan: PlanInfo, layer: number, position: number): Promise<Norms> {
  const { branches } = plan.blocks[layer]!
  const { norm: start } = await sumAfter(glass, plan, layer, 0, position)
  const parts: Norms['parts'] = []
  for (const [n, { name: part }] of branches.entries()) {
    const added = part === 'cell' ? null : lengthOf((await sumAround(glass, plan, part, layer, position)).delta)
    parts.push({ part, added, after: (await sumAfter(glass, plan, layer, n + 1, position)).norm })
  }
  return { start, parts }
}

export const meanSquare = (x: Float32Array): number => x.reduce((sum, v) => sum + v * v, 0) / x.length
/** What bends the gate, by the step that does it; recordings from before there was a choice have silu. */
export const actOf = (plan: PlanInfo, layer: number): (typeof activations)[number] =>
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
