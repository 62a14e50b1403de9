// What every drawing of a run by its updates is made of.

import type { TeachRun } from '../../store/teach/index.ts'
import { isJudgeRun } from '../../store/teach/judge.ts'

/** What a run learns from: answers to say, pairs (DPO), pairs as a reward model, rewards (GRPO). */
export type Learns = 'rows' | 'pairs' | 'judge' | 'answers'

export function learnsFrom(run: TeachRun): Learns {
  const first = run.steps[0]
  if (first?.answers) return 'answers'
  if (first?.pairs) return isJudgeRun(run) ? 'judge' : 'pairs'
  return 'rows'
}

/** The `d` of a line through points; of a single point, which a line would not show, a short stroke. */
export function lineThrough(points: readonly (readonly [x: number, y: number])[]): string {
  const at = (n: number): string => n.toFixed(1)
  if (points.length === 1) return `M${at(points[0]![0] - 3)} ${at(points[0]![1])}h6`
  return points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${at(x)} ${at(y)}`).join('')
}

/** Nothing that is measured here is told apart below this: it is said as 0. */
const LEAST = 1e-6
export const floored = (value: number): number => (Math.abs(value) < LEAST ? 0 : value)

/** From where to where an axis goes: 0 is always on it, and its ends are never the same, nor said the same. */
export function axisOf(values: readonly number[]): [low: number, high: number] {
  const [low, high] = [Math.min(0, ...values.map(floored)), Math.max(0, ...values.map(floored))]
  return low === high ? [0, 1] : [low, high]
}
