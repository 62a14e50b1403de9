// The command line of a script: --help prints the comment at the top of its file, so that
// what a reader of the source and a user of the command are told is one text.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Problem } from './setup.mjs'

/** The comment that a script opens with, without its slashes. */
function opening(file) {
  const lines = readFileSync(file, 'utf8').split('\n')
  return lines
    .slice(
      0,
      lines.findIndex((line) => !line.startsWith('//')),
    )
    .map((line) => line.replace(/^\/\/ ?/, ''))
    .join('\n')
}

/**
 * Reads process.argv by node:util's parseArgs. On --help it prints the script's opening comment and ends
 * with exit code 0. A wrong argument is a Problem that names it and says where help is.
 * @param url the script's import.meta.url
 * @param config parseArgs' options and allowPositionals
 */
export function readOptions(url, { options = {}, allowPositionals = false } = {}) {
  const file = fileURLToPath(url)
  try {
    const { values, positionals } = parseArgs({
      allowPositionals,
      options: { ...options, help: { type: 'boolean', short: 'h', default: false } },
    })
    if (!values.help) return { values, positionals }
  } catch (error) {
    throw new Problem(
      `${error.message.split('\n')[0].split('. To specify')[0].replace(/\.$/, '')}. Use --help to see what there is.`,
    )
  }
  const help = opening(file)
  const untold = Object.keys(options).filter((name) => !help.includes(`--${name}`))
  if (untold.length) throw new Error(`The head of ${file} does not tell of --${untold.join(', --')}.`)
  console.log(help)
  process.exit(0)
}

/** A whole number of at least `min` given with --name, or `fallback` when it was not given. */
export function wholeNumber(values, name, { min = 1, max = Number.MAX_SAFE_INTEGER, fallback = null } = {}) {
  return numberBetween(values, name, { min, max, fallback, whole: true })
}

/** A number from `min` to `max` given with --name, or `fallback` when it was not given. */
export function numberBetween(values, name, { min, max, fallback = null, whole = false }) {
  const given = values[name]
  if (given === undefined) return fallback
  const value = given.trim() === '' ? NaN : Number(given)
  if (value >= min && value <= max && (!whole || Number.isInteger(value))) return value
  const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`
  throw new Problem(`--${name} must be a ${whole ? 'whole ' : ''}number ${range}, it is "${given}".`)
}
