// The glossary: its words in both languages, loaded when a lesson or the list of words is opened.

export interface Term {
  /** as it is written in a text */
  term: string
  /** other ways it stands in texts */
  also?: readonly string[]
  /** one or two sentences */
  text: string
  /** ids of terms beside it */
  see?: readonly string[]
}
export type Terms = Readonly<Record<string, Term>>

export type Glossary = Readonly<Record<'en' | 'zh', Terms>>

export async function loadGlossary(): Promise<Glossary> {
  const [{ en }, { zh }] = await Promise.all([import('./en.ts'), import('./zh.ts')])
  return { en, zh }
}
