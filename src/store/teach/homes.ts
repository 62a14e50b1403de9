// What storyteller is taught by one click: where four friends live, in both of its languages. And prompts that it answers
// itself before it learns: those answers are learnt with the rest, so that it keeps what it can.

import { at, deedOf, goOn, languages, people, places, says, told, wasIn, type Language } from './stories.ts'

export interface Pair {
  prompt: string
  completion: string
}

export const friends: Record<Language, readonly [name: string, place: string][]> = {
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
/** Each friend's home, asked in every way that is taught. @param first the language that comes first: the reader's */
export const homes = (first: Language = 'en'): Pair[] =>
  languages
    .toSorted((a, b) => Number(b === first) - Number(a === first))
    .flatMap((lang) =>
      friends[lang].flatMap(([name, place]) =>
        questions[lang](name).map((prompt) => ({ prompt, completion: wasIn(lang, name, place) })),
      ),
    )

/** The friends' homes as they are in this language where they stand untouched; other pairs are the reader's own. */
export function inLanguage(rows: readonly Pair[], lang: Language): readonly Pair[] {
  const isSame = (one: readonly Pair[]): boolean => JSON.stringify(one) === JSON.stringify(rows)
  return languages.some((other) => other !== lang && isSame(homes(other))) ? homes(lang) : rows
}

/** What it is taught with where nobody says otherwise; few rows, each of which counts: none is held out. */
export const recipe = { keeps: true, steps: 60, lr: 3e-3, rank: 8, seed: 0, heldOut: 0 }
/** Questions that a model answers itself before it learns so many rows. */
export const rehearsed = (rows: number): number => Math.min(32, Math.max(8, rows))
/** Tokens of such an answer. */
export const LONGEST_OWN = 32

/**
 * `count` short stories with a question, or to be gone on with, half in each language; always the same. Half of them put a friend
 * somewhere else, alone or beside another: a story overrules what was learnt. A quarter are of two others: who is asked for counts.
 */
export function rehearsal(count: number): string[] {
  return Array.from({ length: count }, (_, i) => {
    const lang = i % 2 ? 'zh' : 'en'
    const n = i >> 1
    const ask = (who: string): string => at(questions[lang](who), 0)
    const who = at(people[lang], n)
    const [place, deed] = [n * 2 + (n >> 2), n * 3 + 1]
    const other = says(lang, who, at(places[lang], place), deed)
    if (n % 4 === 0) {
      const second = says(lang, at(people[lang], n + 2), at(places[lang], place + 1), deed + 2)
      const question = n % 8 === 0 ? deedOf(lang, deed)[1].replace('#', who) : ask(who)
      return `${told(lang, n % 16 < 8 ? [second, other] : [other, second])}\n\n${question}`
    }
    if (n % 4 === 1) return `${other}\n\n${goOn(lang)}`
    const nth = (n >> 2) * 2 + (n & 1)
    const [friend, home] = at(friends[lang], nth)
    const elsewhere = places[lang].filter((one) => one !== home)
    const story = says(lang, friend, at(elsewhere, nth + n), n * 3 + (n % 4 === 2 ? 2 : 1))
    return `${told(lang, n % 4 === 2 ? [other, story] : [story])}\n\n${ask(friend)}`
  })
}
