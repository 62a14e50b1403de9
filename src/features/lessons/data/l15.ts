// L15: a gap-filler looks both ways. Where its word is told to the right of the blank it finds it, where nothing tells it
// doubts, and two blanks are filled each for itself.

import type { Act, Both, Cast, Lesson } from '../../../lessons/types.ts'

const cast = (
  [job, work]: readonly [string, string],
  [other, otherWork]: readonly [string, string],
  clothes: string,
  box: string,
  [left, right]: readonly [string, string],
): Cast => ({ job, work, other, otherWork, clothes, box, left, right })

const casts: Both<readonly Cast[]> = {
  en: [
    cast(['cook', 'kitchen'], ['teacher', 'school'], 'hat', 'box', ['It rained, so Emma took her', '.']),
    cast(['farmer', 'farm'], ['king', 'castle'], 'coat', 'bag', ['The', 'is white.']),
    cast(['teacher', 'school'], ['gardener', 'garden'], 'scarf', 'basket', ['The', 'swam in the river.']),
    cast(['king', 'castle'], ['cook', 'kitchen'], 'dress', 'drawer', ['Tom was hungry, so he', '.']),
    cast(['gardener', 'garden'], ['farmer', 'farm'], 'shirt', 'cupboard', ['The ball is big, not', '.']),
  ],
  zh: [
    cast(['厨', '厨房'], ['师', '学校'], '帽', '盒', ['下', '了，小红拿了她的大衣。']),
    cast(['农', '农场'], ['王', '城堡'], '裤', '篮', ['雪是', '色的。']),
    cast(['老', '学校'], ['民', '农场'], '鞋', '袋', ['小明饿了，他要', '。']),
    cast(['国', '城堡'], ['师', '厨房'], '裙', '箱', ['球很大，不', '。']),
    cast(['厨', '厨房'], ['民', '农场'], '裙', '柜', ['下', '了，小明拿了他的伞。']),
  ],
}
const at = (run: string, query: string | Both<string> = 'predicting'): Act[] => [
  { kind: 'load', run },
  { kind: 'open', panel: 'probabilities', query },
  { kind: 'look' },
]
const her = { her: { prompt: 'her' }, his: { prompt: 'his' } }

export const lesson: Lesson = {
  id: 'l15',
  minutes: 6,
  model: 'fill-in',
  panel: 'probabilities',
  seeds: ['BERT', 'RoBERTa', 'ALBERT', '掩码语言模型'],
  glossary: ['bert', 'masked-lm', 'causal-mask', 'probability', 'entropy', 'token'],
  words: { she: { en: 'her', zh: '她' }, he: { en: 'his', zh: '他' } },
  casts,
  own: ['left', 'right'],
  prompts: {
    job: { en: { text: 'The {mask} works in the {work}.' }, zh: { text: '{mask}{mask}在{work}里工作。' } },
    otherJob: {
      en: { text: 'The {mask} works in the {otherWork}.' },
      zh: { text: '{mask}{mask}在{otherWork}里工作。' },
    },
    hiddenJob: { en: { text: 'The {mask} works in the {mask}.' }, zh: { text: '{mask}{mask}在{mask}{mask}里工作。' } },
    thing: { en: { text: 'Lily put the {mask} into the {box}.' }, zh: { text: '小红把{mask}放进{box}子里。' } },
    her: { en: { text: '{mask} put on her {clothes}.' }, zh: { text: '小{mask}穿上了她的{clothes}子。' } },
    his: { en: { text: '{mask} put on his {clothes}.' }, zh: { text: '小{mask}穿上了他的{clothes}子。' } },
    two: { en: { text: '{mask} put on {mask} {clothes}.' }, zh: { text: '小{mask}穿上了{mask}的{clothes}子。' } },
    mine: { en: { text: '{left} {mask} {right}' }, zh: { text: '{left}{mask}{right}' } },
  },
  steps: [
    {
      id: 'l15.1',
      options: [{ id: 'found', right: true }, { id: 'lost' }],
      runs: { job: { prompt: 'job' }, otherJob: { prompt: 'otherJob' } },
      act: at('job'),
      predicate: 'p(job, job) >= 0.6 and p(job, otherJob) <= 0.2',
      show: ['p(job, job)', 'p(job, otherJob)', 'top(otherJob)'],
    },
    {
      id: 'l15.2',
      options: [{ id: 'same' }, { id: 'less', right: true }, { id: 'none' }],
      runs: { job: { prompt: 'job' }, hidden: { prompt: 'hiddenJob' } },
      act: at('hidden'),
      predicate: 'p(job, hidden) <= 0.7 * p(job, job) and H(hidden) >= 1',
      show: ['p(job, job)', 'p(job, hidden)', 'H(job)', 'H(hidden)'],
    },
    {
      id: 'l15.3',
      options: [{ id: 'one' }, { id: 'unknown' }, { id: 'even', right: true }],
      runs: { thing: { prompt: 'thing' } },
      act: at('thing'),
      predicate: 'H(thing) >= 2 and p(answer, thing) <= 0.4',
      show: ['top(thing)', 'p(answer, thing)', 'H(thing)'],
    },
    {
      id: 'l15.4',
      options: [{ id: 'turns', right: true }, { id: 'same' }],
      runs: her,
      act: at('her'),
      predicate: 'p(top(her), his) <= 0.2 * p(top(her), her) and p(top(his), her) <= 0.2 * p(top(his), his)',
      show: ['top(her)', 'p(top(her), her)', 'p(top(her), his)', 'top(his)'],
    },
    {
      id: 'l15.5',
      options: [{ id: 'agree' }, { id: 'each', right: true }],
      runs: { two: { prompt: 'two' }, ...her },
      act: at('two', { en: 'last-3', zh: 'last-5' }),
      predicate: {
        en: 'p(she, two, 1, last-3) >= 0.1 and p(he, two, 1, last-3) >= 0.1',
        zh: 'p(she, two, 1, last-5) >= 0.1 and p(he, two, 1, last-5) >= 0.1',
      },
      show: [
        'top(two)',
        { en: 'p(she, two, 1, last-3)', zh: 'p(she, two, 1, last-5)' },
        { en: 'p(he, two, 1, last-3)', zh: 'p(he, two, 1, last-5)' },
      ],
    },
    {
      id: 'l15.6',
      own: true,
      runs: { mine: { prompt: 'mine' } },
      act: at('mine'),
      predicate: 'p(answer, mine) >= 0.5',
      show: ['top(mine)', 'p(answer, mine)', 'H(mine)'],
    },
  ],
}
