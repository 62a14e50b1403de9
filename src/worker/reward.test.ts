import { expect, test } from 'vitest'
import { sense, worth } from './reward.ts'

const happy = { plus: ['happy', '开心'], minus: ['unhappy', '不开心'] }

test.each([
  ['Mia was happy. Tom was Happy too.', 2],
  ['小明很开心。', 1],
  ['小明不开心。', -1],
  ['Mia was unhappy.', -1],
  ['小明不开心，小红很开心。', 0],
  ['Lily was sad.', 0],
  ['', 0],
])('%j is worth %i', (text, value) => expect(worth(happy, text)).toBe(value))

test.each([
  ['a shorter word is counted where it stands alone', ['开心', '开心果'], [], '开心果，开心。', 2],
  ['words that overlap by an end: the longer one', ['abc'], ['cd'], 'abcd', 1],
  ['what is left of a counted word joins nothing', ['bb'], ['ad'], 'abbd', 1],
  ['of both lists', ['happy'], ['Happy'], 'happy', 0],
  ['twice in a list', ['happy', 'happy'], [], 'happy', 1],
])('%s', (_, plus, minus, text, value) => expect(worth({ plus, minus }, text)).toBe(value))

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
