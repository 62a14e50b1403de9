// Short stories in storyteller's own words, in both of its languages: who was where, and did what. What it is taught, and what it
// answers itself before, is made of them; always the same.

export const languages = ['en', 'zh'] as const
export type Language = (typeof languages)[number]

export const people: Record<Language, readonly string[]> = {
  en: ['Lily', 'Tom', 'Mia', 'Sam', 'Emma'],
  zh: ['小明', '小红', '小虎', '小熊', '小鹿'],
}
export const places: Record<Language, readonly string[]> = {
  en: ['kitchen', 'library', 'garden', 'barn', 'tower'],
  zh: ['厨房', '花园', '图书馆', '谷仓', '高塔'],
}
const verbs: Record<Language, readonly (readonly [did: string, asked: string])[]> = {
  en: [
    ['lost', 'lose'],
    ['made', 'make'],
    ['washed', 'wash'],
    ['kept', 'keep'],
    ['found', 'find'],
    ['bought', 'buy'],
    ['dropped', 'drop'],
  ],
  zh: ['弄丢', '做好', '洗净', '收好', '找到', '买下', '捡到'].map((verb) => [verb, verb]),
}
const things: Record<Language, readonly string[]> = {
  en: ['key', 'kite', 'clock', 'bell', 'ball', 'book', 'cup', 'box', 'coat', 'boat', 'ring'],
  zh: ['钥匙', '风筝', '闹钟', '铃铛', '球', '书', '杯子', '盒子', '外套', '小船', '戒指'],
}
/** What somebody did, and how it is asked for (# is who): each verb with each thing. */
export const deedOf = (lang: Language, n: number): readonly [did: string, question: string] => {
  const [did, asked] = at(verbs[lang], n)
  const thing = at(things[lang], n + Math.floor(n / 7))
  return lang === 'zh' ? [`${did}了${thing}`, `#${asked}了什么？`] : [`${did} a ${thing}`, `What did # ${asked}?`]
}

/** The list comes round again. */
export const at = <T>(list: readonly T[], n: number): T => list[n % list.length]!
export const wasIn = (lang: Language, who: string, place: string): string =>
  lang === 'zh' ? `${who}在${place}。` : `${who} was in the ${place}.`
export const didThat = (lang: Language, who: string, deed: string): string =>
  lang === 'zh' ? `${who}${deed}。` : `${who} ${deed}.`
/** Sentences, one behind the other. */
export const told = (lang: Language, sentences: readonly string[]): string => sentences.join(lang === 'zh' ? '' : ' ')
/** Where somebody was, and what they did there. @param n of the deed */
export const says = (lang: Language, who: string, place: string, n: number): string =>
  told(lang, [wasIn(lang, who, place), didThat(lang, who, deedOf(lang, n)[0])])
export const goOn = (lang: Language): string => (lang === 'zh' ? '接着讲这个故事。' : 'Continue the story.')
