// One worker and the promise that nothing waits for it for ever: every call is raced against the
// worker's death, which the browser tells within milliseconds (pulse.ts), and a heartbeat runs while anything
// is pending, for a worker that lives and does not answer. A call to a terminated worker never settles by
// itself (measured), and comlink says nothing either.

import * as Comlink from 'comlink'
import { EngineError } from '../engine/errors.ts'
import type { HostEvent, Wire } from './wire.ts'
import { holdUntil, newPulse, watchPulse } from './pulse.ts'

export interface Patience {
  /** milliseconds between heartbeats */
  beat: number
  /** beats without an answer until the worker counts as dead */
  quiet: number
  /** the same while a call runs that may compute for long without a pause (load, plan) */
  busy: number
  /** the same before the first answer: the script may still be on its way */
  start: number
  /** milliseconds that a call which may be made twice waits for the next worker */
  again: number
}
export const defaultPatience: Patience = { beat: 1000, quiet: 8, busy: 30, start: 30, again: 10_000 }

/** Proxies in use: one that is collected in the middle of a call leaves it pending for ever (comlink #692). */
const pinned = new Set<Connection>()

export class Connection {
  readonly wire: Comlink.Remote<Wire>
  private death: EngineError | null = null
  /** the worker has answered at least once */
  started = false
  private readonly pending = new Map<(error: EngineError) => void, { name: string; busy: boolean }>()
  private timer: ReturnType<typeof setInterval> | undefined
  private asked = false
  private missed = 0
  private readonly over = new AbortController()
  private unwatch = (): void => undefined

  constructor(
    readonly worker: Worker,
    readonly patience: Patience,
    readonly onEvent: (event: HostEvent) => void,
    readonly onDeath: (error: EngineError) => void,
  ) {
    pinned.add(this)
    worker.addEventListener('error', (event) => {
      event.preventDefault()
      this.die('WORKER_DIED', event.message || 'its script did not load')
    })
    worker.addEventListener('messageerror', () => this.die('WORKER_DIED', 'a message could not be read'))
    this.wire = Comlink.wrap<Wire>(worker)
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = ({ data }: MessageEvent<HostEvent>) => onEvent(data)
    this.over.signal.addEventListener('abort', () => port1.close()) // what was still on its way is of no engine
    void (this.wire.events(Comlink.transfer(port2, [port2])) as Promise<void>).catch(() => undefined)
    void this.feel().catch(() => undefined)
  }

  private async feel(): Promise<void> {
    const name = newPulse(),
      tab = newPulse()
    const held = await holdUntil(tab, this.over.signal)
    if (!(await this.wire.hold(name, held ? tab : null))) return
    this.started = true
    if (!this.death) {
      this.unwatch = watchPulse(name, () => {
        this.die('WORKER_DIED', 'it ended by itself')
      })
    }
  }

  get dead(): EngineError | null {
    return this.death
  }

  /** Settles with the promise, or rejects when the worker dies first. `name` is said in the error. */
  race<T>(name: string, work: Promise<T>, busy = false): Promise<T> {
    if (this.death) return Promise.reject(this.death)
    return new Promise<T>((resolve, reject) => {
      const end = (): void => {
        this.pending.delete(reject)
        if (this.pending.size === 0) this.rest()
      }
      this.pending.set(reject, { name, busy })
      this.watch()
      work
        .then((value) => {
          this.started = true
          this.missed = 0
          resolve(value)
        }, reject)
        .finally(end)
    })
  }

  /** Ends the worker; every pending call rejects now. */
  die(code: 'WORKER_DIED' | 'WORKER_TIMEOUT', reason: string, seconds?: number): void {
    if (this.death) return
    const call = [...this.pending.values()].at(-1)?.name ?? null
    const facts = { reason, started: this.started, call, ...(seconds !== undefined && { seconds }) }
    this.death = new EngineError(
      code,
      code === 'WORKER_TIMEOUT'
        ? `The engine gave no sign of life for ${seconds} s and was ended. Chats and stored models are kept. Start the engine again.`
        : `The engine's thread ended: ${reason}. Chats and stored models are kept. Start the engine again.`,
      facts,
    )
    this.rest()
    this.unwatch()
    this.over.abort()
    this.worker.terminate()
    for (const reject of this.pending.keys()) reject(this.death)
    this.pending.clear()
    pinned.delete(this)
    this.onDeath(this.death)
  }

  private watch(): void {
    if (this.timer !== undefined) return
    this.missed = 0
    this.asked = false
    this.timer = setInterval(() => this.beat(), this.patience.beat)
  }

  private rest(): void {
    clearInterval(this.timer)
    this.timer = undefined
  }

  /** Counted in beats, not in clock time: a frozen tab or a sleeping computer stops both sides alike. */
  private beat(): void {
    if (this.asked) {
      const limit = !this.started
        ? this.patience.start
        : [...this.pending.values()].some((call) => call.busy)
          ? this.patience.busy
          : this.patience.quiet
      if (++this.missed >= limit) {
        this.die('WORKER_TIMEOUT', 'no answer', Math.round((limit * this.patience.beat) / 1000))
      }
      return
    }
    this.asked = true
    void (this.wire.ping() as Promise<void>).then(
      () => {
        this.started = true
        this.asked = false
        this.missed = 0
      },
      () => undefined,
    )
  }
}
