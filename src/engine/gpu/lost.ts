// What happens to work on a GPU that goes away: it ends at once, and it ends as GPU_LOST.
//
// A device can be lost between any two calls, and WebGPU says so in many ways (measured in Chromium): mapAsync
// rejects with an AbortError, popErrorScope with "Instance dropped", createBuffer throws a RangeError, a compiled
// pipeline is an error, and onSubmittedWorkDone, writeBuffer and submit report success. None of that is ever
// classified by its words: the device itself is asked, and given a moment to answer.

import { EngineError, type ErrorCode } from '../errors.ts'

/**
 * Seconds that one thing asked of the GPU may take before the GPU counts as hung. Real drivers reset themselves after 2
 * to 10 s.
 */
export const patience = {
  /** an adapter, a device: the browser may have to start its GPU process first */
  open: 20,
  /** a kernel, an error scope: compilers are slow, and scopes wait behind them */
  compile: 60,
  /** a submit and its results on a graphics chip; work is cut into pieces of about 50 ms */
  gpu: 10,
  /** the same where WGSL runs on a processor that has other work, too: nothing resets it, and slow is not hung */
  software: 60,
} as const

/** Milliseconds that `lost` may take to name the cause of a failure. */
const tellingTime = 500

/** Errors that say something of the model, the text or the reader's wish, whatever the GPU does. */
const ofTheDevice: ReadonlySet<ErrorCode> = new Set([
  'KERNEL_FAILED',
  'GPU_VALIDATION',
  'GPU_OUT_OF_MEMORY',
  'GPU_LOST',
  'NUMERIC',
  'INTERNAL',
  'LIMIT_TOO_SMALL',
])

/** @param reason 'unknown' or 'destroyed' (WebGPU's words), 'stalled' */
export const lostError = (
  reason: string,
  message: string,
  facts: { what?: string; seconds?: number } = {},
): EngineError =>
  new EngineError(
    'GPU_LOST',
    `The GPU stopped (${reason}): ${message.replace(/\.*$/, '')}. Your chat is kept; load the model again to go on.`,
    { reason, message, ...facts },
  )

export class Presence {
  /** what all work on the device fails with; null while it is there */
  gone: EngineError | null = null
  /** resolves when the device is gone, or does not answer any more */
  readonly lost: Promise<EngineError>
  private lose = (_: EngineError): void => undefined
  /** what waits now; a race with `lost` would leave something behind on it for every token */
  private readonly waiting = new Set<(error: EngineError) => void>()

  /** @param slow runs WGSL on the processor */
  constructor(
    private readonly device: Pick<GPUDevice, 'lost' | 'destroy'>,
    private readonly slow: boolean,
  ) {
    this.lost = new Promise((resolve) => {
      this.lose = resolve
    })
    void device.lost.then(({ reason, message }) => this.end(lostError(reason, message)))
  }

  private end(error: EngineError): void {
    this.gone ??= error
    this.lose(this.gone)
    for (const reject of this.waiting) reject(this.gone)
  }

  /** Throws GPU_LOST when the device is gone: before work that would report success all the same. */
  check(): void {
    if (this.gone) throw this.gone
  }

  /**
   * Settles as `work` does, but as GPU_LOST when the device goes away first, or does not answer for long.
   * @param what names the work in the error
   */
  async wait<T>(
    what: string,
    work: Promise<T>,
    seconds: number = this.slow ? patience.software : patience.gpu,
  ): Promise<T> {
    if (this.gone) {
      work.catch(() => undefined) // it has begun, and its own failure is heard by nobody
      throw this.gone
    }
    let end = (_: EngineError): void => undefined
    const gone = new Promise<never>((_, reject) => {
      this.waiting.add((end = reject))
    })
    try {
      return await notLongerThan(seconds, Promise.race([work, gone]), () => {
        this.end(stallError(what, seconds))
        this.device.destroy() // whatever it still does, its memory comes back
      })
    } catch (error) {
      throw await this.cause(error)
    } finally {
      this.waiting.delete(end)
    }
  }

  /** Runs a piece of work; whatever it throws because the device is gone is thrown as GPU_LOST. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.check()
    try {
      return await work()
    } catch (error) {
      throw await this.cause(error)
    }
  }

  /** The error to tell of: GPU_LOST when the device is gone, else the one given. */
  async cause(error: unknown): Promise<unknown> {
    if (error instanceof EngineError && (error.code === 'GPU_LOST' || !ofTheDevice.has(error.code))) return error
    return this.gone ?? (await this.told()) ?? error
  }

  private told(): Promise<EngineError | null> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(null), tellingTime)
      void this.lost.then((error) => {
        clearTimeout(timer)
        resolve(error)
      })
    })
  }
}

export const stallError = (what: string, seconds: number): EngineError =>
  lostError('stalled', `it did not answer for ${seconds} s while it was asked for "${what}"`, { what, seconds })

/**
 * Calls `late` when the work takes longer. Counted in beats, not in clock time: a sleeping computer stops both sides
 * alike.
 */
export async function notLongerThan<T>(seconds: number, work: Promise<T>, late: () => void): Promise<T> {
  let beats = 0
  const timer = setInterval(() => {
    if (++beats >= seconds) {
      clearInterval(timer)
      late()
    }
  }, 1000)
  try {
    return await work
  } finally {
    clearInterval(timer)
  }
}
