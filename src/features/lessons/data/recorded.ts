// What SmolLM2-135M-Instruct reads in lessons 17 and 25, as plain text. The lessons tell these texts;
// scripts/record-lessons.mjs records the runs (public/lessons/traces) for those who have not downloaded the model. It knows
// English, so the texts are the same in both languages.

import type { Both, PromptSpec, RunSpec } from '../../../lessons/types.ts'

export interface Recorded {
  readonly text: string
  /** tokens that it writes, the likeliest each time */
  readonly write: number
}

/** Opposites, one a line, and the one that is asked for. */
const opposites = ['hot -> cold', 'big -> small', 'fast -> slow', 'early -> late']
const shots = (count: number): Recorded => ({ text: [...opposites.slice(0, count), 'empty ->'].join('\n'), write: 0 })
/** Words without any order: what follows can only be known from the first time. */
const words =
  'river lamp seven coat music paper storm bread green table night horse glass money winter door apple train silver dog cloud book hand king'
const sum = 'Question: What is 17 + 25 + 38?\nAnswer:'
/** With one example it wrote the sum alone; with two it asks. */
const tool = (observed: string): string =>
  [
    'Question: What is 12 times 31?\nAction: calculator[12*31]\nObservation: 372\nAnswer: 372',
    'Question: What is 208 plus 95?\nAction: calculator[208+95]\nObservation: 303\nAnswer: 303',
    `Question: What is 47 times 89?\nAction:${observed}`,
  ].join('\n\n')

/** By the name of the run, the prompt and the file. */
export const recorded = {
  shots0: shots(0),
  shots1: shots(1),
  shots2: shots(2),
  shots4: shots(4),
  repeat: { text: `${words} ${words}`, write: 0 },
  direct: { text: `Question: What is 13 + 24 + 32?\nAnswer: The answer is 69.\n\n${sum} The answer is`, write: 5 },
  steps: {
    text: `Question: What is 13 + 24 + 32?\nAnswer: 13 + 24 = 37, and 37 + 32 = 69. The answer is 69.\n\n${sum}`,
    write: 31,
  },
  alone: { text: 'Question: What is 47 times 89?\nAnswer:', write: 6 },
  asks: { text: tool(''), write: 9 },
  tool: { text: tool(' calculator[47*89]\nObservation: 4183\nAnswer:'), write: 5 },
} as const satisfies Readonly<Record<string, Recorded>>
export type RecordedName = keyof typeof recorded

/** The prompts of these runs, as a lesson has them. */
export const recordedPrompts = (...names: RecordedName[]): Record<string, Both<PromptSpec>> =>
  Object.fromEntries(
    names.map((name) => [name, { en: { text: recorded[name].text }, zh: { text: recorded[name].text } }]),
  )
/** The runs. The model itself is asked where it is loaded. */
export const recordedRuns = (...names: RecordedName[]): Record<string, RunSpec> =>
  Object.fromEntries(
    names.map((name): [string, RunSpec] => {
      const { write }: Recorded = recorded[name]
      return [name, { prompt: name, model: 'smollm2', trace: name, ...(write > 0 && { write }) }]
    }),
  )
