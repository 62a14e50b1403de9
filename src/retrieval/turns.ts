// Long work in slices: the thread that cuts and counts a long text also runs the model, and hears the stop button.

/** Milliseconds of work in one go: what waits is let in before anybody sees that it waited. */
const slice = 20

/** Asked often between two steps: a promise where it is somebody else's turn, and nothing where there is time left. */
export type Turns = () => Promise<void> | undefined

export function turns(clock: () => number = () => performance.now()): Turns {
  let over = clock() + slice
  return () => (clock() < over ? undefined : othersTurn().then(() => void (over = clock() + slice)))
}

/** A message to itself: a timer would be slowed down in a hidden tab. */
const othersTurn = (): Promise<void> =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(null)
  })
