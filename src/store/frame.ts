// One state change per frame: whatever comes in between is applied together at the next one.

/** Hidden pages get no frames: they are served by a timer. */
const longest = 250
const withoutFrames = 16
const canFrame = typeof requestAnimationFrame === 'function'

export interface Frame {
  /** runs `apply` at the next frame, once */
  ask(): void
  /** runs it now, if it was asked for */
  flush(): void
}

export function frame(apply: () => void): Frame {
  let cancel: (() => void) | null = null
  const run = (): void => {
    cancel = null
    apply()
  }
  return {
    ask() {
      if (cancel) return
      let frameId = 0
      const timer = setTimeout(
        () => {
          cancel?.()
          run()
        },
        canFrame ? longest : withoutFrames,
      )
      if (canFrame) {
        frameId = requestAnimationFrame(() => {
          clearTimeout(timer)
          run()
        })
      }
      cancel = () => {
        clearTimeout(timer)
        if (canFrame) cancelAnimationFrame(frameId)
      }
    },
    flush() {
      if (!cancel) return
      cancel()
      run()
    },
  }
}
