// Statements of a template: the tags of jinja2, of its extension loopcontrols, and
// transformers' own {% generation %}.

import { fail, limit } from './meter.ts'
import { tokenize } from './lexer.ts'
import type { Expression, Signature, Special, Statement, Target } from './nodes.ts'
import { ExpressionParser } from './parser.ts'

const unsupported = new Set(['include', 'import', 'from', 'extends', 'block', 'autoescape'])
const reserved = new Set(['true', 'false', 'none', 'True', 'False', 'None'])

export function parseTemplate(
  source: string,
  known: { filter(name: string): boolean; test(name: string): boolean },
): Statement[] {
  return new StatementParser(tokenize(source), known).template()
}

class StatementParser extends ExpressionParser {
  private loops = 0

  template(): Statement[] {
    return this.body([])
  }

  /** Statements up to one of the end tags, whose name is the current token then. */
  private body(ends: string[]): Statement[] {
    const out: Statement[] = []
    for (;;) {
      const token = this.next()
      if (token.type === 'eof') {
        return ends.length === 0
          ? out
          : fail(`unexpected end of template; it was looking for ${ends.map((end) => `'${end}'`).join(' or ')}`)
      }
      this.count()
      if (token.type === 'data') out.push({ type: 'data', text: token.value })
      else if (token.type === 'variable_begin') {
        out.push({ type: 'output', of: this.tuple() })
        this.expect('variable_end')
      } else if (token.type === 'block_begin') {
        if (ends.length > 0 && this.is('name', ...ends)) return out
        out.push(...this.nested(() => this.statement()))
        this.expect('block_end')
      } else return this.unexpected()
    }
  }
  /** The body behind a tag. `drop`: the end tag's name is read, too. `soft` only in the branches of an if. */
  private block(ends: string[], drop: boolean, soft = false): Statement[] {
    this.skip('operator', ':')
    this.expect('block_end')
    const before = this.soft
    this.soft = soft
    const out = this.body(ends)
    this.soft = before
    if (drop) this.next()
    return out
  }

  private statement(): Statement[] {
    const token = this.next()
    if (token.type !== 'name') {
      if (token.type !== 'eof') this.at--
      return fail('tag name expected')
    }
    switch (token.value) {
      case 'if':
        return [this.if()]
      case 'for':
        return [this.for()]
      case 'set':
        return [this.set()]
      case 'macro': {
        const name = this.expect('name').value
        const signature = this.signature()
        const body = this.outsideLoops(() => this.block(['endmacro'], true))
        return [{ type: 'macro', name, signature, special: specials(body, signature), body }]
      }
      case 'call': {
        const signature = this.is('operator', '(') ? this.signature() : { parameters: [], defaults: [] }
        const call = this.expression()
        if (call.type !== 'call') return fail('expected call')
        const body = this.outsideLoops(() => this.block(['endcall'], true))
        return [{ type: 'call-block', call, signature, special: specials(body, signature), body }]
      }
      case 'filter': {
        let filter = this.filter(null)
        while (this.skip('operator', '|')) filter = this.filter(filter)
        return [{ type: 'filter-block', filter, body: this.block(['endfilter'], true) }]
      }
      case 'with': {
        const targets: Target[] = [],
          values: Expression[] = []
        while (!this.is('block_end')) {
          if (targets.length > 0) this.expect('operator', ',')
          targets.push(this.target([]))
          this.expect('operator', '=')
          values.push(this.expression())
        }
        return [{ type: 'with', targets, values, body: this.block(['endwith'], true) }]
      }
      case 'print': {
        const out: Statement[] = []
        while (!this.is('block_end')) {
          if (out.length > 0) this.expect('operator', ',')
          out.push({ type: 'output', of: this.expression() })
        }
        return out
      }
      // a block of its own, as a call block is; its positions are only asked for in training
      case 'generation':
        return [{ type: 'scope', body: this.outsideLoops(() => this.block(['endgeneration'], true)) }]
      case 'break':
      case 'continue':
        if (this.loops === 0) fail(`'${token.value}' outside loop`)
        return [{ type: token.value }]
      default:
        return unsupported.has(token.value)
          ? [this.foreign(token.value)]
          : fail(`Encountered unknown tag '${token.value.slice(0, 60)}'`)
    }
  }

  private if(): Statement {
    const branches: { test: Expression; body: Statement[] }[] = []
    const condition = (): Expression => {
      const before = this.soft
      this.soft = true
      const test = this.tuple({ withCondition: false })
      this.soft = before
      return test
    }
    for (;;) {
      if (branches.length > 1000) throw limit('it has more than 1000 branches')
      const test = condition()
      branches.push({ test, body: this.block(['elif', 'else', 'endif'], false, true) })
      const end = this.next().value
      if (end === 'elif') continue
      return { type: 'if', branches, otherwise: end === 'else' ? this.block(['endif'], true, true) : [] }
    }
  }

  private for(): Statement {
    const target = this.target(['in'])
    if (JSON.stringify(target).includes('"loop"')) fail("Can't assign to special loop variable in for-loop target")
    this.expect('name', 'in')
    const over = this.tuple({ withCondition: false, ends: ['recursive'] })
    const test = this.skip('name', 'if') ? this.expression() : null
    const recursive = this.skip('name', 'recursive')
    this.loops++
    const body = this.block(['endfor', 'else'], false)
    this.loops--
    const otherwise = this.next().value === 'else' ? this.block(['endfor'], true) : []
    return { type: 'for', target, over, test, recursive, body, otherwise }
  }

  private set(): Statement {
    const target = this.target([], true)
    if (this.skip('operator', '=')) return { type: 'set', target, value: this.tuple() }
    let filter: Expression | null = null
    while (this.skip('operator', '|')) filter = this.filter(filter)
    return { type: 'set-block', target, filter, body: this.block(['endset'], true) }
  }

  private target(ends: string[], withNamespace = false): Target {
    const one = (): Target => {
      this.count()
      if (this.skip('operator', '(')) {
        const inner = this.target([], withNamespace)
        this.expect('operator', ')')
        return inner
      }
      const name = this.expect('name').value
      if (reserved.has(name)) fail(`can't assign to '${name}'`)
      if (withNamespace && this.skip('operator', '.')) {
        return { type: 'namespace', name, attribute: this.expect('name').value }
      }
      return { type: 'name', name }
    }
    const items = [this.nested(one)]
    let isTuple = false
    while (this.skip('operator', ',')) {
      isTuple = true
      if (
        this.is('operator', ')', '=') ||
        this.is('block_end') ||
        this.is('name', ...(ends.length > 0 ? ends : ['\0']))
      ) {
        break
      }
      items.push(this.nested(one))
    }
    return isTuple ? { type: 'tuple', items } : items[0]!
  }

  private signature(): Signature {
    const parameters: string[] = [],
      defaults: (Expression | null)[] = [],
      seen = new Set<string>()
    let optional = false
    this.expect('operator', '(')
    while (!this.is('operator', ')')) {
      if (parameters.length > 0) this.expect('operator', ',')
      this.count()
      const name = this.expect('name').value
      if (reserved.has(name) || seen.has(name)) fail(`a parameter cannot be named '${name.slice(0, 60)}'`)
      parameters.push(name)
      seen.add(name)
      if (this.skip('operator', '=')) {
        optional = true
        defaults.push(this.expression())
      } else if (optional) fail('non-default argument follows default argument')
      else defaults.push(null)
    }
    this.next()
    return { parameters, defaults }
  }

  private outsideLoops<T>(parse: () => T): T {
    const before = this.loops
    this.loops = 0
    const value = parse()
    this.loops = before
    return value
  }

  /** A tag that jinja2 knows and that no chat template can use: it fails only where it would run. */
  private foreign(tag: string): Statement {
    while (!this.is('block_end') && !this.is('eof')) this.next()
    if (tag === 'block' || tag === 'autoescape') this.block([`end${tag}`], true)
    while (!this.is('block_end') && !this.is('eof')) this.next()
    return { type: 'unsupported', what: `the tag "${tag}"` }
  }
}

/** Which special names a body reads before it sets them. */
function specials(body: Statement[], { parameters, defaults }: Signature): Special {
  const read = new Set<string>()
  const stack: unknown[] = [body, defaults]
  while (stack.length > 0) {
    const node = stack.pop()
    if (Array.isArray(node)) stack.push(...(node as unknown[]))
    else if (node !== null && typeof node === 'object') {
      const { type, name } = node as { type?: unknown; name?: unknown }
      if (type === 'name' && typeof name === 'string') read.add(name)
      for (const child of Object.values(node)) if (typeof child === 'object') stack.push(child)
    }
  }
  const has = (name: string): boolean => read.has(name) && !parameters.includes(name)
  return { caller: read.has('caller') || parameters.includes('caller'), kwargs: has('kwargs'), varargs: has('varargs') }
}
