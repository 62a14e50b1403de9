// A chat template is a program from a stranger's file: this runs it under a budget of
// work, growth and depth, and gives Python's jinja2 text for text, or an error that names
// what cannot be computed. Nothing of JavaScript can be reached: values are plain data.

import { EngineError } from '../errors.ts'
import { filters } from './jinja/filters.ts'
import { Raised } from './jinja/globals.ts'
import { Meter, TemplateFailure, limit, type TemplateBudget } from './jinja/meter.ts'
import { Runner } from './jinja/run.ts'
import { parseTemplate } from './jinja/statements.ts'
import { tests } from './jinja/tests.ts'
import { fromData, type Value } from './jinja/values.ts'

export type { TemplateBudget } from './jinja/meter.ts'

export const defaultBudget: TemplateBudget = {
  steps: 100_000,
  perMessage: 1_000,
  characters: 256 * 1024,
  items: 50_000,
  depth: 250,
  source: 128 * 1024,
}

const known = {
  filter: (name: string): boolean => Object.hasOwn(filters, name),
  test: (name: string): boolean => Object.hasOwn(tests, name),
}

export interface TemplateRun {
  text: string
  /** units of work that it cost */ spent: number
}

/**
 * Runs a template. Throws TEMPLATE_LIMIT when it breaks the budget, TEMPLATE_FAILED when it
 * cannot be read, uses what Python would compute otherwise, or raises an error of its own.
 * @param now what strftime_now() reads
 */
export function runTemplate(
  source: string,
  variables: Record<string, unknown>,
  budget: TemplateBudget = defaultBudget,
  now = (): Date => new Date(),
): TemplateRun {
  try {
    if (source.length > budget.source) {
      throw limit(`it is longer than ${budget.source} characters`, { limit: budget.source })
    }
    const meter = new Meter(budget)
    const template = parseTemplate(source, known)
    const values = new Map<string, Value>(Object.entries(variables).map(([name, value]) => [name, fromData(value)]))
    return { text: new Runner(meter, now).run(template, values), spent: meter.spent }
  } catch (error) {
    if (error instanceof EngineError) throw error
    if (error instanceof Raised || error instanceof TemplateFailure) {
      const why = error.message.slice(0, 300)
      throw new EngineError(
        'TEMPLATE_FAILED',
        error instanceof Raised
          ? `The model's chat template refuses this conversation: "${why}".`
          : `The model's chat template cannot be run: ${why}.`,
        { problem: why },
      )
    }
    // a stack that is full, or a text past the engine's own limit
    if (error instanceof RangeError) throw limit('it nests too deeply')
    throw error
  }
}
