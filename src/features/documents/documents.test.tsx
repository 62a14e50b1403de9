// What is drawn of an answer's check and of a question asked of an index.

import { renderToStaticMarkup } from 'react-dom/server'
import { beforeAll, expect, test } from 'vitest'
import { LanguageProvider, loadLanguage } from '../../i18n/index.tsx'
import type { Answered } from '../../store/documents/index.ts'
import { Answer, Hits } from './Ask.tsx'
import { Map } from './Indexes.tsx'

beforeAll(async () => {
  await loadLanguage('en')
  await loadLanguage('zh')
})

const passage = (text: string) =>
  ({ text, document: 'd', name: 'd.md', hash: 'h', chunk: 0, start: 0, end: 1 }) as never
const answer: Answered = {
  state: 'done',
  text: 'It opens at nine [1].',
  passages: [passage('It opens at nine.'), passage('A cat.')],
  left: { of: 5, why: 'room', context: 512 },
  checked: [
    {
      start: 0,
      end: 21,
      cites: [
        { number: 1, offered: true },
        { number: 7, offered: false },
      ],
      support: { number: 2, share: 0.5 },
      quote: null,
    },
  ],
  looks: null,
  looking: null,
  likeness: null,
}
const drawn = (lang: 'en' | 'zh', likeness: Answered['likeness']): string =>
  renderToStaticMarkup(
    <LanguageProvider lang={lang}>
      <Answer answer={{ ...answer, likeness }} />
    </LanguageProvider>,
  )

test.each([
  ['en', 'cosine to passage 1: 0.94', 'cosine to passage 2: -0.1'],
  ['zh', '与段落 1 的余弦：0.94', '与段落 2 的余弦：-0.1'],
] as const)(
  'cosines stand beside the passages that are named or carry it, once they are measured: %s',
  (lang, one, two) => {
    expect(drawn(lang, null)).not.toContain('data-cosine')
    const text = drawn(lang, [[0.9412, -0.1]])
    expect(text).toContain(one)
    expect(text).toContain(two)
    // neither what was never given, nor a passage without a vector
    expect(text.match(/data-cosine/g)).toHaveLength(2)
    expect(drawn(lang, [[0.9412, null]]).match(/data-cosine/g)).toHaveLength(1)
  },
)

test.each([
  ['en', 'It was given 2 of the 5 passages', 'its memory holds 512 tokens', 'Passage 1: show it in the document'],
  ['zh', '2', '512', '段落 1'],
] as const)('what was left out and why, and a number that leads to its passage: %s', (lang, given, room, opens) => {
  const text = drawn(lang, null)
  for (const said of [given, room]) expect(/data-testid="documents-given">(.*?)<\/p>/.exec(text)![1]).toContain(said)
  expect(/<button[^>]*title="([^"]*)"[^>]*>\[1\]<\/button>/.exec(text)![1]).toContain(opens)
})

test('how near a passage comes by meaning is shown; where no word of the question stands anywhere, that is said', () => {
  const near = { rank: 1, score: 0.1234 }
  const list = (lang: 'en' | 'zh', words: typeof near | null): string =>
    renderToStaticMarkup(
      <LanguageProvider lang={lang}>
        <Hits hits={[{ ...(passage('A cat.') as object), path: [], words, meaning: near } as never]} asked />
      </LanguageProvider>,
    )
  expect(list('en', null)).toContain('No word of this question stands in the documents')
  expect(list('en', near)).not.toContain('No word of this question')
  expect(list('en', null)).toContain('by words: not found · by meaning: place 1 (likeness 0.12)')
  expect(list('zh', null)).toContain('按意思：第 1 名（相似度 0.12）')
})

test('the map: one point a passage, what was found on top', () => {
  const look = {
    rows: 4,
    map: Float32Array.of(0, 0, 1, 0, 0, 1, -1, -1),
    exact: [2, 0],
    found: [2, 1],
    visited: [1, 2],
    recall: 0.5,
    lists: 2,
  }
  const text = renderToStaticMarkup(<Map look={look} label="points" />)
  expect([...text.matchAll(/data-is="(\w+)"/g)].map(([, is]) => is)).toEqual(['unseen', 'visited', 'missed', 'found'])
  expect(text).toContain('cx="-1" cy="-1"')
})
