// A reward model that was taught here, over a reload: its adapter is stored among the others, its head in a row beside the runs. One at
// a time: the next one takes its place. And what a run is rewarded by: a rule that counts words, or that model, beside which the
// rule is only measured.

import { EngineError } from '../engine/errors.ts'
import {
  readHead,
  saveHead,
  type Drawn,
  type LearnedReward,
  type RewardFunction,
  type TrainEvent,
  type TrainOptions,
  type TrainState,
} from '../engine/index.ts'
import type { TeachingRows } from '../storage/teaching.ts'
import { sense, worth, type RewardRule } from './reward.ts'

/** What is known of it; of the pairs that it never learnt from, `right` is the share that it told apart, null where there were none. */
export interface JudgeFacts {
  /** the stored model that it judges for */
  model: string
  /** its stored adapter, and what that is called */
  adapter: string
  name: string
  pairs: number
  heldOut: number
  right: number | null
}
interface JudgeRow extends JudgeFacts {
  id: 'judge'
  head: Float32Array
}

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0
export const isHead = (value: unknown): value is Float32Array =>
  value instanceof Float32Array && value.length > 0 && value.every(Number.isFinite)

/** Rows come from a disk: what is no reward model is not there. */
function readJudge(row: unknown): JudgeRow | null {
  if (typeof row !== 'object' || row === null) return null
  const { model, adapter, name, pairs, heldOut, right, head } = row as Partial<JudgeRow>
  const isNamed = [model, adapter, name].every((one) => typeof one === 'string')
  const isShare = right === null || (typeof right === 'number' && right >= 0 && right <= 1)
  return isNamed && isCount(pairs) && isCount(heldOut) && isShare && isHead(head) ? (row as JudgeRow) : null
}

export class Judges {
  /** of the run that learns, or learnt last */
  private last: TrainState | null = null
  constructor(private readonly rows: TeachingRows) {}

  private async row(): Promise<JudgeRow | null> {
    return readJudge((await this.rows.get(['judge']))[0])
  }
  /** @param find its adapter: null where that was removed */
  async kept(find: (adapter: string) => Promise<unknown>): Promise<JudgeFacts | null> {
    const row = await this.row()
    if (!row || !(await find(row.adapter))) return null
    const { model, adapter, name, pairs, heldOut, right } = row
    return { model, adapter, name, pairs, heldOut, right }
  }
  /** @throws PARAM_INVALID where it is another one, or none */
  async asReward(adapter: string): Promise<LearnedReward> {
    const row = await this.row()
    if (row?.adapter === adapter) return { adapter, head: row.head }
    const need = 'a reward model that was taught here'
    throw new EngineError('PARAM_INVALID', `Cannot train with "reward": it must be ${need}, it is "${adapter}".`, {
      param: 'reward',
      need,
      found: `"${adapter}"`,
    })
  }

  /** What a task names; null: no reward model. */
  readonly of =
    ({ judge }: { judge?: string }) =>
    (): Promise<LearnedReward | null> =>
      judge === undefined ? Promise.resolve(null) : this.asReward(judge)

  /** Remembers whatever state comes by. */
  async *heeding<E>(events: AsyncIterable<E | TrainEvent>): AsyncGenerator<E | TrainEvent> {
    for await (const event of events) {
      const one = event as TrainEvent
      if (one.type === 'saved') this.last = one.state
      yield event
    }
  }
  /** Its adapter is stored. @throws PARAM_INVALID where nothing like it has learnt */
  async keep(facts: JudgeFacts): Promise<void> {
    if (!this.last) {
      throw new EngineError('PARAM_INVALID', 'Cannot go on teaching: nothing waits to be learnt.', { param: 'run' })
    }
    const head = await readHead(await saveHead(this.last))
    await this.rows.write([{ ...facts, id: 'judge', head } as JudgeRow])
  }
}

/** What rewards answers, and what else is measured of them. @param by a reward model, in the rule's place */
export function rewardsOf(
  rule: RewardRule | undefined,
  by: LearnedReward | null,
): Pick<TrainOptions, 'reward' | 'measures'> {
  if (!rule) return {}
  const counted = ({ text }: Drawn): number => worth(rule, text)
  const story = ({ prompt }: Parameters<RewardFunction>[0]): string => String(prompt.at(-1)?.content ?? '')
  const measures = { sense: (answer: Parameters<RewardFunction>[0]) => sense(story(answer), answer) }
  return by ? { reward: by, measures: { rule: counted, ...measures } } : { reward: counted, measures }
}
