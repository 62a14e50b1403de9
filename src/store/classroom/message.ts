// What a presenter's window and those that follow it say to each other, in one browser: the whole state, not what
// happened, so that a window that comes late or slept has all of it with the next message. Each message names its room: two
// classes may be taught on one machine. Pure but for the channel.

import { themeNames } from '../saved-page/slot.ts'
import type { Theme } from '../settings-read.ts'

const isTheme = (value: unknown): value is Theme => themeNames.some((name) => name === value)

/** What the class sees of a lesson: words only, so that a following window needs no lesson. */
export interface LessonOnShow {
  title: string
  /** counted from 1; of + 1: the end */
  step: number
  of: number
  /** the question, and what can be bet on it; '' where nothing is asked */
  ask: string
  options: string[]
  /** what is to be done now */
  act: string
  /** what came out: null until the number is there */
  settled: { say: string; values: { label: string; value: string }[] } | null
}

/** By panel: how it is set. Plain values. */
export type Views = Record<string, Record<string, unknown>>

export interface ClassState {
  /** whose window speaks, and since when it does: the window that began last counts */
  driver: string
  since: number
  /** grows with every message of a driver */
  seq: number
  lang: 'en' | 'zh'
  theme: Theme
  /** route of the panel on screen */
  panel: string
  /** the figure in the middle of it, by its test id; null: none */
  figure: string | null
  selection: { position: number | null; layer: number; head: number }
  /** another number: the run's numbers are others, and are to be asked for again. null: there is none to look at */
  run: number | null
  views: Views
  lesson: LessonOnShow | null
}

export type Message =
  | { kind: 'state'; room: string; state: ClassState }
  /** a window begins to follow, or is closed */
  | { kind: 'hello' | 'bye'; room: string; from: string }
  /** the presenter ends */
  | { kind: 'end'; room: string }
  /** a following window asks the presenter's run; `id` comes back with the answer */
  | { kind: 'ask'; room: string; from: string; id: number; method: string; args: unknown[] }
  | {
      kind: 'answer'
      room: string
      to: string
      id: number
      value?: unknown
      error?: { code: string; message: string; facts: object }
    }

const text = (value: unknown, most: number): value is string => typeof value === 'string' && value.length <= most
const whole = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0
const fields = (value: unknown): Record<string, unknown> | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null

function readLesson(value: unknown): LessonOnShow | null | undefined {
  if (value === null) return null
  const given = fields(value)
  if (!given) return undefined
  const { title, step, of, ask, options, act, settled } = given
  const lines = (list: unknown, most: number): list is unknown[] => Array.isArray(list) && list.length <= most
  if (!text(title, 300) || !whole(step) || !whole(of) || !text(ask, 2000) || !text(act, 2000)) return undefined
  if (!lines(options, 12) || !options.every((one) => text(one, 500))) return undefined
  const lesson = { title, step, of, ask, options: options as string[], act, settled: null }
  if (settled === null) return lesson
  const found = fields(settled)
  if (!found || !text(found['say'], 4000) || !lines(found['values'], 20)) return undefined
  const values = found['values'].map(fields)
  if (!values.every((one) => one && text(one['label'], 300) && text(one['value'], 300))) return undefined
  return { ...lesson, settled: { say: found['say'], values: values as unknown as { label: string; value: string }[] } }
}

export function readState(value: unknown): ClassState | null {
  const s = fields(value),
    at = fields(s?.['selection']),
    views = fields(s?.['views'])
  if (!s || !at || !views) return null
  const { driver, since, seq, lang, theme, panel, figure, run } = s
  const lesson = readLesson(s['lesson'])
  if (!text(driver, 60) || !whole(since) || !whole(seq) || (lang !== 'en' && lang !== 'zh') || !isTheme(theme)) {
    return null
  }
  if (!text(panel, 40) || !(figure === null || text(figure, 80)) || !(run === null || whole(run))) return null
  const { position, layer, head } = at
  if (!(position === null || whole(position)) || !whole(layer) || !whole(head) || lesson === undefined) return null
  if (Object.keys(views).length > 20 || !Object.values(views).every(fields)) return null
  return {
    ...{ driver, since, seq, lang, theme, panel, figure, run, lesson },
    selection: { position, layer, head },
    views: views as Views,
  }
}

/** Only what is of this room, and as it must be. */
export function readMessage(data: unknown, room: string): Message | null {
  const m = fields(data)
  if (!m || m['room'] !== room) return null
  const { kind, from, to, id, method, args } = m
  if (kind === 'state') {
    const state = readState(m['state'])
    return state && { kind, room, state }
  }
  if (kind === 'end') return { kind, room }
  if (kind === 'hello' || kind === 'bye') return text(from, 60) ? { kind, room, from } : null
  if (!whole(id)) return null
  if (kind === 'ask') {
    return text(from, 60) && text(method, 40) && Array.isArray(args) && args.length <= 8
      ? { kind, room, from, id, method, args }
      : null
  }
  if (kind !== 'answer' || !text(to, 60)) return null
  const error = fields(m['error'])
  if (m['error'] !== undefined && !(error && text(error['code'], 60) && text(error['message'], 4000))) return null
  return {
    ...{ kind, room, to, id, value: m['value'] },
    ...(error && {
      error: {
        code: error['code'] as string,
        message: error['message'] as string,
        facts: fields(error['facts']) ?? {},
      },
    }),
  }
}

/** The state to show of two: of the presenter that began last the newest. Those that come late are dropped. */
export const isNewer = (now: ClassState | null, next: ClassState): boolean =>
  now === null || next.since > now.since || (next.driver === now.driver && next.seq > now.seq)

export interface Channel {
  send(message: Message): void
  close(): void
}
/** Joins a room; hears what other windows say in it. */
export function join(room: string, hear: (message: Message) => void): Channel {
  const channel = new BroadcastChannel('glassbox-class')
  channel.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    const message = readMessage(data, room)
    if (message) hear(message)
  })
  return { send: (message) => channel.postMessage(message), close: () => channel.close() }
}
