// An answer with reasoning as it is drawn: folded, without tags, and every letter where it stands in the whole text.

import { renderToStaticMarkup } from 'react-dom/server'
import { beforeAll, expect, test } from 'vitest'
import { LanguageProvider, loadLanguage } from '../../i18n/index.tsx'
import type { Message } from '../../store/index.ts'
import { AnswerText } from './AnswerText.tsx'

const message = (content: string, more: Partial<Message> = {}): Message => ({
  id: 'a',
  role: 'assistant',
  content,
  state: 'done',
  tokens: 1,
  at: 0,
  ...more,
})
const draw = (of: Message, streaming = false): string =>
  renderToStaticMarkup(
    <LanguageProvider lang="en">
      <AnswerText message={of} streaming={streaming} />
    </LanguageProvider>,
  )
beforeAll(() => loadLanguage('en'))

test('reasoning is folded, the answer is not', () => {
  const text = '<think>\nhm **so**\n</think>\n\nHello *you*'
  const html = draw(message(text))
  const [folded, shown] = html.split('</details>')
  expect(folded).toMatch(/<summary>[^<]+<\/summary>/)
  expect(folded).toContain('<strong>')
  expect(html).not.toContain('think&gt;')
  expect(shown).toContain('Hello ')
  for (const [, from, to, drawn] of html.matchAll(/data-src="(\d+)-(\d+)">([^<]+)</g)) {
    expect(text.slice(Number(from), Number(to))).toContain(drawn)
  }
})
test('nothing thought is no fold, and a block that the prompt opened is one', () => {
  expect(draw(message('<think>\n\n</think>\n\nHello'))).not.toContain('<details')
  expect(draw(message('hm', { thinks: true }), true)).toMatch(/^<details[^>]*data-now="true"/)
  expect(draw(message('Hello'))).not.toContain('<details')
})
test('what goes on with a text is no Markdown, and every letter keeps its place', () => {
  const html = draw(message('7. <b>*so*</b>', { plain: true }))
  expect(html).toContain('data-src="0-14">7. &lt;b&gt;*so*&lt;/b&gt;</span>')
  expect(draw(message('7. so'))).toContain('<ol')
})
