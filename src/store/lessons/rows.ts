// What a learner did, as rows on disk and as files. Pure.
//
// Everything is read field by field: a row may be of another version. Nobody is named anywhere: the one word that ties
// rows of a class together is a code that the teacher gave.

import type { LessonRow } from '../../worker/protocol.ts'
import { fields, flag, limits, loose, pick, text, type Reader } from '../stored.ts'

/** A number, a word or a yes that was drawn beside the bet, and what was asked for it. */
export interface Shown {
  what: string
  value: number | string | boolean
}

/** One bet and what settled it. A step that is done again is another bet. */
export interface Bet {
  lesson: string
  /** 'l06.2' */
  step: string
  /** null: not sure */
  option: string | null
  /** what the lesson expects; null: nothing was asked */
  expected: string | null
  /** the predicate, computed then */
  holds: boolean
  shown: Shown[]
  /** what computed it, as a name: "Storyteller" */
  model: string
  device: string
  lang: 'en' | 'zh'
  /** with the learner's own words */
  own: boolean
  /** milliseconds since 1970 */
  at: number
}

/** How far a lesson was read. */
export interface Reached {
  lesson: string
  /** index of the step */
  step: number
  at: number
  /** when its end was reached first */
  done?: number
}

/** A lesson file that was added, as it was read: it is checked anew whenever it is opened. */
export interface KeptFile {
  name: string
  text: string
  at: number
}

export interface Notes {
  bets: Bet[]
  reached: Record<string, Reached>
  files: Record<string, KeptFile>
  classCode: string
}

export const codePattern = /^[\p{L}\p{N}-]{1,16}$/u
/** Bytes of a lesson file, as src/lessons/read.ts takes them. */
export const largestFile = 512 * 1024

const finite: Reader<number> = (value) => (typeof value === 'number' && Number.isFinite(value) ? value : undefined)
const short: Reader<string> = (value) => text(value, limits.id)
const long: Reader<string> = (value) => text(value, 2000)
const shownOne = (value: unknown): Shown | undefined => {
  const given = loose(value)
  const what = text(given?.['what'], 500),
    found = given?.['value']
  return what !== undefined &&
    (finite(found, '', []) !== undefined || typeof found === 'boolean' || long(found, '', []) !== undefined)
    ? { what, value: found as Shown['value'] }
    : undefined
}
const listOf =
  <T>(one: (value: unknown) => T | undefined): Reader<T[]> =>
  (value) =>
    Array.isArray(value) && value.length <= 100
      ? value.flatMap((item): T[] => {
          const found = one(item)
          return found === undefined ? [] : [found]
        })
      : undefined

const betReaders: { [K in keyof Bet]-?: Reader<NonNullable<Bet[K]>> } = {
  lesson: short,
  step: short,
  option: short,
  expected: short,
  holds: flag,
  shown: listOf(shownOne),
  model: long,
  device: long,
  lang: pick('en', 'zh'),
  own: flag,
  at: finite,
}
const reachedReaders: { [K in keyof Required<Reached>]: Reader<number | string> } = {
  lesson: short,
  step: finite,
  at: finite,
  done: finite,
}

function readBet(given: Record<string, unknown>): Bet | null {
  const found = fields<Bet>(given, '', [], betReaders)
  const { lesson, step, holds, at, lang } = found
  if (lesson === undefined || step === undefined || holds === undefined || at === undefined || lang === undefined) {
    return null
  }
  const bet = { option: null, expected: null, shown: [], model: '', device: '', own: false }
  return { ...bet, ...found, lesson, step, holds, at, lang }
}
function readReached(given: Record<string, unknown>): Reached | null {
  const found = fields<Reached>(given, '', [], reachedReaders as Parameters<typeof fields<Reached>>[3])
  return found.lesson !== undefined && found.step !== undefined && found.at !== undefined ? (found as Reached) : null
}

// ---- rows ---------------------------------------------------------------------

type Row = LessonRow & { kind: 'bet' | 'reached' | 'file' | 'class' } & Record<string, unknown>

export const betRow = (bet: Bet): Row => ({ ...bet, id: `bet ${bet.step} ${bet.at}`, kind: 'bet' })
export const reachedRow = (reached: Reached): Row => ({ ...reached, id: `reached ${reached.lesson}`, kind: 'reached' })
export const fileId = (lesson: string): string => `file ${lesson}`
export const isFile = (id: string): boolean => id.startsWith(fileId(''))
export const fileRow = (lesson: string, file: KeptFile): Row => ({ ...file, id: fileId(lesson), lesson, kind: 'file' })
export const classRow = (code: string): Row => ({ id: 'class', kind: 'class', code })

/** The keys of all rows, those too that cannot be read. */
export const readIds = (rows: readonly unknown[]): string[] =>
  rows.flatMap((row) => {
    const id = loose(row)?.['id']
    return typeof id === 'string' ? [id] : []
  })

/** What can be read of the rows; the rest stays where it is and is not shown. */
export function readRows(rows: readonly unknown[]): Notes {
  const notes: Notes = { bets: [], reached: {}, files: {}, classCode: '' }
  for (const row of rows) {
    const given = loose(row)
    const lesson = text(given?.['lesson'], limits.id)
    switch (given?.['kind']) {
      case 'bet': {
        const bet = readBet(given)
        if (bet) notes.bets.push(bet)
        break
      }
      case 'reached': {
        const reached = readReached(given)
        if (reached && lesson !== '__proto__') notes.reached[reached.lesson] = reached
        break
      }
      case 'file': {
        const [name, body, at] = [text(given['name'], 500), text(given['text'], largestFile), given['at']]
        if (name !== undefined && body !== undefined && typeof at === 'number' && lesson && lesson !== '__proto__') {
          notes.files[lesson] = { name, text: body, at }
        }
        break
      }
      case 'class':
        if (typeof given['code'] === 'string' && codePattern.test(given['code'])) notes.classCode = given['code']
        break
    }
  }
  notes.bets.sort((a, b) => a.at - b.at)
  return notes
}

// ---- files --------------------------------------------------------------------

/** The bet was on what the numbers showed; null where nothing can be said: not sure, nothing asked, or it did not happen. */
export const wasRight = ({ option, expected, holds }: Bet): boolean | null =>
  option === null || expected === null || !holds ? null : option === expected

const time = (at: number): string => new Date(at).toISOString()

export const toJson = ({ bets, reached, classCode }: Notes): string =>
  JSON.stringify(
    {
      format: 'glassbox-lessons',
      version: 1,
      class: classCode,
      lessons: Object.values(reached).map(({ lesson, step, at, done }) => ({
        lesson,
        step,
        at: time(at),
        ...(done !== undefined && { done: time(done) }),
      })),
      bets: bets.map((bet) => ({ ...bet, at: time(bet.at), right: wasRight(bet) })),
    },
    null,
    2,
  )

const columns = [
  'class',
  'lesson',
  'step',
  'bet',
  'expected',
  'right',
  'holds',
  'values',
  'model',
  'device',
  'language',
  'own',
  'time',
]
/** Quoted where needed; a text that a spreadsheet would take for a formula gets a quote in front. */
const cell = (value: unknown): string => {
  const said = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value ?? '')
  return /[",\n\r]/.test(said) ? `"${said.replaceAll('"', '""')}"` : said
}

/** One line for each bet, with a mark at the beginning by which spreadsheets know UTF-8. */
export const toCsv = ({ bets, classCode }: Notes): string =>
  `\uFEFF${[
    columns,
    ...bets.map((bet) => [
      classCode,
      bet.lesson,
      bet.step,
      bet.option ?? 'not sure',
      bet.expected,
      wasRight(bet),
      bet.holds,
      bet.shown.map(({ what, value }) => `${what} = ${String(value)}`).join('; '),
      bet.model,
      bet.device,
      bet.lang,
      bet.own,
      time(bet.at),
    ]),
  ]
    .map((line) => line.map(cell).join(','))
    .join('\r\n')}\r\n`
