// The same tokens read by both sides: at every place of the answer the whole distribution of each, and the attention of
// their heads. One engine: A reads, then B; what A gave is kept as it came until B's is here.

import type { ErrorData, Glass, PromptEvent, SamplingParams } from '../../worker/protocol.ts'
import { withSource } from '../answers.ts'
import { getClient, toData } from '../client.ts'
import { chances, divergence, logProbs, type Chance } from './figures.ts'

/** Numbers of A's rows that are kept until B has read: 64 MiB. */
const mostKept = 2 ** 24
/** Cells of attention that are kept of a side, all heads together: 32 MiB. */
const mostCells = 2 ** 23
/** Longer texts have no map whose cells are single edges. */
const longest = 1024
/** Candidates of each side. */
const best = 10

export interface Text {
  prompt: PromptEvent
  /** the answer's own tokens */
  ids: readonly number[]
}
/** What one side gave. */
export interface ReadSide {
  ids: number[]
  texts: string[]
  /** rows of logits: at i what comes at token from + i */
  rows: Float32Array[]
  heads: HeadsOf
}
/** A side's heads, or why there are none: a text that is too long, or a model that has no such view. */
export type HeadsOf = Heads | { why: 'long'; longest: number } | { why: 'absent'; error: ErrorData }
/** Attention of every kept head, (T, T), by layer * heads + head. */
export interface Heads {
  layers: number
  heads: number
  length: number
  maps: Map<number, Float32Array>
}
export interface Difference {
  tokens: { id: number; text: string }[]
  /** places [from, to) are compared; the answer may go on behind it */
  from: number
  to: number
  whole: boolean
  /** KL(A ‖ B) of what comes at from + i, nats; null where one model's draws are compared */
  kl: number[] | null
  /** the model's own chances, or, of one model with two settings, those of being drawn */
  chances: Chance[][]
  a: HeadsOf
  b: HeadsOf
}

export const isHeads = (value: HeadsOf): value is Heads => 'maps' in value

/**
 * Reads a text with the model as it is now.
 * @param layer whose heads are kept where those of all layers are too many
 */
export async function readSide(text: Text, layer: number, signal: AbortSignal): Promise<ReadSide> {
  const { generate, glass } = getClient()
  const from = text.prompt.ids.length
  const input = withSource(text.prompt, [...text.prompt.ids, ...text.ids])
  // the token that comes of it is not looked at
  for await (const event of generate(input, { maxTokens: 1, temperature: 0, continueFrom: from, signal })) void event
  signal.throwIfAborted()
  await glass.read({ signal })
  const info = await glass.info()
  // the drawn one stands behind the text where the device was ahead
  const tokens = (await glass.tokens()).slice(0, from + text.ids.length)
  const count = Math.min(text.ids.length, Math.floor(mostKept / info.vocab))
  const rows: Float32Array[] = []
  for (let i = 0; i < count; i++) {
    signal.throwIfAborted()
    rows.push((await glass.probe({ site: 'logits', position: from + i - 1 })).values)
  }
  return {
    ids: tokens.map(({ id }) => id),
    texts: tokens.map((token) => token.text),
    rows,
    heads: await headsOf(glass, tokens.length, layer, signal),
  }
}

async function headsOf(glass: Glass, length: number, layer: number, signal: AbortSignal): Promise<HeadsOf> {
  const { layers, heads, encoder } = await glass.info()
  // the layers of an encoder hold another text
  const first = encoder?.layers ?? 0
  const maps = new Map<number, Float32Array>()
  if (length > longest) return { why: 'long', longest }
  const all = (layers - first) * heads * length * length <= mostCells
  try {
    for (let l = first; l < layers; l++) {
      if (!all && l !== layer) continue
      for (let head = 0; head < heads; head++) {
        signal.throwIfAborted()
        const span: [number, number] = [0, length]
        const tile = await glass.attention({
          layer: l,
          heads: [head],
          rows: span,
          cols: span,
          maxRows: length,
          maxCols: length,
        })
        maps.set(l * heads + head, tile.values)
      }
    }
  } catch (error) {
    signal.throwIfAborted()
    return { why: 'absent', error: toData(error) }
  }
  return { layers, heads, length, maps }
}

const shared = ({ prompt, ids: own }: Text, { ids, texts, rows }: ReadSide) => ({
  tokens: ids.map((id, i) => ({ id, text: texts[i]! })),
  from: prompt.ids.length,
  to: prompt.ids.length + rows.length,
  whole: rows.length === own.length,
})

/** @param b read the same ids, of the same vocabulary */
export async function differenceOf(text: Text, a: ReadSide, b: ReadSide): Promise<Difference> {
  const kl: number[] = [],
    found: Omit<Chance, 'text'>[][] = []
  for (const [i, row] of a.rows.entries()) {
    const [pa, pb] = [logProbs(row), logProbs(b.rows[i]!)]
    kl.push(divergence(pa, pb))
    found.push(chances(pa, pb, text.ids[i]!, best))
  }
  const seen = [...new Set(found.flatMap((list) => list.map(({ id }) => id)))]
  const { vocabulary: page } = getClient().tokenizer
  const named = await Promise.all(seen.map((id) => page('loaded', '', id, 1)))
  // a head may be wider than its vocabulary
  const names = new Map(seen.map((id, i) => [id, named[i]!.rows[0]?.text ?? `#${id}`]))
  return {
    ...shared(text, a),
    kl,
    chances: found.map((list) => list.map((one) => ({ ...one, text: names.get(one.id)! }))),
    a: a.heads,
    b: b.heads,
  }
}

/** Every token as its file writes it. */
export async function vocabulary(signal: AbortSignal): Promise<string[]> {
  const { tokenizer } = getClient()
  const page = 500
  const written: string[] = []
  for (;;) {
    signal.throwIfAborted()
    const { total, rows } = await tokenizer.vocabulary('loaded', '', written.length, page)
    written.push(...rows.map((row) => row.written))
    if (rows.length === 0 || written.length >= total) return written
  }
}

/** The first id that means different things; null where the vocabularies are the same. */
export function differs(a: readonly string[], b: readonly string[]): { id: number; a: string; b: string } | null {
  for (let id = 0; id < Math.max(a.length, b.length); id++) {
    if (a[id] !== b[id]) return { id, a: a[id] ?? '', b: b[id] ?? '' }
  }
  return null
}

/**
 * One model, read already, under two settings: what it says is the same, and how likely it is drawn is not.
 * @param a what it read
 */
export async function drawnBy(
  text: Text,
  a: ReadSide,
  settings: readonly [SamplingParams, SamplingParams],
  signal: AbortSignal,
): Promise<Difference> {
  const { glass } = getClient()
  const from = text.prompt.ids.length
  const found: Chance[][] = []
  for (let i = 0; i < a.rows.length; i++) {
    signal.throwIfAborted()
    const [one, other] = await Promise.all(settings.map((params) => glass.sampling(from + i, params, best)))
    const chances = new Map<number, Chance>()
    for (const [side, { rows }] of [['a', one!] as const, ['b', other!] as const]) {
      for (const { id, text: shown, probability } of rows) {
        chances.set(id, { a: 0, b: 0, ...chances.get(id), id, text: shown, [side]: probability })
      }
    }
    found.push([...chances.values()].sort((x, y) => Math.max(y.a, y.b) - Math.max(x.a, x.b) || x.id - y.id))
  }
  return { ...shared(text, a), kl: null, chances: found, a: a.heads, b: a.heads }
}
