// What cannot be made of a form, told by name and place. The page has the same sentences in both languages
// (i18n/errors-form.ts).

import { EngineError, type Facts } from '../errors.ts'

/**
 * Of a place in the pattern (`character`) or the schema (`at`, a JSON pointer): syntax, keyword (`how`: where it would be
 * computed with), value, reference, overlap, empty, size (`what` there is too much of). Of all of it: steps, too much to
 * work out; tokens, none fits; text, what is there does not fit; tokenizer, tools, thinks: no answer can be held here. Of a
 * tool: arguments, its schema has no object; name, it cannot be written where the model writes names
 */
export const formProblems = [
  'syntax',
  'keyword',
  'value',
  'reference',
  'overlap',
  'empty',
  'size',
  'steps',
  'tokens',
  'text',
  'tokenizer',
  'tools',
  'thinks',
  'arguments',
  'name',
] as const
export type FormProblem = (typeof formProblems)[number]

const whats: Readonly<Record<string, string>> = {
  characters: 'characters in the pattern',
  repetitions: 'repetitions',
  groups: 'groups in each other',
  schemas: 'schemas in each other',
  alternatives: 'alternatives',
  listed: 'characters of listed values',
}
const hows: Readonly<Record<string, (f: Facts) => string>> = {
  beside: (f) => ` beside "${f.beside}"`,
  numbers: () => ' of a "number" (it is of an "integer")',
  several: () => ' of several schemas',
  list: () => ' with a list (write "prefixItems")',
  untyped: () => ' without "type"',
}

const sentences: Record<FormProblem, (f: Facts) => string> = {
  syntax: (f) => (f.found === '' ? 'something is missing' : `"${f.found}" cannot be read`),
  keyword: (f) => `"${f.found}"${hows[String(f.how)]?.(f) ?? ''} is not computed with`,
  value: (f) => `"${f.found}" must be ${f.need}`,
  reference: (f) => `"${f.found}" points to nothing in the schema`,
  overlap: () =>
    'a value may be of two alternatives of "oneOf". Use "anyOf", or tell them apart by a constant that each must have',
  empty: (f) => (f.found === undefined ? 'no text can have it' : `no character is in "${f.found}"`),
  size: (f) => `${f.count} ${whats[String(f.what)]} are too many; ${f.limit} are the most`,
  steps: () => 'it can be read in too many ways at once',
  tokens: () => "none of the model's tokens goes on with it",
  text: (f) => `the answer so far does not have it, from its token ${f.index} on`,
  tokenizer: () => "the text of this model's tokens depends on the tokens beside them",
  tools: () => 'the model could not call the tools that it is given',
  thinks: () => 'the answer begins inside what the model thinks',
  arguments: () => 'no object has this schema, and arguments are one',
  name: (f) => `"${f.found}" is no name that this model's calls can write`,
}

/** @param facts `problem`, and what its sentence names @throws CONSTRAINT_INVALID, always */
export function refuseForm(facts: Facts & { problem: FormProblem }): never {
  const places = [
    facts.at !== undefined && facts.at !== '' && String(facts.at),
    facts.character !== undefined && `character ${facts.character}`,
  ].filter(Boolean)
  const where = places.length > 0 ? ` ${places.join(', ')}:` : ''
  throw new EngineError(
    'CONSTRAINT_INVALID',
    `Cannot hold an answer to this form:${where} ${sentences[facts.problem](facts)}. Nothing was written. Change the form, and ask again.`,
    facts,
  )
}
