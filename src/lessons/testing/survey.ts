// Every claim of a lesson, measured: with each cast, in both languages. For the check of the built-in lessons (a test,
// npm run lessons).

import type { OpenLesson } from '../../features/lessons/data/index.ts'
import type { Host } from '../measure/host.ts'
import { inLanguage, Known, Measure } from '../measure/measure.ts'
import type { Verdict } from '../predicate/values.ts'
import type { Language, Step } from '../types.ts'

/** A claim nearer to its threshold than this is not shipped: another device's rounding could turn it over. */
export const LEAST_MARGIN = 0.1

export interface Surveyed {
  readonly step: Step
  readonly language: Language
  /** number of the cast, from 0 */
  readonly cast: number
  readonly verdict: Verdict
  /** why it may not ship; null: it may */
  readonly fault: string | null
}

const faultOf = ({ holds, margin }: Verdict): string | null =>
  !holds ? 'false' : margin < LEAST_MARGIN ? `within ${Math.round(LEAST_MARGIN * 100)} % of its threshold` : null

/** @param wanted which casts, by number, of a step in a language; all of them where it is left out */
export async function* survey(
  host: Host,
  { lesson }: Pick<OpenLesson, 'lesson'>,
  wanted: (step: number, language: Language) => readonly number[] | 'all' = () => 'all',
): AsyncGenerator<Surveyed> {
  const known = new Known()
  for (const [i, step] of lesson.steps.entries()) {
    for (const language of ['en', 'zh'] as const) {
      const casts = lesson.casts[language]
      const which = wanted(i, language)
      for (const cast of which === 'all' ? casts.keys() : which) {
        const measure = new Measure(host, { lesson, step, language, cast: casts[cast]! }, undefined, known)
        try {
          const verdict = await measure.verdict(step.predicate)
          for (const shown of step.show) await measure.value(inLanguage(shown, language))
          yield { step, language, cast, verdict, fault: faultOf(verdict) }
        } finally {
          await measure.end()
        }
      }
    }
  }
}
