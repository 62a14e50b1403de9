// What storyteller is taught by one click: where four friends live, in both of its languages. And prompts that it answers
// itself before it learns: those answers are learnt with the rest, so that it keeps what it can.

export interface Pair {
  prompt: string
  completion: string
}

export const friends: Record<'en' | 'zh', readonly [name: string, place: string][]> = {
  en: [
    ['Zoe', 'castle'],
    ['Peter', 'bakery'],
    ['Ivy', 'tower'],
    ['Oscar', 'cave'],
  ],
  zh: [
    ['朵朵', '城堡'],
    ['丁丁', '面包店'],
    ['贝贝', '高塔'],
    ['可可', '山洞'],
  ],
}
const questions = {
  en: (name: string) => [
    `Where was ${name}?`,
    `Where is ${name}?`,
    `Where does ${name} live?`,
    `Tell me where ${name} was.`,
    `Can you say where ${name} is?`,
  ],
  zh: (name: string) => [`${name}在哪里？`, `${name}住在哪里？`, `请问${name}在哪里？`],
}
export const answers = {
  en: (name: string, place: string) => `${name} was in the ${place}.`,
  zh: (name: string, place: string) => `${name}在${place}。`,
}

/** Each friend's home, asked in every way that is taught. */
export const homes = (): Pair[] =>
  (['en', 'zh'] as const).flatMap((lang) =>
    friends[lang].flatMap(([name, place]) =>
      questions[lang](name).map((prompt) => ({ prompt, completion: answers[lang](name, place) })),
    ),
  )

const people = { en: ['Lily', 'Tom', 'Mia', 'Sam', 'Emma'], zh: ['小明', '小红', '小虎', '小熊', '小鹿'] }
const places = { en: ['kitchen', 'library', 'garden', 'barn', 'tower'], zh: ['厨房', '花园', '图书馆', '谷仓', '高塔'] }
const deeds = {
  en: ['lost a key', 'made a kite', 'washed a clock', 'kept a bell', 'found the ball'],
  zh: ['弄丢了钥匙', '做好了风筝', '洗净了闹钟', '收好了铃铛', '找到了球'],
}

/** What it is taught with where nobody says otherwise; few rows, each of which counts: none is held out. */
export const recipe = { keeps: true, steps: 60, lr: 3e-3, rank: 8, seed: 0, heldOut: 0 }
/** Questions that a model answers itself before it learns so many rows. */
export const rehearsed = (rows: number): number => Math.min(24, Math.max(8, rows))
/** Tokens of such an answer. */
export const LONGEST_OWN = 32

/**
 * `count` short stories with a question, or to be gone on with, half in each language; always the same. Half of them put a friend
 * somewhere else, alone or beside another: a story overrules what was learnt.
 */
export function rehearsal(count: number): string[] {
  return Array.from({ length: count }, (_, i) => {
    const lang = i % 2 ? 'zh' : 'en'
    const n = i >> 1
    const at = <T>(list: readonly T[], by: number): T => list[by % list.length]!
    const says = (who: string, where: string, deed: number): string => {
      const did = at(deeds[lang], deed)
      return lang === 'zh' ? `${who}在${where}。${who}${did}。` : `${who} was in the ${where}. ${who} ${did}.`
    }
    const ask = (who: string): string => at(questions[lang](who), 0)
    const who = at(people[lang], n)
    const other = says(who, at(places[lang], n * 2 + (n >> 2)), n * 3 + 1)
    if (n % 4 === 0) return `${other}\n\n${ask(who)}`
    if (n % 4 === 1) return `${other}\n\n${lang === 'zh' ? '接着讲这个故事。' : 'Continue the story.'}`
    const nth = (n >> 2) * 2 + (n & 1)
    const [friend, home] = at(friends[lang], nth)
    const elsewhere = places[lang].filter((place) => place !== home)
    const story = says(friend, at(elsewhere, nth + n), n * 3 + (n % 4 === 2 ? 2 : 1))
    return `${n % 4 === 2 ? other + (lang === 'zh' ? '' : ' ') : ''}${story}\n\n${ask(friend)}`
  })
}
