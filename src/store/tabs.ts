// What the tabs of one browser tell each other: which chats changed on disk, and which answers are being
// written.
//
// A tab that writes an answer holds a lock named after it, so that others know an unfinished one from one whose tab is
// gone.

const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('glassbox-chats')
/** Node keeps running for an open channel. */
;(channel as { unref?: () => void } | null)?.unref?.()

/** Says that these chats have changed on disk; null: many have. */
export const tellChanged = (ids: readonly string[] | null): void => channel?.postMessage(ids)

/** Told what other tabs say; never what this one does. */
export function onChanged(hear: (ids: readonly string[] | null) => void): void {
  channel?.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    if (data === null) hear(null)
    else if (Array.isArray(data)) hear(data.filter((id): id is string => typeof id === 'string'))
  })
}

const locks = (): LockManager | undefined =>
  typeof navigator === 'undefined' ? undefined : (navigator as { locks?: LockManager }).locks
const nameOf = (turn: string): string => `glassbox-answer:${turn}`

/** Resolves when everybody can see that this tab writes the answer; call what it gives when it is written and saved. */
export async function beginWriting(turn: string): Promise<() => void> {
  let end = (): void => undefined
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  await new Promise<void>((held) => {
    const manager = locks()
    if (!manager) return held()
    manager
      .request(nameOf(turn), () => {
        held()
        return ended
      })
      .catch(() => held())
  })
  return end
}

/** Which of these answers another tab (or this one) is writing now. */
export async function writtenNow(turns: readonly string[]): Promise<ReadonlySet<string>> {
  if (turns.length === 0) return new Set()
  const held = new Set(
    (
      await locks()
        ?.query()
        .catch(() => null)
    )?.held?.map(({ name }) => name),
  )
  return new Set(turns.filter((turn) => held.has(nameOf(turn))))
}

/** Resolves when nobody writes the answer any more. */
export const whenWritten = async (turn: string): Promise<void> => {
  await locks()
    ?.request(nameOf(turn), { mode: 'shared' }, () => undefined)
    .catch(() => undefined)
}
