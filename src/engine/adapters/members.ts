// What every kind asks of its tensors: their names in a Plan, their shapes, and that none is missing.

import { tensorName, type Adapter, type AdapterFile } from './adapter.ts'
import { missingTensor, wrongShape } from './errors.ts'
import type { Member } from './names.ts'

export const tensorsOf = ({ name, tensors }: AdapterFile): Adapter['tensors'] =>
  new Map([...tensors].map(([own, tensor]) => [tensorName(name, own), { ...tensor, name: tensorName(name, own) }]))

export function checkShape(adapter: string, { name, tensor }: Member, need: readonly number[]): void {
  const { shape } = tensor
  if (shape.length !== need.length || shape.some((n, i) => n !== need[i])) {
    throw wrongShape(adapter, name, need, shape)
  }
}

export function absent(adapter: string, own: ReadonlyMap<string, Member>, word: string): never {
  const [one] = own.values()
  const begin = one!.name.replace(/\.(lora|ia3)_.*$/, '')
  throw missingTensor(adapter, `${begin}.${word}`)
}
