// L22: a low-rank adapter. It teaches the storyteller to say who did something that was told from the person's side, and
// costs it some of what it could before.

import type { Both, Cast, Lesson, RunSpec } from '../../../lessons/types.ts'
import { seen, slide } from './acts.ts'
import { drawn } from './drawn.ts'

const QUESTIONS = 8
const ADAPTER = 'lora-turned'

/** Somebody does something, somebody else's thing is told of from the thing's side. Who comes first changes. */
const told: Both<readonly [string, string]> = {
  en: ['{n0} was in the {p0}. {n0} {v0} a {t0}.', '{n1} was in the {p1}. The {t1} was {v1} by {n1}.'],
  zh: ['{n0}在{p0}。{n0}{v0}了{t0}。', '{n1}在{p1}。{t1}是{n1}{v1}的。'],
}
const SLOTS = ['n', 'p', 't', 'v'].flatMap((kind) => [`${kind}0`, `${kind}1`])
function castsOf(language: 'en' | 'zh', count: number): Cast[] {
  const apart = drawn(language, 2 * QUESTIONS).filter(({ v0, v1 }) => v0 !== v1)
  return apart.slice(0, count).map((cast, i) => {
    const parts = i % 2 ? told[language].toReversed() : told[language]
    return Object.fromEntries([
      ...SLOTS.map((slot): [string, string] => [slot, cast[slot]!]),
      ['story', parts.join(language === 'en' ? ' ' : '')],
    ])
  })
}

const strong = (strength: number): Pick<RunSpec, 'adapters'> => ({ adapters: { [ADAPTER]: strength } })
const name: Both<string> = { en: '{n0}', zh: '{n0}' }
/** The first word tells whom it took: eight questions cost eight words. */
const turned: RunSpec = { prompt: 'turned', over: 'stories', write: 1, expect: name }
const usual: RunSpec = {
  prompt: 'usual',
  over: 'stories',
  write: 12,
  expect: { en: 'The {t1} was {v1} by {n1}.', zh: '{t1}是{n1}{v1}的。' },
}
const ask = (prompt: string, strength?: number): RunSpec => ({
  prompt,
  write: 12,
  ...(strength !== undefined && strong(strength)),
})
/** Rank 8, down and up again, for q and o (as wide as all heads) and k and v (as wide as theirs), in three blocks. */
const both = (heads: string): string => `2 * (model("hidden") + model("${heads}") * model("headDim"))`
const added = `3 * 8 * (${both('heads')} + ${both('kvHeads')})`

export const lesson: Lesson = {
  id: 'l22',
  minutes: 7,
  model: 'storyteller',
  panel: 'adapters',
  seeds: ['LoRA', 'PEFT', 'Adapter', 'Prefix / P-Tuning'],
  glossary: ['lora', 'adapter', 'qlora', 'sft'],
  words: {},
  casts: { en: castsOf('en', 6), zh: castsOf('zh', 6) },
  own: ['n0', 'p0', 't0', 'n1', 'p1', 't1'],
  sets: { stories: { en: castsOf('en', QUESTIONS), zh: castsOf('zh', QUESTIONS) } },
  prompts: {
    turned: {
      en: { messages: [{ role: 'user', content: '{story}\n\nWho {v0} the {t0}?' }] },
      zh: { messages: [{ role: 'user', content: '{story}\n\n谁{v0}了{t0}？' }] },
    },
    usual: {
      en: { messages: [{ role: 'user', content: '{story}\n\nWho {v1} the {t1}?' }] },
      zh: { messages: [{ role: 'user', content: '{story}\n\n谁{v1}了{t1}？' }] },
    },
  },
  steps: [
    {
      id: 'l22.1',
      options: [{ id: 'most' }, { id: 'few', right: true }],
      runs: { plain: ask('turned'), usual, turned },
      act: seen('plain'),
      predicate: 'acc(turned) <= 0.5 and acc(usual) >= 0.8',
      show: ['text(plain)', 'acc(usual)', 'acc(turned)'],
    },
    {
      id: 'l22.2',
      options: [{ id: 'all' }, { id: 'tenth' }, { id: 'few', right: true }],
      runs: { plain: ask('turned') },
      act: seen('plain'),
      predicate: `${added} <= 0.02 * model("parameters")`,
      show: [added, 'model("parameters")', `${added} / model("parameters")`],
    },
    {
      id: 'l22.3',
      options: [{ id: 'same' }, { id: 'better', right: true }],
      runs: { plain: ask('turned'), on: ask('turned', 1), off: turned, all: { ...turned, ...strong(1) } },
      act: slide('on'),
      predicate: 'acc(all) - acc(off) >= 0.4',
      show: ['text(plain)', 'text(on)', 'acc(off)', 'acc(all)'],
    },
    {
      id: 'l22.4',
      options: [{ id: 'same' }, { id: 'worse', right: true }],
      runs: { plain: ask('usual'), on: ask('usual', 1), off: usual, all: { ...usual, ...strong(1) } },
      act: slide('on'),
      predicate: 'acc(off) - acc(all) >= 0.08',
      show: ['text(plain)', 'text(on)', 'acc(off)', 'acc(all)'],
    },
    {
      id: 'l22.5',
      options: [{ id: 'scar' }, { id: 'exact', right: true }],
      runs: { plain: ask('turned'), on: ask('turned', 1), zero: ask('turned', 0) },
      act: [
        { kind: 'load', run: 'on' },
        { kind: 'open', panel: 'adapters' },
        { kind: 'adapt', run: 'zero' },
      ],
      predicate: 'delta(logits(plain), logits(zero)) <= 0.001 and delta(logits(plain), logits(on)) >= 1',
      show: ['delta(logits(plain), logits(on))', 'delta(logits(plain), logits(zero))'],
    },
    {
      id: 'l22.6',
      own: true,
      runs: {
        plain: ask('turned'),
        half: ask('turned', 0.5),
        on: ask('turned', 1),
        // the whole name: a learner's own may be of several tokens
        namedPlain: { prompt: 'turned', then: name },
        namedHalf: { prompt: 'turned', then: name, ...strong(0.5) },
        namedOn: { prompt: 'turned', then: name, ...strong(1) },
      },
      act: slide('on'),
      predicate: 'exp(logp(namedOn)) >= 0.25',
      show: [
        'text(plain)',
        'text(half)',
        'text(on)',
        ...['Plain', 'Half', 'On'].map((run) => `exp(logp(named${run}))`),
      ],
    },
  ],
}
