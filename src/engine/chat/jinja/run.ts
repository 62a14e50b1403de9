// Runs a parsed template: statements write to an output, expressions give values.
// Names are looked up from the inside out; loops, macros and blocks have a scope of their own.

import { getAttribute, getItem, getSlice } from './access.ts'
import type { FilterContext } from './filter.ts'
import { filters } from './filters.ts'
import { hiddenNames, type Hidden } from './frames.ts'
import { globals, setAttribute } from './globals.ts'
import { loopFields, type LoopState } from './loop.ts'
import { fail, limit, refuse, type Meter } from './meter.ts'
import type { Expression, Given, Signature, Special, Statement, Target } from './nodes.ts'
import { binary, compared, int, unary } from './operators.ts'
import { str } from './print.ts'
import { runTest } from './tests.ts'
import {
  Callable,
  Dict,
  Fields,
  Float,
  Markup,
  Namespace,
  Tuple,
  Undefined,
  items,
  or,
  truth,
  typeName,
  type Arguments,
  type Value,
} from './values.ts'

class Scope {
  readonly names = new Map<string, Value>()
  constructor(readonly parent: Scope | null) {}
  get(name: string): Value | undefined {
    const own = this.names.get(name)
    return own === undefined ? this.parent?.get(name) : own
  }
}

class Output {
  text = ''
  constructor(private readonly meter: Meter) {}
  add(text: string): void {
    this.text += text
    this.meter.charge(text.length / 1024)
    const { characters } = this.meter.budget
    if (this.text.length > characters) {
      throw limit(`it builds a text longer than ${characters} characters`, { limit: characters })
    }
  }
}

type Signal = 'break' | 'continue' | undefined

export class Runner {
  private readonly context: FilterContext
  private hidden: Hidden = new WeakMap()
  constructor(
    private readonly meter: Meter,
    private readonly now: () => Date,
  ) {
    this.context = { meter, filter: (name, value, given) => this.filter(name, value, given) }
  }

  run(template: Statement[], variables: ReadonlyMap<string, Value>): string {
    const root = new Scope(null)
    for (const [name, value] of globals(this.meter, this.now)) root.names.set(name, value)
    for (const [name, value] of variables) root.names.set(name, value)
    // jinja2 gives its own blocks by this name; chat templates have none
    root.names.set('self', new Fields('TemplateReference', () => refuse('the name "self"')))
    this.hidden = hiddenNames(template)
    return this.written(template, new Scope(root))
  }

  /** The text of a block, which may not leave a loop outside it. */
  private written(body: Statement[], scope: Scope): string {
    const out = new Output(this.meter)
    this.block(body, scope, out)
    return out.text
  }
  private block(body: Statement[], scope: Scope, out: Output): Signal {
    this.meter.enter()
    const hidden = this.hidden.get(body) ?? []
    this.meter.charge(hidden.length / 4)
    for (const name of hidden) scope.names.set(name, new Undefined(`'${name}'`))
    let signal: Signal
    for (const statement of body) {
      this.meter.charge(1)
      signal = this.statement(statement, scope, out)
      if (signal) break
    }
    this.meter.leave()
    return signal
  }

  private statement(node: Statement, scope: Scope, out: Output): Signal {
    switch (node.type) {
      case 'data':
        out.add(node.text)
        return
      case 'output':
        out.add(str(this.value(node.of, scope), this.meter))
        return
      case 'break':
      case 'continue':
        return node.type
      case 'if': {
        const branch = node.branches.find(({ test }) => truth(this.value(test, scope)))
        return this.block(branch ? branch.body : node.otherwise, scope, out)
      }
      case 'for':
        this.loop(node, this.value(node.over, scope), scope, out, 0)
        return
      case 'set':
        this.assign(node.target, this.value(node.value, scope), scope)
        return
      case 'set-block': {
        const text = this.written(node.body, new Scope(scope))
        this.assign(node.target, node.filter ? this.filtered(node.filter, text, scope) : text, scope)
        return
      }
      case 'with': {
        const inner = new Scope(scope)
        const values = node.values.map((value) => this.value(value, scope))
        node.targets.forEach((target, i) => {
          this.assign(target, values[i]!, inner)
        })
        return this.block(node.body, inner, out)
      }
      case 'filter-block':
        out.add(str(this.filtered(node.filter, this.written(node.body, new Scope(scope)), scope), this.meter))
        return
      case 'scope':
        out.add(this.written(node.body, new Scope(scope)))
        return
      case 'macro':
        scope.names.set(node.name, this.macro(node.name, node.signature, node.special, node.body, scope))
        return
      case 'call-block': {
        const caller = this.macro('', node.signature, node.special, node.body, scope)
        const given = this.given(node.call.given, scope)
        if (given.named.has('caller')) fail('two values for the special caller argument')
        given.named.set('caller', caller)
        out.add(str(this.call(this.value(node.call.callee, scope), given), this.meter))
        return
      }
      case 'unsupported':
        return refuse(node.what)
    }
  }

  private loop(node: Statement & { type: 'for' }, over: Value, scope: Scope, out: Output, depth: number): void {
    if (typeof over === 'string') this.meter.charge(over.length / 8)
    let list = over instanceof Fields && over.name === 'LoopContext' ? refuse('a loop over "loop"') : items(over)
    this.meter.items(list.length)
    const { test } = node
    if (test) {
      list = list.filter((item) => {
        const inner = new Scope(scope)
        this.assign(node.target, item, inner)
        return truth(this.value(test, inner))
      })
    }
    const state: LoopState = { list, index: 0, depth, last: undefined }
    const loop = loopFields(
      state,
      this.meter,
      node.recursive
        ? (again) => {
            const inner = new Output(this.meter)
            this.meter.enter()
            this.loop(node, again, scope, inner, depth + 1)
            this.meter.leave()
            return inner.text
          }
        : null,
    )
    let finished = false
    for (; state.index < list.length; state.index++) {
      this.meter.charge(2)
      const inner = new Scope(scope)
      this.assign(node.target, list[state.index]!, inner)
      inner.names.set('loop', loop)
      const signal = this.block(node.body, inner, out)
      if (signal === 'break') break
      if (!signal) finished = true
    }
    // as jinja2 counts: a turn that break or continue cut short is none
    if (!finished) this.block(node.otherwise, new Scope(scope), out)
  }

  private assign(target: Target, value: Value, scope: Scope): void {
    if (target.type === 'name') {
      scope.names.set(target.name, value)
      return
    }
    if (target.type === 'namespace') {
      const namespace = scope.get(target.name)
      if (!(namespace instanceof Namespace)) return fail('cannot assign attribute on non-namespace object')
      setAttribute(namespace, target.attribute, value)
      return
    }
    const list = items(value)
    this.meter.charge(list.length)
    if (list.length !== target.items.length) {
      return fail(
        list.length < target.items.length
          ? `not enough values to unpack (expected ${target.items.length}, got ${list.length})`
          : `too many values to unpack (expected ${target.items.length})`,
      )
    }
    target.items.forEach((inner, i) => {
      this.assign(inner, list[i]!, scope)
    })
  }

  private macro(
    name: string,
    { parameters, defaults }: Signature,
    special: Special,
    body: Statement[],
    scope: Scope,
  ): Callable {
    return new Callable('macro', name, ({ args, named }) => {
      const inner = new Scope(scope),
        rest = new Map(named)
      this.meter.charge(1 + parameters.length)
      const missing: number[] = []
      parameters.forEach((parameter, i) => {
        const value = i < args.length ? args[i] : rest.get(parameter)
        if (i >= args.length) rest.delete(parameter)
        if (value !== undefined) inner.names.set(parameter, value)
        else if (parameter !== 'caller' && defaults[i] === null) {
          inner.names.set(parameter, new Undefined(`parameter '${parameter}' was not provided`))
        } else missing.push(i)
      })
      if (special.caller && !parameters.includes('caller')) {
        inner.names.set('caller', rest.get('caller') ?? new Undefined('No caller defined'))
        rest.delete('caller')
      }
      if (special.kwargs) {
        const dict = new Dict()
        for (const [key, value] of rest) dict.set(key, value, this.meter)
        inner.names.set('kwargs', dict)
      } else if (rest.size > 0) return fail(`macro '${name}' takes no keyword argument '${[...rest.keys()][0]}'`)
      if (special.varargs) inner.names.set('varargs', new Tuple(args.slice(parameters.length)))
      else if (args.length > parameters.length) {
        return fail(`macro '${name}' takes not more than ${parameters.length} argument(s)`)
      }
      for (const i of missing) {
        inner.names.set(parameters[i]!, new Undefined(`parameter '${parameters[i]}' was not provided`))
      }
      for (const i of missing) if (defaults[i]) inner.names.set(parameters[i]!, this.value(defaults[i], inner))
      return this.written(body, inner)
    })
  }

  private given(given: Given, scope: Scope): Arguments {
    const args = given.args.map((arg) => this.value(arg, scope))
    const named = new Map(given.named.map(([name, value]) => [name, this.value(value, scope)]))
    if (given.rest) for (const value of items(this.value(given.rest, scope))) args.push(value)
    if (given.restNamed) {
      const dict = this.value(given.restNamed, scope)
      if (!(dict instanceof Dict)) return fail(`argument after ** must be a mapping, not ${typeName(dict)}`)
      for (const [key, value] of dict.entries()) {
        if (typeof key !== 'string' || named.has(key)) return fail('keywords must be strings, each once')
        named.set(key, value)
      }
    }
    this.meter.charge(args.length + named.size)
    return { args, named }
  }

  private call(callee: Value, given: Arguments): Value {
    if (callee instanceof Undefined) return fail(`${callee.what} is undefined`)
    this.meter.enter()
    let value: Value
    if (callee instanceof Callable) value = callee.call(given)
    else if (callee instanceof Fields && callee.call) value = callee.call(given)
    else return fail(`'${typeName(callee)}' object is not callable`)
    this.meter.leave()
    return value
  }

  private filter(name: string, value: Value, given: Arguments): Value {
    const filter = Object.hasOwn(filters, name) ? filters[name] : undefined
    if (!filter) return fail(`No filter named '${name.slice(0, 60)}' found`)
    this.meter.charge(1)
    if (value instanceof Markup && !['string', 'safe', 'escape', 'e'].includes(name)) {
      return refuse(`the filter "${name}" on escaped text`)
    }
    if (value instanceof Markup && name === 'string') return value
    return filter(value, given, this.context)
  }
  /** The filters of a block, from the inside out. */
  private filtered(node: Expression, text: string, scope: Scope): Value {
    if (node.type !== 'filter') return fail('a filter is expected')
    return this.filter(node.name, node.of ? this.filtered(node.of, text, scope) : text, this.given(node.given, scope))
  }

  private value(node: Expression, scope: Scope): Value {
    this.meter.charge(1)
    this.meter.enter()
    const value = this.evaluate(node, scope)
    this.meter.leave()
    return value
  }

  private evaluate(node: Expression, scope: Scope): Value {
    switch (node.type) {
      case 'const':
        return node.value
      case 'integer':
        return int(node.value)
      case 'float':
        return new Float(node.value)
      case 'name':
        return or(scope.get(node.name), new Undefined(`'${node.name.slice(0, 60)}'`))
      case 'list':
        return node.items.map((item) => this.value(item, scope))
      case 'tuple':
        return new Tuple(node.items.map((item) => this.value(item, scope)))
      case 'dict': {
        const dict = new Dict()
        for (const [key, of] of node.entries) dict.set(this.value(key, scope), this.value(of, scope), this.meter)
        return dict
      }
      case 'concat': {
        const parts = node.items.map((item) => this.value(item, scope))
        if (parts.some((part) => part instanceof Markup)) return refuse('"~" on escaped text')
        const texts = parts.map((part) => str(part, this.meter))
        this.meter.text(texts.reduce((sum, text) => sum + text.length, 0))
        return texts.join('')
      }
      case 'attribute':
        return getAttribute(this.value(node.of, scope), node.name, this.meter)
      case 'item': {
        const of = this.value(node.of, scope),
          { index } = node
        if (index.type !== 'slice') return getItem(of, this.value(index, scope), this.meter)
        const [from, to, by] = [index.from, index.to, index.by].map((bound) =>
          bound ? this.value(bound, scope) : null,
        ) as [Value, Value, Value]
        return getSlice(of, from, to, by, this.meter)
      }
      case 'slice':
        return refuse('a slice with commas')
      case 'call':
        return this.call(this.value(node.callee, scope), this.given(node.given, scope))
      case 'filter':
        return this.filter(node.name, this.value(node.of!, scope), this.given(node.given, scope))
      case 'test':
        return runTest(node.name, this.value(node.of, scope), this.given(node.given, scope), this.meter)
      case 'condition':
        if (truth(this.value(node.test, scope))) return this.value(node.yes, scope)
        return node.otherwise
          ? this.value(node.otherwise, scope)
          : new Undefined('the inline if-expression evaluated to false and no else section was defined')
      case 'and': {
        const left = this.value(node.left, scope)
        return truth(left) ? this.value(node.right, scope) : left
      }
      case 'or': {
        const left = this.value(node.left, scope)
        return truth(left) ? left : this.value(node.right, scope)
      }
      case 'not':
        return !truth(this.value(node.of, scope))
      case 'unary':
        return unary(node.operator, this.value(node.of, scope))
      case 'binary':
        return binary(node.operator, this.value(node.left, scope), this.value(node.right, scope), this.meter)
      case 'compare': {
        let left = this.value(node.first, scope)
        for (const { operator, of } of node.rest) {
          const right = this.value(of, scope)
          if (!compared(operator, left, right, this.meter)) return false
          left = right
        }
        return true
      }
    }
  }
}
