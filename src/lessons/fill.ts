// Slots: "{name} was in the" with a cast's name. A lesson's words fill slots, too, and have slots themselves.

import { invalid } from './problem.ts'
import type { DeedId } from './panels.ts'
import type { Cast, Language, Lesson, PromptSpec, RunSpec, Step } from './types.ts'

const SLOT = /\{([\p{L}\p{N}_]+)\}/gu
/** Words within words: deeper than any lesson needs. */
const DEEPEST = 8
const LONGEST = 20_000
/** Characters that one text may read, its slots' texts among them: of a thousand slots each may hold a thousand more. */
const MOST = 1_000_000

/** Characters that were read, and may be. */
export interface Budget {
  read: number
  readonly most: number
}

export type Slots = ReadonlyMap<string, string>

/** The slots of one reading: the cast's, else the lesson's words, else what this run says. */
export function slotsOf(
  lesson: Pick<Lesson, 'words'>,
  language: Language,
  cast: Cast,
  run?: RunSpec,
  budget?: Budget,
): Slots {
  const slots = new Map(Object.entries(lesson.words).map(([name, text]) => [name, text[language]]))
  for (const [name, text] of Object.entries(cast)) slots.set(name, text)
  if (!run?.slots) return slots
  // a run's own slots may name those that they replace
  const own = Object.entries(run.slots).map(([name, text]): [string, string] => [
    name,
    fill(text[language], slots, budget),
  ])
  for (const [name, text] of own) slots.set(name, text)
  return slots
}

/** @throws LESSON_INVALID for a slot that nothing fills, or that is filled with itself, and for what never ends */
export function fill(text: string, slots: Slots, budget: Budget = { read: 0, most: MOST }, depth = 0): string {
  budget.read += text.length + 16 // a slot costs as much as some letters, whatever fills it
  if (budget.read > budget.most) throw invalid('long', { found: budget.read, need: budget.most })
  const filled = text.replace(SLOT, (whole, name: string) => {
    if (name === 'mask') return whole // the model's own blank: only who reads the text knows it
    const value = slots.get(name)
    if (value === undefined) throw invalid('slot', { found: whole })
    if (depth >= DEEPEST) throw invalid('circle', { found: whole })
    return fill(value, slots, budget, depth + 1)
  })
  if (filled.length > LONGEST) throw invalid('long', { found: filled.length, need: LONGEST })
  return filled
}

/** Every word of a lesson and slot of a cast, filled: what names in predicates mean. */
export const wordsOf = (slots: Slots, budget?: Budget): ReadonlyMap<string, string> =>
  new Map([...slots].map(([name, text]) => [name, fill(text, slots, budget)]))

/** What a run reads, in words. @throws LESSON_INVALID */
export function promptOf(
  lesson: Pick<Lesson, 'words' | 'prompts'>,
  run: RunSpec,
  language: Language,
  cast: Cast,
  budget?: Budget,
): PromptSpec {
  const prompt = Object.hasOwn(lesson.prompts, run.prompt) ? lesson.prompts[run.prompt] : undefined
  if (!prompt) throw invalid('name', { found: run.prompt })
  const slots = slotsOf(lesson, language, cast, run, budget)
  const { messages, text, then } = prompt[language]
  const begun = run.then?.[language] ?? then
  return {
    ...(messages && {
      messages: messages.map(({ role, content }) => ({ role, content: fill(content, slots, budget) })),
    }),
    ...(text !== undefined && { text: fill(text, slots, budget) }),
    ...(begun !== undefined && { then: fill(begun, slots, budget) }),
  }
}

/** What a step has done on panels, in words. */
export interface Deed {
  readonly what: DeedId
  readonly language: Language
  /** of its set */
  readonly rows: readonly Cast[]
  readonly text: string
  /** of a recorded run */
  readonly name: string
}

/** In the order in which they are done. A row of a set may name the cast's slots. @throws LESSON_INVALID */
export function deedsOf(
  lesson: Pick<Lesson, 'words' | 'sets'>,
  step: Pick<Step, 'act'>,
  language: Language,
  cast: Cast,
  budget?: Budget,
): Deed[] {
  return step.act.flatMap((act): Deed[] => {
    if (act.kind !== 'do') return []
    const { what, set = '', text, name = '' } = act
    const rows = lesson.sets?.[set]?.[language] ?? []
    return [
      {
        what,
        language,
        name,
        text: text ? fill(text[language], slotsOf(lesson, language, cast), budget) : '',
        rows: rows.map((row) => {
          const slots = slotsOf(lesson, language, { ...cast, ...row })
          return Object.fromEntries(Object.entries(row).map(([key, value]) => [key, fill(value, slots, budget)]))
        }),
      },
    ]
  })
}
