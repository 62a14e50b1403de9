// Expressions of a template, by recursive descent in jinja2's own order of precedence.

import { fail, limit } from './meter.ts'
import type { Expression, Given } from './nodes.ts'
import type { Token, TokenType } from './lexer.ts'

const maxNodes = 20_000,
  maxDepth = 60
const comparing = new Set(['==', '!=', '<', '<=', '>', '>='])
const constants: Record<string, null | boolean> = {
  true: true,
  True: true,
  false: false,
  False: false,
  none: null,
  None: null,
}

export class ExpressionParser {
  protected at = 0
  private nodes = 0
  private depth = 0
  /** Inside a branch jinja2 looks filters and tests up only when they run. */
  protected soft = false

  constructor(
    private readonly tokens: Token[],
    private readonly known: { filter(name: string): boolean; test(name: string): boolean },
  ) {}

  protected get current(): Token {
    return this.tokens[this.at]!
  }
  protected look(): Token {
    return this.tokens[this.at + 1] ?? this.tokens.at(-1)!
  }
  protected next(): Token {
    const token = this.current
    if (token.type !== 'eof') this.at++
    return token
  }
  protected is(type: TokenType, ...values: string[]): boolean {
    return this.current.type === type && (values.length === 0 || values.includes(this.current.value))
  }
  protected skip(type: TokenType, value: string): boolean {
    if (!this.is(type, value)) return false
    this.at++
    return true
  }
  protected expect(type: TokenType, value?: string): Token {
    if (!this.is(type, ...(value === undefined ? [] : [value]))) return this.unexpected(value ?? type)
    return this.next()
  }
  protected unexpected(wanted?: string): never {
    const { type, value } = this.current
    const found = type === 'eof' ? 'the end of the template' : `"${value || type}"`
    return fail(wanted === undefined ? `unexpected ${found}` : `expected "${wanted}", got ${found}`)
  }
  protected count(): void {
    if (++this.nodes > maxNodes) throw limit(`it has more than ${maxNodes} parts`)
  }
  protected nested<T>(parse: () => T): T {
    if (++this.depth > maxDepth) throw limit(`it nests deeper than ${maxDepth} levels`)
    const value = parse()
    this.depth--
    return value
  }

  expression(withCondition = true): Expression {
    return this.nested(() => (withCondition ? this.condition() : this.or()))
  }

  private condition(): Expression {
    let value = this.or()
    while (this.skip('name', 'if')) {
      this.count()
      const soft = this.soft
      this.soft = true
      const test = this.or()
      value = {
        type: 'condition',
        test,
        yes: value,
        otherwise: this.skip('name', 'else') ? this.nested(() => this.condition()) : null,
      }
      this.soft = soft
    }
    return value
  }
  private or(): Expression {
    let left = this.and()
    while (this.skip('name', 'or')) {
      this.count()
      left = { type: 'or', left, right: this.and() }
    }
    return left
  }
  private and(): Expression {
    let left = this.not()
    while (this.skip('name', 'and')) {
      this.count()
      left = { type: 'and', left, right: this.not() }
    }
    return left
  }
  private not(): Expression {
    this.count()
    return this.skip('name', 'not') ? { type: 'not', of: this.nested(() => this.not()) } : this.compare()
  }
  private compare(): Expression {
    const first = this.sum()
    const rest: { operator: string; of: Expression }[] = []
    for (;;) {
      let operator: string
      if (this.current.type === 'operator' && comparing.has(this.current.value)) operator = this.next().value
      else if (this.skip('name', 'in')) operator = 'in'
      else if (this.is('name', 'not') && this.look().type === 'name' && this.look().value === 'in') {
        this.at += 2
        operator = 'not in'
      } else return rest.length === 0 ? first : { type: 'compare', first, rest }
      this.count()
      rest.push({ operator, of: this.sum() })
    }
  }
  private chain(operators: string[], part: () => Expression): Expression {
    let left = part()
    while (this.is('operator', ...operators)) {
      this.count()
      const operator = this.next().value
      left = { type: 'binary', operator, left, right: part() }
    }
    return left
  }
  private sum(): Expression {
    return this.chain(['+', '-'], () => this.concat())
  }
  private concat(): Expression {
    const items = [this.product()]
    while (this.skip('operator', '~')) {
      this.count()
      items.push(this.product())
    }
    return items.length === 1 ? items[0]! : { type: 'concat', items }
  }
  private product(): Expression {
    return this.chain(['*', '/', '//', '%'], () => this.power())
  }
  private power(): Expression {
    return this.chain(['**'], () => this.unary())
  }

  private unary(withFilter = true): Expression {
    this.count()
    let value: Expression
    if (this.is('operator', '-', '+')) {
      const operator = this.next().value
      value = { type: 'unary', operator, of: this.nested(() => this.unary(false)) }
    } else value = this.primary()
    value = this.postfix(value)
    return withFilter ? this.filters(value) : value
  }

  protected primary(): Expression {
    const token = this.next()
    switch (token.type) {
      case 'name':
        return Object.hasOwn(constants, token.value)
          ? { type: 'const', value: constants[token.value]! }
          : { type: 'name', name: token.value }
      case 'string': {
        let value = token.value
        while (this.is('string')) value += this.next().value
        return { type: 'const', value }
      }
      case 'integer':
      case 'float':
        return { type: token.type, value: token.number }
      case 'operator':
        if (token.value === '(') {
          const tuple = this.tuple({ parentheses: true })
          this.expect('operator', ')')
          return tuple
        }
        if (token.value === '[') return { type: 'list', items: this.until(']', () => this.expression()) }
        if (token.value === '{') {
          return {
            type: 'dict',
            entries: this.until('}', () => {
              const key = this.expression()
              this.expect('operator', ':')
              return [key, this.expression()]
            }),
          }
        }
        break
      default:
    }
    if (token.type !== 'eof') this.at--
    return this.unexpected()
  }

  /** Parts with commas between them, and maybe one behind. */
  private until<T>(end: string, part: () => T): T[] {
    const parts: T[] = []
    while (!this.is('operator', end)) {
      if (parts.length > 0) this.expect('operator', ',')
      if (this.is('operator', end)) break
      parts.push(part())
    }
    this.next()
    return parts
  }

  /** One expression, or several with commas. */
  tuple({ parentheses = false, withCondition = true, ends = [] as string[] } = {}): Expression {
    const items: Expression[] = []
    let isTuple = false
    for (;;) {
      if (items.length > 0) this.expect('operator', ',')
      if (
        this.is('variable_end') ||
        this.is('block_end') ||
        this.is('operator', ')') ||
        (ends.length > 0 && this.is('name', ...ends))
      ) {
        break
      }
      items.push(this.expression(withCondition))
      if (!this.is('operator', ',')) break
      isTuple = true
    }
    if (!isTuple) {
      if (items.length > 0) return items[0]!
      if (!parentheses) return fail('expected an expression')
    }
    return { type: 'tuple', items }
  }

  private postfix(value: Expression): Expression {
    for (;;) {
      if (this.is('operator', '.', '[')) value = this.subscript(value)
      else if (this.is('operator', '(')) value = { type: 'call', callee: value, given: this.arguments() }
      else return value
      this.count()
    }
  }
  private filters(value: Expression): Expression {
    for (;;) {
      if (this.skip('operator', '|')) value = this.filter(value)
      else if (this.is('name', 'is')) value = this.test(value)
      else if (this.is('operator', '(')) value = { type: 'call', callee: value, given: this.arguments() }
      else return value
      this.count()
    }
  }

  private subscript(of: Expression): Expression {
    if (this.next().value === '.') {
      const token = this.next()
      if (token.type === 'name') return { type: 'attribute', of, name: token.value }
      return token.type === 'integer'
        ? { type: 'item', of, index: { type: 'integer', value: token.number } }
        : fail('expected name or number')
    }
    const parts: Expression[] = []
    while (!this.is('operator', ']')) {
      if (parts.length > 0) this.expect('operator', ',')
      parts.push(this.index())
    }
    this.next()
    return { type: 'item', of, index: parts.length === 1 ? parts[0]! : { type: 'tuple', items: parts } }
  }
  private index(): Expression {
    const ends = (): boolean => this.is('operator', ']', ',')
    let from: Expression | null = null
    if (!this.skip('operator', ':')) {
      from = this.expression()
      if (!this.skip('operator', ':')) return from
    }
    const to = this.is('operator', ':') || ends() ? null : this.expression()
    const by = this.skip('operator', ':') && !ends() ? this.expression() : null
    return { type: 'slice', from, to, by }
  }

  private arguments(): Given {
    this.expect('operator', '(')
    const given: Given = { args: [], named: [], rest: null, restNamed: null }
    const names = new Set<string>()
    const bad = (): never => fail('invalid syntax for function call expression')
    let comma = false
    while (!this.is('operator', ')')) {
      if (comma) {
        this.expect('operator', ',')
        if (this.is('operator', ')')) break
      }
      if (this.skip('operator', '*')) {
        if (given.rest || given.restNamed) bad()
        given.rest = this.expression()
      } else if (this.skip('operator', '**')) {
        if (given.restNamed) bad()
        given.restNamed = this.expression()
      } else if (this.is('name') && this.look().type === 'operator' && this.look().value === '=') {
        if (given.restNamed) bad()
        const name = this.next().value
        this.next()
        if (names.has(name)) fail(`keyword argument repeated: ${name}`)
        names.add(name)
        given.named.push([name, this.expression()])
      } else {
        if (given.rest || given.restNamed || given.named.length > 0) bad()
        given.args.push(this.expression())
      }
      comma = true
    }
    this.next()
    return given
  }

  private path(): string {
    let name = this.expect('name').value
    while (this.skip('operator', '.')) name += `.${this.expect('name').value}`
    return name
  }
  /** The filter's name and arguments; `|` is read already. */
  protected filter(of: Expression | null): Expression {
    this.count()
    const name = this.path()
    if (!this.soft && !this.known.filter(name)) fail(`No filter named '${name.slice(0, 60)}'`)
    return {
      type: 'filter',
      of,
      name,
      given: this.is('operator', '(') ? this.arguments() : { args: [], named: [], rest: null, restNamed: null },
    }
  }
  private test(of: Expression): Expression {
    this.next()
    const negated = this.skip('name', 'not')
    const name = this.path()
    if (!this.soft && !this.known.test(name)) fail(`No test named '${name.slice(0, 60)}'`)
    let given: Given = { args: [], named: [], rest: null, restNamed: null }
    if (this.is('operator', '(')) given = this.arguments()
    else if (
      (this.is('name') && !this.is('name', 'else', 'or', 'and')) ||
      this.is('string') ||
      this.is('integer') ||
      this.is('float') ||
      this.is('operator', '[', '{')
    ) {
      if (this.is('name', 'is')) fail('You cannot chain multiple tests with is')
      given.args.push(this.nested(() => this.postfix(this.primary())))
    }
    const value: Expression = { type: 'test', of, name, given }
    return negated ? { type: 'not', of: value } : value
  }
}
