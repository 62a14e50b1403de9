// What is drawn of a result: scores in both languages, failures first, and rows as files.

import { renderToStaticMarkup } from 'react-dom/server'
import { beforeAll, expect, test } from 'vitest'
import { scoreAnswer } from '../../evaluation/scores.ts'
import { readTable } from '../../evaluation/table.ts'
import { LanguageProvider, loadLanguage } from '../../i18n/index.tsx'
import type { EvalResult, RowResult } from '../../store/evaluate/index.ts'
import { rowsAsJsonl, rowsAsTable } from './export.ts'
import { Result } from './Result.tsx'
import { failuresFirst } from './Rows.tsx'

beforeAll(async () => {
  await loadLanguage('en')
  await loadLanguage('zh')
})

const answered = (line: number, answer: string): RowResult => ({
  line,
  asked: `Where ${line}?`,
  wanted: 'the garden',
  answer,
  scored: scoreAnswer(answer, ['the garden'], '13a'),
})
const rows: RowResult[] = [
  answered(1, 'garden'),
  answered(2, '<b>cave</b>, "far"'),
  { ...answered(3, ''), scored: null, error: { code: 'CONTEXT_FULL', message: 'no room', facts: {} } },
  {
    line: 4,
    asked: 'Which?',
    wanted: 'x',
    answer: 'x',
    scored: { kind: 'choice', right: 0, logprobs: [-1, -3], tokens: [1, 1] },
  },
  { line: 5, asked: 'text', wanted: '', answer: '', scored: { kind: 'text', logprob: -Infinity, tokens: 2, bytes: 2 } },
]
const result: EvalResult = {
  version: 1,
  at: 1,
  set: { name: 'small', hash: 'h', rows: 5 },
  model: { id: 'm', name: 'M', format: 'f32' },
  adapters: [],
  settings: { maxTokens: 8, temperature: 0, seed: 0, stop: '', adapters: true },
  tokenizer: '13a',
  rows,
  seconds: 1,
  tokens: 9,
  whole: true,
}

test('failures come first: what could not be run, then the worst', () => {
  expect(failuresFirst(rows, 'exact').map(({ line }) => line)).toEqual([3, 2, 1, 4, 5])
  expect(failuresFirst(rows, 'perplexity').map(({ line }) => line)).toEqual([3, 5, 1, 2, 4])
})

test.each([
  ['en', 'Exact match', 'could not be run'],
  ['zh', '完全匹配', '没能运行'],
] as const)('scores and rows are drawn: %s', (lang, name, failed) => {
  const html = renderToStaticMarkup(
    <LanguageProvider lang={lang}>
      <Result result={result} />
    </LanguageProvider>,
  )
  expect(html).toContain(name)
  expect(html).toContain(failed)
  expect(html).toMatch(/data-metric="exact" data-value="0.5"/)
  expect(html).toMatch(/data-metric="perplexity" data-value="Infinity"/)
  expect(html).toContain('&lt;b&gt;cave')
  expect(html).toContain('<b>50\u00a0%</b>')
  expect(html).toMatch(/data-metric="mrr".*?<b>1<\/b>/)
  // of choices and of texts there is one: 0.05 ** (1 / 1)
  expect(html).toMatch(/data-testid="evaluate-few">[^<]*\b5%/)
  expect(html).not.toContain('NaN')
})

test('rows as files hold what was said and every score', () => {
  const lines = rowsAsJsonl(result)
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { line: number; answer: string; error?: string; scores: Record<string, number> })
  expect(lines.map(({ line }) => line)).toEqual([1, 2, 3, 4, 5])
  expect([lines[0]!.scores['exact'], lines[1]!.scores['exact'], lines[2]!.error]).toEqual([1, 0, 'CONTEXT_FULL'])
  const table = readTable(rowsAsTable(result)).rows.map(({ cells }) => cells)
  expect(table[0]!.slice(0, 5)).toEqual(['line', 'asked', 'wanted', 'answer', 'exact'])
  expect(table[2]!.slice(3, 5)).toEqual(['<b>cave</b>, "far"', '0'])
})
