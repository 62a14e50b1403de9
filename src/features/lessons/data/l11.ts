// L11: three decoders that differ in their position code only, trained on texts of 64 tokens, read texts of 500. What is lost
// beyond the trained length depends on the code; turning more slowly wins some of it back; and the one that stays
// calm there is the one that looks least up.

import type { Both, Cast, Lesson, RunSpec } from '../../../lessons/types.ts'
import { seen } from './acts.ts'

const names = {
  en: 'Lily Anna Mia Emma Rose Lucy Sara Nina Ella Ruby Grace Clara Tom Ben Max Sam Jack Leo Tim Dan Bob Finn Hugo Noah',
  zh: '小明 小红 小华 小丽 小刚 小芳 小军 小美 小强 小雨 小雪 小龙 小虎 小兔 小熊 小猫 小狗 小鹿 小燕 小梅 乐乐 天天 豆豆 圆圆',
}
const places = {
  en: 'kitchen garden park forest barn cave school library tower castle attic cellar meadow shop village bakery',
  zh: '厨房 花园 公园 森林 谷仓 山洞 学校 图书馆 高塔 城堡 阁楼 地窖 草地 商店 村子 面包店',
}
type Language = 'en' | 'zh'
const where = (language: Language, name: string, place: string): string =>
  language === 'en' ? `${name} was in the ${place}.` : `${name}在${place}。`
const question = (language: Language, name: string): string =>
  language === 'en' ? `Where was ${name}?` : `${name}在哪里？`

/** Numbers below n, the same ones for the same seed. */
function dice(seed: number): (n: number) => number {
  let state = seed
  return (n) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * n)
  }
}
/** So many people, each somewhere else. */
function people(language: Language, below: (n: number) => number, count: number): [name: string, place: string][] {
  const [who, at] = [names[language].split(' '), places[language].split(' ')]
  const one = (left: string[]): string => left.splice(below(left.length), 1)[0]!
  return Array.from({ length: count }, () => [one(who), one(at)])
}
/** Stories and questions in a row, as the models were trained on, only longer: at least so many tokens. */
function stream(language: Language, seed: number, tokens: number): string {
  const below = dice(seed)
  const talks: string[] = []
  let length = 0
  const size = language === 'en' ? [6, 4] : [4, 4]
  while (length < tokens) {
    const parts: string[] = []
    const say = (sentence: string, size: number): void => {
      if (length >= tokens) return
      parts.push(sentence)
      length += size
    }
    const all = people(language, below, 1 + below(4))
    for (const [name, place] of all) say(where(language, name, place), size[0]!)
    for (let n = 2 + below(4); n > 0; n--) {
      const [name, place] = all[below(all.length)]!
      say(question(language, name), size[1]!)
      say(where(language, name, place), size[0]!)
    }
    talks.push(parts.join(language === 'en' ? ' ' : ''))
    length++ // in Chinese the space between two talks is a token, too
  }
  return talks.join(' ')
}
/** Two people and fourteen, and the first of them. */
function crowd(language: Language, seed: number): Cast {
  const all = people(language, dice(seed), 14)
  const told = (count: number): string =>
    all
      .slice(0, count)
      .map(([name, place]) => where(language, name, place))
      .join(language === 'en' ? ' ' : '')
  const [name, place] = all[0]!
  return { two: told(2), crowd: told(14), name, place }
}
const casts = (language: Language): Cast[] =>
  [1, 2, 3, 4, 5].map((n) => ({ ...crowd(language, 90 + n), long: stream(language, 20 + n, 488) }))
const some = (language: Language): Cast[] => Array.from({ length: 20 }, (_, n) => crowd(language, 300 + n))

const models = { alibi: 'positions-alibi', learned: 'positions-learned', rope: 'positions-rope' }
const of = (prompt: string): Record<keyof typeof models, RunSpec> => ({
  alibi: { prompt },
  learned: { prompt, model: models.learned },
  rope: { prompt, model: models.rope },
})
/** Mean surprise from one place to another. */
const nll = (run: string, from: number, to: number): string => `nll(${run}, first+${from}, first+${to})`
const near = (run: string): string => nll(run, 24, 63)
const beyond = (run: string): string => nll(run, 256, 480)
const [act, asked] = [seen('alibi', 'text'), seen('plain')]
/** How often a model knows where the first one was. */
const recall = (prompt: string): Record<keyof typeof models, RunSpec> => {
  const one: RunSpec = { prompt, over: 'crowds', write: 1, expect: { en: '{place}', zh: '{place}' } }
  const { alibi, learned, rope } = models
  return { alibi: { ...one, model: alibi }, learned: { ...one, model: learned }, rope: { ...one, model: rope } }
}
const both = (en: string, zh: string): Both<{ text: string }> => ({ en: { text: en }, zh: { text: zh } })

export const lesson: Lesson = {
  id: 'l11',
  minutes: 8,
  model: 'positions-alibi',
  panel: 'probabilities',
  seeds: ['ALiBi', 'BLOOM', 'Baichuan-2', 'RoPE', '长度外推'],
  glossary: ['position', 'alibi', 'rope', 'context-length', 'loss', 'attention'],
  words: {},
  casts: { en: casts('en'), zh: casts('zh') },
  own: [],
  sets: { crowds: { en: some('en'), zh: some('zh') } },
  prompts: {
    long: both('{long}', '{long}'),
    two: both('{two} Where was {name}? {name} was in the', '{two}{name}在哪里？{name}在'),
    many: both('{crowd} Where was {name}? {name} was in the', '{crowd}{name}在哪里？{name}在'),
  },
  steps: [
    {
      id: 'l11.1',
      options: [{ id: 'learned' }, { id: 'rope' }, { id: 'alibi', right: true }],
      runs: of('long'),
      act,
      predicate: `${beyond('alibi')} <= 0.5 * ${beyond('rope')} and ${beyond('alibi')} <= 0.5 * ${beyond('learned')} and ${beyond('rope')} >= 2 * ${near('rope')} and ${beyond('learned')} >= 2 * ${near('learned')}`,
      show: [near('alibi'), beyond('alibi'), near('rope'), beyond('rope'), near('learned'), beyond('learned')],
    },
    {
      id: 'l11.2',
      options: [{ id: 'just', right: true }, { id: 'double' }, { id: 'end' }],
      runs: { learned: of('long').learned, alibi: of('long').alibi },
      act,
      predicate: `${nll('learned', 66, 96)} >= 2 * ${near('learned')}`,
      show: [near('learned'), nll('learned', 66, 96), beyond('learned')],
    },
    {
      id: 'l11.3',
      options: [{ id: 'same' }, { id: 'part', right: true }, { id: 'all' }],
      runs: { rope: of('long').rope, yarn: { prompt: 'long', model: 'positions-rope-yarn' }, alibi: of('long').alibi },
      act,
      predicate: `${beyond('yarn')} <= 0.75 * ${beyond('rope')} and ${beyond('yarn')} >= 1.3 * ${beyond('alibi')}`,
      show: [beyond('rope'), beyond('yarn'), beyond('alibi'), near('rope'), near('yarn')],
    },
    {
      id: 'l11.4',
      options: [{ id: 'alibi' }, { id: 'others', right: true }, { id: 'all' }],
      runs: { plain: { prompt: 'two' }, ...recall('two') },
      act: asked,
      predicate: 'acc(rope) >= 0.8 and acc(learned) >= 0.75 and acc(alibi) <= 0.7',
      show: ['length(plain)', 'acc(alibi)', 'acc(rope)', 'acc(learned)'],
    },
    {
      id: 'l11.5',
      options: [{ id: 'alibi' }, { id: 'others' }, { id: 'none', right: true }],
      runs: { plain: { prompt: 'many' }, ...recall('many') },
      act: asked,
      predicate: 'max(acc(alibi), acc(rope), acc(learned)) <= 0.35',
      show: ['length(plain)', 'acc(alibi)', 'acc(rope)', 'acc(learned)'],
    },
  ],
}
