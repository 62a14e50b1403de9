// Who may still be at a tensor: with few rows a thread runs ahead of the others until the next meeting, and a step that
// would overwrite what another still reads, or read what only the first thread writes, must wait for one.
// All threads see the same steps in the same order, and so come to the same answer. It knows names, no places.

/** What a step touches of what other threads can see. */
export interface Touches {
  writes: readonly string[]
  /** what stands once for all threads and changes: caches, the inspector's tensors; of a reference, all that it reads */
  common: readonly string[]
}

export class Traffic {
  /** tensors that some thread may still be at: one copies the first thread's rows, another reads a cache */
  private readonly touched = new Set<string>()
  /** tensors that the first thread alone writes */
  private readonly alone = new Set<string>()

  /** All have met. */
  clear(): void {
    this.touched.clear()
    this.alone.clear()
  }

  /** Must all meet before this step? */
  hinders({ touches: { writes, common }, isReference }: { touches: Touches; isReference: boolean }): boolean {
    if (this.touched.size && writes.some((name) => this.touched.has(name))) return true
    return this.alone.size > 0 && !isReference && common.some((name) => this.alone.has(name))
  }
  /** The step has run. */
  note({ touches: { writes, common }, isReference }: { touches: Touches; isReference: boolean }): void {
    for (const name of common) this.touch(name)
    if (isReference) for (const name of writes) this.alone.add(name)
  }

  touch(name: string): void {
    this.touched.add(name)
  }
  /** Must all meet before the first thread alone writes this tensor? */
  isTouched(name: string): boolean {
    return this.touched.has(name)
  }
  writeAlone(name: string): void {
    this.alone.add(name)
  }
}
