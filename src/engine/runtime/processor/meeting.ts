// Where threads meet between two pieces of a step: nobody goes on before all have come.
// A wake-up costs tens of microseconds and a token has hundreds of meetings, so a thread first spins. One that had to
// sleep all the same spins a quarter less the next time, one that did not spins longer: where there are more threads
// than free cores, spinning only takes time from whoever is awaited.

/** words: how many have come · which meeting it is · 1: a thread has failed, nobody will come */
const [COUNT, TURN, BROKEN] = [0, 1, 2] as const
/** then a cache line for each thread: the meetings that it came to */
const progress = (thread: number): number => 16 * (thread + 1)
/** Words that meetings take. */
export const MEETING_WORDS = 128
/** most and fewest looks before sleeping */
const [LONG, SHORT, MORE] = [20000, 200, 500] as const

/** Thrown in every thread when one of them fails. */
export class MeetingBroken extends Error {}

/** @param at first of MEETING_WORDS words that are used for nothing else */
export function createMeeting(memory: ArrayBufferLike, at: number, thread: number, threads: number): () => void {
  if (threads === 1) return () => undefined
  const words = new Int32Array(memory, at * 4, MEETING_WORDS)
  let spins: number = LONG
  const check = (): void => {
    if (Atomics.load(words, BROKEN) !== 0) throw new MeetingBroken()
  }
  return () => {
    const turn = Atomics.load(words, TURN)
    words[progress(thread)]!++
    if (Atomics.add(words, COUNT, 1) === threads - 1) {
      Atomics.store(words, COUNT, 0)
      Atomics.add(words, TURN, 1)
      Atomics.notify(words, TURN)
      return check()
    }
    for (let i = 0; i < spins; i++) {
      if (Atomics.load(words, TURN) !== turn) {
        spins = Math.min(LONG, spins + MORE)
        return check()
      }
    }
    spins = Math.max(SHORT, spins - (spins >> 2))
    while (Atomics.load(words, TURN) === turn) {
      check()
      Atomics.wait(words, TURN, turn)
    }
    check()
  }
}

/** Ends all meetings: a thread has failed. */
export function breakMeeting(memory: ArrayBufferLike, at: number): void {
  const words = new Int32Array(memory, at * 4, MEETING_WORDS)
  Atomics.store(words, BROKEN, 1)
  Atomics.add(words, TURN, 1)
  Atomics.notify(words, TURN)
}

/** For new threads on the same memory. */
export const clearMeeting = (memory: ArrayBufferLike, at: number): void => {
  new Int32Array(memory, at * 4, MEETING_WORDS).fill(0)
}

/** A number that changes while any thread gets on. */
export const progressOf = (memory: ArrayBufferLike, at: number): number =>
  new Int32Array(memory, at * 4, MEETING_WORDS).reduce((sum, n, i) => (i >= progress(0) ? sum + n : sum), 0)
