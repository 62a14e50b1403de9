// One after the other: a training takes the lane for each of its steps, and whoever asks the model something meanwhile has the
// next place in it, so that nothing is ever computed beside it.

export class Lane {
  private last: Promise<void> = Promise.resolve()

  /** @returns what is called when the work is over */
  async enter(): Promise<() => void> {
    const before = this.last
    let leave = (): void => undefined
    this.last = new Promise((resolve) => (leave = resolve))
    await before
    return leave
  }
  async within<T>(work: () => Promise<T>): Promise<T> {
    const leave = await this.enter()
    try {
      return await work()
    } finally {
      leave()
    }
  }
}
