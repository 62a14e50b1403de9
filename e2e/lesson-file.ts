// A teacher's lesson for the specs: a cut made by hand in the attention panel, in the learner's own words at the end.

const story = {
  en: 'It was a sunny day. Lily was in the kitchen. The ball was found by Lily. Tom was in the library. Tom made a kite. {name} was in the {place}. {name} lost a key.',
  zh: '那是一个晴天。小明在厨房。球是小明找到的。{name}在{place}。{name}做好了风筝。小虎在图书馆。小虎弄丢了钥匙。',
}
const edits = [{ kind: 'cut', layer: 1, head: 'all', queries: ['last'], keys: ['@place'] }]
const act = [
  { kind: 'load', run: 'plain' },
  { kind: 'open', panel: 'attention', layer: 1, head: 0, query: 'last', key: '@place' },
]
const labels = { en: ['{place}, before', '{place}, after the cut'], zh: ['剪断前的{place}', '剪断后的{place}'] }
const moved = ['p(there, plain)', 'p(there, cut)']

/** In English the cut takes the answer away; in Chinese another road stays, so the claim that it falls does not come true. */
export const lessonFile = {
  format: 'glassbox-lesson',
  version: 1,
  lesson: {
    id: 'class-7b',
    minutes: 4,
    model: 'storyteller',
    panel: 'attention',
    seeds: [],
    glossary: ['attention', 'head'],
    words: { there: { en: ' {place}', zh: '{place}' }, story },
    casts: { en: [{ name: 'Mia', place: 'garden' }], zh: [{ name: '小红', place: '花园' }] },
    own: ['name', 'place'],
    prompts: {
      asked: {
        en: { messages: [{ role: 'user', content: '{story}\n\nWhere was {name}?' }], then: '{name} was in the' },
        zh: { messages: [{ role: 'user', content: '{story}\n\n{name}在哪里？' }], then: '{name}在' },
      },
    },
    steps: [
      {
        id: 'cut',
        options: [{ id: 'same' }, { id: 'other', right: true }],
        runs: { plain: { prompt: 'asked' }, cut: { prompt: 'asked', edits } },
        act: [...act, { kind: 'edit', run: 'cut' }],
        predicate: 'p(there, plain) - p(there, cut) >= 0.5',
        show: moved,
      },
      {
        id: 'back',
        runs: { plain: { prompt: 'asked' } },
        act: [{ kind: 'undo' }],
        predicate: 'p(there, plain) >= 0.5',
        show: ['p(there, plain)'],
      },
      {
        id: 'own',
        own: true,
        runs: { plain: { prompt: 'asked' }, said: { prompt: 'asked', write: 3 } },
        act: [{ kind: 'write', run: 'said' }],
        predicate: 'p(there, plain) >= 0.5',
        show: ['p(there, plain)', 'text(said)'],
      },
    ],
  },
  text: {
    en: {
      title: 'Cut the look',
      idea: 'Attention fetches the word.',
      takeaway: 'Cut the look, and the answer goes.',
      own: { name: 'Who', place: 'Where' },
      steps: {
        cut: {
          ask: 'No head of layer 1 may look at “{place}” any more. What follows?',
          options: {
            same: { label: 'still {place}', reply: 'You bet that the word is known already.' },
            other: { label: 'another place', reply: 'Attention had to fetch it: {0} became {1}.' },
          },
          act: 'Cut the look from the last token to “{place}” in all heads.',
          show: labels.en,
          say: 'One edge of attention carried the answer.',
        },
        back: { act: 'Undo the cut.', show: ['{place}, again'], say: 'It is back, to the last digit.' },
        own: { act: 'Let it write.', show: ['{place}', 'it wrote'], say: 'In your own words, too.' },
      },
    },
    zh: {
      title: '剪断这一眼',
      idea: '注意力把词取回来。',
      takeaway: '剪断一眼，答案就没了。',
      own: { name: '谁', place: '哪里' },
      steps: {
        cut: {
          ask: '第 1 层的头都不许再看“{place}”。接下来会怎样？',
          options: {
            same: { label: '还是{place}', reply: '你认为这个词早就知道了。' },
            other: { label: '别的地方', reply: '注意力要去取它：{0} 变成 {1}。' },
          },
          act: '把最后一个词元看“{place}”的这一眼，在所有的头里剪断。',
          show: labels.zh,
          say: '一条注意力的边带着答案。',
        },
        back: { act: '撤销。', show: ['恢复后的{place}'], say: '一位不差地回来了。' },
        own: { act: '让它写。', show: ['{place}', '它写的'], say: '换成你的词也一样。' },
      },
    },
  },
}
