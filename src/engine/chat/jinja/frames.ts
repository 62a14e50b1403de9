// Which names a block hides until it sets them.
//
// jinja2 compiles every block (loop, macro, call, filter, set) to a frame of its own. A
// name whose first use in a frame is a plain `set`, and which no frame around it uses, is
// undefined in that frame until then, even where the template was given a variable of
// that name and a block inside reads it first. (compiler: idtracking.Symbols)

import type { Expression, Statement, Target } from './nodes.ts'

type Uses = Map<string, 'found' | 'hidden'>
/** Names that a body's scope begins with as undefined. */
export type Hidden = WeakMap<readonly Statement[], string[]>

export function hiddenNames(template: Statement[]): Hidden {
  const hidden: Hidden = new WeakMap()
  frame(template, [], [], hidden)
  return hidden
}

function frame(body: Statement[], parameters: string[], around: readonly ReadonlySet<string>[], hidden: Hidden): void {
  const uses: Uses = new Map(parameters.map((name) => [name, 'found']))
  const inner: { body: Statement[]; parameters: string[] }[] = []
  const outside = (name: string): boolean => around.some((names) => names.has(name))
  const load = (name: string): void => {
    if (!uses.has(name) && !outside(name)) uses.set(name, 'found')
  }
  // hidden names in the order they came, since the innermost if began
  const fresh: string[] = []
  const store = (name: string): void => {
    if (uses.has(name)) return
    const use = outside(name) ? 'found' : 'hidden'
    uses.set(name, use)
    if (use === 'hidden') fresh.push(name)
  }
  statements(body)
  const own = [...uses].filter(([, use]) => use === 'hidden').map(([name]) => name)
  if (own.length > 0) hidden.set(body, own)
  const names = new Set(uses.keys())
  for (const part of inner) frame(part.body, part.parameters, [...around, names], hidden)

  function statements(list: Statement[]): void {
    for (const node of list) {
      switch (node.type) {
        case 'output':
          read(node.of)
          break
        case 'set':
          read(node.value)
          write(node.target)
          break
        case 'set-block':
          write(node.target)
          inner.push({ body: node.body, parameters: [] })
          break
        case 'macro':
          store(node.name)
          inner.push({ body: node.body, parameters: [...node.signature.parameters, 'caller', 'kwargs', 'varargs'] })
          break
        case 'call-block':
          read(node.call)
          inner.push({ body: node.body, parameters: [...node.signature.parameters, 'caller', 'kwargs', 'varargs'] })
          break
        case 'filter-block':
          read(node.filter)
          inner.push({ body: node.body, parameters: [] })
          break
        case 'scope':
          inner.push({ body: node.body, parameters: [] })
          break
        case 'with':
          node.values.forEach(read)
          inner.push({ body: node.body, parameters: node.targets.flatMap(targetNames) })
          break
        case 'for':
          read(node.over)
          inner.push(
            { body: node.body, parameters: [...targetNames(node.target), 'loop'] },
            { body: node.otherwise, parameters: [] },
          )
          break
        case 'if':
          branches([
            ...node.branches.map(({ test, body: part }) => ({ test, part })),
            { test: null, part: node.otherwise },
          ])
          break
        default:
      }
    }
  }
  /** What only a branch sets is looked up before it, as anything else. */
  function branches(list: { test: Expression | null; part: Statement[] }[]): void {
    const before = fresh.length
    for (const { test, part } of list) {
      if (test) read(test)
      statements(part)
      for (const name of fresh.splice(before)) uses.set(name, 'found')
    }
  }
  function read(node: unknown): void {
    if (Array.isArray(node)) {
      node.forEach(read)
      return
    }
    if (node === null || typeof node !== 'object') return
    const { type, name } = node as { type?: unknown; name?: unknown }
    if (type === 'name' && typeof name === 'string') load(name)
    for (const child of Object.values(node)) if (typeof child === 'object') read(child)
  }
  function write(target: Target): void {
    if (target.type === 'name') store(target.name)
    else if (target.type === 'tuple') target.items.forEach(write)
    else load(target.name)
  }
}

const targetNames = (target: Target): string[] =>
  target.type === 'name' ? [target.name] : target.type === 'tuple' ? target.items.flatMap(targetNames) : []
