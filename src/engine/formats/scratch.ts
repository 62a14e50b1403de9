// Memory for one stream of weights: used again for every chunk, and given back at once. A collector of garbage sees
// small wrappers where array buffers hold megabytes; left to it, a load weighs many times the chunk it works on.

/** Bytes from which on a buffer's loss should hurry the collector. */
const LARGE = 2 ** 16

/** Frees the bytes now; every view of their buffer becomes empty. Only for memory that nobody else reads any more. */
export function release({ buffer }: Uint8Array): void {
  if (!(buffer instanceof ArrayBuffer)) return
  const { byteLength } = buffer
  // where a browser is too old for transfer(), the collector comes later
  ;(buffer as Partial<Pick<ArrayBuffer, 'transfer'>>).transfer?.(0)
  if (byteLength >= LARGE) hurry(byteLength)
}

/**
 * Reading a Blob and hashing leave copies of their own behind, which the collector frees when it runs; and it runs when
 * buffers have been dropped, not when they were freed by hand. So as much as was freed is dropped once more: memory that
 * is never written takes no room. Without it, loading 98 MB kept 230 MB (measured in Chromium's renderer).
 */
function hurry(bytes: number): void {
  Reflect.construct(ArrayBuffer, [2 * bytes]) // as a plain `new` it would be minified away
}

/** Fresh bytes for a reader that may have brought its own memory: moved there if so. */
export function handOver(fresh: Uint8Array, into?: Uint8Array): Uint8Array {
  if (!into) return fresh
  into.set(fresh)
  const { length } = fresh
  release(fresh)
  return into.subarray(0, length)
}

export class Scratch {
  private readonly held = new Map<string, Uint8Array>()

  /** `length` bytes of any content at the start of a buffer, until the same name is asked for again. */
  bytes(name: string, length: number): Uint8Array {
    let memory = this.held.get(name)
    if (!memory || memory.length < length) {
      if (memory) release(memory)
      this.held.set(name, (memory = new Uint8Array(length)))
    }
    return memory.subarray(0, length)
  }

  floats(name: string, count: number): Float32Array {
    return new Float32Array(this.bytes(name, count * 4).buffer, 0, count)
  }

  release(): void {
    this.held.forEach(release)
    this.held.clear()
  }
}
