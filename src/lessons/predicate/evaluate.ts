// Works a parsed claim out. Names lead to the scope's own maps and to nothing else; every function is one of the scope's.

import { invalid, type At } from '../problem.ts'
import type { Place } from '../types.ts'
import type { Arithmetic, Claim, Expression } from './parse.ts'
import { compare, isNumbers, isToken, kindOf, type Token, type Value, type Verdict } from './values.ts'

/** Positions by name, where no word is called so. */
export const ends = ['first', 'last'] as const

/** One kind of argument: what may stand there. */
export type Kind = 'number' | 'numbers' | 'text' | 'word' | 'run' | 'place' | 'value'
export interface Fn {
  /** by position; those from `needs` on may be left out, the last one repeats where `many` */
  readonly takes: readonly Kind[]
  readonly needs: number
  readonly many?: true
  readonly call: (args: Args) => Promise<Value> | Value
}

/** What names mean: given by who measures, or by a test. */
export interface Scope {
  readonly functions: ReadonlyMap<string, Fn>
  readonly runs: ReadonlySet<string>
  /** the first run of the step: whose text places are of, where no other is named */
  readonly run: string
  readonly words: ReadonlyMap<string, string>
  /** the likeliest token behind the first run */
  answer(): Promise<Token>
  position(place: Place, run: string, at: At, side?: 'source'): Promise<number>
  /** places are of an encoder's source */
  readonly side?: 'source' | undefined
}

/** The arguments of one call, worked out when they are asked for. Kinds and counts were checked (check.ts). */
export class Args {
  constructor(
    private readonly scope: Scope,
    private readonly nodes: readonly Expression[],
    readonly at: At,
    readonly name: string,
  ) {}

  get count(): number {
    return this.nodes.length
  }
  has(i: number): boolean {
    return i < this.nodes.length
  }
  private refuse(i: number, value: Value, need: string): Error {
    return invalid('kind', { found: `${this.name}: ${kindOf(value)}`, need }, this.nodes[i]?.at ?? this.at)
  }
  /** Where an error about this argument points. */
  where(i: number): At {
    return this.nodes[i]?.at ?? this.at
  }

  /** A run's name; the step's first where it is left out. */
  run(i: number): string {
    const node = this.nodes[i]
    return node?.kind === 'name' ? node.name : this.scope.run
  }
  async value(i: number): Promise<Value> {
    return valueOf(this.nodes[i]!, this.scope)
  }
  async number(i: number, otherwise?: number): Promise<number> {
    if (!this.has(i) && otherwise !== undefined) return otherwise
    const value = await this.value(i)
    if (typeof value !== 'number') throw this.refuse(i, value, 'number')
    return value
  }
  /** A whole number from `from` to below `to`. */
  async whole(i: number, from: number, to: number, otherwise?: number): Promise<number> {
    const value = await this.number(i, otherwise)
    if (!Number.isInteger(value) || value < from || value >= to) {
      throw invalid('beyond', { found: value, need: `${from} … ${to - 1}` }, this.where(i))
    }
    return value
  }
  /** Also one number by itself. */
  async numbers(i: number): Promise<readonly number[]> {
    const value = await this.value(i)
    if (typeof value === 'number') return [value]
    if (!isNumbers(value)) throw this.refuse(i, value, 'numbers')
    return value
  }
  async text(i: number): Promise<string> {
    const value = await this.value(i)
    if (isToken(value)) return value.text
    if (typeof value !== 'string') throw this.refuse(i, value, 'text')
    return value
  }
  /** A text or a token. */
  async word(i: number): Promise<string | Token> {
    const value = await this.value(i)
    if (typeof value !== 'string' && !isToken(value)) throw this.refuse(i, value, 'text')
    return value
  }
  /** A position in this run's text, or in its source. */
  async place(i: number, run: string, side?: 'source'): Promise<number> {
    const scope: Scope = { ...this.scope, run, side }
    const value = await valueOf(this.nodes[i]!, scope)
    if (typeof value !== 'number') throw this.refuse(i, value, 'place')
    return value
  }
}

const sums: Record<Arithmetic, (a: number, b: number) => number> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
}
function arithmetic(sign: Arithmetic, a: Value, b: Value, at: At): Value {
  const work = sums[sign]
  if (typeof a === 'number' && typeof b === 'number') return work(a, b)
  const wrong = [a, b].find((one) => typeof one !== 'number' && !isNumbers(one))
  if (wrong !== undefined) throw invalid('kind', { found: `${sign} ${kindOf(wrong)}`, need: 'number' }, at)
  if (typeof a === 'number') return (b as readonly number[]).map((one) => work(a, one))
  if (typeof b === 'number') return (a as readonly number[]).map((one) => work(one, b))
  const [left, right] = [a, b] as [readonly number[], readonly number[]]
  if (left.length !== right.length) throw invalid('lengths', { found: `${left.length}, ${right.length}` }, at)
  return left.map((one, i) => work(one, right[i]!))
}

/** @throws LESSON_INVALID; whatever measuring throws */
export async function valueOf(node: Expression, scope: Scope): Promise<Value> {
  switch (node.kind) {
    case 'number':
    case 'text':
      return node.value
    case 'place':
      return scope.position(node.place, scope.run, node.at, scope.side)
    case 'name': {
      if (node.name === 'answer') return scope.answer()
      const word = scope.words.get(node.name)
      if (word !== undefined) return word
      if ((ends as readonly string[]).includes(node.name)) {
        return scope.position(node.name, scope.run, node.at, scope.side)
      }
      throw invalid(scope.runs.has(node.name) ? 'isRun' : 'name', { found: node.name }, node.at)
    }
    case 'list': {
      const items: Value[] = []
      for (const item of node.items) items.push(await valueOf(item, scope))
      const plain = items.map((item) => (isToken(item) ? item.text : item))
      if (plain.every((one) => typeof one === 'number')) return plain
      if (plain.every((one) => typeof one === 'string')) return plain
      throw invalid('kind', { found: 'list', need: 'number' }, node.at)
    }
    case 'minus':
      return arithmetic('*', -1, await valueOf(node.of, scope), node.at)
    case 'arithmetic': {
      const left = await valueOf(node.left, scope)
      return arithmetic(node.sign, left, await valueOf(node.right, scope), node.at)
    }
    case 'call': {
      const fn = scope.functions.get(node.name)
      if (!fn) throw invalid('function', { found: node.name }, node.at)
      return fn.call(new Args(scope, node.args, node.at, node.name))
    }
  }
}

/** Both sides of everything are worked out, also where the first decides: people see all numbers. */
export async function verdictOf(claim: Claim, scope: Scope): Promise<Verdict> {
  if (claim.kind === 'compare') {
    const value = await valueOf(claim.left, scope)
    const part = compare(value, claim.relation, await valueOf(claim.right, scope), claim.text, claim.at)
    return { holds: part.holds, margin: part.margin, parts: [part] }
  }
  if (claim.kind === 'not') {
    const { holds, margin, parts } = await verdictOf(claim.of, scope)
    return { holds: !holds, margin: -margin, parts }
  }
  const left = await verdictOf(claim.left, scope)
  const right = await verdictOf(claim.right, scope)
  const parts = [...left.parts, ...right.parts]
  return claim.kind === 'and'
    ? { holds: left.holds && right.holds, margin: Math.min(left.margin, right.margin), parts }
    : { holds: left.holds || right.holds, margin: Math.max(left.margin, right.margin), parts }
}
