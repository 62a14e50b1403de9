// The lessons, in their order: one line each. A lesson and its words are a chunk of their own.

import type { Both, Lesson, LessonText } from '../../../lessons/types.ts'

export interface OpenLesson {
  lesson: Lesson
  text: Both<LessonText>
}
const open = async (
  data: Promise<{ lesson: Lesson }>,
  words: Promise<{ text: Both<LessonText> }>,
): Promise<OpenLesson> => ({ lesson: (await data).lesson, text: (await words).text })

/** By id, which is also the key of its title in i18n/lessons/titles.ts. */
export const lessons: Readonly<Record<string, () => Promise<OpenLesson>>> = {
  l01: () => open(import('./l01.ts'), import('../../../i18n/lessons/l01.ts')),
  l02: () => open(import('./l02.ts'), import('../../../i18n/lessons/l02.ts')),
  l03: () => open(import('./l03.ts'), import('../../../i18n/lessons/l03.ts')),
  l04: () => open(import('./l04.ts'), import('../../../i18n/lessons/l04.ts')),
  l05: () => open(import('./l05.ts'), import('../../../i18n/lessons/l05.ts')),
  l06: () => open(import('./l06.ts'), import('../../../i18n/lessons/l06.ts')),
  l07: () => open(import('./l07.ts'), import('../../../i18n/lessons/l07.ts')),
  l08: () => open(import('./l08.ts'), import('../../../i18n/lessons/l08.ts')),
  l09: () => open(import('./l09.ts'), import('../../../i18n/lessons/l09.ts')),
  l10: () => open(import('./l10.ts'), import('../../../i18n/lessons/l10.ts')),
  l11: () => open(import('./l11.ts'), import('../../../i18n/lessons/l11.ts')),
  l12: () => open(import('./l12.ts'), import('../../../i18n/lessons/l12.ts')),
  l13: () => open(import('./l13.ts'), import('../../../i18n/lessons/l13.ts')),
  l14: () => open(import('./l14.ts'), import('../../../i18n/lessons/l14.ts')),
  l15: () => open(import('./l15.ts'), import('../../../i18n/lessons/l15.ts')),
  l16: () => open(import('./l16.ts'), import('../../../i18n/lessons/l16.ts')),
  l17: () => open(import('./l17.ts'), import('../../../i18n/lessons/l17.ts')),
  l18: () => open(import('./l18.ts'), import('../../../i18n/lessons/l18.ts')),
  l19: () => open(import('./l19.ts'), import('../../../i18n/lessons/l19.ts')),
  l20: () => open(import('./l20.ts'), import('../../../i18n/lessons/l20.ts')),
  l21: () => open(import('./l21.ts'), import('../../../i18n/lessons/l21.ts')),
  l22: () => open(import('./l22.ts'), import('../../../i18n/lessons/l22.ts')),
  l23: () => open(import('./l23.ts'), import('../../../i18n/lessons/l23.ts')),
  l24: () => open(import('./l24.ts'), import('../../../i18n/lessons/l24.ts')),
  l25: () => open(import('./l25.ts'), import('../../../i18n/lessons/l25.ts')),
  l26: () => open(import('./l26.ts'), import('../../../i18n/lessons/l26.ts')),
}
