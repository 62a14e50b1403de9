// Arguments of functions and filters, bound to their parameters as Python does.

import { fail } from './meter.ts'
import { isInt, typeName, type Arguments, type Value } from './values.ts'

/** By parameter; undefined where none was given. Parameters with a trailing "!" must be given. */
export function bind(name: string, { args, named }: Arguments, parameters: readonly string[]): (Value | undefined)[] {
  const names = parameters.map((parameter) => parameter.replace('!', ''))
  if (args.length > names.length) fail(`${name}() takes at most ${names.length} arguments (${args.length} given)`)
  const out: (Value | undefined)[] = names.map((_, i) => args[i])
  for (const [key, value] of named) {
    const at = names.indexOf(key)
    if (at < 0) fail(`${name}() got an unexpected keyword argument '${key}'`)
    if (out[at] !== undefined) fail(`${name}() got multiple values for argument '${key}'`)
    out[at] = value
  }
  parameters.forEach((parameter, i) => {
    if (parameter.endsWith('!') && out[i] === undefined) fail(`${name}() missing required argument '${names[i]}'`)
  })
  return out
}

export const asText = (value: Value | undefined, what: string): string =>
  typeof value === 'string' ? value : fail(`${what} must be str, not ${typeName(value ?? null)}`)
export const asInt = (value: Value | undefined, what: string): number =>
  value !== undefined && isInt(value)
    ? Number(value)
    : fail(`${what} must be an integer, not ${typeName(value ?? null)}`)
