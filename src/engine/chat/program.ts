// What can be known of a parsed template before it runs: that it is not too large or
// too deep, and that filters which multiply get short literals as arguments. Also marks
// the nodes whose values the guard (sandbox.ts) has to look at.

import type { parse } from '@huggingface/jinja'
import type { EngineError, Facts } from '../errors.ts'

type Tree = ReturnType<typeof parse>
interface AnyNode { type: string; [key: string]: unknown }

export interface Program {
  /** what a for loop runs over */
  looped: WeakSet<object>
  /** what becomes text: statements of a block, operands of + and ~ */
  printed: WeakSet<object>
  /** what stands before a dot or bracket */
  dotted: WeakSet<object>
  /** the lists of statements that a loop repeats, and that it runs when there was no turn */
  loopBody: WeakSet<object>
  loopElse: WeakSet<object>
}

const mostNodes = 20_000
const mostDepth = 250
/** Filters that take any argument: they cannot multiply, or are guarded where they run. */
const freeFilters = new Set(['default', 'd', 'replace', 'int', 'float'])
const bodies = ['body', 'alternate', 'defaultBlock']

const isNode = (value: unknown): value is AnyNode => typeof value === 'object' && value !== null && typeof (value as AnyNode).type === 'string'

export function checkProgram(tree: Tree, limit: (what: string, facts?: Facts) => EngineError): Program {
  const program: Program = { looped: new WeakSet(), printed: new WeakSet(), dotted: new WeakSet(), loopBody: new WeakSet(), loopElse: new WeakSet() }
  const stack: { value: unknown; depth: number }[] = [{ value: tree, depth: 0 }]
  let count = 0
  while (stack.length > 0) {
    const { value, depth } = stack.pop()!
    if (Array.isArray(value)) { for (const child of value) stack.push({ value: child, depth }); continue }
    if (value instanceof Map) { for (const [key, child] of value) stack.push({ value: key, depth }, { value: child, depth }); continue }
    if (!isNode(value)) continue
    if (++count > mostNodes) throw limit(`it has more than ${mostNodes} parts`)
    if (depth > mostDepth) throw limit(`it nests deeper than ${mostDepth} levels`)
    mark(value, program)
    if (value.type === 'FilterExpression' || value.type === 'FilterStatement') checkFilter(value.filter as AnyNode, limit)
    for (const child of Object.values(value)) if (typeof child === 'object' && child !== null) stack.push({ value: child, depth: depth + 1 })
  }
  return program
}

function mark(node: AnyNode, program: Program): void {
  const add = (set: WeakSet<object>, child: unknown): void => { if (isNode(child)) set.add(child) }
  for (const name of bodies) if (Array.isArray(node[name])) for (const child of node[name]) add(program.printed, child)
  if (node.type === 'For') {
    const iterable = node.iterable as AnyNode
    add(program.looped, iterable.type === 'SelectExpression' ? iterable.lhs : iterable)
    program.loopBody.add(node.body as object)
    program.loopElse.add(node.defaultBlock as object)
  }
  if (node.type === 'BinaryExpression') { add(program.printed, node.left); add(program.printed, node.right) }
  if (node.type === 'MemberExpression') add(program.dotted, node.object)
}

function checkFilter(filter: AnyNode, limit: (what: string) => EngineError): void {
  if (filter.type !== 'CallExpression') return
  const name = String((filter.callee as AnyNode).value)
  if (freeFilters.has(name)) return
  if (!(filter.args as AnyNode[]).every(argument => isShort(argument))) throw limit(`its filter "${name.slice(0, 40)}" has an argument that is not a short literal`)
}

function isShort(node: AnyNode): boolean {
  switch (node.type) {
    case 'StringLiteral': return (node.value as string).length <= 256
    case 'IntegerLiteral': case 'FloatLiteral': return Math.abs(node.value as number) <= 64
    case 'Identifier': return /^(true|false|none)$/i.test(String(node.value))
    case 'KeywordArgumentExpression': return isShort(node.value as AnyNode)
    case 'TupleLiteral': case 'ArrayLiteral': return (node.value as AnyNode[]).length <= 8 && (node.value as AnyNode[]).every(isShort)
    default: return false
  }
}
