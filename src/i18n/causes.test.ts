// Every sentence of the error catalogs, reached by doing what it speaks of (testing/causes.ts). The sentences
// stand in fixtures/sentences.md as a reader gets them: read that file when it changes.

import { expect, test, vi } from 'vitest'
import { errorCodes, type ErrorCode, type Facts } from '../engine/errors.ts'
import { errorsEn } from './errors.en.ts'
import { errorsZh } from './errors.zh.ts'
import { explain, factReader } from './explain.ts'
import { causes } from './testing/causes.ts'

interface Failure {
  code: ErrorCode
  message: string
  facts: Facts
}
const said: string[] = []
const reached = new Map<ErrorCode, Facts[]>()
vi.setConfig({ testTimeout: 60_000 })

test.each(causes)('$code: $what', async ({ code, what, run }) => {
  const failure = await Promise.resolve()
    .then(run)
    .then(
      () => null,
      (error: unknown) => error as Failure,
    )
  expect(failure?.code, failure?.message ?? 'it did not fail').toBe(code)
  const { message, facts } = failure!
  reached.set(code, [...(reached.get(code) ?? []), facts])
  const both = [explain({ code, message, facts }, errorsEn, 'en'), explain({ code, message, facts }, errorsZh, 'zh')]
  for (const { title, text, todo } of both) {
    for (const part of [title, text, todo]) expect(part).not.toMatch(/undefined|null|\[object|“”|\(\)|^\s*$/)
  }
  said.push(`**${code}**, ${what}`, ...both.map(({ title, text, todo }) => `- ${title} — ${text} _${todo}_`), '')
})

test('no code is without a cause', () => {
  expect(errorCodes.filter((code) => !reached.has(code))).toEqual([])
})

/**
 * Every question that a sentence asks of its facts, answered by the causes; "has" may always be yes: old workers may
 * say less.
 */
test('no branch of a sentence is unread', () => {
  const unread: string[] = []
  for (const code of errorCodes) {
    const asked = new Map<string, Set<boolean>>()
    for (const facts of reached.get(code) ?? []) {
      for (const [book, lang] of [
        [errorsEn, 'en'],
        [errorsZh, 'zh'],
      ] as const) {
        const reader = factReader(facts, lang)
        const note = (question: string, answer: boolean): boolean => {
          asked.set(question, (asked.get(question) ?? new Set()).add(answer))
          return answer
        }
        const spy = {
          ...reader,
          has: (...names: string[]) => note(`has ${names.join('/')}`, reader.has(...names)),
          is: (name: string, value: Facts[string]) => note(`${name} is ${String(value)}`, reader.is(name, value)),
        }
        book[code].text(spy)
        book[code].todo(spy)
      }
    }
    for (const [question, answers] of asked) {
      if (question.startsWith('has') ? !answers.has(true) : answers.size < 2) {
        unread.push(`${code}: ${question}: always ${String([...answers][0])}`)
      }
    }
  }
  expect(unread).toEqual([])
})

test('they read as they did', async () => {
  await expect(said.join('\n')).toMatchFileSnapshot('../../fixtures/sentences.md')
})
