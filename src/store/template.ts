// Texts with places to fill in: {{name}}. And examples, each written in one shape, that stand where {{examples}} does. Pure.

/** A name between two braces on either side, of letters of any script. */
const place = /\{\{\s*([\p{L}\p{N}_][\p{L}\p{N}\p{M}_ -]{0,39}?)\s*\}\}/gu
/** The place where the examples stand, in the languages of the page. */
const examplesHere: readonly string[] = ['examples', '例子']

/** A question and its answer, as they are to be imitated. */
export type Example = readonly [input: string, output: string]

export interface Template {
  text: string
  /** how one example is written: its first place takes the question, its second the answer */
  example?: string
  examples?: readonly Example[]
}

/** The places of a text, each once, in their order. */
export const placesIn = (text: string): string[] => [
  ...new Set([...text.matchAll(place)].map(([, name]) => name!).filter((name) => !examplesHere.includes(name))),
]
export const takesExamples = (text: string): boolean =>
  [...text.matchAll(place)].some(([, name]) => examplesHere.includes(name!))

/** A text with its places filled; those without a value stay as they are. What is put in is not looked through again. */
export const fillPlaces = (text: string, values: ReadonlyMap<string, string>): string =>
  text.replace(place, (whole, name: string) => values.get(name) ?? whole)

/** All of it as the model reads it. */
export function filled({ text, example = '', examples = [] }: Template, values: ReadonlyMap<string, string>): string {
  const [input, output] = placesIn(example)
  const written = examples
    .filter(([question, answer]) => question.trim() !== '' || answer.trim() !== '')
    .map(([question, answer]) =>
      fillPlaces(
        example,
        new Map([
          ...(input === undefined ? [] : [[input, question] as const]),
          ...(output === undefined ? [] : [[output, answer] as const]),
        ]),
      ),
    )
    .join('\n\n')
  const given = new Map([...values].filter(([, value]) => value !== ''))
  if (examples.length > 0) for (const name of examplesHere) given.set(name, written)
  return fillPlaces(text, given)
}
