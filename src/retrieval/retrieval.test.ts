// Chunks keep exact places; BM25, the int8 scan and the fusion against plain references, with inputs made from a seed.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seeded } from '../engine/ops/inputs.ts'
import { kindsAsked, kindsIn } from './kinds.ts'
import { chunksOf, hitAt, makeQuestions, wordIndexOf } from './testing/questions.ts'
import { sentencesOf } from './sentences.ts'
import {
  Bm25,
  best,
  bestWithin,
  chunkText,
  dotRows,
  depth,
  fuse,
  lengthOf,
  packRows,
  readChunks,
  scan,
  unknownShare,
  WordIndex,
  wordsOf,
} from './index.ts'

const cut = (text: string, options = {}): string[] =>
  chunkText(text, options).map(({ start, end }) => text.slice(start, end))

describe('chunks', () => {
  const story = 'Mia lives in the park. Tom has a red kite. They met on a Monday. It rained all day long.'
  test('end where sentences end, and repeat what the overlap allows', () => {
    expect(cut(story, { size: 10, overlap: 0 })).toEqual([
      'Mia lives in the park. Tom has a red kite.',
      'They met on a Monday. It rained all day long.',
    ])
    expect(cut(story, { size: 10, overlap: 5 })).toEqual([
      'Mia lives in the park. Tom has a red kite.',
      'Tom has a red kite. They met on a Monday.',
      'They met on a Monday. It rained all day long.',
    ])
  })
  test('Chinese sentences, with the quote that closes behind the full stop', () => {
    expect(cut('他说：“走吧。”她笑了！然后下雨；他们回家。', { size: 7, overlap: 0 })).toEqual([
      '他说：“走吧。”她笑了！',
      '然后下雨；',
      '他们回家。',
    ])
  })
  test('Markdown: headings are paths and begin chunks; a fence and a table row are never cut', () => {
    const text =
      '# Museum\r\n\r\n## Hours\r\nOpen at nine. Closed on Monday.\n\n```js\nconst a = 1. \n\n# not a heading\n```\n\n| a | b |\n|---|---|\n| one two | three four |\n# Other\nLast.'
    const chunks = chunkText(text, { markdown: true, size: 13, overlap: 0 })
    expect(chunks.map(({ path }) => path)).toEqual([['Museum', 'Hours'], ['Museum', 'Hours'], ['Other']])
    expect(cut(text, { markdown: true, size: 13, overlap: 0 })).toEqual([
      '# Museum\r\n\r\n## Hours\r\nOpen at nine. Closed on Monday.',
      '```js\nconst a = 1. \n\n# not a heading\n```\n\n| a | b |\n|---|---|\n| one two | three four |',
      '# Other\nLast.',
    ])
    for (const piece of cut(text, { markdown: true, size: 3, overlap: 0 })) {
      expect(text.split(/\r?\n/).some((line) => line.includes(piece) || piece.includes(line))).toBe(true)
    }
  })
  test('what has no sentence is cut inside, never inside a character', () => {
    const emoji = '😀'.repeat(30)
    const pieces = cut(`${emoji} ${'字'.repeat(50)}`, { size: 8, overlap: 0 })
    expect(pieces.join('').replaceAll(' ', '')).toBe(`${emoji}${'字'.repeat(50)}`)
    expect(pieces.every((piece) => piece.isWellFormed() && lengthOf(piece) <= 8)).toBe(true)
  })
  test('a line that ends as in Windows files ends no sentence either', () => {
    const wrapped = 'Mia walks to\nthe park. Tom stays\nat home.'
    for (const text of [wrapped, wrapped.replaceAll('\n', '\r\n')]) {
      expect(cut(text, { size: 7, overlap: 0 }).map((piece) => piece.replace(/\s+/g, ' '))).toEqual([
        'Mia walks to the park.',
        'Tom stays at home.',
      ])
    }
  })
  test('a letter keeps its marks, whatever it is cut into', () => {
    for (const [text, size] of [
      [`a${'e\u0301'.repeat(3000)}`, 1],
      ['か\u3099'.repeat(20), 7],
      ['葛\u{e0100}'.repeat(20), 7],
    ] as const) {
      const pieces = cut(text, { size, overlap: 0 })
      expect(pieces.length).toBeGreaterThan(1)
      expect(pieces.join('')).toBe(text)
      expect(pieces.filter((piece) => /^\p{M}/u.test(piece))).toEqual([])
    }
  })
  test('any text: in order, inside the text, nothing but white space left out, none too long, none empty', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '# a',
        '\n\n',
        '\n',
        '```\n',
        '| x | y |\n',
        '。',
        '. ',
        '中文字',
        '😀',
        ' ',
        'word ',
        '\r\n',
        '## b\n',
      ),
      fc.string({ maxLength: 8 }),
    )
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 40 }),
        fc.integer({ min: 1, max: 12 }),
        fc.boolean(),
        (parts, size, markdown) => {
          const text = parts.join('')
          const overlap = Math.floor(size / 3)
          const chunks = chunkText(text, { size, overlap, markdown })
          let covered = 0
          for (const { start, end } of chunks) {
            expect(start).toBeLessThan(end)
            expect(text.slice(start, end).trim()).toBe(text.slice(start, end))
            expect(text.slice(covered, Math.max(covered, start)).trim()).toBe('')
            expect(end).toBeGreaterThan(covered)
            covered = end
          }
          expect(text.slice(covered).trim()).toBe('')
          for (const { start, end } of chunks) expect(lengthOf(text.slice(start, end))).toBeLessThanOrEqual(size)
        },
      ),
      { numRuns: 300, seed: 16 },
    )
  })
  test('no text takes more than its length, and no chunk of it is endless', () => {
    const texts = [
      ...['一。', '.\n\n', 'a\n\n', 'abcdefgh', '字', '\n', '\u{20000}', 'م؟ ', '\u0301', 'か\u3099', '「', '\r\n'],
      ...['# a\n## b\n', `# ${' '.repeat(490)}\u2028x\n`, '```\n', '| a | b |\n', 'Mia walks in the park. ', '\ud800'],
    ]
    for (const unit of texts) {
      const text = unit.repeat(Math.floor(100_000 / unit.length))
      const began = performance.now()
      const chunks = chunkText(text, { markdown: true, size: 120, overlap: 24 })
      expect(performance.now() - began, JSON.stringify(unit)).toBeLessThan(2000)
      let covered = 0
      for (const { start, end } of chunks) {
        expect(end - start).toBeLessThanOrEqual(8192)
        if (end <= covered || text.slice(covered, Math.max(covered, start)).trim() !== '') throw new Error(unit)
        covered = end
      }
      expect(text.slice(covered).trim()).toBe('')
    }
  })
  test('a long fence of lines is cut between them', () => {
    const lines = Array.from({ length: 200 }, (_, i) => `const a${i} = ${i}`)
    const chunks = chunkText(`\`\`\`\n${lines.join('\n')}\n\`\`\``, { markdown: true, size: 30, overlap: 0 })
    expect(chunks.length).toBeGreaterThan(15)
  })
  test('sizes that cannot be are refused', () => {
    for (const options of [{ size: 0 }, { size: 1.5 }, { size: 5, overlap: 5 }, { overlap: -1 }]) {
      expect(() => chunkText('a', options)).toThrow(expect.objectContaining({ code: 'PARAM_INVALID' }))
    }
    expect(chunkText(' \n ')).toEqual([])
  })
})

describe('sentences', () => {
  const cutAt = (text: string): string[] => sentencesOf(text).map(([from, to]) => text.slice(from, to))
  test('are those of Unicode, as Intl.Segmenter finds them', () => {
    const unicode = new Intl.Segmenter('en', { granularity: 'sentence' })
    const sign = fc.constantFrom(...'aBé3.?!。…,:-)"\' 中م؟\u2028\u0301\u2060', 'word', '.', ' ', '. ')
    fc.assert(
      fc.property(fc.array(sign, { maxLength: 14 }), (signs) => {
        const text = signs.join('')
        expect(cutAt(text)).toEqual([...unicode.segment(text)].map(({ segment }) => segment))
      }),
      { numRuns: 3000, seed: 16 },
    )
  })
  test('but a line break ends none, ； does, and what opens belongs to the next', () => {
    expect(cutAt('He left.\nShe\nstayed；“yes” [1].“Er ging.“ Ja. ![a](b)')).toEqual([
      'He left.\n',
      'She\nstayed；',
      '“yes” [1].',
      '“Er ging.“ ',
      'Ja. ',
      '![a](b)',
    ])
  })
})

describe('words', () => {
  test('one case and one width; plural is singular', () => {
    expect(wordsOf('The Cities’ ＢＵＳ-tickets: 12€, glass houses')).toEqual([
      'city',
      'bus',
      'ticket',
      '12',
      'glass',
      'house',
    ])
  })
  test('Chinese: words and pairs of characters; beside Latin ones', () => {
    const words = wordsOf('北京自行车WiFi')
    for (const word of ['北京', '京自', '自行', '行车', '车', 'wifi']) expect(words).toContain(word)
    expect(wordsOf('猫')).toEqual(['猫'])
  })
  test('length: words, and characters where there are no spaces', () => {
    expect(lengthOf('two words, 三个字')).toBe(5)
  })
})

describe('kinds', () => {
  test.each([
    ['How much does it cost?', 'Adults pay 12 crowns.', '#money'],
    ['门票多少钱？', '成人付五十元。', '#money'],
    ['When does it open?', 'The doors open at 9:15.', '#time'],
    ['早上几点开门？', '工作日８点半开门。', '#time'],
    ['In what year was it built?', 'The house was built in 1837.', '#date'],
    ['是哪一年建立的？', '建于一八三七年。', '#date'],
    ['How long is the river?', 'It is 300 km long.', '#measure'],
    ['山有多高？', '海拔2,300米。', '#measure'],
    ['Who leads it?', 'It is led by Flora Dorn since May.', '#person'],
    ['谁负责这里？', '馆长是来自海边的陈思雨。', '#person'],
    ['What is the phone number?', 'Call 030 123 45 67.', '#contact'],
  ])('%s %s', (question, text, kind) => {
    expect(kindsAsked(question)).toContain(kind)
    expect(kindsIn(text)).toContain(kind)
  })
  test('not in every text: words, a name in the headings, a day of the week', () => {
    expect(kindsIn('Come to the Willow Museum. Dogs may wait in the yard.', 'Willow Museum')).toEqual([])
    expect(kindsIn('周末开放，狗要留在外面。')).toEqual([])
    expect(kindsAsked('Can I bring my dog?')).toEqual([])
  })
})

test('a kind alone finds nothing: a name in another language is no answer to who', () => {
  const index = new WordIndex()
  const text = 'The last keeper was Tomas Brae.'
  index.add(readChunks('light.txt', text, chunkText(text, { markdown: false, size: 12, overlap: 0 }), false))
  expect(kindsIn(text)).toEqual(kindsAsked('图书馆的馆长是谁？'))
  expect(index.search('图书馆的馆长是谁？', 5)).toEqual([])
  expect(index.search('Who kept it last?', 5)).toHaveLength(1)
})

describe('what is read of a chunk', () => {
  const read = (name: string, text: string, markdown: boolean) =>
    readChunks(name, text, chunkText(text, { markdown, size: 12, overlap: 0 }), markdown).map(({ reading }) => reading)
  test('title and headings once, in front', () => {
    expect(read('a.md', '# Park\n\n## Trees\n\nOaks.\n\n# Annex\n\nEmpty.', true)).toEqual([
      'Park. Trees. Oaks.',
      'Park. Annex. Empty.',
    ])
  })
  test('of plain text the first line, if it is a title, else the name of the file', () => {
    const story = 'Mia walks in the park with her dog. It rains the whole day there.'
    expect(read('a.txt', `The old mill\n\n${story}`, false).every((one) => one.startsWith('The old mill. '))).toBe(true)
    expect(read('mill.txt', `${story}\n\n# no heading`, false)[0]).toMatch(/^mill\. Mia/)
  })
})

describe('BM25', () => {
  const random = seeded(3)
  const texts = Array.from({ length: 60 }, () =>
    Array.from({ length: 3 + Math.floor(random() * 20) }, () => `w${Math.floor(random() ** 2 * 40)}`),
  )
  const index = new Bm25()
  for (const words of texts) index.add(words)
  /** The formula, text by text. */
  const plain = (question: readonly string[], text: readonly string[]): number => {
    const average = texts.reduce((sum, one) => sum + one.length, 0) / texts.length
    return [...new Set(question)].reduce((sum, word) => {
      const n = texts.filter((one) => one.includes(word)).length
      const f = text.filter((one) => one === word).length
      const idf = Math.log(1 + (texts.length - n + 0.5) / (n + 0.5))
      return sum + (idf * f * 2.2) / (f + 1.2 * (0.25 + (0.75 * text.length) / average))
    }, 0)
  }
  test('is its formula, for texts that hold a word of the question', () => {
    for (const question of [['w0'], ['w1', 'w30', 'w1'], ['w39', 'nowhere', 'w7']]) {
      const want = texts
        .map((text, i) => ({ index: i, score: plain(question, text) }))
        .filter(({ score }) => score > 0)
        .sort((a, b) => b.score - a.score || a.index - b.index)
      const got = index.search(question, 60)
      expect(got.map((one) => one.index)).toEqual(want.map((one) => one.index))
      got.forEach(({ score }, i) => expect(score).toBeCloseTo(want[i]!.score, 12))
      expect(index.search(question, 3)).toEqual(got.slice(0, 3))
    }
  })
  test('of documents: headings, neighbours and the first chunk are its fields', () => {
    const draw = (most: number): string[] =>
      Array.from({ length: Math.floor(random() * most) }, () => `w${Math.floor(random() ** 2 * 30)}`)
    const documents = Array.from({ length: 12 }, () =>
      Array.from({ length: 1 + Math.floor(random() * 5) }, () => ({ heading: draw(3), words: [...draw(9), '#kind'] })),
    )
    documents[3]![0]!.words.push('#rare')
    const fields = new Bm25()
    for (const chunks of documents) chunks.forEach(fields.document())
    const all = documents.flatMap((chunks) => chunks.map((chunk) => ({ ...chunk, chunks })))
    const average = all.reduce((sum, { words }) => sum + words.length, 0) / all.length
    const count = (words: string[], word: string): number => words.filter((one) => one === word).length
    const over = (f: number, length: number): number => f / (0.25 + (0.75 * length) / average)
    const question = ['w12', 'w29', 'nowhere']
    const kinds = ['#rare', '#kind']
    const want = all
      .map(({ heading, words, chunks }, index) => {
        const whole = chunks.flatMap((chunk) => chunk.words)
        const evidence = (sum: number, word: string): number => {
          const n = all.filter((one) => one.words.includes(word) || one.heading.includes(word)).length
          let f = Math.max(over(count(words, word), words.length), heading.includes(word) ? 3 : 0)
          if (!word.startsWith('#')) {
            f += Math.max(over(count(whole, word), whole.length), chunks[0]!.words.includes(word) ? 1 : 0)
          }
          return sum + (Math.log(1 + (all.length - n + 0.5) / (n + 0.5)) * f * 2.2) / (f + 1.2)
        }
        const score = question.reduce(evidence, 0)
        return { index, score: score > 0 ? kinds.reduce(evidence, score) : 0 }
      })
      .filter(({ score }) => score > 0)
      .sort((a, b) => b.score - a.score || a.index - b.index)
    expect(want.length).toBeGreaterThan(5)
    expect(want.length).toBeLessThan(all.length)
    const got = fields.search(question, 99, kinds)
    expect(got.map(({ index }) => index)).toEqual(want.map(({ index }) => index))
    got.forEach(({ score }, i) => expect(score).toBeCloseTo(want[i]!.score, 12))
    expect(fields.search(question, 4, kinds)).toEqual(got.slice(0, 4))
    expect(fields.search(question, 0, kinds)).toEqual([])
    expect(fields.search(['nowhere'], 99, kinds)).toEqual([])
  })
  test('finds nothing for words that nobody has', () => {
    expect(index.search(['nowhere'], 5)).toEqual([])
    expect(new Bm25().search(['w0'], 5)).toEqual([])
  })
})

describe('vectors', () => {
  const random = seeded(5)
  const unit = (count: number, dims: number): Float32Array => {
    const all = Float32Array.from({ length: count * dims }, () => random() * 2 - 1)
    for (let r = 0; r < count; r++) {
      const row = all.subarray(r * dims, (r + 1) * dims)
      const length = Math.sqrt(row.reduce((sum, v) => sum + v * v, 0))
      row.forEach((v, i) => (row[i] = v / length))
    }
    return all
  }
  test('a row keeps its values to half a step of its scale; zeros stay zeros', () => {
    const vectors = Float32Array.of(...unit(7, 33), ...new Float32Array(33))
    const { codes, scales } = packRows(vectors, 33)
    vectors.forEach((v, i) => {
      const scale = scales[Math.floor(i / 33)]!
      expect(Math.abs(codes[i]! * scale - v)).toBeLessThanOrEqual(scale * 0.5001)
    })
    expect(scales[7]).toBe(0)
    expect(Math.min(...codes)).toBeGreaterThanOrEqual(-127)
  })
  test('the scan is the order of all dot products in f64, and near that of the floats', () => {
    for (let set = 0; set < 20; set++) {
      const dims = [1, 3, 64, 384][set % 4]!
      const vectors = unit(200, dims)
      const question = unit(1, dims)
      const rows = packRows(vectors, dims)
      const asked = packRows(question, dims)
      const plain = Array.from({ length: 200 }, (_, r) => {
        let sum = 0
        for (let i = 0; i < dims; i++) sum += rows.codes[r * dims + i]! * asked.codes[i]!
        return { index: r, dot: sum, score: sum * rows.scales[r]! * asked.scales[0]! }
      })
      expect([...dotRows(rows, asked.codes)]).toEqual(plain.map(({ dot }) => dot))
      const want = plain
        .map(({ index, score }) => ({ index, score }))
        .sort((a, b) => b.score - a.score || a.index - b.index)
      expect(scan(rows, question, 10)).toEqual(want.slice(0, 10))
      expect(scan(rows, question, 1000)).toEqual(want)
      for (const { index, score } of want) {
        const exact = question.reduce((sum, v, i) => sum + v * vectors[index * dims + i]!, 0)
        expect(Math.abs(score - exact)).toBeLessThan(dims === 1 ? 1e-6 : 0.012)
      }
    }
  })
  test('100,000 rows of 384 are no more than 39 MB', () => {
    const { codes, scales } = packRows(new Float32Array(100 * 384), 384)
    expect((codes.byteLength + scales.byteLength) * 1000).toBeLessThanOrEqual(39e6)
  })
  test('of equal rows the earlier comes first', () => {
    expect(best(Int32Array.of(1, 5, 5, 5, 2), new Float32Array(5).fill(1), 1, 2).map(({ index }) => index)).toEqual([
      1, 2,
    ])
  })
  test('a row counts with the most alike row of its document, and shows its own cosine', () => {
    const dots = Int32Array.of(9, 2, 5, 4, 5, 1)
    const found = (k: number, scales = new Float32Array(6).fill(1)) =>
      bestWithin(dots, scales, 1, k, Int32Array.of(0, 0, 1, 1, 2, 2)).map(({ index, score, by }) => [index, score, by])
    // 9 + 9, 2 + 9, then 5 + 5 twice, the earlier first
    expect(found(4)).toEqual([
      [0, 9, 18],
      [1, 2, 11],
      [2, 5, 10],
      [4, 5, 10],
    ])
    // a damaged row does not stand for its document, nor is it found; one without another is not, either
    expect(found(9, Float32Array.of(NaN, 1, 1, 1, NaN, NaN))).toEqual([
      [2, 5, 10],
      [3, 4, 9],
      [1, 2, 4],
    ])
    expect(found(0)).toEqual([])
  })
  test('both searches together lay what a row was ranked by between 0 and 1, not its cosine', () => {
    const near = [
      { index: 0, score: 0.1, by: 1 },
      { index: 1, score: 0.4, by: 0.5 },
      { index: 2, score: 0.1, by: 0 },
    ]
    const hits = fuse([], near, 3)
    expect(hits.map(({ index, score, meaning }) => [index, score, meaning])).toEqual([
      [0, 0.5, { rank: 1, score: 0.1 }],
      [1, 0.25, { rank: 2, score: 0.4 }],
      [2, 0, { rank: 3, score: 0.1 }],
    ])
  })
  test('a damaged scale hides its row and no other; none are wanted, more than there are', () => {
    const dots = Int32Array.of(4, 9, 3, 7)
    const ids = (k: number, scales = Float32Array.of(1, NaN, 1, 1)) =>
      best(dots, scales, 1, k).map(({ index }) => index)
    expect([ids(0), ids(1), ids(2), ids(9)]).toEqual([[], [3], [3, 0], [3, 0, 2]])
    expect(ids(9, new Float32Array(4))).toEqual([0, 1, 2, 3])
  })
  test('what is no row is refused', () => {
    const invalid = expect.objectContaining({ code: 'PARAM_INVALID' }) as Error
    expect(() => packRows(new Float32Array(5), 2)).toThrow(invalid)
    expect(() => packRows(Float32Array.of(1, NaN), 2)).toThrow(invalid)
    expect(() => scan(packRows(new Float32Array(4), 2), new Float32Array(3), 1)).toThrow(invalid)
  })
})

describe('both together', () => {
  const list = (...scores: [index: number, score: number][]) => scores.map(([index, score]) => ({ index, score }))
  test('each between 0 and 1, by half; both ranks are kept', () => {
    const hits = fuse(list([7, 8], [3, 6], [1, 2]), list([3, 0.9], [9, 0.8], [7, 0.5]), 9)
    expect(hits.map(({ index, words, meaning }) => [index, words?.rank, meaning?.rank])).toEqual([
      [3, 2, 1],
      [7, 1, 3],
      [9, undefined, 2],
      [1, 3, undefined],
    ])
    for (const [i, score] of [(0.75 + 1) / 2, (1 + 0) / 2, 0.75 / 2, 0.25 / 2].entries()) {
      expect(hits[i]!.score).toBeCloseTo(score, 12)
    }
  })
  test('a search that knows nothing does not overrule one that does', () => {
    const noise = list([0, 5], [1, 4.9], [2, 4.8], [3, 4.7])
    const sure = list([3, 0.9], [0, 0.3], [1, 0.29], [2, 0.28])
    expect(fuse(noise, sure, 1)[0]!.index).toBe(3)
  })
  test('of as many as are listed the last counts nothing, also by words', () => {
    const many = list(...Array.from({ length: depth }, (_, i): [number, number] => [i, 100 - i]))
    const hits = fuse(many, list([0, 0.9], [1, 0.8]), depth)
    expect(hits[0]!.score).toBe(1)
    expect(hits.at(-1)).toMatchObject({ index: depth - 1, score: 0 })
  })
  test('one search alone keeps its order', () => {
    expect(fuse(list([4, 3], [2, 3], [8, 1]), [], 9).map(({ index }) => index)).toEqual([4, 2, 8])
  })
  test('unknown tokens are counted among those that stand for text', () => {
    const token = (text: string, special = false) => ({ text, special })
    const frame = [token('[CLS]', true), token('[SEP]', true)]
    expect(unknownShare([...frame, token('[UNK]', true), token('a'), token('b'), token('c')])).toBe(0.25)
    expect(unknownShare([token('<unk>', true)])).toBe(1)
    expect(unknownShare(frame)).toBe(0)
  })
})

test.each([
  ['en', 0.95],
  ['zh', 0.97],
] as const)(
  'the words of the held-out questions find their answers: %s, %f at least in the first three',
  (language, least) => {
    const set = makeQuestions(language)
    expect([set.documents.length, set.questions.length]).toEqual([50, 200])
    expect(makeQuestions(language)).toEqual(set)
    const chunks = chunksOf(set)
    const index = wordIndexOf(chunks)
    const share = hitAt(3, set, chunks, (q) => index.search(set.questions[q]!.text, 3))
    expect(share).toBeGreaterThanOrEqual(least)
    // the set is not so easy that any search would do: without the question's words nothing is found
    expect(hitAt(3, set, chunks, (q) => [{ index: q }])).toBeLessThan(0.1)
  },
)
