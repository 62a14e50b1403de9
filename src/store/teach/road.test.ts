// What the road of preferences starts from, and what is told of a run: stories that are all different, words of the rule however
// they are parted, and a reward that rises at the cost of what the model could say.

import { expect, test } from 'vitest'
import { homes, rehearsal } from './homes.ts'
import { taskOf } from './lesson.ts'
import { manner, thanks } from './manner.ts'
import { decided, lessonIn, roadPrompts, ruleOf } from './road.ts'
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

test('what learns from pairs, and what rewards answers: a reward model holds pairs out and says no words', () => {
  const pairs = ['p', 'q'].map((prompt) => ({ prompt, a: 'a', b: 'b', liked: 'b' as const }))
  const steps = { pairs: 1, answers: 2, judge: 3 }
  const road = { pairs, plus: 'x', minus: '', steps, seed: 0, beta: 0.2, kl: 0, by: 'rule', learner: 'model' } as const
  expect(lessonIn({ ...road, way: 'pairs' }, null)!.options).toMatchObject({ steps: 1, beta: 0.2, heldOut: 0 })
  const judge = lessonIn({ ...road, way: 'pairs', learner: 'judge' }, null)!
  expect(judge.options).toMatchObject({ steps: 3, objective: 'reward', heldOut: 0.25 })
  expect(judge.options).not.toHaveProperty('beta')
  expect(taskOf('m', 'n', judge, []).options).not.toHaveProperty('watch')
  const rule = { plus: ['x'], minus: [] }
  expect(lessonIn({ ...road, way: 'answers' }, 'j')).toMatchObject({ reward: rule, options: { steps: 2 } })
  expect(lessonIn({ ...road, way: 'answers' }, 'j')).not.toHaveProperty('judge')
  const judged = lessonIn({ ...road, way: 'answers', by: 'judge' }, 'j')!
  expect(taskOf('m', 'n', judged, [])).toMatchObject({ judge: 'j', reward: rule })
  expect(lessonIn({ ...road, way: 'answers', by: 'judge' }, null)).toBeNull()
})

const runOf = (
  rewards: readonly number[],
  watched: readonly number[],
  kl = 0,
  measured: readonly (readonly [number, number])[] = [],
): TeachRun => ({
  ...blankRun('m', 'n', []),
  steps: rewards.map((reward, i) => ({
    ...{ type: 'step', step: i + 1, steps: rewards.length, loss: 0, norm: 1, lr: 1e-3, tokens: 1, ms: 1 },
    answers: {
      ...{ reward, kl, tokens: 5, flat: 0, best: null },
      ...(measured[i] && { measured: { rule: measured[i][0], sense: measured[i][1] } }),
    },
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

const ten = (of: (i: number) => readonly [rule: number, sense: number]) => Array.from({ length: 10 }, (_, i) => of(i))
test.each<[string, (i: number) => readonly [number, number], boolean]>([
  ['what the rule counts rises, too', (i) => [i > 4 ? 1 : 0, 1], false],
  ['what the rule counts stays', () => [0.5, 1], true],
  ['what the rule counts falls', (i) => [i > 4 ? 0 : 1, 1], true],
  ['sense is lost', (i) => [i > 4 ? 1 : 0, i > 4 ? 0.5 : 1], true],
])('a learned reward that rises while %s', (_, of, isHacked) => {
  const run = runOf([0, 0, 0, 0, 0, 1, 1, 1, 1, 1], [], 0, ten(of))
  const found = rewardHacked(run)
  expect(found !== null).toBe(isHacked)
  if (found) expect(found.measured).toEqual({ rule: [of(0)[0], of(9)[0]], sense: [of(0)[1], of(9)[1]] })
})
