// What the tabs that share an engine share: the loaded model, whose answer is being written, and who waits in line. One
// answer at a time; a tab's own second one goes to the engine as ever, which refuses it by name.

import type { EngineError } from '../engine/errors.ts'
import type { Shelf } from '../retrieval/shelf.ts'
import type { TransferProgress, StoredModel } from '../storage/types.ts'
import type { Loaded } from './door.ts'
import { Joined } from './joined.ts'
import { Lane } from './lane.ts'
import type { Guest } from './serve.ts'
import type { HostEvent } from './wire.ts'

/** The same text for the same data, in whatever order its properties were written down: each tab makes its own. */
export const keyOf = (data: unknown): string =>
  JSON.stringify(data, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  )

export class House {
  engine: Loaded | null = null
  /** model and options of `engine` (keyOf) */
  key = ''
  /** a load on its way, and whose */
  loading: { by: Guest; ended: Promise<unknown> } | null = null
  /** why the last engine is gone */
  lost: EngineError | null = null
  /** tabs that know of the loaded model */
  readonly knows = new Set<Guest>()
  /** whose answer stands in the engine's cache, and whose edits are in force */
  lastRun: Guest | null = null
  edited: Guest | null = null
  /** whose training is on its way: its steps, and what is asked in between, go through the lane */
  teaching: { by: Guest; ended: Promise<void> } | null = null
  readonly lane = new Lane()
  /** the reader's documents, once someone asked for them */
  shelf: Shelf | null = null
  /** downloads, by what is downloaded */
  readonly downloads = new Joined<StoredModel, TransferProgress>()
  private readonly guests = new Set<Guest>()
  private writer: { guest: Guest; answers: number } | null = null
  private readonly line: { guest: Guest; enter: () => void }[] = []
  private readonly emptied = new Set<() => void>()

  /** @param startPdf starts the thread that reads a PDF (pdf.worker.ts); absent: PDF is refused */
  constructor(readonly startPdf?: () => Worker) {}

  enter(guest: Guest): void {
    this.guests.add(guest)
  }
  leave = (guest: Guest): void => {
    this.guests.delete(guest)
    this.knows.delete(guest)
  }

  /** To all, or all but one. */
  tell(event: HostEvent, but?: Guest): void {
    for (const guest of this.guests) if (guest !== but) guest.tell(event)
  }

  /** Is another tab writing, or in line before? */
  isTaken(guest: Guest): boolean {
    return (this.writer !== null && this.writer.guest !== guest) || this.line.length > 0
  }

  /** Begins an answer, when it is this tab's turn; call what it gives at its end. Null: stopped in line. */
  async turn(guest: Guest, signal: AbortSignal): Promise<(() => void) | null> {
    if (this.isTaken(guest)) {
      if (signal.aborted) return null
      guest.tell({ type: 'turn', waits: true })
      const entered = await new Promise<boolean>((resolve) => {
        const place = { guest, enter: () => resolve(true) }
        this.line.push(place)
        signal.addEventListener('abort', () => {
          const at = this.line.indexOf(place)
          if (at >= 0) this.line.splice(at, 1)
          resolve(at < 0) // its turn had come at this very moment
        })
      })
      guest.tell({ type: 'turn', waits: false })
      if (!entered) return null
    } else this.begin(guest)
    let over = false
    return () => {
      if (!over) this.end()
      over = true
    }
  }

  private begin(guest: Guest): void {
    if (this.writer) this.writer.answers++
    else this.writer = { guest, answers: 1 }
  }

  private end(): void {
    if (!this.writer || --this.writer.answers > 0) return
    this.writer = null
    const next = this.line.shift()
    if (next) {
      this.begin(next.guest)
      next.enter()
    }
    for (const go of this.emptied) go()
    this.emptied.clear()
  }

  /** Resolves when no other tab is writing, or teaching, or with `signal`. */
  async othersDone(guest: Guest, signal?: AbortSignal): Promise<void> {
    const isTaught = (): boolean => this.teaching !== null && this.teaching.by !== guest
    if ((!this.isTaken(guest) && !isTaught()) || signal?.aborted) return
    guest.tell({ type: 'turn', waits: true })
    const stopped = new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true }))
    while ((this.isTaken(guest) || isTaught()) && !signal?.aborted) {
      const done = isTaught() ? this.teaching!.ended : new Promise<void>((resolve) => this.emptied.add(resolve))
      await Promise.race([done, stopped])
    }
    guest.tell({ type: 'turn', waits: false })
  }

  /** Alone with the model while it is taught: between two of its steps. */
  async *between<T>(work: () => AsyncGenerator<T>): AsyncGenerator<T, void, undefined> {
    const leave = this.teaching && (await this.lane.enter())
    try {
      yield* work()
    } finally {
      leave?.()
    }
  }
  betweenSteps<T>(work: () => Promise<T>): Promise<T> {
    return this.teaching ? this.lane.within(work) : work()
  }
}
