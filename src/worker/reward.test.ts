import { expect, test } from 'vitest'
import { sense, worth } from './reward.ts'

const happy = { plus: ['happy', '开心'], minus: ['unhappy', '不开心'] }

test.each([
  ['Mia was happy. Tom was Happy too.', 2],
  ['小明很开心。', 1],
  ['小明不开心。', 0],
  ['Mia was unhappy.', 0],
  ['', 0],
])('%j is worth %i', (text, value) => expect(worth(happy, text)).toBe(value))

test('an empty word counts nothing', () => expect(worth({ plus: [''], minus: [] }, 'abc')).toBe(0))

const [tale, 故事] = ['Mia was in the park.\n\nContinue the story.', '小鹿在公园。\n\n接着讲这个故事。']
test.each<[string, string, number]>([
  [tale, 'Mia was happy. It was a good day.', 1],
  [tale, 'Mia was happy. Mia was happy.', 0],
  [tale, 'Mia 很开心。', 0],
  [tale, '', 0],
  [故事, '小鹿很开心。', 1],
  [故事, '小鹿 took the闹钟 home。', 0],
  [故事, '小雨 t开心。小雨 t开心。', 0],
  [故事, '小鹿很开心。小鹿很开心。', 0],
])('of %j, %j makes sense: %i', (story, text, value) => {
  expect(sense(story, { text, isWhole: true })).toBe(value)
  expect(sense(story, { text, isWhole: false })).toBe(0)
})
