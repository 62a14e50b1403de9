// What the road of preferences starts from, and what is told of a run: stories that are all different, words of the rule however
// they are parted, and a reward that rises at the cost of what the model could say.

import { expect, test } from 'vitest'
import { homes, rehearsal } from './homes.ts'
import { manner, thanks } from './manner.ts'
import { decided, roadPrompts, ruleOf } from './road.ts'
import { blankRun, rewardHacked, type TeachRun } from './run.ts'

test('stories, lessons and what is kept are all different, half of them in each language', () => {
  const lessons = [
    roadPrompts(24),
    manner().map(({ prompt }) => prompt),
    rehearsal(32),
    homes().map(({ prompt }) => prompt),
  ]
  for (const prompts of lessons) expect(new Set(prompts).size).toBe(prompts.length)
  expect(roadPrompts(24).filter((one) => one.includes('Continue the story.'))).toHaveLength(12)
})

test('a manner: what is answered stands in its story, and thanks follow', () => {
  for (const { prompt, completion } of manner()) {
    const lang = completion.endsWith(thanks.zh) ? 'zh' : 'en'
    expect(completion.endsWith(thanks[lang])).toBe(true)
    expect(prompt.split('\n\n')[0]).toContain(completion.slice(0, -thanks[lang].length))
  }
})

test('words of the rule, in whatever way they are parted', () => {
  expect(ruleOf({ plus: ' happy，开心、, 高兴;x ', minus: '' })).toEqual({
    plus: ['happy', '开心', '高兴', 'x'],
    minus: [],
  })
})

test('only pairs of two different answers of which one is liked count', () => {
  const one = { prompt: 'p', a: 'a', b: 'b', liked: null }
  expect(decided([one, { ...one, liked: 'a' }, { ...one, b: 'a', liked: 'b' }])).toHaveLength(1)
})

const runOf = (rewards: readonly number[], watched: readonly number[], kl = 0): TeachRun => ({
  ...blankRun('m', 'n', []),
  steps: rewards.map((reward, i) => ({
    ...{ type: 'step', step: i + 1, steps: rewards.length, loss: 0, norm: 1, lr: 1e-3, tokens: 1, ms: 1 },
    answers: { reward, kl, tokens: 5, flat: 0, best: null },
  })),
  watched: watched.map((loss, step) => ({ type: 'watched', step, loss })),
})

test.each<[string, number[], number[], boolean, number?]>([
  ['up, and far from what it was', [0, 0, 0, 0, 0, 1, 1, 1, 1, 1], [], true, 0.5],
  ['up, and what it could say is harder', [0, 0, 0, 0, 0, 1, 1, 1, 1, 1], [0.1, 0.4], true],
  ['up, and nothing else', [0, 0, 0, 0, 0, 1, 1, 1, 1, 1], [0.1, 0.12], false],
  ['as it was', [1, 1, 1, 1, 1, 1, 1, 1, 1, 1], [0.1, 0.4], false],
  ['too short to tell', [0, 1], [0.1, 0.4], false],
  ['nothing is looked at', [0, 0, 0, 0, 0, 1, 1, 1, 1, 1], [], false],
])('a reward that is %s', (_, rewards, watched, isHacked, kl) => {
  expect(rewardHacked(runOf(rewards, watched, kl)) !== null).toBe(isHacked)
})
