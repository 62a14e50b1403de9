import { describe, expect, it } from 'vitest'
import type { TokenEvent } from '../../store/index.ts'
import { hintWords } from './hints.ts'

const token = (id: number, text: string, entropy: number): TokenEvent => ({
  type: 'token',
  index: 0,
  position: 0,
  id,
  bytes: new Uint8Array(),
  text,
  logprob: 0,
  rank: 0,
  entropy,
  top: [],
  stages: [],
  draw: null,
})
const answerOf = (...texts: string[]): TokenEvent[] => texts.map((text, i) => token(i + 1, text, 0))

describe('hintWords', () => {
  const answer = [
    token(1, 'Mia', 0.2),
    token(2, ' was', 0.1),
    token(3, ' in', 0.05),
    token(4, ' the', 0.9),
    token(5, ' garden', 0.3),
    token(6, '.', 3),
  ]
  it('takes the least certain word, never a sign', () =>
    expect(hintWords(answer, null)).toEqual({ open: 3, source: null }))
  it('takes the word with the fewest places in the text before', () => {
    expect(hintWords(answer, { ids: [9, 1, 2, 3, 4, 5, 6, 1, 2, 8, 2, 4] }).source).toBe(4)
    expect(hintWords(answer, { ids: [1, 1, 2, 5, 5, 5] }).source).toBe(0)
  })
  it('takes the longest of equals, of those the last', () => {
    expect(hintWords(answer, { ids: [1, 5] }).source).toBe(4)
    expect(hintWords(answerOf('garden', ' and', ' Mia'), { ids: [1, 3] }).source).toBe(0)
    expect(hintWords(answerOf('barn', ' or', ' bell'), { ids: [1, 3] }).source).toBe(2)
  })
  it('never takes a word that only holds the sentence together, though the text says it once', () => {
    expect(hintWords(answer, { ids: [4, 1, 1, 2, 3] }).source).toBe(0)
    expect(hintWords(answer, { ids: [2, 3, 4, 6] }).source).toBeNull()
    expect(hintWords(answerOf('The', ' tower'), { ids: [1, 2, 2] }).source).toBe(1)
    expect(hintWords(answerOf('小红', '在', '花园', '里', '。'), { ids: [1, 1, 2, 3, 4] }).source).toBe(2)
  })
  it('takes a whole word before a piece of one', () => {
    expect(hintWords(answerOf(' Mia', ' t', 'ook', ' boat'), { ids: [1, 1, 2, 3, 4, 4] }).source).toBe(3)
    expect(hintWords(answerOf('Zor', 'blax', '.'), { ids: [1, 2] }).source).toBe(1)
  })
  it('has nothing to say of an answer without words', () =>
    expect(hintWords([token(1, '?', 1), token(2, '!', 2)], { ids: [1, 2] })).toEqual({ open: null, source: null }))
  it('takes a single Chinese character for a word', () =>
    expect(hintWords([token(1, '猫', 0.5), token(2, '。', 1)], { ids: [1, 2] })).toEqual({ open: 0, source: 0 }))
  it('asks about numbers where there are no words, and looks for words in what an encoder read', () => {
    expect(hintWords(answerOf('7', '.', ' ', '0'), { ids: [9] })).toEqual({ open: 0, source: null })
    expect(hintWords(answerOf('7', ' garden'), { ids: [0], source: [2, 9] })).toEqual({ open: 1, source: 1 })
  })
})
