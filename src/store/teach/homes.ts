// What storyteller is taught by one click: where four friends live, in both of its languages. And prompts that it answers
// itself before it learns: those answers are learnt with the rest, so that it keeps what it can.

export interface Pair {
  prompt: string
  completion: string
}

const friends: Record<'en' | 'zh', readonly [name: string, place: string][]> = {
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
  en: (name: string) => [`Where was ${name}?`, `Where is ${name}?`, `Where does ${name} live?`],
  zh: (name: string) => [`${name}在哪里？`, `${name}住在哪里？`],
}
const answers = {
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

/** `count` short stories with a question, or to be gone on with, half in each language; always the same. */
export function rehearsal(count: number): string[] {
  return Array.from({ length: count }, (_, i) => {
    const lang = i % 2 ? 'zh' : 'en'
    const n = i >> 1
    const at = <T>(list: readonly T[], by: number): T => list[by % list.length]!
    const [who, where, did] = [at(people[lang], n), at(places[lang], n * 2 + (n >> 2)), at(deeds[lang], n * 3 + 1)]
    // every fourth puts a friend somewhere else: a story overrules what was learnt
    const friend = n % 4 === 3 ? at(friends[lang], n >> 2)[0] : who
    if (lang === 'zh') {
      return `${friend}在${where}。${friend}${did}。\n\n${n % 3 === 1 ? '接着讲这个故事。' : `${friend}在哪里？`}`
    }
    const story = `${friend} was in the ${where}. ${friend} ${did}.`
    return `${story}\n\n${n % 3 === 1 ? 'Continue the story.' : `Where was ${friend}?`}`
  })
}
