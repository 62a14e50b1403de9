// What is taught, and how, before it is a task of the worker's: its own answers come in between.

import type { TeachTask } from '../../worker/protocol.ts'
import type { RewardRule } from '../../worker/reward.ts'
import { inLanguage, rehearsal, rehearsed, type Pair } from './homes.ts'

/** What is learnt, and how; `asked` in between. */
export interface Lesson {
  fresh: { rank: number; seed: number }
  options: Omit<TeachTask['options'], 'samples' | 'every' | 'watch'> & { steps: number }
  asked: readonly string[]
  /** the row that is looked at meanwhile; default: the first */
  look?: number
  reward?: RewardRule
  /** the adapter of a reward model that rewards in its place */
  judge?: string
  /** questions that it answers itself before: those answers are learnt, too; or only looked at, to see what it forgets */
  own: { count: number; use: 'learn' | 'watch' }
}

/** Updates between two looks. */
export const everyOf = (steps: number): number => Math.max(5, Math.round(steps / 8))

/** @param own what it answered itself */
export function taskOf(model: string, name: string, lesson: Lesson, own: readonly Pair[]): TeachTask {
  const {
    fresh,
    options,
    asked,
    look,
    reward,
    judge,
    own: { use },
  } = lesson
  return {
    model,
    name,
    fresh,
    ...(look !== undefined && { look }),
    ...(reward && { reward }),
    ...(judge !== undefined && { judge }),
    options: {
      ...options,
      ...(use === 'learn' && { rows: [...(options.rows as readonly Pair[]), ...own] }),
      ...(use === 'watch' && own.length > 0 && { watch: own }),
      samples: asked.map((content) => [{ role: 'user' as const, content }]),
      every: everyOf(options.steps),
    },
  }
}

/** Has it a question and an answer? Others are not learnt. */
export const isWhole = ({ prompt, completion }: Pair): boolean => prompt.trim() !== '' && completion.trim() !== ''

/** As many tokens as the rows that it answers itself will have, near enough: their answers are short. */
export const likeRehearsal = (rows: number): Pair[] =>
  rehearsal(rehearsed(rows)).map((prompt) => ({ prompt, completion: prompt.split(/[.。]/)[0]! }))

/** Pairs that are to be said. */
export function lessonOf(choice: {
  rows: readonly Pair[]
  keeps: boolean
  steps: number
  lr: number
  rank: number
  seed: number
  heldOut: number
}): Lesson {
  const { keeps, steps, lr, rank, seed, heldOut } = choice
  const listed = choice.rows.filter(isWhole)
  // the example is learnt in one order, whatever language is listed first: so are its numbers measured (npm run homes)
  const rows = inLanguage(listed, 'en')
  return {
    fresh: { rank, seed },
    options: { rows, steps, lr, seed, heldOut },
    asked: [listed[0], listed.at(-1)].flatMap((row) => (row ? [row.prompt] : [])),
    look: Math.max(
      0,
      rows.findIndex(({ prompt }) => prompt === listed[0]?.prompt),
    ),
    own: { count: keeps ? rehearsed(rows.length) : 0, use: 'learn' },
  }
}
