// How much a driver has to compile of a kernel: WGSL with every function in the place of its calls, as drivers make it of
// their own accord. Counted, so that any machine under any load gives the same numbers; docs/performance.md says what they
// were seen to cost. A loop counts once: whoever unrolls one in text has its copies counted.

export interface Inlined {
  /** operators, look-ups and calls of built-in functions */
  operations: number
  barriers: number
  /** places where a storage buffer is written */
  stores: number
}

const tokens = /[A-Za-z_]\w*(?=\s*\()|[-+*/&|^<>!=%]+|\[/g

export function inlined(wgsl: string): Inlined {
  const source = wgsl.replace(/\/\/.*$/gm, '')
  const written = [...source.matchAll(/var<storage,\s*read_write>\s*(\w+)/g)].map(([, name]) => name!)
  const store = written.length
    ? new RegExp(`\\b(?:${written.join('|')})\\[[^;{}]*\\](?:\\.\\w+)?\\s*[-+*/|&^]?=(?!=)`, 'g')
    : null
  const bodies = new Map(
    [...source.matchAll(/\bfn (\w+)\s*\(/g)].map(({ 1: name, index }) => [name!, bodyFrom(source, index)]),
  )
  const known = new Map<string, Inlined>()
  const sizeOf = (name: string): Inlined => {
    const found = known.get(name)
    if (found) return found
    const body = bodies.get(name)!
    const size: Inlined = { operations: 0, barriers: 0, stores: store ? [...body.matchAll(store)].length : 0 }
    for (const [token] of body.matchAll(tokens)) {
      const called = bodies.has(token) ? sizeOf(token) : null
      size.operations += called?.operations ?? 1
      size.barriers += called?.barriers ?? Number(token === 'workgroupBarrier')
      size.stores += called?.stores ?? Number(token === 'atomicStore')
    }
    known.set(name, size)
    return size
  }
  return sizeOf('main')
}

function bodyFrom(source: string, at: number): string {
  const from = source.indexOf('{', at)
  let depth = 0
  for (let i = from; i < source.length; i++) {
    if (source[i] === '{') depth++
    if (source[i] === '}' && --depth === 0) return source.slice(from, i)
  }
  return source.slice(from)
}
