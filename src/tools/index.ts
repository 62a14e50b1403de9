// The local tools that a model may be given, and how one of them is called: whatever the model asks for, it gets a text back.

import { calculator } from './calculator.ts'
import { clock } from './clock.ts'
import { readDocument, searchDocuments } from './documents.ts'
import { note } from './note.ts'
import { searchChats } from './search-chats.ts'
import type { Arguments, Surroundings, Tool } from './tool.ts'
import { units } from './units.ts'

export { asFunction, type Argument, type Found, type Passage, type Surroundings, type Tool } from './tool.ts'

/** One line each. */
export const tools: readonly Tool[] = [calculator, clock, units, searchChats, searchDocuments, readDocument, note]

export const toolNamed = (name: string): Tool | undefined => tools.find((tool) => tool.name === name)

/** What came of a call: the text for the model, and whether it is a refusal. */
export interface Outcome {
  text: string
  failed: boolean
}

/** Characters of a result: more would fill a small model's memory. */
export const longestResult = 4000
/** Milliseconds a tool may take. */
export const patience = 5000
/** Characters of a call's arguments. */
const longestArguments = 100_000

/**
 * Runs a tool, whatever was asked. Never throws: what is wrong is said in the result, for the model to read.
 * @param args JSON, as the model wrote it @param allowed names of the tools that it was given
 */
export async function call(
  name: string,
  args: string,
  allowed: readonly string[],
  here: Omit<Surroundings, 'signal'>,
  signal: AbortSignal,
): Promise<Outcome> {
  try {
    const tool = allowed.includes(name) ? toolNamed(name) : undefined
    if (!tool) {
      throw new Error(
        allowed.length === 0
          ? `there is no tool "${shortened(name)}": no tools are on`
          : `there is no tool "${shortened(name)}": there are ${allowed.join(', ')}`,
      )
    }
    const given = readArguments(tool.parameters, args)
    const limit = AbortSignal.any([signal, AbortSignal.timeout(patience)])
    const text = await Promise.race([
      Promise.resolve(tool.run(given, { ...here, signal: limit })),
      ended(limit, signal),
    ])
    return { text: text.length > longestResult ? cut(text) : text, failed: false }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return { text: `Error: ${why.length > longestResult ? cut(why) : why}.`, failed: true }
  }
}

const shortened = (text: string): string => (text.length > 80 ? `${text.slice(0, 80)}…` : text)
/** Never between the halves of a character. */
const cut = (text: string): string =>
  `${text.slice(0, longestResult).replace(/[\uD800-\uDBFF]$/, '')}… (cut: ${text.length} characters)`

const ended = (limit: AbortSignal, byReader: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const stop = (): void =>
      reject(new Error(byReader.aborted ? 'stopped by the user' : `no result within ${patience / 1000} seconds`))
    if (limit.aborted) stop()
    else limit.addEventListener('abort', stop, { once: true })
  })

/** @throws Error saying what is wrong with them */
export function readArguments({ properties, required }: Arguments, json: string): Record<string, string | number> {
  const need = `the arguments must be a JSON object with ${Object.keys(properties).join(', ')}`
  if (json.length > longestArguments) throw new Error('the arguments are too long')
  let given: unknown
  try {
    given = JSON.parse(json)
  } catch {
    throw new Error(`${need}; this is no JSON`)
  }
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw new Error(need)
  const found: Record<string, string | number> = {}
  for (const [key, value] of Object.entries(given) as [string, unknown][]) {
    if (!Object.hasOwn(properties, key)) throw new Error(`${need}; there is no "${shortened(key)}"`)
    const { type, maxLength = 1000 } = properties[key]!
    // small models write numbers as texts
    const read = type === 'number' && typeof value === 'string' && /^\s*-?[\d.]/.test(value) ? Number(value) : value
    if (typeof read !== type || (type === 'number' && !Number.isFinite(read)))
      throw new Error(`"${key}" must be a ${type}`)
    if (typeof read === 'string' && read.length > maxLength) {
      throw new Error(`"${key}" may have at most ${maxLength} characters`)
    }
    found[key] = read as string | number
  }
  const missing = required.find((key) => !Object.hasOwn(found, key))
  if (missing !== undefined) throw new Error(`"${missing}" is missing`)
  return found
}
