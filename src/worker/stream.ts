// An async iterator across the thread wall, on a MessagePort: ordered, with credit, and stoppable.
//
// The receiver grants credit for a few items; the sender asks its iterator only while it has some,
// so a slow page slows the engine and a stop is seen before the next item. (A transferred
// ReadableStream does the same, but WebKit cannot transfer one.)

/** receiver → sender */
type Ask = { credit: number } | { stop: true }
/** sender → receiver */
type Say<T> = { item: T } | { end: true }

/** items that the sender may be ahead of the receiver, and how many are granted at a time */
const credit = 6,
  grant = 3
/** Milliseconds after which a stop that waits in the queue is seen, before the next item: a turn costs a tenth of one. */
const deaf = 4

/** One turn of the event loop. */
const turn = (): Promise<void> =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(null)
  })

/**
 * Sends everything `iterator` yields; resolves when it ended or was stopped.
 * @param stop aborted when the receiver stops: the iterator is expected to end by itself soon after
 * @param failed makes the last item out of an error
 * @param pack what is done to every item before it is cloned
 */
export async function send<T>(
  iterator: AsyncGenerator<T, unknown>,
  port: MessagePort,
  stop: AbortController,
  failed: (error: unknown) => T,
  pack = (item: T): T => item,
): Promise<void> {
  let left = 0
  let wake = (): void => undefined
  const say = (message: Say<T>): void => port.postMessage(message)
  port.onmessage = ({ data }: MessageEvent<Ask>) => {
    if ('stop' in data) stop.abort()
    else left += data.credit
    wake()
  }
  stop.signal.addEventListener('abort', () => wake())
  let turned = -Infinity
  try {
    for (;;) {
      // After a stop the iterator still gives its last word, credit or not.
      while (left <= 0 && !stop.signal.aborted) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      if (performance.now() - turned > deaf) {
        await turn()
        turned = performance.now()
      }
      const { done, value } = await iterator.next()
      if (done) break
      left--
      say({ item: pack(value) })
    }
  } catch (error) {
    say({ item: failed(error) })
  } finally {
    say({ end: true })
    port.close()
  }
}

export interface Receiver<T> {
  /** the next item, or null at the end */
  next(): Promise<T | null>
  stop(): void
  close(): void
}

export function receive<T>(port: MessagePort): Receiver<T> {
  const items: T[] = []
  let ended = false,
    taken = 0
  let wake = (): void => undefined
  const ask = (message: Ask): void => port.postMessage(message)
  port.onmessage = ({ data }: MessageEvent<Say<T>>) => {
    if ('item' in data) items.push(data.item)
    else ended = true
    wake()
  }
  ask({ credit })
  return {
    async next() {
      while (items.length === 0 && !ended) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      if (items.length === 0) return null
      if (++taken % grant === 0) ask({ credit: grant })
      return items.shift()!
    },
    stop: () => ask({ stop: true }),
    close: () => port.close(),
  }
}
