// What can be said of a claim before anything runs: every function is known and gets as many values as it takes, a run
// stands where a run belongs and nowhere else, every other name is a word of the lesson.

import { invalid } from '../problem.ts'
import { ends, type Fn } from './evaluate.ts'
import type { Claim, Expression } from './parse.ts'

export interface Names {
  readonly functions: ReadonlyMap<string, Pick<Fn, 'takes' | 'needs' | 'many'>>
  readonly runs: ReadonlySet<string>
  readonly words: ReadonlySet<string>
}

/**
 * @returns the runs that are read, in the order they are first named; those left to the step's first are not among them
 * @throws LESSON_INVALID with line and column
 */
export function checkNames(node: Claim | Expression, names: Names): string[] {
  const runs = new Set<string>()
  const walk = (one: Claim | Expression): void => {
    switch (one.kind) {
      case 'not':
      case 'minus':
        return walk(one.of)
      case 'and':
      case 'or':
      case 'compare':
      case 'arithmetic':
        walk(one.left)
        return walk(one.right)
      case 'list':
        return one.items.forEach(walk)
      case 'name':
        if (names.words.has(one.name) || one.name === 'answer' || (ends as readonly string[]).includes(one.name)) return
        throw invalid(names.runs.has(one.name) ? 'isRun' : 'name', { found: one.name }, one.at)
      case 'call':
        return call(one)
      default:
    }
  }
  const call = (one: Expression & { kind: 'call' }): void => {
    const fn = names.functions.get(one.name)
    if (!fn) throw invalid('function', { found: one.name }, one.at)
    const most = fn.many ? Infinity : fn.takes.length
    if (one.args.length < fn.needs || one.args.length > most) {
      const need = most === Infinity ? `${fn.needs} …` : fn.needs === most ? most : `${fn.needs} … ${most}`
      throw invalid('arguments', { found: `${one.name}: ${one.args.length}`, need }, one.at)
    }
    one.args.forEach((arg, i) => {
      const kind = fn.takes[Math.min(i, fn.takes.length - 1)]
      if (kind !== 'run') return walk(arg)
      if (arg.kind !== 'name' || !names.runs.has(arg.name)) {
        throw invalid('run', { found: arg.kind === 'name' ? arg.name : `${one.name}: ${i + 1}` }, arg.at)
      }
      runs.add(arg.name)
    })
  }
  walk(node)
  return [...runs]
}
