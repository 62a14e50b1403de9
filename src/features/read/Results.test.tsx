// What is drawn of a reading: one output is a value and no share, the pooler's numbers are there and explained, candidates
// can be pressed until the text changes.

import { renderToStaticMarkup } from 'react-dom/server'
import { beforeAll, expect, test } from 'vitest'
import { LanguageProvider, loadLanguage } from '../../i18n/index.tsx'
import { read as words } from '../../i18n/panels/read.ts'
import type { Reading } from '../../store/index.ts'
import { Shown } from './Results.tsx'

const reading = (more: Partial<Reading>): Reading => ({
  ids: [1, 2],
  segments: [0, 0],
  tokens: [
    { text: 'a', special: false },
    { text: '[MASK]', special: true },
  ],
  fills: null,
  labels: null,
  tasks: null,
  tokenLabels: null,
  spans: null,
  vector: null,
  pooled: null,
  leftOut: 0,
  ...more,
})
const draw = (more: Partial<Reading>, { chosen = {}, old = false } = {}): string =>
  renderToStaticMarkup(
    <LanguageProvider lang="en">
      <Shown
        t={words.en}
        mask="[MASK]"
        reading={reading(more)}
        vectors={[]}
        fill={() => undefined}
        chosen={chosen}
        old={old}
      />
    </LanguageProvider>,
  )
beforeAll(() => loadLanguage('en'))

const label = (name: string, score: number, probability: number) => ({ label: name, score, probability })

test('a head with one output says its value; several say shares', () => {
  const one = draw({ labels: [label('LABEL_0', 3.25, 1)] })
  expect(one).toContain('3.25')
  expect(one).not.toContain('100 %')
  expect(one).toContain(words.en.value)
  const two = draw({ labels: [label('yes', 1, 0.75), label('no', 0, 0.25)] })
  expect(two).toContain('75 %')
  expect(draw({ tokenLabels: [[label('x', -2.5, 1)], [label('x', 1, 1)]] })).toContain('-2.5')
})

test('pooled numbers are shown, with what they are', () => {
  const html = draw({ pooled: Float32Array.of(0.5, -0.125) })
  expect(html).toContain(words.en.pooledHint(2).slice(0, 20))
  expect(html).toMatch(/0\.5 {2}-0\.125/)
})

test('candidates are buttons, the chosen one pressed, until the text is another', () => {
  const fills = [{ position: 1, top: [{ id: 5, text: 'cat', logprob: Math.log(0.5) }] }]
  expect(draw({ fills })).toContain('aria-pressed="false"')
  expect(draw({ fills }, { chosen: { 0: 'cat' } })).toContain('aria-pressed="true"')
  const old = draw({ fills }, { old: true })
  expect(old).not.toContain('aria-pressed')
  expect(old).toContain(words.en.old)
})
