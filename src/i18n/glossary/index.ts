// The glossary: its words in both languages, loaded when a lesson or the list of words is opened.

import type { Terms } from './types.ts'

export type { Term, Terms } from './types.ts'
export type Glossary = Readonly<Record<'en' | 'zh', Terms>>

export async function loadGlossary(): Promise<Glossary> {
  const [{ en }, { zh }] = await Promise.all([import('./en.ts'), import('./zh.ts')])
  return { en, zh }
}
