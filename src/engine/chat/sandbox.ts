// Jinja under a budget. A chat template is a program from a stranger's file: this runs
// @huggingface/jinja with every way to take long, grow or crash closed.
//
// - before (program.ts): size, nesting and node count of the template; arguments of
//   filters that multiply (indent, join, tojson …) must be short literals
// - while running (interpreter.ts): steps, sizes, depth, and time as a last resort
// Steps, not time, are the real limit: the same template must not work on a fast
// machine and fail on a slow one. If the package's inside changes shape, nothing runs.

import { Environment, parse, tokenize } from '@huggingface/jinja'
import { EngineError } from '../errors.ts'
import { BoundedInterpreter, canWatch, limit, type TemplateBudget } from './interpreter.ts'
import { checkProgram } from './program.ts'

export type { TemplateBudget } from './interpreter.ts'

export const defaultBudget: TemplateBudget = { steps: 50_000, perMessage: 1_000, characters: 256 * 1024, items: 50_000, depth: 400, millis: 2_000, source: 128 * 1024 }

class Raised extends Error {}

/**
 * Runs a template. Throws TEMPLATE_LIMIT when it breaks the budget, TEMPLATE_FAILED when it
 * cannot be read or raises an error of its own.
 */
export function runTemplate(source: string, variables: Record<string, unknown>, budget: TemplateBudget = defaultBudget): string {
  // an error object per "continue" with a stack would cost more than the loop itself
  const traces = Error.stackTraceLimit
  Error.stackTraceLimit = 0
  try {
    return run(source, variables, budget)
  } catch (error) {
    if (error instanceof EngineError) throw error
    // a stack that is full, or a text past the engine's own limit
    if (error instanceof RangeError) throw limit('it nests too deeply')
    const why = error instanceof Error ? error.message.slice(0, 300) : 'unknown error'
    throw new EngineError('TEMPLATE_FAILED', error instanceof Raised ? `The model's chat template refuses this conversation: "${why}".` : `The model's chat template cannot be run: ${why}.`, { problem: why })
  } finally {
    Error.stackTraceLimit = traces
  }
}

function run(source: string, variables: Record<string, unknown>, budget: TemplateBudget): string {
  if (!canWatch()) throw limit('its interpreter cannot be watched')
  if (source.length > budget.source) throw limit(`it is longer than ${budget.source} characters`, { limit: budget.source })
  // the package's clean-up regexes are quadratic in runs of space
  if (/\s{2000}/.test(source)) throw limit('it holds a run of 2000 spaces')
  const tree = parse(tokenize(source, { lstrip_blocks: true, trim_blocks: true }))
  const program = checkProgram(tree, limit)
  const environment = new Environment()
  let interpreter: BoundedInterpreter | null = null
  const globals = {
    true: true, false: false, none: null, True: true, False: false, None: null,
    raise_exception: (message: unknown) => { throw new Raised(String(message)) },
    range: (...args: unknown[]) => { const list = range(args, budget.items); interpreter!.charge(list.length); return list },
    strftime_now: (format: unknown) => strftime(new Date(), String(format)),
    ...variables,
  }
  for (const [name, value] of Object.entries(globals)) environment.set(name, value)
  // an unknown name is looked up by throwing and catching: answer at the root instead
  Object.assign(environment, { resolve: () => environment })
  interpreter = new BoundedInterpreter(environment, budget, program)
  return String(interpreter.run(tree).value)
}

function range(args: unknown[], most: number): number[] {
  const [start, stop, step] = args.length < 2 ? [0, args[0], 1] : [args[0], args[1], args[2] ?? 1]
  if (![start, stop, step].every(Number.isInteger) || step === 0) throw new TypeError('range() needs whole numbers and a step that is not 0')
  const count = Math.max(0, Math.ceil((Number(stop) - Number(start)) / Number(step)))
  if (!(count <= most)) throw limit(`it asks for a range of ${count} items`, { limit: most })
  return Array.from({ length: count }, (_, i) => Number(start) + i * Number(step))
}

const months = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']
const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']

/** Python's strftime in English: the package's own follows the browser's language, which would change the prompt. */
export function strftime(date: Date, format: string): string {
  const two = (n: number): string => String(n).padStart(2, '0')
  const month = months[date.getMonth()]!, day = days[date.getDay()]!
  const parts: Record<string, string> = {
    Y: String(date.getFullYear()), y: two(date.getFullYear() % 100), m: two(date.getMonth() + 1), d: two(date.getDate()), e: String(date.getDate()).padStart(2, ' '),
    B: month, b: month.slice(0, 3), A: day, a: day.slice(0, 3), H: two(date.getHours()), M: two(date.getMinutes()), S: two(date.getSeconds()), '%': '%',
  }
  return format.replace(/%([A-Za-z%])/g, (all, key: string) => parts[key] ?? all)
}
