// The KV cache as numbers: keys and values of one layer, read slot by slot, as attention reads them. What was read is kept
// until the run changes.

import { useInspect, type Edit, type Glass, type GlassInfo } from '../../store/inspect.ts'

export interface CacheLayer {
  /** first slot that was read */
  from: number
  length: number
  /** (length, kvHeads, headDim) from `from` on; NaN where a recording holds nothing */
  k: Float32Array
  v: Float32Array
  /** (length, kvHeads): lengths of the vectors */
  kNorm: Float32Array
  vNorm: Float32Array
}

const held = new Map<number, { glass: Glass; of: string; layer: Promise<CacheLayer> }>()

export function cacheOf(glass: Glass, info: GlassInfo, layer: number): Promise<CacheLayer> {
  const of = `${useInspect.getState().version} ${info.length}`
  const known = held.get(layer)
  if (known?.glass === glass && known.of === of) return known.layer
  const made = read(glass, info, layer)
  held.set(layer, { glass, of, layer: made })
  made.catch(() => held.delete(layer))
  return made
}

async function read(
  glass: Glass,
  { kept, length: end, kvHeads: K, headDim: d, source }: GlassInfo,
  layer: number,
): Promise<CacheLayer> {
  const length = end - kept,
    k = new Float32Array(length * K * d).fill(NaN),
    v = k.slice()
  const { version, turns } = useInspect.getState()
  const here = (): void => {
    const now = useInspect.getState()
    if (now.version !== version || now.turns !== turns) throw new Error('The run changed while its cache was read.')
  }
  // a recording keeps them under the word of the projection
  const values = (position: number) =>
    glass.probe(source === 'live' ? { site: `blocks.${layer}.attn.values`, position } : { site: 'v', layer, position })
  for (let p = 0; p < length; p++) {
    here() // a run that is over is not worth reading on
    try {
      k.set((await glass.probe({ site: 'k_rope', layer, position: kept + p })).values, p * K * d)
      v.set((await values(kept + p)).values, p * K * d)
    } catch (error) {
      if (source === 'live') throw error
    }
  }
  here()
  return { from: kept, length, k, v, kNorm: norms(k, length * K, d), vNorm: norms(v, length * K, d) }
}

function norms(values: Float32Array, count: number, d: number): Float32Array {
  return Float32Array.from({ length: count }, (_, n) => {
    let sum = 0
    for (let i = 0; i < d; i++) sum += values[n * d + i]! ** 2
    return Math.sqrt(sum)
  })
}

/** Length of a slot's vectors over all kv heads of a layer together. */
export function slotNorms({ kNorm, vNorm, length }: CacheLayer, kvHeads: number, which: 'k' | 'v'): Float32Array {
  const norm = which === 'k' ? kNorm : vNorm
  return Float32Array.from({ length }, (_, p) => {
    let sum = 0
    for (let g = 0; g < kvHeads; g++) sum += norm[p * kvHeads + g]! ** 2
    return Math.sqrt(sum)
  })
}

/**
 * Lengths of one kv head's vectors at a position. null: a recording holds none, or this is the cache of the text before,
 * which stays on screen until that of the present one is read, and has no such slot.
 */
export function normsAt(
  { from, length, kNorm, vNorm }: CacheLayer,
  kvHeads: number,
  g: number,
  position: number,
): { k: number; v: number } | null {
  const at = position - from
  if (at < 0 || at >= length) return null
  const [k, v] = [kNorm[at * kvHeads + g]!, vNorm[at * kvHeads + g]!]
  return Number.isNaN(k) ? null : { k, v }
}

/** Bytes that one token takes in the cache: k and v of every layer and kv head, in the numbers it is read as. */
export const bytesPerToken = ({ kvHeads, headDim }: GlassInfo, layers: number): number =>
  2 * layers * kvHeads * headDim * Float32Array.BYTES_PER_ELEMENT

export const isEvicted = (edits: readonly Edit[], position: number): boolean =>
  edits.some((e) => e.kind === 'evict' && position >= e.keys[0] && position < e.keys[1])

/** Evicts one slot, or takes back what evicted it; an evicted range is split around it. */
export function toggleEvicted(edits: readonly Edit[], position: number): Edit[] {
  if (!isEvicted(edits, position)) return [...edits, { kind: 'evict', keys: [position, position + 1] }]
  return edits.flatMap((e): Edit[] => {
    if (e.kind !== 'evict' || position < e.keys[0] || position >= e.keys[1]) return [e]
    const parts: [number, number][] = [
      [e.keys[0], position],
      [position + 1, e.keys[1]],
    ]
    return parts.filter(([from, to]) => to > from).map((keys) => ({ kind: 'evict', keys }))
  })
}
