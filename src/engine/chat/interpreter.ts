// The Jinja interpreter of the package with a meter in it: every evaluated node, loop
// turn and copied item is charged, every text and list is measured, and the few calls
// that multiply (replace) are counted before they are made.
//
// Also repairs what the package does to text before "continue" and "break": it drops it.

import { Interpreter, type Environment } from '@huggingface/jinja'
import { EngineError, type Facts } from '../errors.ts'
import type { Program } from './program.ts'

export interface TemplateBudget {
  /** evaluated nodes, loop turns and copied items; raised by `perMessage` for every message */
  steps: number
  perMessage: number
  /** characters of any text, the result included, beyond twice the conversation */
  characters: number
  /** items of any list or object, counted through all its levels */
  items: number
  /** nested evaluations */
  depth: number
  /** milliseconds: only for what the steps should have caught */
  millis: number
  /** characters of the template */
  source: number
}

type Value = ReturnType<Interpreter['evaluate']>
type Node = Parameters<Interpreter['evaluate']>[0]
type Filter = { type: string; value?: string; callee?: { value?: string } }
type Callable = (args: Value[], scope: Environment) => Value

/** Methods that are private to the package's class and that the meter replaces. */
interface Inside {
  applyFilter(operand: Value, filter: Filter, scope: Environment): Value
  evaluateBlock(statements: Node[], scope: Environment): Value
}

/** Are the methods still there? A new version of the package must be looked at first. */
export const canWatch = (): boolean => {
  const inside = Interpreter.prototype as unknown as Partial<Inside>
  return typeof inside.applyFilter === 'function' && typeof inside.evaluateBlock === 'function'
}

export const limit = (what: string, facts: Facts = {}): EngineError =>
  new EngineError('TEMPLATE_LIMIT', `The model's chat template was stopped: ${what}.`, { what, ...facts })

/** Filters whose work grows with everything inside the operand, and with its length. */
const deepFilters = new Set(['tojson', 'string', 'join'])
const flatFilters = new Set(['sort', 'map', 'unique', 'selectattr', 'rejectattr', 'dictsort', 'reverse', 'items', 'keys', 'values'])

/** "continue" or "break" on its way to its loop, with the text written before it. */
class Leap extends Error {
  text = ''
  constructor(readonly ends: boolean) { super('outside of a loop') }
}

export class BoundedInterpreter extends Interpreter {
  private steps = 0
  private depth = 0
  /** text of the turn that ended a loop by "break" */
  private broken: string | null = null
  private readonly sizes = new WeakMap<object, number>()
  private readonly guarded = new WeakSet<object>()
  private readonly deadline: number

  constructor(environment: Environment, private readonly budget: TemplateBudget, private readonly program: Program) {
    super(environment)
    this.deadline = performance.now() + budget.millis
    const inside = this as unknown as Inside
    const applyFilter = inside.applyFilter.bind(this)
    inside.applyFilter = (operand, filter, scope) => {
      const name = filter.type === 'Identifier' ? filter.value! : filter.callee?.value ?? ''
      if (deepFilters.has(name)) this.charge(this.size(operand))
      else if (flatFilters.has(name) && Array.isArray(operand.value)) this.charge(operand.value.length)
      if (name === 'replace') this.guardReplace(operand)
      return applyFilter(operand, filter, scope)
    }
    inside.evaluateBlock = (statements, scope) => this.block(statements, scope)
  }

  charge(steps: number): void {
    const before = this.steps
    this.steps += steps
    if (this.steps > this.budget.steps) throw limit(`it needs more than ${this.budget.steps} steps`, { limit: this.budget.steps })
    if (before >> 8 !== this.steps >> 8 && performance.now() > this.deadline) throw limit(`it needs more than ${this.budget.millis} ms`, { limit: this.budget.millis })
  }

  override evaluate(node: Node, environment: Environment): Value {
    this.charge(1)
    if (node?.type === 'Continue' || node?.type === 'Break') throw new Leap(node.type === 'Break')
    if (++this.depth > this.budget.depth) throw limit(`it nests deeper than ${this.budget.depth} levels`)
    let value: Value
    try { value = super.evaluate(node, environment) } finally { this.depth-- }
    if (node?.type === 'For' && this.broken !== null) {
      value = this.text(value.value + this.broken)
      this.broken = null
    }
    const size = this.size(value)
    if (typeof value.value === 'string') this.charge(size >> 10)
    if (!node) return value
    // a list that is looped over costs its turns even when the body is empty
    if (this.program.looped.has(node)) this.charge(4 * (Array.isArray(value.value) ? value.value.length : size))
    if (this.program.printed.has(node) && typeof value.value !== 'string') this.charge(size)
    if (this.program.dotted.has(node)) this.guardReplace(value)
    return value
  }

  private block(statements: Node[], scope: Environment): Value {
    if (this.broken !== null && this.program.loopElse.has(statements)) return this.text('') // "else" is for loops without a turn
    let text = ''
    for (const statement of statements) {
      let value: Value
      try {
        value = this.evaluate(statement, scope)
      } catch (error) {
        if (!(error instanceof Leap)) throw error
        error.text = text + error.text
        if (!this.program.loopBody.has(statements)) throw error
        if (!error.ends) return this.text(error.text)
        this.broken = error.text
        return super.evaluate({ type: 'Break' }, scope) // throws what the package's loop waits for
      }
      if (value.type !== 'NullValue' && value.type !== 'UndefinedValue') text += value.toString()
    }
    return this.text(text)
  }

  /** The package exports no value classes: a literal makes one. */
  private text(text: string): Value {
    const literal = { type: 'StringLiteral', value: text }
    return super.evaluate(literal, this.global)
  }

  /** Size of a value through all levels; remembered, because lists do not change once made. */
  private size(value: Value, inside = false): number {
    if (typeof value.value === 'string') {
      if (value.value.length > this.budget.characters) throw limit(`it builds a text longer than ${this.budget.characters} characters`, { limit: this.budget.characters })
      return value.value.length
    }
    const { type } = value
    if (type === 'NamespaceValue' && inside) throw limit('it puts a namespace into a list')
    if (type !== 'ArrayValue' && type !== 'TupleValue' && type !== 'ObjectValue' && type !== 'NamespaceValue') return 1
    const known = this.sizes.get(value)
    if (known !== undefined) return known
    const children = value.value as Value[] | Map<string, Value>
    let items = 1, characters = 0
    const add = (child: Value): void => {
      const size = this.size(child, true)
      if (typeof child.value === 'string') { items++; characters += size } else items += size
      if (items > this.budget.items || characters > this.budget.characters) throw limit(`it builds a list of more than ${this.budget.items} items or ${this.budget.characters} characters`, { limit: this.budget.items })
    }
    if (Array.isArray(children)) children.forEach(add)
    else for (const [key, child] of children) { characters += key.length; add(child) }
    const size = items + (characters >> 6)
    if (type !== 'NamespaceValue') {
      this.sizes.set(value, size)
      this.charge(Array.isArray(children) ? children.length >> 2 : children.size)
    }
    return size
  }

  /** x.replace(a, b) multiplies: what would come out is counted before it is built. */
  private guardReplace(value: Value): void {
    if (typeof value.value !== 'string' || this.guarded.has(value)) return
    this.guarded.add(value)
    const text = value.value
    const replace = value.builtins.get('replace') as { value: Callable } | undefined
    if (!replace) return
    const original = replace.value
    replace.value = (args, scope) => {
      const [from, to] = [args[0]?.value, args[1]?.value]
      if (typeof from === 'string' && typeof to === 'string') {
        if (from.length > 4096) throw limit('it replaces a text longer than 4096 characters')
        const found = from === '' ? text.length + 1 : text.split(from).length - 1
        if (text.length + found * (to.length - from.length) > this.budget.characters) throw limit(`it builds a text longer than ${this.budget.characters} characters`, { limit: this.budget.characters })
        this.charge((text.length >> 6) + (found >> 4))
      }
      return original(args, scope)
    }
  }
}
