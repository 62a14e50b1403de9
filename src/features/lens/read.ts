// Reading the lens column by column, and what a cell's numbers mean. Nothing here is computed that the engine did not
// say, except units: nats become bits, ranks count from 1.

import type { TokenEvent } from '../../store/index.ts'
import type { Glass, GlassInfo, GlassToken, LensCell } from '../../store/inspect.ts'
import { aboutOf, isBlank } from '../../store/rows.ts'
import type { Colour, Part, Target } from './view.ts'

/** Everything the lens says at one position. */
export interface Column {
  position: number
  /** the model's own first choice here, and its text: what a part pushes may not list it */
  final: number
  finalText: string
  /** the token that the choice was about, as it stands in the text; null: it is still to come, or a blank */
  token: { id: number; text: string } | null
  /** by layer, from the lowest up; Δ parts have no embedding row */
  cells: LensCell[]
}

export const candidates = 10
const bit = Math.LN2

/** Layers of an encoder beside a decoder: another residual, of other tokens. Those of the lens stand behind them. */
export const firstLayer = ({ encoder }: Pick<GlassInfo, 'encoder'>): number => encoder?.layers ?? 0

/** Rows of the grid from the bottom: the embedding (-1), then every layer of the lens. */
export const layersOf = (info: Pick<GlassInfo, 'layers' | 'encoder'>, part: Part): number[] =>
  Array.from({ length: info.layers + 1 }, (_, i) => i - 1).filter((l) =>
    l < 0 ? part === 'resid' : l >= firstLayer(info),
  )

/** The row `steps` above this one, or below; the end is followed by the beginning. */
export function stepped(rows: readonly number[], layer: number, steps: number): number {
  const at = rows.indexOf(layer) + steps
  return rows[(at + rows.length) % rows.length]!
}

/** A recording holds the lens without followed tokens; asked without them it answers. */
const notRecorded = (error: unknown): boolean => (error as { facts?: { param?: string } }).facts?.param === 'recording'

export async function readColumn(
  glass: Glass,
  info: GlassInfo,
  tokens: readonly GlassToken[],
  position: number,
  part: Part,
  chosen: number | null,
): Promise<Column> {
  const last = info.layers - 1
  const about = tokens[aboutOf(info, position)]
  const { id: final, text: finalText } =
    about?.top[0] ?? (await glass.lens({ positions: [position], layers: [last], part: 'resid', topK: 1 }))[0]!.top[0]!
  const token = about && !isBlank(info, about) ? { id: about.id, text: about.text } : null
  const targets = [...new Set([final, token?.id, chosen].filter((id): id is number => id != null))]
  const request = { positions: [position], layers: layersOf(info, part), part, topK: candidates }
  const cells = await glass.lens({ ...request, targets }).catch((error: unknown) => {
    if (notRecorded(error)) return glass.lens(request)
    throw error
  })
  return {
    position,
    final,
    finalText,
    token,
    cells: cells.filter((cell) => cell.position === position).sort((a, b) => a.layer - b.layer),
  }
}

/**
 * Names what a column depends on: the run, its text up to the next token, the edits, the part and the followed token.
 */
export function columnKeys(
  info: Pick<GlassInfo, 'source' | 'model' | 'predicts' | 'seen' | 'encoder'>,
  tokens: readonly GlassToken[],
  edits: readonly unknown[],
  part: Part,
  chosen: number | null,
): string[] {
  // an edit can hold a whole residual: it is named by its hash
  const { source, model, seen, encoder } = info
  const tail = `${source} ${model} ${part} ${chosen ?? ''} ${edits.length ? hash(Array.from(JSON.stringify(edits), (c) => c.charCodeAt(0))).at(-1)! : ''}`
  const read = encoder ? hash(encoder.tokens.map(({ id }) => id)).at(-1) : ''
  const texts = hash(tokens.map(({ id }) => id))
  return tokens.map((_, p) => {
    const about = tokens[aboutOf(info, p)]
    // a place also sees what stands behind it, as far as that is seen from everywhere
    return `${p} ${texts[Math.max(p, seen - 1)]!} ${about?.id ?? ''} ${about?.top[0]?.id ?? ''} ${read} ${tail}`
  })
}

/** Of every beginning of the list: 64 bits from two different mixings. */
function hash(numbers: readonly number[]): string[] {
  let a = 0x811c9dc5,
    b = 0x1234567
  return numbers.map((n) => {
    a = Math.imul(a ^ n, 0x01000193)
    b = Math.imul(b + n + 1, 0x9e3779b1) ^ (b >>> 15)
    return `${a >>> 0} ${b >>> 0}`
  })
}

export interface TargetValue {
  id: number
  p: number
  rank: number
  logit: number | null
}

export const targetId = (target: Target, { final, token }: Column): number | null =>
  target === 'final' ? final : target === 'next' ? (token?.id ?? null) : target.id

/** How the target is written. */
export const targetText = (target: Target, id: number, { final, finalText, token, cells }: Column): string =>
  typeof target === 'object' && target.id === id
    ? target.text
    : token?.id === id
      ? token.text
      : final === id
        ? finalText
        : (cells.flatMap((c) => c.top).find((c) => c.id === id)?.text ?? `#${id}`)

/** Probability and rank (from 1) of one token in a cell; null when the cell does not tell. */
export function valueOf(cell: LensCell, id: number | null): TargetValue | null {
  if (id === null) return null
  const told = cell.targets.find((t) => t.id === id)
  if (told) return { id, p: Math.exp(told.logprob), rank: told.rank + 1, logit: told.logit }
  const at = cell.top.findIndex((t) => t.id === id)
  return at < 0 ? null : { id, p: Math.exp(cell.top[at]!.logprob), rank: at + 1, logit: null }
}

export const probability = (cell: LensCell): number => Math.exp(cell.top[0]!.logprob)
export const entropyBits = (cell: LensCell): number => cell.entropy / bit
export const klBits = (cell: LensCell): number => Math.max(0, cell.kl) / bit

/** The number behind a cell's colour; NaN leaves it plain. Ranks are -log10, so that first is most. */
export function shade(cell: LensCell, colour: Colour, id: number | null): number {
  if (colour === 'p') return probability(cell)
  if (colour === 'entropy') return entropyBits(cell)
  if (colour === 'kl') return klBits(cell)
  const value = valueOf(cell, id)
  return value ? -Math.log10(value.rank) : NaN
}

/** What the run itself said: the first token and its probability, by the position it was said at. */
export type Said = ReadonlyMap<number, { id: number; p: number }>

/**
 * The answering run as the sampler saw it; after edits, or without an answer of this session, the text as it was scored
 * again.
 */
export function whatWasSaid(
  info: Pick<GlassInfo, 'predicts'>,
  tokens: readonly GlassToken[],
  events: readonly TokenEvent[] | null,
): Said {
  const before = aboutOf(info, 0)
  if (events) return new Map(events.map((e) => [e.position - 1, { id: e.top[0]!.id, p: Math.exp(e.top[0]!.logprob) }]))
  return new Map(
    tokens.flatMap((t) =>
      t.top[0] ? [[t.position - before, { id: t.top[0].id, p: Math.exp(t.top[0].logprob) }] as const] : [],
    ),
  )
}

/** The last row against the run's own numbers: same first token, and how far its probability is off. */
export function checkOutput(
  columns: readonly Column[],
  said: Said,
  last: number,
): { compared: number; same: number; off: number } {
  let compared = 0,
    same = 0,
    off = 0
  for (const { position, cells } of columns) {
    const own = said.get(position),
      cell = cells.find((c) => c.layer === last)
    if (!own || !cell) continue
    compared++
    if (cell.top[0]!.id === own.id) same++
    const told = cell.top.find((t) => t.id === own.id)
    if (told) off = Math.max(off, Math.abs(Math.exp(told.logprob) - own.p))
  }
  return { compared, same, off }
}

/** The layer from which on the token stays first; null when it is not first at the end. */
export function settledAt(cells: readonly LensCell[], id: number): number | null {
  let at: number | null = null
  for (let i = cells.length - 1; i >= 0 && cells[i]!.top[0]!.id === id; i--) at = cells[i]!.layer
  return at
}
