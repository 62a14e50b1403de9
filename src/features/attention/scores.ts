// What can be said of heads from numbers alone: rankings, winners, who looked the answer up, and which edges carry
// most of a row. Pure functions over what the Glass returned.

import type { Edit, GlassToken, HeadStats } from '../../store/inspect.ts'

/**
 * Scores a head can be sorted by (definitions: glass §5.12; first row and first column left out, the sink by itself).
 */
export const scoreNames = ['previous', 'induction', 'self', 'relativeEntropy', 'distance', 'sink'] as const
export type ScoreName = (typeof scoreNames)[number]

export interface HeadRef {
  layer: number
  head: number
}
export interface ScoredHead extends HeadRef {
  value: number
}

/** Layers that are looked at, both ends included; null: all. */
export type Range = readonly [from: number, to: number] | null

export function rankHeads(stats: HeadStats, name: ScoreName, heads: number, range: Range = null): ScoredHead[] {
  return Array.from(stats[name], (value, i) => ({ layer: Math.floor(i / heads), head: i % heads, value }))
    .filter(({ layer }) => range === null || (layer >= range[0] && layer <= range[1]))
    .sort((a, b) => b.value - a.value || a.layer - b.layer || a.head - b.head)
}

/** For every head that is first in some score: which. Keys are layer * heads + head. */
export function winners(stats: HeadStats, heads: number, range: Range = null): Map<number, ScoreName[]> {
  const out = new Map<number, ScoreName[]>()
  for (const name of scoreNames) {
    const best = rankHeads(stats, name, heads, range)[0]
    if (!best || best.value <= 0) continue
    const key = best.layer * heads + best.head
    out.set(key, [...(out.get(key) ?? []), name])
  }
  return out
}

// ---- looking the answer up -------------------------------------------------

/** Where the prompt already says this token: earlier occurrences of the same id before the answer began. */
export function sourcesOf(tokens: readonly GlassToken[], position: number): number[] {
  const token = tokens[position]
  if (!token || token.special) return []
  return tokens
    .slice(0, position)
    .filter((t) => !t.generated && t.id === token.id && t.position > 0)
    .map((t) => t.position)
}

/** Answer tokens that could have been looked up. */
export const lookupTargets = (tokens: readonly GlassToken[]): number[] =>
  tokens
    .filter((t) => t.generated && /[\p{L}\p{N}]/u.test(t.text) && sourcesOf(tokens, t.position).length > 0)
    .map((t) => t.position)

/** The one that says most: found in the fewest places; the first of those. */
export function bestTarget(tokens: readonly GlassToken[]): number | null {
  const counted = lookupTargets(tokens).map((position) => ({ position, places: sourcesOf(tokens, position).length }))
  return (
    counted.reduce<{ position: number; places: number } | null>(
      (best, next) => (best && best.places <= next.places ? best : next),
      null,
    )?.position ?? null
  )
}

/** Heads by how much of their row lies on the given keys. rows: per layer (heads, keys), null where not yet known. */
export function rankLookups(
  rows: readonly (Float32Array | null)[],
  heads: number,
  keys: readonly number[],
): ScoredHead[] {
  return rows
    .flatMap((row, layer) =>
      row === null
        ? []
        : Array.from({ length: heads }, (_, head) => {
            const width = row.length / heads
            return { layer, head, value: keys.reduce((sum, key) => sum + (row[head * width + key] || 0), 0) }
          }),
    )
    .sort((a, b) => b.value - a.value)
}

/** The head that raised a token's logit most: heads is (layers * heads). */
export function strongestPush(pushes: Float32Array, heads: number): HeadRef {
  const at = pushes.indexOf(Math.max(...pushes))
  return { layer: Math.floor(at / heads), head: at % heads }
}

/** Least part of a head's row on the answer's places that counts as looking there. */
export const looking = 0.05
/** Edges that may be masked in one layer (the engine keeps as many). */
const maskedPerLayer = 64

/**
 * The heads that looked there, the strongest first; the strongest one alone when none did. As many as can be masked
 * together.
 */
export function foundHeads(ranked: readonly ScoredHead[], places: number): ScoredHead[] {
  const inLayer = new Map<number, number>()
  const found = ranked.filter(({ layer, value }) => {
    if (value < looking) return false
    const maskedEdges = (inLayer.get(layer) ?? 0) + places
    if (maskedEdges > maskedPerLayer) return false
    inLayer.set(layer, maskedEdges)
    return true
  })
  return found.length ? found : ranked.slice(0, 1)
}

// ---- edges -----------------------------------------------------------------

export interface Edge {
  key: number
  weight: number
}

/** The strongest keys of a row until they hold `mass` of it. The first token is left out when the sink is hidden. */
export function strongest(row: Float32Array, mass: number, hideSink: boolean, max = 24): Edge[] {
  const edges: Edge[] = []
  let total = 0
  for (let key = hideSink ? 1 : 0; key < row.length; key++) {
    const weight = row[key]!
    if (weight > 0) {
      edges.push({ key, weight })
      total += weight
    }
  }
  edges.sort((a, b) => b.weight - a.weight)
  const kept: Edge[] = []
  let sum = 0
  for (const edge of edges) {
    if (kept.length >= max || (sum >= mass * total && kept.length > 0)) break
    kept.push(edge)
    sum += edge.weight
  }
  return kept
}

// ---- edits -----------------------------------------------------------------

export const isSilenced = (edits: readonly Edit[], { layer, head }: HeadRef): boolean =>
  edits.some((e) => e.kind === 'scale-head' && e.layer === layer && e.head === head && e.factor === 0)

export const toggleSilenced = (edits: readonly Edit[], { layer, head }: HeadRef): Edit[] =>
  isSilenced(edits, { layer, head })
    ? edits.filter((e) => !(e.kind === 'scale-head' && e.layer === layer && e.head === head))
    : [...edits, { kind: 'scale-head', layer, head, factor: 0 }]

/** One edge: from `query` to `key` in one head; `cross`: to that key of the source. */
export const maskEdge = ({ layer, head }: HeadRef, query: number, key: number, branch?: 'cross'): Edit => ({
  kind: 'mask-edges',
  layer,
  head,
  queries: [query, query + 1],
  keys: [key, key + 1],
  ...(branch && { branch }),
})
const same = (a: Edit, b: Edit): boolean => JSON.stringify(a) === JSON.stringify(b)
export const hasEdit = (edits: readonly Edit[], edit: Edit): boolean => edits.some((e) => same(e, edit))
/** All of them in force, or none when they all were. */
export const toggleEdits = (edits: readonly Edit[], these: readonly Edit[]): Edit[] => {
  const rest = edits.filter((e) => !hasEdit(these, e))
  return these.every((e) => hasEdit(edits, e)) ? rest : [...rest, ...these]
}
export const toggleEdit = (edits: readonly Edit[], edit: Edit): Edit[] =>
  hasEdit(edits, edit) ? edits.filter((e) => !same(e, edit)) : [...edits, edit]

/** Masked edges of this head that are single cells. */
export const maskedCells = (
  edits: readonly Edit[],
  { layer, head }: HeadRef,
  branch?: 'cross',
): { row: number; col: number }[] =>
  edits.flatMap((e) =>
    e.kind === 'mask-edges' &&
    e.branch === branch &&
    (e.layer === layer || e.layer === -1) &&
    (e.head === head || e.head === -1) &&
    e.queries[1] - e.queries[0] === 1
      ? Array.from({ length: e.keys[1] - e.keys[0] }, (_, i) => ({ row: e.queries[0], col: e.keys[0] + i }))
      : [],
  )
