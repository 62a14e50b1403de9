// L12: blocks add to one stream. The logit is the sum of what they added; RMSNorm takes away how long the stream is and
// nothing else; a gate multiplies. All of it is worked out from the numbers of the run.

import type { Act, Lesson, RunSpec } from '../../../lessons/types.ts'
import { askWhere, stories, storyWords } from './stories.ts'

const plain: RunSpec = { prompt: 'asked' }
const at = (layer: number, view?: string): Act[] => [
  { kind: 'load', run: 'plain' },
  { kind: 'open', panel: 'inside', layer, query: 'last', ...(view !== undefined && { view }) },
]
/** The model's own ε. */
const EPSILON = '0.00001'
const stream = 'probe(plain, "blocks.1.resid_mid")'
/** RMSNorm without its gains. */
const rms = (x: string): string => `(${x}) / sqrt(mean((${x}) * (${x})) + ${EPSILON})`
/** LayerNorm without its gains. */
const layer = (x: string): string => {
  const free = `(${x} - mean(${x}))`
  return `${free} / sqrt(mean(${free} * ${free}) + ${EPSILON})`
}
/** What a block pushed the answer's logit by. */
const block = (n: number): string => `push("attn", ${n}, answer, plain) + push("mlp", ${n}, answer, plain)`
const moved = (norm: (x: string) => string, change: string): string => `delta(${norm(change)}, ${norm(stream)})`
const gate = 'probe(plain, "blocks.1.mlp.gate")'
const up = 'probe(plain, "blocks.1.mlp.up")'
const act = 'probe(plain, "blocks.1.mlp.act")'

export const lesson: Lesson = {
  id: 'l12',
  minutes: 8,
  model: 'storyteller',
  panel: 'inside',
  seeds: ['残差与归一', 'RMSNorm', 'SwiGLU', 'LLaMA'],
  glossary: ['residual', 'norm', 'mlp', 'gate', 'contribution', 'logit'],
  words: storyWords,
  casts: stories,
  own: ['name', 'place', 'thing'],
  prompts: { asked: askWhere },
  steps: [
    {
      id: 'l12.1',
      options: [{ id: 'sum', right: true }, { id: 'last' }, { id: 'best' }],
      runs: { plain },
      act: [...at(3), { kind: 'look' }],
      predicate: 'abs(sum(pushes(answer, plain)) - logit(answer, plain)) <= 0.01',
      show: ['logit(answer, plain)', 'sum(pushes(answer, plain))', block(3), 'max(pushes(answer, plain))'],
    },
    {
      id: 'l12.2',
      options: [{ id: 'little' }, { id: 'third', right: true }, { id: 'all' }],
      runs: { plain },
      act: [...at(1), { kind: 'look' }],
      predicate: `${block(1)} >= 0.35 * logit(answer, plain) and ${block(1)} <= 0.9 * logit(answer, plain)`,
      show: ['push("embed", 0, answer, plain)', block(0), block(1), block(2), block(3)],
    },
    {
      id: 'l12.3',
      options: [{ id: 'stays', right: true }, { id: 'gone' }],
      runs: { plain, without: { prompt: 'asked', edits: [{ kind: 'skip', layer: 1, part: 'mlp' }] } },
      act: [...at(1), { kind: 'edit', run: 'without' }],
      predicate: 'p(answer, without) >= 0.15',
      show: ['push("mlp", 1, answer, plain)', 'p(answer, plain)', 'p(answer, without)'],
    },
    {
      id: 'l12.4',
      options: [{ id: 'same', right: true }, { id: 'ten' }],
      runs: { plain },
      act: [...at(1, 'mlp.norm'), { kind: 'look' }],
      predicate: `${moved(rms, `10 * ${stream}`)} <= 0.01 and ${moved(rms, `0.001 * ${stream}`)} >= 0.1`,
      show: [`max(abs(${stream}))`, moved(rms, `10 * ${stream}`), moved(rms, `0.001 * ${stream}`)],
    },
    {
      id: 'l12.5',
      options: [{ id: 'both' }, { id: 'none' }, { id: 'rms', right: true }],
      runs: { plain },
      act: [...at(1, 'mlp.norm'), { kind: 'look' }],
      predicate: `${moved(rms, `(1 + ${stream})`)} >= 0.1 and ${moved(layer, `(1 + ${stream})`)} <= 0.001`,
      show: [moved(rms, `(1 + ${stream})`), moved(layer, `(1 + ${stream})`)],
    },
    {
      id: 'l12.6',
      options: [{ id: 'adds' }, { id: 'times', right: true }, { id: 'picks' }],
      runs: { plain },
      act: [...at(1, 'mlp.swiglu'), { kind: 'look' }],
      predicate: `delta(${act}, ${gate} / (1 + exp(-${gate})) * ${up}) <= 0.001 and delta(${act}, ${gate} / (1 + exp(-${gate})) + ${up}) >= 0.1`,
      show: [
        `delta(${act}, ${gate} / (1 + exp(-${gate})) * ${up})`,
        `delta(${act}, ${gate} / (1 + exp(-${gate})) + ${up})`,
        `max(abs(${up}))`,
        `max(abs(${act}))`,
      ],
    },
    {
      id: 'l12.7',
      own: true,
      runs: { plain },
      act: [...at(1), { kind: 'look' }],
      predicate: 'abs(sum(pushes(answer, plain)) - logit(answer, plain)) <= 0.01',
      show: ['answer', 'logit(answer, plain)', 'push("attn", 1, answer, plain)', 'push("mlp", 1, answer, plain)'],
    },
  ],
}
