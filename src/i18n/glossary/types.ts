// What an entry of the glossary is.

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
