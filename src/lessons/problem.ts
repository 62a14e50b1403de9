// What is wrong with a lesson: LESSON_INVALID with a reason and the place of it, in a text of the language (line and
// column) or in a lesson's data (path). The page says it in the reader's language (i18n/errors-lessons.ts).

import { EngineError, type Facts } from '../engine/errors.ts'

/** Every reason there is; each has its sentence here and in both languages of the page. */
const sentences = {
  character: 'this character means nothing here',
  text: 'a text in quotes has no end',
  number: 'this is not a number',
  wanted: 'something else should stand here',
  rest: 'the claim is over before this',
  long: 'the text is too long',
  deep: 'it is nested too deeply',
  truth: 'a comparison stands where a value has to',
  value: 'a value stands where a comparison has to',
  function: 'there is no such function',
  name: 'there is no such run or word',
  run: 'this is not a run of the step',
  isRun: 'a run stands where a value has to',
  arguments: 'the function is given too few or too many values',
  kind: 'the function, or the sign, cannot be used with such a value',
  lengths: 'two lists of different lengths cannot be put together',
  nothing: 'it has no value: something on the way is not a number',
  token: 'the text is not one token of this model',
  place: 'the text does not stand in what the run reads',
  beyond: 'the run has no such position, layer or head',
  slot: 'nothing fills this slot',
  adapter: 'there is no such adapter beside the page',
  circle: 'slots fill each other in a circle',
  taken: 'this name has a meaning already',
  twice: 'this is there twice',
  right: 'a bet has exactly one right option',
  field: 'a field of the lesson is not what it has to be',
  unknownField: 'a lesson has no such field',
  json: 'this is not JSON',
  size: 'the file is too big',
} as const
export type LessonReason = keyof typeof sentences
export const lessonReasons = Object.keys(sentences) as LessonReason[]

/** A place in a text: its whole, and where in it. */
export interface At {
  readonly text: string
  readonly offset: number
}

/** Both from 1; a column counts characters as people do. */
export function lineOf({ text, offset }: At): { line: number; column: number } {
  const before = text.slice(0, offset).split('\n')
  return { line: before.length, column: [...before.at(-1)!].length + 1 }
}

const LONGEST = 60
const short = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text)

/** With the place in its text, for who knows where that text stands. */
export class LessonError extends EngineError {
  constructor(
    message: string,
    facts: Facts,
    readonly at: At | undefined,
  ) {
    super('LESSON_INVALID', message, facts)
  }
}

/** @param facts `found` what stands there, `need` what should, `path` the field of a lesson's data */
export function invalid(
  reason: LessonReason,
  facts: { found?: string | number; need?: string | number; path?: string; run?: string } = {},
  at?: At,
): LessonError {
  const where = at && lineOf(at)
  const known: Facts = {
    reason,
    ...(facts.path !== undefined && { path: facts.path }),
    ...where,
    ...(facts.found !== undefined && { found: short(String(facts.found)) }),
    ...(facts.need !== undefined && { need: String(facts.need) }),
    ...(facts.run !== undefined && { run: facts.run }),
  }
  const place = [facts.path, where && `line ${where.line}, column ${where.column}`].filter(Boolean).join(', ')
  const details = [
    known['found'] !== undefined && `found “${known['found']}”`,
    known['need'] !== undefined && `needed: ${known['need']}`,
    known['run'] !== undefined && `run “${known['run']}”`,
  ].filter(Boolean)
  return new LessonError(
    `The lesson cannot be used${place && `: ${place}`}: ${sentences[reason]}${details.length ? ` (${details.join('; ')})` : ''}. Correct it there; nothing was changed.`,
    known,
    at,
  )
}

/** The same error, told with another path and place. */
export function again({ facts }: LessonError, path: string, at: At | undefined): LessonError {
  const { reason, found, need, run } = facts as Record<string, string>
  return invalid(
    reason as LessonReason,
    {
      path,
      ...(found !== undefined && { found }),
      ...(need !== undefined && { need }),
      ...(run !== undefined && { run }),
    },
    at,
  )
}
