// A step's texts and numbers: slots filled, runs made ready for the panels, the claim measured. All of it is computed by
// src/lessons; what is said of it here is for people.

import { fill as fillSlots, promptOf as promptOfRun, slotsOf } from '../../lessons/fill.ts'
import { Measure, inLanguage } from '../../lessons/measure/measure.ts'
import type { Host } from '../../lessons/measure/host.ts'
import { isToken, shown as sayValue, type Value } from '../../lessons/predicate/values.ts'
import type { Relation } from '../../lessons/predicate/parse.ts'
import type { Both, Cast, Language, LessonText, Step } from '../../lessons/types.ts'
import type { Edit } from '../../store/inspect.ts'
import { tokenLabel } from '../../ui/tokens.ts'
import type { OpenLesson } from './data/index.ts'

/** What a step is told with. */
export interface Context extends OpenLesson {
  lang: Language
  step: Step
  cast: Cast
}
export interface ShownValue {
  /** the expression, as it was asked */
  what: string
  label: string
  /** the value in words of the page */
  said: string
  value: number | string
  /** from 0 to 1, for a bar; null: it is no share */
  share: number | null
}
export interface Outcome {
  holds: boolean
  shown: ShownValue[]
  /** where it does not hold: the comparisons that are false, as they are written, with their values and what was claimed */
  missed: { text: string; value: string; claimed: string }[]
  /** the model whose recorded runs were asked; null: none */
  recorded: string | null
  /** not of recorded runs alone */
  computed: boolean
  /** models that were asked now, by their folders; none where it was arithmetic */
  models: readonly string[]
}
export type Head = Pick<LessonText, 'title' | 'idea' | 'takeaway'>
export interface PreparedRun {
  /** what is read, for a panel's text field */
  text: string
  ids: readonly number[]
  answerFrom: number
  source?: readonly number[]
  edits: Edit[]
  /** a recorded run: the panels look at it */
  trace?: string
  /** by the names of places that the step's acts have */
  places: ReadonlyMap<string, number>
  /** the first token to be written, where the run says which candidate it is */
  begin?: number
}

/**
 * Fills a lesson's slots, and {0}, {1} … with the shown values, which are put in as they are: what a model wrote may have
 * braces of its own.
 */
export function fill(
  text: string,
  { lesson, lang, cast }: Pick<Context, 'lesson' | 'lang' | 'cast'>,
  values: readonly string[] = [],
): string {
  const slots = slotsOf(lesson, lang, cast)
  const filled = text
    .split(/\{(\d)\}/)
    // what a learner puts in may begin with a mark
    .map((part, i) =>
      i % 2 ? (values[Number(part)] ?? '…') : fillSlots(part, slots).replace(/ (?=[.,;:!?](?!\w))/g, ''),
    )
  // the space is for a number: a value may begin or end with a word, and in Chinese there is none between words
  return filled
    .map((part, i) => (/\p{Script=Han}$/u.test(filled[i - 1] ?? '') ? part.replace(/^ (?=\p{Script=Han})/u, '') : part))
    .map((part, i) => (/^\p{Script=Han}/u.test(filled[i + 1] ?? '') ? part.replace(/ $/, '') : part))
    .join('')
}

/** What stands around a lesson's steps, with the words of its first story, or of the learner's. */
export function headOf({ lesson, text }: OpenLesson, lang: Language, cast: Cast = lesson.casts[lang][0]!): Head {
  const say = (words: string): string => fill(words, { lesson, lang, cast })
  const { title, idea, takeaway } = text[lang]
  return { title: say(title), idea: say(idea), takeaway: say(takeaway) }
}

/** What a run reads, for people: turns, or a text by itself, and what the answer begins with. */
export function promptOf({ lesson, lang, step, cast }: Context, run: string) {
  const { messages, text, then = '' } = promptOfRun(lesson, step.runs[run]!, lang, cast)
  return { messages: messages ?? [{ role: 'user' as const, content: text ?? '' }], begun: then }
}

/** What an answer begins with as people read it: it goes on, but for a sentence that is whole. */
export const goingOn = (begun: string): string => (/[.!?。！？]$/.test(begun) ? begun : `${begun}…`)

/** A text of a prompt as people read it. */
export const readable = (text: string): string => text.replaceAll('{mask}', '[MASK]')

const measureOf = (host: Host, { lesson, step, lang, cast }: Context, signal: AbortSignal): Measure =>
  new Measure(host, { lesson, step, language: lang, cast }, signal)

/**
 * A run as it stands on the panels: its text, its edits, and where the places are that the step's acts name.
 * @throws ABORTED when the signal fires; the model is left without edits all the same
 */
export async function prepareRun(host: Host, context: Context, run: string, signal: AbortSignal): Promise<PreparedRun> {
  // the panels look at the recording, whoever is asked for numbers
  const measure = measureOf({ ...host, live: () => false }, context, signal)
  try {
    const { ids, answerFrom, source, edits } = await measure.ready(run)
    // places of what opens on this run's text: another one's may not stand in it
    const places = new Map<string, number>()
    let loaded: string | null = null
    for (const act of context.step.act) {
      if (act.kind === 'load') loaded = act.run
      if (act.kind !== 'open' || loaded !== run) continue
      for (const name of [act.query, act.key]) {
        if (name === undefined) continue
        const place = inLanguage(name, context.lang)
        places.set(place, await measure.position(place, run))
      }
    }
    const { begin: nth, trace } = context.step.runs[run]!
    const begin = nth === undefined ? undefined : (await measure.top(run, undefined, nth)).id
    return {
      text: promptOf(context, run).messages.at(-1)!.content,
      ids,
      answerFrom,
      ...(source && { source }),
      edits: [...edits],
      places,
      ...(begin !== undefined && { begin }),
      ...(trace !== undefined && { trace }),
    }
  } finally {
    await measure.end()
  }
}

/** The claim and the numbers beside it, computed now. @throws ABORTED when the signal fires */
export async function measureStep(host: Host, context: Context, format: Format, signal: AbortSignal): Promise<Outcome> {
  const measure = measureOf(host, context, signal)
  const { step, text, lang } = context
  try {
    const verdict = await measure.verdict(step.predicate)
    const shown: ShownValue[] = []
    for (const [i, expression] of step.show.entries()) {
      const what = inLanguage(expression, lang)
      const value = await measure.value(expression)
      shown.push({
        what,
        label: fill(text[lang].steps[step.id]?.show[i] ?? what, context),
        said: say(value, format, lang),
        value: typeof value === 'number' || typeof value === 'string' ? value : sayValue(value),
        share: typeof value === 'number' && isShare.test(what) ? value : null,
      })
    }
    const missed = verdict.parts
      .filter((part) => !part.holds)
      .map(({ text: written, value, relation, threshold }) => ({
        text: written,
        value: say(value, format, lang),
        claimed: `${signs[relation]}${say(threshold, format, lang)}`,
      }))
    return { holds: verdict.holds, shown, missed: verdict.holds ? [] : missed, ...measure.sources }
  } finally {
    await measure.end()
  }
}

export type Format = (n: number, digits?: number) => string
const signs: Readonly<Record<Relation, string>> = { '=': '', '!=': '≠ ', '<': '< ', '<=': '≤ ', '>': '> ', '>=': '≥ ' }
/** Probabilities, weights and shares of right answers. */
const isShare = /^\s*(p|A|acc|cross|back|share)\s*\([^()]*\)\s*$/

/** Between the parts of a list. */
export const comma: Both<string> = { en: ', ', zh: '、' }
/** Words, not signs: they stand in sentences. */
const nearly: Both<{ below(n: string): string; above(n: string): string }> = {
  en: { below: (n) => `under ${n}`, above: (n) => `over ${n}` },
  zh: { below: (n) => `不到 ${n}`, above: (n) => `${n} 以上` },
}
/** Three digits where they are needed, words in quotes; what is space alone in signs, or nobody would see it. */
export function say(value: Value, format: Format, lang: Language): string {
  if (typeof value === 'number') {
    const write: Format = (n, digits) => format(n, digits).replace('-', '−')
    if (Number.isInteger(value)) return write(value)
    const size = Math.abs(value)
    // what is nearly nothing, or nearly all, is not said to be it
    const { below, above } = nearly[lang]
    if (size < 0.0005) return value > 0 ? below('0.0005') : above('−0.0005')
    if (size < 1 && size > 0.9995) return value > 0 ? above('0.9995') : below('−0.9995')
    return write(value, size < 10 ? 3 : 1)
  }
  if (typeof value === 'string') return `“${value.trim() || (value && tokenLabel(value))}”`
  if (isToken(value)) return say(value.text, format, lang)
  // of a list of pieces each space counts
  const all = (value as readonly (number | string)[]).map((one) =>
    typeof one === 'string' ? `“${tokenLabel(one)}”` : say(one, format, lang),
  )
  const list = all.slice(0, 8).join(comma[lang])
  return all.length > 8 ? `${list} …` : list
}
