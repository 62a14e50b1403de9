import { renderToStaticMarkup } from 'react-dom/server'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import Markdown from './Markdown.tsx'
import { charPlaces } from './placed.ts'

const texts = { copy: 'Copy', copied: 'Copied', image: 'image', link: { otherAddress: (host: string) => host } }
const unescape = (html: string): string =>
  html
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#x27;/g, "'")
    .replace(/&amp;/g, '&')
/** What is shown, with the place in the source of every character. */
const placed = (source: string, streaming = false): { text: string; at: number[] }[] =>
  [
    ...renderToStaticMarkup(<Markdown text={source} streaming={streaming} texts={texts} places />).matchAll(
      /data-src="(\d+)-(\d+)">([^<]*)</g,
    ),
  ].map(([, from, to, html]) => {
    const text = unescape(html!)
    return {
      text,
      at: [...charPlaces(text, source.slice(Number(from), Number(to)))].map((at) => (at < 0 ? -1 : Number(from) + at)),
    }
  })

describe('where a word was written', () => {
  it.each([
    ['Mia was in the **garden**.', 'garden', 17],
    ['a `key` and a key', 'key', 3],
    ['- one\n- two\n  - deep', 'deep', 16],
    ['> said\n> twice', 'said\ntwice', 2],
    ['# Title\n\nText.\n\n```js\nconst a = 1\n```\n', 'const a = 1', 22],
    ['```js\njs\n```', 'js', 6],
    ['[home](https://example.org/home) sweet', 'home', 1],
    ['小红在**花园**里。', '花园', 5],
    ['| a | b |\n|--|--|\n| cat | dog |', 'dog', 26],
  ])('%j: %j', (source, word, at) => {
    expect(placed(source).find(({ text }) => text === word)?.at[0]).toBe(at)
  })
  it('follows escapes and entities, and says nothing of what is not written as itself', () => {
    expect(placed('2 \\* 3 &amp; caf&eacute;!')).toEqual([
      { text: '2 * 3 & café!', at: [0, 1, 3, 4, 5, 6, 7, 12, 13, 14, 15, -1, 24] },
    ])
  })
  it('is the same while the text grows, and every shown character stands where it says', () => {
    const part = fc.constantFrom(
      'Mia',
      'was **in**',
      'the `garden`',
      '\n\n',
      '- a key\n',
      '花园',
      '[x](https://e.example/x)',
      '# Title\n',
      '\\*',
      '&lt;',
      '~~gone~~',
      ' ',
    )
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const source = parts.join('')
        for (const { text, at } of placed(source)) {
          at.forEach((place, i) => {
            if (place >= 0) expect(source[place]).toBe(text[i])
          })
        }
        for (const { text, at } of placed(source)) {
          if (!/[\\&]/.test(source)) expect(at.includes(-1), `${text} in ${source}`).toBe(false)
        }
      }),
      { numRuns: 100 },
    )
    expect(placed('# A\n\npara **b**\n\n- x\n- y\n', true)).toEqual(placed('# A\n\npara **b**\n\n- x\n- y\n', false))
  })
})
