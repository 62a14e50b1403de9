// Two readings of one text, number beside number. Pure.

import type { Reading, ScoredLabel } from '../../store/index.ts'

export interface ReadPart {
  kind: 'fills' | 'labels' | 'task' | 'tokens' | 'spans'
  /** of several of its kind, from 1 */
  n: number
  /** probabilities; else values of a head with one output */
  shares: boolean
  /** null: not among what that side listed */
  rows: { name: string; a: number | null; b: number | null }[]
}

/** Candidates of a blank, and answers, at most. */
const most = 8
/** `key`: what tells it from others of its name */
type Named = [name: string, value: number, key?: number]

/** The best of both sides under their names, what is highest on either side first. */
function beside(a: readonly Named[], b: readonly Named[], count = Infinity): ReadPart['rows'] {
  const keyed = (list: readonly Named[]) =>
    new Map(list.map((one): [string | number, Named] => [one[2] ?? one[0], one]))
  const [x, y] = [keyed(a), keyed(b)]
  const rank = (row: ReadPart['rows'][number]): number => Math.max(row.a ?? -Infinity, row.b ?? -Infinity)
  return [...new Set([...x.keys(), ...y.keys()])]
    .map((key) => {
      const [p, q] = [x.get(key), y.get(key)]
      return { name: (p ?? q)![0], a: p?.[1] ?? null, b: q?.[1] ?? null }
    })
    .sort((p, q) => rank(q) - rank(p))
    .slice(0, count)
}

const labels = (list: readonly ScoredLabel[]): Named[] =>
  list.map(({ label, score, probability }) => [label, list.length === 1 ? score : probability])

export function cosineOf(a: Float32Array, b: Float32Array): number {
  let [ab, aa, bb] = [0, 0, 0]
  a.forEach((v, i) => {
    ab += v * b[i]!
    aa += v * v
    bb += b[i]! * b[i]!
  })
  return aa === 0 || bb === 0 ? 0 : ab / Math.sqrt(aa * bb)
}

export function readingsOf(
  a: Reading,
  b: Reading,
): { parts: ReadPart[]; cosines: { kind: 'vector' | 'pooled'; cosine: number }[] } {
  const parts: ReadPart[] = []
  a.fills?.forEach((fill, i) => {
    const list = ({ top }: typeof fill): Named[] =>
      top.map(({ id, text, logprob }) => [text.trim(), Math.exp(logprob), id])
    parts.push({ kind: 'fills', n: i + 1, shares: true, rows: beside(list(fill), list(b.fills![i]!), most) })
  })
  if (a.labels && b.labels && !a.tasks) {
    parts.push({ kind: 'labels', n: 1, shares: a.labels.length > 1, rows: beside(labels(a.labels), labels(b.labels)) })
  }
  a.tasks?.forEach((task, i) => {
    const rows = beside(labels(task.labels), labels(b.tasks![i]!.labels))
    parts.push({ kind: 'task', n: i + 1, shares: task.labels.length > 1, rows })
  })
  if (a.tokenLabels && b.tokenLabels) {
    // of every token the best label of either side: where they differ, both
    const rows = a.tokens.flatMap(({ text, special }, i) => {
      if (special) return []
      const [x, y] = [a.tokenLabels![i]!, b.tokenLabels![i]!]
      const wanted = new Set([x[0]!.label, y[0]!.label])
      return beside(labels(x), labels(y))
        .filter(({ name }) => wanted.has(name))
        .map((row) => ({ ...row, name: `${text} · ${row.name}` }))
    })
    parts.push({ kind: 'tokens', n: 1, shares: (a.tokenLabels[0]?.length ?? 0) > 1, rows })
  }
  if (a.spans && b.spans) {
    const list = (spans: NonNullable<Reading['spans']>): Named[] =>
      spans.map(({ text, probability }) => [text, probability])
    parts.push({ kind: 'spans', n: 1, shares: true, rows: beside(list(a.spans), list(b.spans), most) })
  }
  const cosines = (['vector', 'pooled'] as const).flatMap((kind) =>
    a[kind] && b[kind] ? [{ kind, cosine: cosineOf(a[kind], b[kind]) }] : [],
  )
  return { parts: parts.filter(({ rows }) => rows.length > 0), cosines }
}
