// What the ops of this model are called: a norm by its kind and its place, the rest by what it does.

import type { OpBox } from './outline.ts'
import { useRun } from './run.ts'

export function useOpName(): (box: OpBox) => string {
  const { t } = useRun()
  return ({ op, kind, vectors, ontoNorm }) => {
    const norm = t.norm.kinds[kind ?? 'rms']
    if (op === 'norm') return norm
    if (op === 'after') return t.step.after(norm)
    if (op === 'closing') return t.step.closing(norm)
    if (op === 'qkv') return vectors.map(({ name }) => name).join(', ')
    if (op === 'swiglu' && !vectors.some(({ name }) => name === 'gate')) return t.step.units
    return op === 'out' && ontoNorm ? t.step.ontoNorm : t.step.ops[op]
  }
}
