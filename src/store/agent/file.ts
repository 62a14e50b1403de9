// A run as a file, for a class: its turns, what was decided, and the tokens with the numbers that they were drawn with. A file
// is anybody's: it is read value by value, nothing in it runs, and nobody can go on with it. Pure.

import type { Call, Run, Turn } from '../../agent/machine.ts'
import type { AnswerRun } from '../answers.ts'
import { packRun, unpackRun } from '../runs.ts'
import type { Begun } from './types.ts'

export interface Recorded {
  run: Run
  begun: Begun
  runs: readonly (AnswerRun | null)[]
}

/** Bytes of a file that is read at all. */
const largest = 20 * 2 ** 20

export const toFile = ({ run, begun, runs }: Recorded): string =>
  JSON.stringify({
    glassbox: 'agent',
    version: 1,
    run,
    model: begun.model.name,
    settings: begun.settings,
    lang: begun.lang,
    demo: begun.demo,
    runs: runs.map((one) => one && packRun(one)),
  })

type Fields = Record<string, unknown>
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isText = (value: unknown): value is string => typeof value === 'string' && value.length <= 100_000
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)
const isOneOf =
  (...values: readonly unknown[]) =>
  (value: unknown): boolean =>
    values.includes(value)
const isList = (value: unknown, most: number, is: (one: unknown) => boolean): boolean =>
  Array.isArray(value) && value.length <= most && value.every(is)
/** Every field there, as it must be, and no other. */
const has = (value: unknown, fields: Readonly<Record<string, (one: unknown) => boolean>>): value is Fields =>
  isFields(value) &&
  Object.keys(value).length === Object.keys(fields).length &&
  Object.entries(fields).every(([key, is]) => Object.hasOwn(value, key) && is(value[key]))
const orNull =
  (is: (one: unknown) => boolean) =>
  (value: unknown): boolean =>
    value === null || is(value)

const isResult = (value: unknown): boolean => has(value, { text: isText, failed: (one) => typeof one === 'boolean' })
const isCall = (value: unknown): value is Call =>
  has(value, { name: isText, args: isText, consent: isOneOf(null, 'once', 'run', 'refuse'), result: orNull(isResult) })
const isTurn = (value: unknown): value is Turn =>
  has(value, {
    text: isText,
    thought: isText,
    calls: (calls) => isList(calls, 128, isCall),
    answer: orNull(isText),
    problem: isOneOf(null, 'unreadable', 'cut', 'empty'),
    tokens: isNumber,
    by: isOneOf('model', 'page'),
  })
const isRun = (value: unknown): value is Run & Fields =>
  has(value, {
    task: isText,
    grammar: isOneOf('native', 'react'),
    limits: (limits) => has(limits, { steps: isNumber, tokens: isNumber }),
    phase: isOneOf('think', 'consent', 'act', 'ended'),
    turns: (turns) => isList(turns, 100, isTurn),
    allowed: (allowed) => isList(allowed, 100, isText),
    end: isOneOf(null, 'answered', 'steps', 'tokens', 'unreadable', 'stopped', 'failed'),
  })
const isSettings = (value: unknown): boolean =>
  has(value, {
    grammar: isOneOf('native', 'react'),
    tools: (names) => isList(names, 100, isText),
    held: (one) => typeof one === 'boolean',
    steps: isNumber,
    turnTokens: isNumber,
    temperature: isNumber,
    seed: isNumber,
    memory: isOneOf('whole', 'window', 'summary', 'retrieval'),
  })

/** null where it is no recorded run. */
export function readFile(json: string): Recorded | null {
  let file: unknown
  try {
    file = JSON.parse(json)
  } catch {
    return null
  }
  if (!isFields(file) || file['glassbox'] !== 'agent' || file['version'] !== 1) return null
  const { run, model, settings, lang, demo, runs } = file
  if (!isRun(run) || !isText(model) || !isSettings(settings) || !isOneOf('en', 'zh')(lang)) return null
  if (typeof demo !== 'boolean' || !Array.isArray(runs) || runs.length !== run.turns.length) return null
  const unpacked = runs.map((one: unknown) => (one === null ? null : unpackRun(one)))
  if (unpacked.some((one, i) => one === null && runs[i] !== null)) return null
  return {
    run,
    begun: {
      settings: settings as Begun['settings'],
      lang: lang as Begun['lang'],
      before: [],
      model: { id: '', name: model },
      demo,
    },
    runs: unpacked,
  }
}

export const openFile = async (file: Blob): Promise<Recorded | null> =>
  file.size > largest ? null : readFile(await file.text())
