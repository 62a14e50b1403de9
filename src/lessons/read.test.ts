// Files that mean ill: each is refused with its place, at once, whatever it would take to work it out.

import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { panelIds } from './panels.ts'
import { LARGEST_LESSON, readLesson, writeLesson } from './read.ts'
import { smallLesson } from './testing/lesson.ts'

const facts = (file: string, taken: string[] = [], adapters: string[] | null = null): Record<string, unknown> => {
  try {
    readLesson(file, taken, adapters)
  } catch (error) {
    return (error as { facts: Record<string, unknown> }).facts
  }
  return { reason: null }
}
/** What of a lesson is changed here. */
interface Draft {
  words: object
  casts: Record<'en' | 'zh', object[]>
  sets: object
  prompts: { where: Record<'en' | 'zh', { text?: string; messages?: { content: string }[] }> }
  steps: { id: string; runs: Record<string, object>; act: object[] }[]
}
const changed = (change: (lesson: Draft, text: Record<'en' | 'zh', { steps: Record<string, unknown> }>) => void) => {
  const { lesson, text } = JSON.parse(writeLesson(smallLesson)) as Record<'lesson' | 'text', never>
  change(lesson, text)
  return writeLesson({ lesson, text })
}

test('a file as small as one can be is read', () => {
  expect(readLesson(writeLesson(smallLesson))).toEqual(smallLesson)
})

test('what cannot be told as text is refused as the other kinds are', () => {
  expect(facts('{"format":{"toString":1,"valueOf":1}}')).toMatchObject({ reason: 'field', path: 'format', line: 1 })
})

test('a key as long as the file, and a key for every line of it, cost nothing', () => {
  const long = `{"${'a'.repeat(LARGEST_LESSON / 2)}":[${'0,'.repeat(LARGEST_LESSON / 5)}0]}`
  expect(facts(long)).toMatchObject({ reason: 'long', line: 1 })
  const many = Array.from({ length: 50_000 }, (_, i) => `"${i.toString(36)}":0`)
  const from = performance.now()
  expect(facts(`{${many.join()}}`)).toMatchObject({ reason: 'field', path: 'format' })
  expect(performance.now() - from).toBeLessThan(3000) // of the square of them it was thirteen seconds
})

test('slots of slots of slots end', () => {
  const words = Object.fromEntries(
    Array.from({ length: 8 }, (_, i) => [`w${i}`, { en: i === 7 ? '' : `{w${i + 1}}`.repeat(800) }]),
  )
  const file = changed((lesson) => (lesson.words = { ...lesson.words, ...words }))
  expect(facts(file)).toMatchObject({ reason: 'long', path: 'lesson.casts' })
})

test('runs over sets, for every cast, in every step, end', () => {
  const file = changed((lesson, text) => {
    const step = lesson.steps[0]!
    const cast = lesson.casts.en[0]!
    lesson.casts.en = Array.from({ length: 40 }, () => cast)
    lesson.sets = { many: { en: Array.from({ length: 200 }, () => cast) } }
    lesson.prompts.where.en.messages![0]!.content = '{name} '.repeat(800)
    const run = { prompt: 'where', over: 'many', expect: { en: 'x' } }
    const runs = Object.fromEntries(Array.from({ length: 15 }, (_, i) => [`run${i}`, run]))
    lesson.steps = Array.from({ length: 12 }, (_, i) => ({ ...step, id: `s${i}`, runs: { ...step.runs, ...runs } }))
    for (const one of [text.en, text.zh]) {
      one.steps = Object.fromEntries(lesson.steps.map(({ id }) => [id, one.steps['small.1']]))
    }
  })
  expect(facts(file)).toMatchObject({ reason: 'long' })
})

test('what is typed has no slot that nothing fills', () => {
  const type = { kind: 'type', text: { en: 'Hi {nobody}', zh: '你好' } }
  const file = changed((lesson) => lesson.steps[0]!.act.push({ kind: 'open', panel: 'tokenizer' }, type))
  expect(facts(file)).toMatchObject({ reason: 'slot', path: 'lesson.steps[0].act[4].text.en' })
})

test('a prompt is a chat or a text: neither and both are refused', () => {
  const both = changed((lesson) => (lesson.prompts.where.en.text = 'Mia'))
  const neither = changed((lesson) => delete lesson.prompts.where.zh.messages)
  for (const file of [both, neither]) {
    expect(facts(file)).toMatchObject({ reason: 'field', path: 'lesson.prompts.where' })
  }
})

test('a panel that the page has not is refused by its line, wherever it is named', () => {
  const file = writeLesson(smallLesson)
  expect(facts(file.replace('"panel": "probabilities"', '"panel": "graphs"'))).toMatchObject({
    reason: 'field',
    path: 'lesson.panel',
    found: 'graphs',
    line: 8,
  })
  const act = changed((lesson) => lesson.steps[0]!.act.push({ kind: 'open', panel: 'lessons' }))
  expect(facts(act)).toMatchObject({ reason: 'field', path: 'lesson.steps[0].act[3].panel', found: 'lessons' })
})

test('a step looks at a figure of the panel that is open, and at no other', () => {
  const looking = (...acts: object[]): string =>
    changed((lesson) => lesson.steps[0]!.act.splice(1, 2, ...(acts as (typeof lesson.steps)[0]['act'])))
  const open = { kind: 'open', panel: 'probabilities', query: { en: 'last', zh: 'first' } }
  expect(facts(looking(open, { kind: 'look', at: 'entropy' }))).toEqual({ reason: null })
  for (const at of ['heads', 'graph']) {
    expect(facts(looking(open, { kind: 'look', at }))).toMatchObject({
      reason: 'field',
      path: 'lesson.steps[0].act[2].at',
      found: at,
    })
  }
  expect(facts(looking({ kind: 'open', panel: 'bench' }, { kind: 'look', at: 'text' }))).toMatchObject({
    found: 'text',
  })
})

test('the panels that a lesson may name are those of the page, but for the list of lessons and what is stored', () => {
  const page = [...readFileSync('src/app/panels.ts', 'utf8').matchAll(/\bid: '([a-z-]+)'/g)].map(([, id]) => id)
  expect([...panelIds].toSorted()).toEqual(page.filter((id) => id !== 'lessons' && id !== 'storage').toSorted())
})

test('the id of another lesson is refused: the file would never be opened', () => {
  expect(facts(writeLesson(smallLesson), ['small'])).toMatchObject({ reason: 'taken', path: 'lesson.id', line: 5 })
})

test('an adapter that is not beside the page is refused by its name', () => {
  const file = changed((lesson) => {
    const runs = lesson.steps[0]!.runs as Record<string, object>
    runs['plain'] = { ...runs['plain'], adapters: { 'lora-turned': 0.5, 'lora-mine': 1 } }
  })
  const read = (adapters: string[] | null) => facts(file, [], adapters)
  expect(read(['lora-turned'])).toMatchObject({
    reason: 'adapter',
    found: 'lora-mine',
    need: 'lora-turned',
    path: 'lesson.steps[0].runs.plain.adapters.lora-mine',
  })
  expect(read(['lora-mine', 'lora-turned'])).toEqual({ reason: null })
  expect(read(null)).toEqual({ reason: null }) // the list could not be had
})

test.each(['answer', 'first', 'last', 'not', 'mask'])('a slot cannot be called %s', (name) => {
  const cast = changed((lesson) => (lesson.casts.zh[0] = { ...lesson.casts.zh[0], [name]: '山洞' }))
  expect(facts(cast)).toMatchObject({ reason: 'taken', found: name })
  const run = changed(
    (lesson) => (lesson.steps[0]!.runs['plain'] = { prompt: 'where', slots: { [name]: { en: 'x' } } }),
  )
  expect(facts(run)).toMatchObject({ reason: 'taken', path: `lesson.steps[0].runs.plain.slots.${name}` })
  const set = changed((lesson) => (lesson.sets = { many: { en: [{ [name]: 'x' }] } }))
  expect(facts(set)).toMatchObject({ reason: 'taken', path: `lesson.sets.many.en[0].${name}` })
})

test('what is no place is refused by its line, wherever it is named', () => {
  const act = changed((lesson) => lesson.steps[0]!.act.push({ kind: 'open', panel: 'lens', query: 'nowhere' }))
  expect(facts(act)).toMatchObject({ reason: 'field', path: 'lesson.steps[0].act[3].query', found: 'nowhere' })
  const edits = [{ kind: 'drop', keys: ['@place#-1', '@"a b"+1', 'last - 2', '@@place'] }]
  const edit = changed((lesson) => (lesson.steps[0]!.runs['plain'] = { prompt: 'where', edits }))
  expect(facts(edit)).toMatchObject({ path: 'lesson.steps[0].runs.plain.edits[0].keys[3]', found: '@@place' })
})

test('a turn that can never come is refused: a change of nothing, a text where nothing is typed', () => {
  const act = (one: object) => facts(changed((lesson) => lesson.steps[0]!.act.push(one)))
  const path = 'lesson.steps[0].act[3]'
  expect(act({ kind: 'edit', run: 'plain' })).toMatchObject({ path: `${path}.run`, found: 'plain', need: 'edits' })
  expect(act({ kind: 'adapt', run: 'plain' })).toMatchObject({ path: `${path}.run`, need: 'adapters' })
  const typed = { kind: 'type', text: { en: 'Hi' } }
  expect(act(typed)).toMatchObject({ path: `${path}.kind`, found: 'probabilities', need: 'chat, tokenizer' })
  // what is done on a panel needs what is put there
  expect(act({ kind: 'do', what: 'documents' })).toMatchObject({ path: `${path}.set`, need: 'set' })
  expect(act({ kind: 'do', what: 'questions', set: 'none' })).toMatchObject({ path: `${path}.set`, found: 'none' })
  expect(act({ kind: 'do', what: 'allow', text: { en: 'x' } })).toMatchObject({ path: `${path}.text`, need: 'nothing' })
  expect(act({ kind: 'do', what: 'run' })).toMatchObject({ path: `${path}.what`, found: 'run' })
})
