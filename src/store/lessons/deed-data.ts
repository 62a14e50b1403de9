// What lessons set panels to, and what they read there: the same in the page and in the check of the built-in lessons. Pure.

import type { Run } from '../../agent/machine.ts'
import type { Panels } from '../../lessons/measure/panels.ts'
import type { Cast } from '../../lessons/types.ts'
import type { EvalSettings } from '../evaluate/types.ts'

/** The run with the letter: short, since it is about what runs, and not about what a model of stories makes of it. */
export const letterRun = { grammar: 'react', held: true, steps: 1, turnTokens: 24, temperature: 0, seed: 0 } as const
export const evaluation: EvalSettings = { maxTokens: 16, temperature: 0, seed: 0, stop: '', adapters: true }

/** Casts of a set as rows of an evaluation: `text`, or `prompt` and `right`. */
export const rowsAsSet = (rows: readonly Cast[]): string =>
  rows
    .map(({ text, prompt, right }) => JSON.stringify(prompt === undefined ? { text } : { prompt, answer: right }))
    .join('\n')

/** What of an agent's run claims can ask. */
export function agentOf(run: Run | null): Pick<Panels, 'ran' | 'waits' | 'observed'> {
  const calls = run?.turns.flatMap((turn) => turn.calls) ?? []
  const ran = calls.filter(({ consent, result }) => result !== null && consent !== 'refuse')
  const waits = run?.phase === 'consent' ? calls.find(({ result }) => result === null) : undefined
  return { ran: ran.map(({ name }) => name), waits: waits?.name ?? '', observed: ran.at(-1)?.result?.text ?? '' }
}

/** What a lesson's rows are called where a file's name would stand. */
export const setName = { en: 'Rows of the lesson', zh: '这一课的题目' } as const
