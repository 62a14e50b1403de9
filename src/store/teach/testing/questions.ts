// What is asked of a model that was taught where four friends live: as it was taught, in words that it was not, about a story that
// puts a friend elsewhere, and about stories of others. None of these wordings, and no story, is among what it learns.

import { friends, homes, type Pair } from '../homes.ts'
import { manner, thanks } from '../manner.ts'
import { at, didThat as did, languages, wasIn, type Language } from '../stories.ts'

const otherWords: Record<Language, (name: string) => string[]> = {
  en: (name) => [`Where is ${name} now?`, `Do you know where ${name} was?`],
  zh: (name) => [`${name}现在在哪里？`],
}

/** People, places and deeds that are in none of its rows. */
const people = {
  en: ['Anna', 'Rose', 'Lucy', 'Ben', 'Max', 'Jack', 'Leo', 'Grace'],
  zh: ['小华', '小丽', '小刚', '小芳', '小军', '小美', '小强', '小雨'],
}
const places = {
  en: ['park', 'forest', 'school', 'attic', 'cellar', 'meadow', 'shop', 'village'],
  zh: ['公园', '森林', '学校', '阁楼', '地窖', '草地', '商店', '村子'],
}
const deeds: Record<Language, readonly [did: string, question: string][]> = {
  en: [
    ['bought a drum', 'What did # buy?'],
    ['dropped a shell', 'What did # drop?'],
    ['found a lamp', 'What did # find?'],
    ['lost a hat', 'What did # lose?'],
    ['made a doll', 'What did # make?'],
  ],
  zh: [
    ['买下了鼓', '#买下了什么？'],
    ['捡到了贝壳', '#捡到了什么？'],
    ['找到了灯', '#找到了什么？'],
    ['弄丢了帽子', '#弄丢了什么？'],
    ['做好了娃娃', '#做好了什么？'],
  ],
}

const where = (lang: Language, name: string): string => (lang === 'en' ? `Where was ${name}?` : `${name}在哪里？`)
const asked = (lang: Language, sentences: readonly string[], question: string): string =>
  `${sentences.join(lang === 'en' ? ' ' : '')}\n\n${question}`

/** Twelve. */
const inOtherWords = (): Pair[] =>
  languages.flatMap((lang) =>
    friends[lang].flatMap(([name, place]) =>
      otherWords[lang](name).map((prompt) => ({ prompt, completion: wasIn(lang, name, place) })),
    ),
  )

/** Each friend in four other places, beside somebody else: 32. */
const elsewhere = (): Pair[] =>
  languages.flatMap((lang) =>
    friends[lang].flatMap(([name], i) =>
      Array.from({ length: 4 }, (_, k) => {
        const [n, place] = [4 * i + k, at(places[lang], 3 * i + 2 * k)]
        const other = at(people[lang], n)
        const story = [
          wasIn(lang, other, at(places[lang], 3 * i + 2 * k + 1)),
          did(lang, other, at(deeds[lang], n)[0]),
          wasIn(lang, name, place),
          did(lang, name, at(deeds[lang], n + 2)[0]),
        ]
        return { prompt: asked(lang, story, where(lang, name)), completion: wasIn(lang, name, place) }
      }),
    ),
  )

/** Two others in a story, one of whom is asked for: 100, as each of them is one in a hundred of what must stay. */
const ofOthers = (): Pair[] =>
  languages.flatMap((lang) =>
    Array.from({ length: 50 }, (_, n) => {
      const [who, other] = [at(people[lang], n), at(people[lang], n + 3)]
      const [deed, question] = at(deeds[lang], n)
      const first = [wasIn(lang, who, at(places[lang], n + (n >> 3))), did(lang, who, deed)] as const
      const second = [wasIn(lang, other, at(places[lang], n + 5)), did(lang, other, at(deeds[lang], n + 1)[0])]
      const story = n % 2 ? [...first, ...second] : [...second, ...first]
      const isWhere = n % 4 < 2
      return {
        prompt: asked(lang, story, isWhere ? where(lang, who) : question.replace('#', who)),
        completion: isWhere ? first[0] : first[1],
      }
    }),
  )

export interface QuestionSet {
  name: string
  pairs: Pair[]
  /** the share of them that is to be right */
  goal: number
  /** an answer is right that begins so */
  begins?: true
}
/** What is asked of a model that was taught where the friends live. */
export const questionSets = (): QuestionSet[] => [
  { name: 'as taught', pairs: homes(), goal: 1 },
  { name: 'in new words', pairs: inOtherWords(), goal: 0.6 },
  { name: 'a story overrules', pairs: elsewhere(), goal: 0.9 },
  { name: 'stories of others', pairs: ofOthers(), goal: 0.98 },
]
/** What is asked of one that was taught to say thank you. */
export const mannerSets = (): QuestionSet[] => [
  { name: 'as taught', pairs: manner(), goal: 0.95 },
  {
    name: 'other stories, with thanks',
    pairs: ofOthers().map((pair, i) => ({ ...pair, completion: pair.completion + thanks[i < 50 ? 'en' : 'zh'] })),
    goal: 0.95,
  },
  { name: 'other stories, what it says', pairs: ofOthers(), goal: 0.98, begins: true },
]
