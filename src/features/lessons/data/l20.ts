// L20: keys and values that were computed once are kept. What the cache costs is counted from the model's own shape; what
// it holds is shown by taking entries out: the fact that is asked for, or one that is not.

import type { Act, Lesson, RunSpec } from '../../../lessons/types.ts'
import { askWhere, stories, storyWords } from './stories.ts'

const plain: RunSpec = { prompt: 'asked' }
const without = (...keys: string[]): RunSpec => ({ prompt: 'asked', edits: [{ kind: 'drop', keys }] })
const at: Act[] = [
  { kind: 'load', run: 'plain' },
  { kind: 'open', panel: 'inside', layer: 1, query: 'last', view: 'cache' },
]
/** Bytes of one token's keys and values, as f32, with so many heads of them. */
const bytesWith = (heads: string): string => `2 * 4 * model("layers") * ${heads} * model("headDim")`
const measured = 'model("cacheBytes") / model("context")'

export const lesson: Lesson = {
  id: 'l20',
  minutes: 7,
  model: 'storyteller',
  panel: 'inside',
  seeds: ['KV 缓存', 'GQA', 'ChatGLM2 的分组查询', 'vLLM'],
  glossary: ['kv-cache', 'gqa', 'attention', 'head', 'token'],
  words: storyWords,
  casts: stories,
  own: ['name', 'place', 'thing'],
  prompts: { asked: askWhere },
  steps: [
    {
      id: 'l20.1',
      options: [{ id: 'gone', right: true }, { id: 'stays' }, { id: 'stops' }],
      runs: { plain, short: without('@there') },
      act: [...at, { kind: 'edit', run: 'short' }],
      predicate: 'p(answer, short) <= 0.5 * p(answer, plain)',
      show: ['p(answer, plain)', 'p(answer, short)', 'top(short)'],
    },
    {
      id: 'l20.2',
      options: [{ id: 'stays', right: true }, { id: 'less' }, { id: 'gone' }],
      runs: { plain, short: without('@elsewhere') },
      act: [...at, { kind: 'edit', run: 'short' }],
      predicate: 'p(answer, short) >= 0.7',
      show: ['p(answer, plain)', 'p(answer, short)'],
    },
    {
      id: 'l20.3',
      options: [{ id: 'word' }, { id: 'kilo', right: true }, { id: 'mega' }],
      runs: { plain },
      act: [...at, { kind: 'look' }],
      predicate: `${measured} = ${bytesWith('model("kvHeads")')}`,
      show: [measured, 'length(plain)', `length(plain) * ${measured}`],
    },
    {
      id: 'l20.4',
      options: [{ id: 'same' }, { id: 'half', right: true }, { id: 'eighth' }],
      runs: { plain },
      act: [...at, { kind: 'look' }],
      predicate: `${measured} <= 0.6 * ${bytesWith('model("heads")')}`,
      show: [measured, bytesWith('model("heads")'), bytesWith('1'), 'model("heads")', 'model("kvHeads")'],
    },
    {
      id: 'l20.5',
      own: true,
      runs: { plain, short: without('@there') },
      act: [...at, { kind: 'edit', run: 'short' }],
      predicate: 'p(answer, short) <= 0.5 * p(answer, plain)',
      show: ['answer', 'p(answer, plain)', 'p(answer, short)', 'top(short)'],
    },
  ],
}
