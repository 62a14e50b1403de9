// The built-in lessons: each hangs together in both languages, and each claim is true, with room to spare. Here every
// claim is measured once, with the shortest story, but for those that read the most texts (GLASSBOX_FULL=1); npm run lessons
// measures every claim with all stories.

import { readFileSync } from 'node:fs'
import { afterAll, expect, test } from 'vitest'
import { titles } from '../../../i18n/lessons/titles.ts'
import { checkLesson } from '../../../lessons/check.ts'
import { functionsOf } from '../../../lessons/measure/functions/index.ts'
import { inLanguage } from '../../../lessons/measure/measure.ts'
import { parseClaim, parseExpression, type Claim, type Expression } from '../../../lessons/predicate/parse.ts'
import { readLesson, writeLesson } from '../../../lessons/read.ts'
import { nodeHost } from '../../../lessons/testing/host.ts'
import { survey } from '../../../lessons/testing/survey.ts'
import { lessons } from './index.ts'

const ids = Object.keys(lessons)
const host = nodeHost({ device: 'cpu' })
afterAll(() => host.dispose())

test('every lesson has its name, in order', () => {
  expect(ids).toEqual(Object.keys(titles).filter((id) => ids.includes(id)))
})

test.each(ids)('%s hangs together', async (id) => {
  const { lesson, text } = await lessons[id]!()
  checkLesson(lesson, text)
  expect(lesson.id).toBe(id)
  expect(lesson.minutes).toBeLessThanOrEqual(8)
  for (const step of lesson.steps) expect(step.id.startsWith(`${id}.`)).toBe(true)
  for (const language of ['en', 'zh'] as const) {
    expect(text[language].title).toBe(titles[id as keyof typeof titles][language])
    expect(lesson.casts[language].length, 'stories').toBeGreaterThanOrEqual(5)
  }
  // a teacher can take it, change it and open it again
  expect(readLesson(writeLesson({ lesson, text }))).toEqual({ lesson, text })
})

/** The shortest story of a language: the texts are what takes time. */
const shortest = (casts: readonly Readonly<Record<string, string>>[]): number =>
  casts.reduce((best, cast, i) => (JSON.stringify(cast).length < JSON.stringify(casts[best]).length ? i : best), 0)

/** Three to eight seconds each: half of what all claims take. */
const dear: ReadonlySet<string> = new Set(
  process.env['GLASSBOX_FULL'] ? [] : ['l11.1', 'l22.1', 'l22.3', 'l22.4', 'l23.1', 'l23.2', 'l23.3', 'l23.4'],
)

test.each(ids)('%s claims what is so', async (id) => {
  const opened = await lessons[id]!()
  const { casts, steps } = opened.lesson
  const seen: string[] = []
  // in turn, so that each claim is measured once
  const one = (step: number, language: 'en' | 'zh') =>
    step % 2 === (language === 'en' ? 0 : 1) && !dear.has(steps[step]!.id) ? [shortest(casts[language])] : []
  for await (const { step, verdict, fault } of survey(host, opened, one)) {
    expect(fault, `${step.id}: ${JSON.stringify(verdict)}`).toBeNull()
    seen.push(step.id)
  }
  expect(seen).toEqual(steps.flatMap((step) => (dear.has(step.id) ? [] : [step.id])))
})

test('a learner’s own word may be of several tokens: no step that is told with it asks for one', async () => {
  const functions = functionsOf(null as never)
  const asked: string[] = []
  const walk = (node: Claim | Expression, step: string): void => {
    if ('left' in node) [node.left, node.right].forEach((one) => walk(one, step))
    if ('of' in node) walk(node.of, step)
    if (node.kind !== 'call') return
    const { takes } = functions.get(node.name)!
    node.args.forEach((arg, i) => {
      const wants = takes[Math.min(i, takes.length - 1)]
      if (wants === 'word' && arg.kind === 'name' && arg.name !== 'answer') asked.push(`${step}: ${arg.name}`)
      if (wants !== 'run') walk(arg, step)
    })
  }
  for (const id of ids) {
    const { lesson } = await lessons[id]!()
    for (const { id: step, own, predicate, show } of lesson.steps) {
      if (!own) continue
      for (const language of ['en', 'zh'] as const) {
        walk(parseClaim(inLanguage(predicate, language)), step)
        for (const one of show) walk(parseExpression(inLanguage(one, language)), step)
      }
    }
  }
  expect(asked).toEqual([])
})

test('the paper lists every function, and no other', () => {
  const paper = readFileSync('docs/lessons-format.md', 'utf8')
  const rows = paper
    .slice(paper.indexOf('## Claims'), paper.indexOf('A function more'))
    .split('\n')
    .filter((line) => line.startsWith('| `'))
  const named = rows.flatMap((row) =>
    [...row.split('|')[1]!.matchAll(/`([^`]+)`/g)].flatMap(([, text]) => text!.replace(/\(.*/, '').split(' ')),
  )
  expect(named.toSorted()).toEqual([...functionsOf(null as never).keys()].toSorted())
})
