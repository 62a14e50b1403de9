// One model does one thing at a time, and those who call an API expect that they may all ask at once: they wait in line.

/** A turn of the event loop, so that a stop that waits there is heard. */
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve))
/** Milliseconds for which nothing is heard: a turn may take four. */
const deaf = 50

/** A promise that is not waited for once `signal` fires; it then rejects with the signal's reason. */
export function unless<T>(signal: AbortSignal | undefined, work: Promise<T>): Promise<T> {
  if (!signal) return work
  return new Promise((resolve, reject) => {
    const leave = (): void => reject(signal.reason as Error)
    if (signal.aborted) leave()
    signal.addEventListener('abort', leave, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave))
  })
}

export class Queue {
  private last: Promise<unknown> = Promise.resolve()

  /** Waits for those who asked before. @returns what lets the next one in @throws the signal's reason */
  async enter(signal?: AbortSignal): Promise<() => void> {
    const before = this.last
    let leave = (): void => undefined
    const gone = new Promise<void>((resolve) => (leave = resolve))
    this.last = before.then(() => gone)
    try {
      await unless(signal, before)
      return leave
    } catch (error) {
      leave()
      throw error
    }
  }

  async run<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const leave = await this.enter(signal)
    try {
      return await work()
    } finally {
      leave()
    }
  }

  async *stream<T>(work: () => AsyncIterable<T>, signal?: AbortSignal): AsyncGenerator<T, void, undefined> {
    const leave = await this.enter(signal)
    try {
      yield* work()
    } finally {
      leave()
    }
  }
}

/**
 * Runs ahead of whoever reads, so that a reader who is slow, or gone, keeps nobody waiting in line. A reader who leaves
 * the loop stops it, and so does the signal.
 * @param make begins the work, under a signal that fires in both cases
 * @returns once the first item is there. @throws what came in its place
 */
export async function runAhead<T>(
  make: (signal: AbortSignal) => AsyncIterable<T>,
  signal?: AbortSignal,
): Promise<AsyncGenerator<T, void, undefined>> {
  const left = new AbortController()
  const items: T[] = []
  let end: { error?: unknown } | null = null,
    wake = (): void => undefined
  const work = async (): Promise<void> => {
    let turned = performance.now()
    for await (const item of make(signal ? AbortSignal.any([signal, left.signal]) : left.signal)) {
      items.push(item)
      wake()
      if (performance.now() - turned < deaf) continue
      await turn()
      turned = performance.now()
    }
  }
  void work()
    .then(
      () => (end = {}),
      (error: unknown) => (end = { error }),
    )
    .then(() => wake())
  const some = async (): Promise<void> => {
    while (items.length === 0 && !end) await new Promise<void>((resolve) => (wake = resolve))
    if (items.length === 0 && end && 'error' in end) throw end.error
  }
  await some()
  return (async function* () {
    try {
      for (; items.length > 0; await some()) yield items.shift()!
    } finally {
      left.abort()
    }
  })()
}
