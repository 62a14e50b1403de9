// The threads of a processor: workers over one shared memory, or, where there is none, the calling thread itself.
// Requests go to all of them in order; a run is answered when all are done. A thread that ends by itself, fails, or
// stands still fails every run that is still open; whoever runs the Plan then starts a new team on the same memory.

import { checkAborted } from '../../errors.ts'
import type { Thread } from '../../types.ts'
import { clearMeeting, progressOf } from './meeting.ts'
import type { Placement, Memory } from './memory.ts'
import type { Answer, Request, ThreadStart } from './requests.ts'
import { PlanThread } from './thread.ts'

/** A worker of the page's; tests bring Node's. */
export type StartThread = () => Thread

export interface Team {
  readonly threads: number
  /** ops of the Plan that run on their references */
  readonly references: string[]
  /** why it runs nothing any more */
  readonly ended: ThreadEnded | null
  post(request: Exclude<Request, { run: number }>): void
  /** @returns milliseconds. @throws ThreadEnded */
  run(request: Work): Promise<number>
  end(): void
}
type Work = Omit<Extract<Request, { parts: unknown }>, 'run'> | Omit<Extract<Request, { time: unknown }>, 'run'>

/** `failed`: a kernel threw; else the thread is gone. */
export class ThreadEnded extends Error {
  constructor(
    message: string,
    readonly failed: boolean,
  ) {
    super(message)
  }
}

/** Where there are no workers, or no memory that they could share: the calling thread is the only one. */
export class OneThread implements Team {
  readonly threads = 1
  readonly ended = null
  readonly references: string[]
  private readonly thread: PlanThread
  private runs = 0

  constructor(start: Omit<ThreadStart, 'thread' | 'threads'>) {
    this.thread = new PlanThread({ ...start, thread: 0, threads: 1 })
    this.references = this.thread.references
  }
  post(request: Exclude<Request, { run: number }>): void {
    this.thread.answer(request)
  }
  async run(request: Work): Promise<number> {
    const ms = this.thread.answer({ ...request, run: this.runs++ } as Request)!
    await breath()
    return ms
  }
  end(): void {
    return undefined
  }
}

/** Lets waiting messages in: a stop, a heartbeat. A timer would be slowed down in a hidden tab. */
const breath = (): Promise<void> =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(null)
  })

/** Milliseconds between looks at the threads' progress, and how many looks without any make a dead team. */
const BEAT = 500,
  PATIENCE = 60
/** Milliseconds for a thread to come up. */
export const START = 20_000

export class Threads implements Team {
  references: string[] = []
  private readonly open = new Map<number, { done: (ms: number) => void; failed: (error: ThreadEnded) => void }>()
  private readonly ready: Promise<void>[]
  private runs = 0
  ended: ThreadEnded | null = null
  private watch: ReturnType<typeof setInterval> | undefined
  private still = { progress: -1, beats: 0 }

  private constructor(
    private readonly memory: Memory,
    private readonly placement: Placement,
    private readonly workers: readonly Thread[],
  ) {
    clearMeeting(memory, placement.meeting)
    this.ready = workers.map(
      (worker) =>
        new Promise<void>((resolve, reject) => {
          const late = setTimeout(() => gone(new ThreadEnded('it did not start', false)), START)
          const gone = (error: ThreadEnded): void => {
            clearTimeout(late)
            reject(error)
            this.die(error)
          }
          worker.addEventListener('message', ({ data }: MessageEvent) => {
            const answer = data as Answer
            if ('ready' in answer) {
              clearTimeout(late)
              this.references = answer.references
              resolve()
            } else if ('failed' in answer) gone(new ThreadEnded(answer.failed, true))
            else this.settle(answer.done, answer.ms)
          })
          worker.addEventListener('error', (event) => {
            event.preventDefault() // else it is an error of the worker that started it, too, and ends that
            gone(new ThreadEnded(event.message || 'it ended', false))
          })
        }),
    )
  }
  get threads(): number {
    return this.workers.length
  }

  /** @throws what starting a thread throws, ThreadEnded when one does not come up, ABORTED */
  static async start(
    start: StartThread,
    threads: number,
    first: Omit<ThreadStart, 'thread' | 'threads'>,
    signal?: AbortSignal,
  ): Promise<Team> {
    const workers: Thread[] = []
    let stop = (): void => undefined
    const stopped = new Promise<void>((resolve) => (stop = resolve))
    signal?.addEventListener('abort', stop)
    try {
      for (let thread = 0; thread < threads; thread++) workers.push(start())
      const team = new Threads(first.memory, first.placement, workers)
      workers.forEach((worker, thread) => worker.postMessage({ ...first, thread, threads } satisfies ThreadStart))
      await Promise.race([Promise.all(team.ready), stopped])
      checkAborted(signal)
      return team
    } catch (error) {
      for (const worker of workers) worker.terminate()
      throw error
    } finally {
      signal?.removeEventListener('abort', stop)
    }
  }

  post(request: Exclude<Request, { run: number }>): void {
    for (const worker of this.workers) worker.postMessage(request)
  }
  run(request: Work): Promise<number> {
    if (this.ended) return Promise.reject(this.ended)
    const run = this.runs++
    const answer = new Promise<number>((done, failed) => this.open.set(run, { done, failed }))
    for (const worker of this.workers) worker.postMessage({ ...request, run })
    this.still = { progress: -1, beats: 0 }
    this.watch ??= setInterval(() => this.beat(), BEAT)
    return answer
  }
  end(): void {
    this.die(new ThreadEnded('it was ended', false))
  }

  private settle(run: number, ms: number): void {
    this.open.get(run)?.done(ms)
    this.open.delete(run)
    if (this.open.size) return
    clearInterval(this.watch)
    this.watch = undefined
  }
  private die(error: ThreadEnded): void {
    if (this.ended) return
    this.ended = error
    clearInterval(this.watch)
    for (const worker of this.workers) worker.terminate()
    for (const { failed } of this.open.values()) failed(error)
    this.open.clear()
  }
  /** Counted in beats, not in clock time: a frozen tab or a sleeping computer stops both sides alike. */
  private beat(): void {
    const progress = progressOf(this.memory, this.placement.meeting)
    this.still = { progress, beats: progress === this.still.progress ? this.still.beats + 1 : 0 }
    if (this.still.beats >= PATIENCE) this.die(new ThreadEnded('it gave no sign of life', false))
  }
}
