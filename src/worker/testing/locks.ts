// Web Locks for tests in Node, which has none of that age: exclusive and shared, in line, and what a tab holds or waits for is
// free at the moment it ends.

type Held = (lock: Lock | null) => unknown
interface Ask {
  tab: object
  name: string
  shared: boolean
  run: () => void
}

/** All locks of one browser; of(tab) is what `navigator.locks` is in a tab. */
export class FakeLocks {
  private held: Ask[] = []
  private line: Ask[] = []

  of(tab: object): LockManager {
    const request = (name: string, second: LockOptions | Held, third?: Held): Promise<unknown> => {
      const options = typeof second === 'function' ? {} : second
      const callback = (third ?? second) as Held
      return new Promise((resolve, reject) => {
        const ask: Ask = {
          tab,
          name,
          shared: options.mode === 'shared',
          run: () => {
            this.held.push(ask)
            const holding = async (): Promise<unknown> => callback({ name, mode: options.mode ?? 'exclusive' })
            void holding()
              .then(resolve, reject)
              .finally(() => this.free((one) => one === ask))
          },
        }
        if (options.ifAvailable && !this.isFree(ask)) {
          void Promise.resolve(callback(null)).then(resolve, reject)
          return
        }
        options.signal?.addEventListener('abort', () => {
          if (!this.line.includes(ask)) return
          this.line = this.line.filter((one) => one !== ask)
          reject(new DOMException('aborted', 'AbortError'))
        })
        this.line.push(ask)
        this.next()
      })
    }
    const query = () => Promise.resolve({ held: this.held.map(({ name }) => ({ name })), pending: [] })
    return { request, query } as unknown as LockManager
  }

  /** The tab is gone, whatever it was doing. */
  end(tab: object): void {
    this.line = this.line.filter((one) => one.tab !== tab)
    this.free((one) => one.tab === tab)
  }

  private free(gone: (one: Ask) => boolean): void {
    this.held = this.held.filter((one) => !gone(one))
    this.next()
  }
  private isFree({ name, shared }: Ask, before: readonly Ask[] = this.line): boolean {
    return [...this.held, ...before].every((one) => one.name !== name || (shared && one.shared))
  }
  private next(): void {
    for (let i = 0; i < this.line.length; i++) {
      if (!this.isFree(this.line[i]!, this.line.slice(0, i))) continue
      const [ask] = this.line.splice(i--, 1)
      ask!.run()
    }
  }
}
