// What a template may cost. Work is counted, not timed: the same template must not work
// on a fast machine and fail on a slow one.
//
// One unit is one evaluated node, one item of a list, or 128 characters looked at.

import { EngineError, type Facts } from '../../errors.ts'

export interface TemplateBudget {
  /** units of work; raised by `perMessage` for every message */
  steps: number
  perMessage: number
  /** characters of any text, the result included, beyond twice the conversation */
  characters: number
  /** items of any list or object */
  items: number
  /** nested evaluations */
  depth: number
  /** characters of the template */
  source: number
}

export const limit = (what: string, facts: Facts = {}): EngineError =>
  new EngineError('TEMPLATE_LIMIT', `The model's chat template was stopped: ${what}.`, { what, ...facts })

/** The template is at fault, or uses what we do not compute exactly as Python: told in words, never another text. */
export class TemplateFailure extends Error {}
export const fail = (why: string): never => {
  throw new TemplateFailure(why)
}
/** Python would give something that depends on the machine, or that we do not know exactly. */
export const refuse = (construct: string): never => fail(`it uses ${construct}, which is not supported`)

export class Meter {
  /** units spent so far */
  spent = 0
  private depth = 0
  constructor(readonly budget: TemplateBudget) {}

  charge(units: number): void {
    this.spent += units
    if (this.spent > this.budget.steps) {
      throw limit(`it needs more than ${this.budget.steps} steps`, { limit: this.budget.steps })
    }
  }
  /** A text is about to be made or gone through. */
  text(characters: number): void {
    if (characters > this.budget.characters) {
      throw limit(`it builds a text longer than ${this.budget.characters} characters`, {
        limit: this.budget.characters,
      })
    }
    this.charge(characters / 128)
  }
  /** A list is about to be made or gone through. */
  items(count: number): void {
    if (count > this.budget.items) {
      throw limit(`it builds a list of more than ${this.budget.items} items`, { limit: this.budget.items })
    }
    this.charge(count)
  }
  enter(): void {
    if (++this.depth > this.budget.depth) throw limit(`it nests deeper than ${this.budget.depth} levels`)
  }
  leave(): void {
    this.depth--
  }
}
