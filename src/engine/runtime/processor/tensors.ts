// The tensors of a Plan and of the inspector as one thread sees them: in the arena by their words, or in memory of
// their own; and this thread's replicas, its own first rows of every buffer.

import { stepsOf, type Part, type Plan } from '../../model/plan.ts'
import { usesOf } from '../../model/flow.ts'
import { FEW, type Memory } from './memory.ts'
import type { ThreadStart, WorkItem } from './requests.ts'

export class Tensors {
  readonly floats: Float32Array
  readonly words: Uint32Array
  private readonly extra = new Map<string, Float32Array>()
  /** the inspector's tensors that lie in the arena */
  private readonly inside = new Map<string, { at: number; words: number }>()
  private readonly writers: Map<string, Part>

  constructor(private readonly start: ThreadStart) {
    this.floats = new Float32Array(start.memory)
    this.words = new Uint32Array(start.memory)
    this.writers = writersOf(start.plan)
  }

  /** In the place of one of that name, which may have lain in the other room. */
  add(name: string, at: number | Memory, words: number): void {
    this.inside.delete(name)
    this.extra.delete(name)
    if (typeof at === 'number') this.inside.set(name, { at, words })
    else this.extra.set(name, new Float32Array(at))
  }
  /** Is it the inspector's, not the Plan's? */
  isExtra(name: string): boolean {
    return this.extra.has(name) || this.inside.has(name)
  }

  /** The word that a tensor begins at, the same for every thread; null where it lies in memory of its own. */
  place(name: string): number | null {
    if (name === 'ids') return this.start.placement.ids
    return (this.start.placement.tensors[name] ?? this.inside.get(name))?.at ?? null
  }

  /** With few rows, a buffer that steps of this part write and others read is each thread's own. */
  isOwn(name: string, part: Part): boolean {
    return this.writers.get(name) === part && this.start.placement.replicas[0]![name] !== undefined
  }
  /** The word that a tensor begins at for few rows. */
  placeOfFew(name: string, part: Part): number | null {
    return this.isOwn(name, part) ? this.start.placement.replicas[this.start.thread]![name]! : this.place(name)
  }

  /** All of a tensor; raw bits where it holds no floats. */
  data(name: string): Float32Array {
    const place = this.start.placement.tensors[name] ?? this.inside.get(name)
    return place ? this.floats.subarray(place.at, place.at + place.words) : this.extra.get(name)!
  }

  write(name: string, at: number, words: Uint32Array): void {
    if (this.start.thread !== 0) return
    const { buffer, byteOffset, length } = this.data(name)
    new Uint32Array(buffer, byteOffset, length).set(words, at)
    // what was never an f32 must not pass through a float: a NaN's bits are not kept
  }
  copy({ copy, at, to, toAt, count }: Exclude<WorkItem, number>): void {
    this.data(to).set(this.data(copy).subarray(at, at + count), toAt)
  }

  /** Takes over the first `T` rows of a buffer, or of all, as the first thread has them. */
  refresh(T: number, name?: string): void {
    const { placement, plan, thread } = this.start
    if (thread === 0 || T > FEW) return
    for (const [buffer, at] of Object.entries(placement.replicas[thread]!)) {
      if (name !== undefined && name !== buffer) continue
      const { width } = plan.buffers[buffer]!
      const from = placement.tensors[buffer]!.at
      this.floats.copyWithin(at, from, from + Math.min(T * width, placement.tensors[buffer]!.words))
    }
  }
}

/** Which part's steps write a buffer. */
function writersOf(plan: Plan): Map<string, Part> {
  const writers = new Map<string, Part>()
  for (const part of ['encode', 'body', 'head', 'probe'] as const) {
    for (const step of stepsOf(plan, part)) {
      for (const { tensor, writes } of usesOf(step)) if (writes && plan.buffers[tensor]) writers.set(tensor, part)
    }
  }
  return writers
}
