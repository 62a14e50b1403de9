import { expect, test } from 'vitest'
import { worth } from './reward.ts'

const happy = { plus: ['happy', '开心'], minus: ['unhappy', '不开心'] }

test.each([
  ['Mia was happy. Tom was Happy too.', 2],
  ['小明很开心。', 1],
  ['小明不开心。', 0],
  ['Mia was unhappy.', 0],
  ['', 0],
])('%j is worth %i', (text, value) => expect(worth(happy, text)).toBe(value))

test('an empty word counts nothing', () => expect(worth({ plus: [''], minus: [] }, 'abc')).toBe(0))
