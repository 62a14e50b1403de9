// The numbers of a running transfer: bytes, speed over the last seconds, time left. No I/O.

import type { TransferProgress } from './types.ts'

const window = 5000
const interval = 100

export class Meter {
  private readonly files = new Map<string, { loaded: number; total: number | null }>()
  private readonly samples: { at: number; bytes: number }[] = []
  private received = 0
  private reported = -Infinity

  constructor(
    readonly report: ((p: TransferProgress) => void) | undefined,
    readonly now: () => number = () => performance.now(),
  ) {}

  /** How much of a file is here. */
  set(file: string, loaded: number, total: number | null): void {
    this.files.set(file, { loaded, total })
  }

  /** Bytes moved: what the speed is made of. */
  add(file: string, bytes: number, state: TransferProgress['state']): void {
    this.received += bytes
    if (this.now() - this.reported >= interval) this.tell(file, state)
  }

  tell(file: string, state: TransferProgress['state']): void {
    const at = this.now()
    this.reported = at
    this.samples.push({ at, bytes: this.received })
    while (this.samples.length > 2 && at - this.samples[0]!.at > window) this.samples.shift()
    this.report?.(this.progress(file, state))
  }

  progress(file: string, state: TransferProgress['state']): TransferProgress {
    const entries = [...this.files.values()]
    const loaded = entries.reduce((sum, f) => sum + f.loaded, 0)
    const total = entries.some((f) => f.total === null) ? null : entries.reduce((sum, f) => sum + (f.total ?? 0), 0)
    const [first, last] = [this.samples[0], this.samples.at(-1)]
    const seconds = first && last ? (last.at - first.at) / 1000 : 0
    const bytesPerSecond = seconds > 0 ? (last!.bytes - first!.bytes) / seconds : 0
    const secondsLeft = total !== null && bytesPerSecond > 0 ? Math.max(0, total - loaded) / bytesPerSecond : null
    return { file, loaded, total, bytesPerSecond, secondsLeft, state }
  }
}
