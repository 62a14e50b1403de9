// The table of times: a line for each thing that was measured, with how it reads and which way is better.

import type { BenchResult, Look, Measured } from '../../store/bench/index.ts'

export interface Row {
  key: string
  /** milliseconds, seconds, or tokens a second */
  unit: 'ms' | 's' | 'rate'
  kind: 'decode' | 'prefill' | 'first' | 'cold' | 'warm' | 'compile' | Look
  /** tokens, kernels */
  count: number
  value: Measured
}

const one = (value: number): Measured => ({ median: value, min: value, max: value })

export const rowsOf = ({ decode, prefill, firstToken, load, compile, looks }: BenchResult): Row[] => [
  ...decode.map(({ context, ms }): Row => ({
    key: `decode ${context}`,
    unit: 'ms',
    kind: 'decode',
    count: context,
    value: ms,
  })),
  ...prefill.map(({ tokens, perSecond }): Row => ({
    key: `prefill ${tokens}`,
    unit: 'rate',
    kind: 'prefill',
    count: tokens,
    value: perSecond,
  })),
  { key: 'first', unit: 's', kind: 'first', count: firstToken.tokens, value: firstToken.seconds },
  ...looks.map(({ look, ms }): Row => ({ key: look, unit: 'ms', kind: look, count: 0, value: ms })),
  { key: 'cold', unit: 's', kind: 'cold', count: 0, value: one(load.cold) },
  { key: 'warm', unit: 's', kind: 'warm', count: 0, value: load.warm },
  ...(compile
    ? [{ key: 'compile', unit: 's', kind: 'compile', count: compile.kernels, value: one(compile.seconds) } as const]
    : []),
]

/** How many times as fast `now` is; above 1 is faster, whatever the unit. null where the other run has no such line. */
export function timesAsFast(now: Row, then: readonly Row[]): number | null {
  const other = then.find(({ key }) => key === now.key)
  if (!other) return null
  const ratio = now.value.median / other.value.median
  if (!Number.isFinite(ratio) || ratio === 0) return null
  return now.unit === 'rate' ? ratio : 1 / ratio
}
