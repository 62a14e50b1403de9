// Whether a lesson hangs together: names lead somewhere, every slot is filled, every claim can be read, and every text
// that a step needs is there. For built-in lessons (a test) and for a teacher's file alike; what it claims is measured
// elsewhere.

import { deedsOf, fill, promptOf, slotsOf, wordsOf, type Budget } from './fill.ts'
import { inside } from './json.ts'
import { functionsOf } from './measure/functions/index.ts'
import { deeds, figureIds } from './panels.ts'
import { checkNames } from './predicate/check.ts'
import { parseClaim, parseExpression } from './predicate/parse.ts'
import { again, invalid, LessonError } from './problem.ts'
import type { Act, Both, Cast, Language, Lesson, LessonText, RunSpec, Step } from './types.ts'

const both = ['en', 'zh'] as const
/** What these names mean no lesson can change: in claims, and `{mask}` in texts. */
const taken = new Set(['answer', 'first', 'last', 'and', 'or', 'not', 'mask'])
/** Panels with a field that something can be typed into. */
const typed = new Set(['chat', 'tokenizer'])
/** Characters of texts that are filled to check one lesson; the longest of this page takes a fifteenth of it. */
const MOST_READ = 10_000_000
/** What a recorded run cannot be asked for: it is one run, as the model was. */
const unrecorded = ['adapters', 'begin', 'edits', 'expect', 'over', 'sampling', 'slots'] as const
// only their kinds are looked at: nobody is asked anything
const functions = functionsOf(null as never)

/** An error somewhere below gets the path of the field that it is in; those with a path of their own keep it. */
function within<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw withPath(error, path)
  }
}
function withPath(error: unknown, path: string): unknown {
  if (!(error instanceof LessonError) || error.facts['path'] !== undefined) return error
  return again(error, path, error.at)
}

/** None of these names has a meaning already. */
function free(names: object, path: string, others: (name: string) => boolean = () => false): void {
  for (const key of Object.keys(names)) {
    if (taken.has(key) || others(key)) throw invalid('taken', { path: inside(path, key), found: key })
  }
}

/** @throws LESSON_INVALID with the path of what is wrong */
export function checkLesson(lesson: Lesson, texts: Both<LessonText>): void {
  free(lesson.words, 'lesson.words')
  free(lesson.prompts, 'lesson.prompts')
  const slots: [string, object][] = both.flatMap((language) => [
    ...lesson.casts[language].map((cast, i): [string, object] => [`lesson.casts.${language}[${i}]`, cast]),
    ...Object.entries(lesson.sets ?? {}).flatMap(([set, { [language]: casts }]) =>
      casts.map((cast, i): [string, object] => [`${inside('lesson.sets', set)}.${language}[${i}]`, cast]),
    ),
  ])
  for (const [path, cast] of slots) free(cast, path)
  for (const [name, prompt] of Object.entries(lesson.prompts)) {
    for (const language of both) {
      const { messages, text } = prompt[language]
      if ((messages === undefined) === (text === undefined)) {
        throw invalid('field', { path: inside('lesson.prompts', name), need: 'messages / text' })
      }
    }
  }
  const ids = lesson.steps.map((step) => step.id)
  const budget: Budget = { read: 0, most: MOST_READ }
  lesson.steps.forEach((step, i) => {
    const path = `lesson.steps[${i}]`
    if (ids.indexOf(step.id) < i) throw invalid('twice', { path: `${path}.id`, found: step.id })
    checkStep(lesson, step, path)
    for (const language of both) {
      const told: Told = { lesson, language, budget }
      lesson.casts[language].forEach((cast) => checkTold(told, step, path, cast))
      for (const [name, { over }] of Object.entries(step.runs)) {
        if (over === undefined) continue
        const set = lesson.sets?.[over]?.[language] ?? []
        within(inside(`${path}.runs`, name), () => set.forEach((cast) => checkRun(told, step.runs[name]!, cast)))
      }
      checkTexts(told, step, path, texts[language])
    }
  })
  for (const language of both) checkLessonText({ lesson, language, budget }, texts[language])
}

function checkStep(lesson: Lesson, step: Step, path: string): void {
  const { runs, options } = step
  const known = (name: string, at: string): void => {
    if (!Object.hasOwn(runs, name)) throw invalid('run', { path: at, found: name })
  }
  if (Object.keys(runs).length === 0) throw invalid('field', { path: `${path}.runs`, need: 'object 1 … 16' })
  free(runs, `${path}.runs`, (name) => Object.hasOwn(lesson.words, name))
  for (const [name, run] of Object.entries(runs)) {
    const at = inside(`${path}.runs`, name)
    free(run.slots ?? {}, `${at}.slots`)
    if (!Object.hasOwn(lesson.prompts, run.prompt)) throw invalid('name', { path: `${at}.prompt`, found: run.prompt })
    if (run.over !== undefined && !Object.hasOwn(lesson.sets ?? {}, run.over)) {
      throw invalid('name', { path: `${at}.over`, found: run.over })
    }
    const other = run.trace === undefined ? undefined : unrecorded.find((field) => run[field] !== undefined)
    if (other !== undefined) throw invalid('field', { path: inside(at, other), need: 'nothing' })
    run.edits?.forEach((edit, i) => edit.kind === 'patch' && known(edit.from.run, `${at}.edits[${i}].from.run`))
    if (leadsTo(runs, name, name)) throw invalid('circle', { path: at, found: name })
  }
  let panel = lesson.panel
  step.act.forEach((act, i) => {
    const at = `${path}.act[${i}]`
    if (act.kind === 'open') panel = act.panel
    if ('run' in act) known(act.run, `${at}.run`)
    // the learner would wait for a change that never comes
    const needs = act.kind === 'edit' ? 'edits' : act.kind === 'adapt' ? 'adapters' : null
    if (needs && Object.keys(runs[(act as { run: string }).run]![needs] ?? {}).length === 0) {
      throw invalid('field', { path: `${at}.run`, found: (act as { run: string }).run, need: needs })
    }
    const figures: readonly string[] = figureIds[panel as keyof typeof figureIds] ?? []
    if (act.kind === 'look' && act.at !== undefined && !figures.includes(act.at)) {
      throw invalid('field', { path: `${at}.at`, found: act.at, need: figures.join(', ') || 'nothing' })
    }
    if (act.kind === 'type' && !typed.has(panel)) {
      throw invalid('field', { path: `${at}.kind`, found: panel, need: [...typed].join(', ') })
    }
  })
  step.act.forEach((act, i) => act.kind === 'do' && checkDeed(lesson, act, `${path}.act[${i}]`))
  if (options && options.filter(({ right }) => right).length !== 1) {
    throw invalid('right', { path: `${path}.options` })
  }
}

function checkDeed(lesson: Lesson, act: Act & { kind: 'do' }, path: string): void {
  const { needs } = deeds[act.what]
  for (const field of ['set', 'text', 'name'] as const) {
    if ((act[field] !== undefined) !== (field === needs)) {
      throw invalid('field', { path: `${path}.${field}`, found: act.what, need: needs ?? 'nothing' })
    }
  }
  if (act.set !== undefined && !Object.hasOwn(lesson.sets ?? {}, act.set)) {
    throw invalid('name', { path: `${path}.set`, found: act.set })
  }
  const wanted = act.what === 'documents' ? ['file', 'text'] : []
  for (const language of both) {
    for (const cast of lesson.sets?.[act.set ?? '']?.[language] ?? []) {
      const isRow = 'text' in cast || ('prompt' in cast && 'right' in cast)
      if (wanted.some((field) => !(field in cast)) || !isRow) {
        throw invalid('field', {
          path: `${path}.set`,
          found: act.set!,
          need: wanted.join(', ') || 'text / prompt, right',
        })
      }
    }
  }
}

/** Is this run, on the way of states that are taken from others, made of itself? */
function leadsTo(
  runs: Readonly<Record<string, RunSpec>>,
  from: string,
  wanted: string,
  seen = new Set<string>(),
): boolean {
  return (runs[from]?.edits ?? []).some((edit) => {
    if (edit.kind !== 'patch' || seen.has(edit.from.run)) return false
    seen.add(edit.from.run)
    return edit.from.run === wanted || leadsTo(runs, edit.from.run, wanted, seen)
  })
}

/** A lesson in one language, and what may still be read of it. */
interface Told {
  readonly lesson: Lesson
  readonly language: Language
  readonly budget: Budget
}

/** What a run reads and is to answer, with one cast. */
function checkRun({ lesson, language, budget }: Told, run: RunSpec, cast: Cast): void {
  promptOf(lesson, run, language, cast, budget)
  if (run.expect) fill(run.expect[language], slotsOf(lesson, language, cast, run, budget), budget)
}

/** A step in one language with one cast: its claims can be read, its prompts filled. */
function checkTold(told: Told, step: Step, path: string, cast: Cast): void {
  const { lesson, language, budget } = told
  const said = <T>(text: T | Both<T>): T =>
    typeof text === 'object' && text !== null && 'en' in text ? (text as Both<T>)[language] : (text as T)
  const words = within('lesson.casts', () => wordsOf(slotsOf(lesson, language, cast), budget))
  const names = { functions, runs: new Set(Object.keys(step.runs)), words: new Set(words.keys()) }
  const of = (field: string, text: unknown): string =>
    typeof text === 'object' ? `${path}.${field}.${language}` : `${path}.${field}`
  within(of('predicate', step.predicate), () => checkNames(parseClaim(said(step.predicate)), names))
  step.show.forEach((shown, i) =>
    within(of(`show[${i}]`, shown), () => checkNames(parseExpression(said(shown)), names)),
  )
  within(`${path}.act`, () => deedsOf(lesson, step, language, cast, budget))
  for (const [name, run] of Object.entries(step.runs)) {
    within(inside(`${path}.runs`, name), () => {
      if (run.over === undefined) checkRun(told, run, cast)
      run.edits?.forEach((edit) => {
        if (edit.kind !== 'direction') return
        for (const word of [edit.towards, ...(edit.from ? [edit.from] : [])]) {
          if (!words.has(word)) throw invalid('name', { found: word })
        }
      })
    })
  }
}

/** Every text that the step shows is there, and its slots are filled. */
function checkTexts(told: Told, step: Step, at: string, text: LessonText): void {
  const { language } = told
  const path = `text.${language}.steps.${step.id}`
  const texts = Object.hasOwn(text.steps, step.id) ? text.steps[step.id] : undefined
  if (!texts) throw invalid('field', { path, need: 'object' })
  const wanted = (step.options ?? []).map(({ id }) => id).sort()
  const given = Object.keys(texts.options ?? {}).sort()
  if (wanted.join() !== given.join()) {
    throw invalid('field', { path: `${path}.options`, need: wanted.join(', ') || 'nothing', found: given.join(', ') })
  }
  if ((texts.ask === undefined) !== (step.options === undefined)) {
    throw invalid('field', { path: `${path}.ask`, need: step.options ? 'text' : 'nothing' })
  }
  if (texts.show.length !== step.show.length) {
    throw invalid('field', { path: `${path}.show`, need: `list ${step.show.length}`, found: texts.show.length })
  }
  const all: [string, string | undefined][] = [
    ['ask', texts.ask],
    ['act', texts.act],
    ['claim', texts.claim],
    ['say', texts.say],
    ...Object.entries(texts.options ?? {}).flatMap(([id, { label, reply }]): [string, string][] => [
      [`options.${id}.label`, label],
      [`options.${id}.reply`, reply],
    ]),
    ...texts.show.map((label, i): [string, string] => [`show[${i}]`, label]),
  ]
  step.act.forEach((act, i) => {
    if (act.kind === 'type') filled(told, `${at}.act[${i}].text.${language}`, act.text[language], 0)
  })
  for (const [field, sentence] of all) filled(told, `${path}.${field}`, sentence, step.show.length)
}

/** @param shown numbers that the sentence may name: {0}, {1} … */
function filled({ lesson, language, budget }: Told, path: string, sentence: string | undefined, shown: number): void {
  if (sentence === undefined) return
  const numbers = Array.from({ length: shown }, (_, i): [string, string] => [String(i), ''])
  for (const cast of lesson.casts[language]) {
    within(path, () => fill(sentence, new Map([...numbers, ...slotsOf(lesson, language, cast)]), budget))
  }
}

function checkLessonText(told: Told, text: LessonText): void {
  const { lesson, language } = told
  const path = `text.${language}`
  const slots = lesson.own.toSorted().join(', ')
  const labels = Object.keys(text.own).toSorted().join(', ')
  if (slots !== labels) throw invalid('field', { path: `${path}.own`, need: slots || 'nothing', found: labels })
  const steps = new Set(lesson.steps.map(({ id }) => id))
  const extra = Object.keys(text.steps).find((id) => !steps.has(id))
  if (extra !== undefined) throw invalid('unknownField', { path: `${path}.steps.${extra}`, found: extra })
  for (const field of ['title', 'idea', 'takeaway'] as const) {
    filled(told, `${path}.${field}`, text[field], 0)
  }
  lesson.own.forEach((slot, i) => {
    if (lesson.casts[language].some((cast) => !Object.hasOwn(cast, slot))) {
      throw invalid('slot', { path: `lesson.own[${i}]`, found: slot })
    }
  })
}
