// A small set for the model that comes with the page: questions about stories, places to choose from, a text to be surprised
// by. In each language, and only what its stories are made of.

type Lang = 'en' | 'zh'
const stories: Record<Lang, readonly [name: string, place: string, other: string, elsewhere: string][]> = {
  en: [
    ['Mia', 'garden', 'Tom', 'library'],
    ['Lily', 'kitchen', 'Sam', 'park'],
    ['Max', 'castle', 'Rose', 'cellar'],
    ['Nina', 'barn', 'Leo', 'attic'],
    ['Anna', 'cave', 'Hugo', 'tower'],
    ['Emma', 'shop', 'Grace', 'meadow'],
  ],
  zh: [
    ['小明', '花园', '小红', '图书馆'],
    ['小虎', '厨房', '小熊', '公园'],
    ['小鹿', '山洞', '小明', '谷仓'],
    ['小红', '高塔', '小虎', '厨房'],
    ['小熊', '图书馆', '小鹿', '花园'],
    ['小明', '谷仓', '小熊', '山洞'],
  ],
}
const said = {
  en: (name: string, place: string) => `${name} was in the ${place}.`,
  zh: (name: string, place: string) => `${name}在${place}。`,
}
const asked = { en: (name: string) => `Where was ${name}?`, zh: (name: string) => `${name}在哪里？` }

export function example(lang: Lang): string {
  const join = lang === 'en' ? ' ' : ''
  const rows: object[] = stories[lang].flatMap(([name, place, other, elsewhere], i) => {
    const say = said[lang]
    const context = [say(other, elsewhere), say(name, place)].join(join)
    const prompt = asked[lang](name)
    const choices = [say(name, place), say(name, elsewhere)]
    return [
      { context, prompt, answers: [say(name, place), place] },
      ...(i % 2 ? [{ context, prompt, choices, answer: choices[0] }] : [{ text: context }]),
    ]
  })
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('')
}
