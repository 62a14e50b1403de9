// The first token draws weight from heads that have nothing to say: the sink. Pictures may leave it out, and may divide
// what is left of every row by its sum, so that a row adds up to 1 again. That is no longer what the model computed:
// whoever shows it says so.

import type { AttentionRequest, AttentionTile, Glass, GlassInfo } from '../../store/inspect.ts'

export type Sink = 'shown' | 'hidden' | 'renormalised'

/** Rows with less than this beside the sink stay as absent: rounding would be magnified into a picture. */
const min = 1e-3
/** Cells that one answer may hold without being pooled, all heads together. */
const cells = 2 ** 20

/** First row and column of a picture. A text of two tokens has nothing beside the sink. */
export const firstShown = (sink: Sink, info: Pick<GlassInfo, 'length'>): number =>
  sink === 'shown' || info.length < 3 ? 0 : 1

/** What a row is multiplied by when its weight on the first token is `first`; NaN: nothing is left of it. */
export const gain = (first: number): number => (1 - (first || 0) < min ? NaN : 1 / (1 - (first || 0)))

/**
 * One row over keys from 0, as the picture has it. Not for scores: softmax without a key leaves the others' scores
 * alone.
 */
export function rowWithout(row: Float32Array, sink: Sink): Float32Array {
  if (sink === 'shown' || row.length < 2) return row
  const by = sink === 'renormalised' ? gain(row[0]!) : 1
  return row.map((v, i) => (i === 0 ? NaN : v * by))
}

/** Weights on one key by later rows, each divided like its row. `first`: their weights on the first token. */
export const columnWithout = (column: Float32Array, first: Float32Array, sink: Sink): Float32Array =>
  sink === 'renormalised' ? column.map((v, i) => v * gain(first[i]!)) : column

/**
 * Like glass.attention on columns that leave the sink out, with every row divided by what is left of it. Rows are
 * pooled
 * after the division, because the largest of several rows may be another one then.
 */
export async function renormalised(glass: Glass, request: AttentionRequest): Promise<AttentionTile> {
  const {
    heads,
    rows: [r0, r1],
    cols: [c0, c1],
    maxRows,
    maxCols,
  } = request
  const height = r1 - r0,
    step = Math.max(1, Math.floor(cells / (heads.length * Math.min(maxCols, c1 - c0))))
  const pool = Math.ceil(height / maxRows),
    outRows = Math.ceil(height / pool)
  let out: AttentionTile | null = null
  for (let from = r0; from < r1; from += step) {
    const rows: [number, number] = [from, Math.min(r1, from + step)]
    const first = await glass.attention({ ...request, rows, cols: [0, 1], maxRows: step, maxCols: 1 })
    const fine = await glass.attention({ ...request, rows, maxRows: step })
    out ??= {
      heads,
      rows: outRows,
      cols: fine.cols,
      pool: [pool, fine.pool[1]],
      values: new Float32Array(heads.length * outRows * fine.cols).fill(NaN),
    }
    for (let h = 0; h < heads.length; h++) {
      for (let r = 0; r < fine.rows; r++) {
        const by = gain(first.values[h * fine.rows + r]!),
          to = (h * outRows + Math.floor((from - r0 + r) / pool)) * fine.cols
        for (let c = 0; c < fine.cols; c++) {
          const v = fine.values[(h * fine.rows + r) * fine.cols + c]! * by
          if (!Number.isNaN(v) && !(v <= out.values[to + c]!)) out.values[to + c] = v
        }
      }
    }
  }
  return out ?? { heads, rows: 0, cols: 0, pool: [1, Math.max(1, c1 - c0)], values: new Float32Array(0) }
}

/** A picture of weights as the reader wants the sink. Columns must begin after it unless it is shown. */
export const pictureOf = (glass: Glass, sink: Sink, request: AttentionRequest): Promise<AttentionTile> =>
  sink === 'renormalised' && request.what !== 'scores' && request.cols[0] > 0
    ? renormalised(glass, request)
    : glass.attention(request)

/** What a picture of this choice leaves out, in words; nothing where it shows everything. */
export const sinkNote = (
  sink: Sink,
  { sink: t }: { sink: { name: string; hidden: string; label: string } },
): string | undefined => (sink === 'shown' ? undefined : sink === 'renormalised' ? t.label : `${t.name} · ${t.hidden}`)
