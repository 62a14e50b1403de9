// What adapters change of the last text: the distributions over the vocabulary, by position; the residual, by layer and
// position; attention, by layer and head. From the run as it is and one that is read without them (other-run.ts).

import { MAX_CELLS, type AttentionTile, type LensRequest } from './types.ts'
import type { AdapterAttentionRequest, AdapterChange, LensChange, TokenChange } from './adapter-types.ts'
import type { ActivationCache } from './activation-cache.ts'
import type { TokenCandidate } from '../types.ts'
import { whyAbsent, whyNoTokens, type Absence } from './absent.ts'
import { attentionTile } from './attention.ts'
import { FinalNorm } from './final-norm.ts'
import { Lens } from './lens.ts'
import { keptTensor } from './activation-cache.ts'
import { blockSite, placeOf, tensorOf } from '../model/sites.ts'
import type { OtherRun } from './other-run.ts'
import { ReadOut } from './read-out.ts'
import { layersWith, residualAfter, sourceLayers } from './sites.ts'
import { BATCH, reduceRows, type RowStats } from './row-stats.ts'
import type { Replay } from './replay.ts'

/** The two runs of one text, and what is needed to read them. `other` null: nothing differs. */
export interface Compared {
  activations: ActivationCache
  other: OtherRun | null
  /** entries of the cache before the text's first, in the run as it is */
  before: number
  ids: readonly number[]
  source: readonly number[]
  /** the token that the row at a position is about */
  about: (position: number) => number
  text: (id: number) => string
  replay: () => Replay
  /** throws where somebody else wants the model */
  turn: () => void
}

/** First position of the text that both runs still keep. */
export function keptFrom({ activations, other, before, ids }: Compared): number {
  const of = (ahead: number): number => Math.max(0, activations.kept(ahead + ids.length) - ahead)
  return Math.max(of(before), other ? of(other.before) : 0)
}

const candidates = (stats: RowStats, text: (id: number) => string): TokenCandidate[] =>
  stats.top.map(({ id, logit }) => ({ id, text: text(id), logprob: logit - stats.lse }))

/** Pairs of rows in one submit. */
const PAIRS = BATCH / 2

/** @param topK candidates */
export async function tokenChanges(all: Compared, topK: number): Promise<TokenChange[]> {
  const { activations, other, before, ids, about, text, turn } = all
  const { runner } = activations
  const { plan } = runner.runtime
  const { V } = plan.dims
  const out = await ReadOut.create(runner, BATCH)
  const last = residualAfter(plan, plan.dims.layers - 1)
  const norm = await FinalNorm.read(runner)
  const otherNorm = (await other?.inForce(() => FinalNorm.read(runner))) ?? norm
  const pairs = 'change.logits'
  runner.tensor(pairs, BATCH * V)
  const values = { T: 1, pos: 0, row: 0, prefix: 0 }
  const keep = (count: number, to: number): void =>
    runner.runtime.submit('probe', values, [{ copy: out.logits, at: 0, to: pairs, toAt: to * V, count: count * V }])
  const found: TokenChange[] = []
  for (let from = keptFrom(all); from < ids.length; from += PAIRS) {
    turn()
    const positions = Array.from({ length: Math.min(PAIRS, ids.length - from) }, (_, i) => from + i)
    const n = positions.length
    const rows = await activations.many(positions.map((position) => ({ site: last, position: before + position })))
    out.run(rows.map((x) => norm.whole(x)))
    keep(n, 0)
    if (other) {
      await other.inForce(async () => {
        out.run(positions.map((position) => otherNorm.whole(other.row(last, position))))
        keep(n, n)
        await runner.readMany([])
      })
    } else keep(n, n)
    const targets = positions.map((position) => {
      const id = ids[about(position)]
      return id === undefined ? [] : [id]
    })
    const asked = [0, 1].flatMap(() => targets.map((own, i) => ({ final: i, targets: own })))
    const stats = await reduceRows(runner, 'change', pairs, asked, topK)
    for (const [i, position] of positions.entries()) {
      const [is, was] = [stats[i]!, stats[n + i]!]
      const id = targets[i]![0]
      found.push({
        position,
        kl: was.kl,
        with: candidates(is, text),
        without: candidates(was, text),
        said:
          id === undefined
            ? null
            : { id, with: is.targets[0]!.logit - is.lse, without: was.targets[0]!.logit - was.lse },
      })
    }
  }
  return found
}

const lengthOf = (x: Float32Array): number => Math.sqrt(x.reduce((total, v) => total + v * v, 0))

export async function residualChanges(all: Compared): Promise<AdapterChange['residual']> {
  const { activations, other, before, ids, source, turn } = all
  const { plan } = activations.runner.runtime
  const start = sourceLayers(plan)
  const layers = [...Array(plan.dims.layers + 1).keys()].map((i) => i - 1).filter((layer) => layer >= 0 || start === 0)
  const found: AdapterChange['residual'] = []
  for (const layer of layers) {
    turn()
    const ofSource = layer >= 0 && layer < start
    const first = ofSource ? activations.kept(source.length) : keptFrom(all)
    const positions = Array.from({ length: (ofSource ? source.length : ids.length) - first }, (_, i) => first + i)
    const site = residualAfter(plan, layer)
    const rows = other
      ? await activations.many(positions.map((position) => ({ site, position: (ofSource ? 0 : before) + position })))
      : []
    const values = Float32Array.from(positions, (position, i) => {
      if (!other) return 0
      const was = other.row(site, ofSource ? position - other.before : position),
        length = lengthOf(was)
      const difference = lengthOf(rows[i]!.map((v, n) => v - was[n]!))
      return difference === 0 ? 0 : difference / length
    })
    found.push({ layer, side: ofSource ? 'source' : 'text', values })
  }
  return found
}

/** Tiles of one run that are held until the other's are there. */
const TILES = 16

type Place = Pick<AdapterAttentionRequest, 'layer' | 'branch' | 'rows' | 'cols'> & { heads: number[] }

/** With minus without of consecutive heads, some rows at a time: (heads, rows, cols), NaN where no query sees the key. */
async function* attentionDifferences(
  { activations, other, turn }: Compared,
  { layer, branch = 'attn', heads, rows, cols }: Place,
): AsyncGenerator<{ row: number; rows: number; values: Float32Array }> {
  const { plan } = activations.runner.runtime
  const sites = ['queries', 'lse', 'distances', 'keys'].map((word) => blockSite(layer, `${branch}.${word}`))
  const tensors = new Set(
    sites.flatMap((site) => (site in plan.sites ? [keptTensor(site), tensorOf(plan, placeOf(plan, site))] : [])),
  )
  const width = cols[1] - cols[0]
  const most = Math.max(1, Math.floor(MAX_CELLS / (heads.length * width)))
  const tiles = async (first: number, behind: number): Promise<AttentionTile[]> => {
    const found: AttentionTile[] = []
    for (let row = first; row < behind; row += most) {
      const end = Math.min(behind, row + most)
      found.push(
        await attentionTile(activations, {
          layer,
          branch,
          heads,
          rows: [row, end],
          cols,
          maxRows: end - row,
          maxCols: width,
        }),
      )
    }
    return found
  }
  for (let row = rows[0]; row < rows[1];) {
    turn()
    const [first, behind] = [row, Math.min(rows[1], row + TILES * most)]
    const is = await tiles(first, behind)
    const was = other
      ? await other.standing(
          (tensor) => tensors.has(tensor),
          () => tiles(first, behind),
        )
      : is
    for (const [i, tile] of is.entries()) {
      const { values } = was[i]!
      yield { row, rows: tile.rows, values: tile.values.map((v, n) => v - values[n]!) }
      row += tile.rows
    }
  }
}

/** Positions that a layer's attention looks from, and at. */
export function sidesOf(
  all: Compared,
  layer: number,
  branch: 'attn' | 'cross',
): { from: number; to: number; keys: number } {
  const { activations, ids, source } = all
  const start = sourceLayers(activations.runner.runtime.plan)
  if (layer < start) return { from: activations.kept(source.length), to: source.length, keys: source.length }
  return { from: keptFrom(all), to: ids.length, keys: branch === 'cross' ? source.length : ids.length }
}

/** The mean, over the rows that see a key, of Σ |with - without| / 2. */
export async function headChanges(all: Compared): Promise<AdapterChange['heads']> {
  const { plan } = all.activations.runner.runtime
  const { H, layers } = plan.dims
  const found: AdapterChange['heads'] = []
  for (const branch of ['attn', 'cross'] as const) {
    const having = layersWith(plan, branch)
    if (having.length === 0) continue
    const values = new Float32Array(layers * H).fill(NaN)
    for (const layer of having) {
      const { from, to, keys } = sidesOf(all, layer, branch)
      if (to <= from) continue
      const heads = Array.from({ length: H }, (_, h) => h)
      const sums = new Float64Array(H),
        counts = new Float64Array(H)
      const request: Place = { layer, branch, heads, rows: [from, to], cols: [0, keys] }
      for await (const { rows, values: cells } of attentionDifferences(all, request)) {
        for (let h = 0; h < H; h++) {
          for (let r = 0; r < rows; r++) {
            const row = cells.subarray((h * rows + r) * keys, (h * rows + r + 1) * keys)
            if (row.every(Number.isNaN)) continue
            counts[h]!++
            for (const v of row) if (!Number.isNaN(v)) sums[h]! += Math.abs(v) / 2
          }
        }
      }
      for (let h = 0; h < H; h++) values[layer * H + h] = counts[h] ? sums[h]! / counts[h] : NaN
    }
    found.push({ branch, values })
  }
  return found
}

/** Pooled so that each cell shows the largest difference among its own. */
export async function attentionChange(all: Compared, request: AdapterAttentionRequest): Promise<AttentionTile> {
  const { head, rows, cols, maxRows, maxCols } = request
  const [height, width] = [rows[1] - rows[0], cols[1] - cols[0]]
  const pool: [number, number] = [
    Math.ceil(height / Math.min(maxRows, height)),
    Math.ceil(width / Math.min(maxCols, width)),
  ]
  const [tall, wide] = [Math.ceil(height / pool[0]), Math.ceil(width / pool[1])]
  const values = new Float32Array(tall * wide).fill(NaN)
  for await (const { row, rows: count, values: cells } of attentionDifferences(all, { ...request, heads: [head] })) {
    for (let r = 0; r < count; r++) {
      for (let c = 0; c < width; c++) {
        const at = Math.floor((row - rows[0] + r) / pool[0]) * wide + Math.floor(c / pool[1])
        const v = cells[r * width + c]!
        if (!Number.isNaN(v) && !(Math.abs(values[at]!) >= Math.abs(v))) values[at] = v
      }
    }
  }
  return { heads: [head], rows: tall, cols: wide, pool, values }
}

/** @throws VIEW_ABSENT where no token can be read out of the layers */
export async function lensChange(all: Compared, position: number, topK: number): Promise<LensChange[]> {
  const { activations, other, before, text, replay } = all
  const { plan } = activations.runner.runtime
  const start = sourceLayers(plan)
  // where layers say nothing, the last does
  const last = plan.dims.layers - 1
  const layers =
    whyAbsent(plan, 'lens') === null
      ? [...(start === 0 ? [-1] : []), ...Array.from({ length: last + 1 - start }, (_, i) => start + i)]
      : [last]
  const read = async (at: number): Promise<TokenCandidate[][]> => {
    const request: LensRequest = { positions: [at], layers, part: 'resid', topK }
    const cells = await (await Lens.create(activations, replay)).cells(request, text)
    return cells.map(({ top }) => top)
  }
  const is = await read(before + position)
  const residuals = new Set(layers.map((layer) => keptTensor(residualAfter(plan, layer))))
  const was = other
    ? await other.standing(
        (tensor) => residuals.has(tensor),
        () => read(other.before + position),
      )
    : is
  return layers.map((layer, i) => ({ layer, with: is[i]!, without: was[i]! }))
}

/** What of a comparison this run has no answer to, and why. */
export const whyNoHeads = ({ activations, before, other }: Compared): Absence | null =>
  before > 0 || (other?.before ?? 0) > 0 ? 'lead' : whyAbsent(activations.runner.runtime.plan, 'attention')
export const whyNoTokenChange = ({ activations }: Compared): Absence | null =>
  whyNoTokens(activations.runner.runtime.plan)
