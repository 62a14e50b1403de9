// One piece of work that several tabs ask for: the first begins it, the others join. Each hears how far it is; it is
// stopped when nobody is left who wants it.

import { EngineError } from '../engine/errors.ts'
import type { Follow } from './call-types.ts'

interface Running<T, P> {
  result: Promise<T>
  stop: AbortController
  readonly followers: Set<Follow<P>>
}

export class Joined<T, P> {
  private readonly running = new Map<string, Running<T, P>>()

  /** @param key what is the same work @throws ABORTED for who stops, while others go on */
  async run(key: string, follow: Follow<P>, begin: (follow: Follow<P>) => Promise<T>): Promise<T> {
    let work = this.running.get(key)
    if (!work) {
      const followers = new Set<Follow<P>>()
      const stop = new AbortController()
      const onProgress = (p: P): void => followers.forEach((one) => one.onProgress?.(p))
      const result = begin({ onProgress, signal: stop.signal }).finally(() => this.running.delete(key))
      work = { result, stop, followers }
      this.running.set(key, work)
    }
    const { followers, stop, result } = work
    followers.add(follow)
    const leave = (): void => {
      followers.delete(follow)
      if (followers.size === 0) stop.abort()
    }
    let left = (): void => undefined
    const alone = new Promise<never>((_, reject) => {
      left = () => {
        leave()
        // the last one hears how the work itself ends
        if (followers.size > 0) reject(new EngineError('ABORTED', 'Stopped here; another tab goes on with it.'))
      }
    })
    alone.catch(() => undefined)
    if (follow.signal?.aborted) left()
    follow.signal?.addEventListener('abort', left, { once: true })
    try {
      return await Promise.race([result, alone])
    } finally {
      follow.signal?.removeEventListener('abort', left)
      followers.delete(follow)
    }
  }
}
