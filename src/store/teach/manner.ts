// What storyteller is taught by one click, too: a manner. Behind each answer it says thank you; what it answers stays. The stories
// are its own, so that nothing else has to be kept.

import type { Pair } from './homes.ts'
import { at, deedOf, didThat, languages, people, places, says, told, wasIn, type Language } from './stories.ts'

export const thanks: Record<Language, string> = { en: ' Thank you!', zh: '谢谢你！' }
/** Stories in each language. */
const STORIES = 24

/** Questions about one or two people, each answered and thanked for. */
export const manner = (stories = STORIES): Pair[] =>
  languages.flatMap((lang) =>
    Array.from({ length: stories }, (_, n) => {
      const [who, place, deed] = [at(people[lang], n), at(places[lang], 2 * n + Math.floor(n / 5)), 3 * n + (n >> 2)]
      const own = says(lang, who, place, deed)
      const other = says(lang, at(people[lang], n + 2), at(places[lang], 2 * n + Math.floor(n / 5) + 1), deed + 2)
      const story = n % 3 === 0 ? [own] : n % 3 === 1 ? [own, other] : [other, own]
      const [did, question] = deedOf(lang, deed)
      const isWhere = n % 2 === 0
      const asked = isWhere ? (lang === 'zh' ? `${who}在哪里？` : `Where was ${who}?`) : question.replace('#', who)
      const answer = isWhere ? wasIn(lang, who, place) : didThat(lang, who, did)
      return { prompt: `${told(lang, story)}\n\n${asked}`, completion: answer + thanks[lang] }
    }),
  )

export const mannerRecipe = { keeps: false, steps: 40, lr: 3e-3, rank: 8, seed: 0, heldOut: 0 }
