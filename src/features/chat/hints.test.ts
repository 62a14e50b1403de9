import { describe, expect, it } from 'vitest'
import type { TokenEvent } from '../../store/index.ts'
import { hintWords } from './hints.ts'

const token = (id: number, text: string, entropy: number): TokenEvent => ({ type: 'token', index: 0, position: 0, id, bytes: new Uint8Array(), text, logprob: 0, rank: 0, entropy, top: [], stages: [], draw: null })

describe('hintWords', () => {
  const answer = [token(1, 'Mia', 0.2), token(2, ' was', 0.1), token(3, ' in', 0.05), token(4, ' the', 0.9), token(5, ' garden', 0.3), token(6, '.', 3)]
  it('takes the least certain word, never a sign', () => expect(hintWords(answer, null)).toEqual({ open: 3, source: null }))
  it('takes the word with the fewest places in the text before, the last of those', () => {
    expect(hintWords(answer, { ids: [9, 1, 2, 3, 4, 5, 6, 1, 2, 8, 2, 4] }).source).toBe(4)
    expect(hintWords(answer, { ids: [1, 1, 2, 2, 3, 3, 4, 4, 6, 6, 6] }).source).toBe(3)
  })
  it('has nothing to say of an answer without words', () => expect(hintWords([token(1, '42', 1), token(2, '!', 2)], { ids: [1, 2] })).toEqual({ open: null, source: null }))
  it('takes a single Chinese character for a word', () => expect(hintWords([token(1, '在', 0.5), token(2, '花园', 0.1), token(3, '。', 1)], { ids: [1, 1, 2] })).toEqual({ open: 0, source: 1 }))
})
