// An experiment beside the loaded model: whoever asks the model meanwhile has its place between two steps (lane.ts), as in a
// training, and while it lasts no model is taught.

import type { Guest } from './serve.ts'
import type { House } from './house.ts'
import { taught } from './keeping.ts'

/** Goes through the house's lane event by event. @throws BUSY where a model is being taught */
export async function* besideModel<T>(
  house: House,
  me: Guest,
  events: AsyncGenerator<T>,
  stop: AbortController,
): AsyncGenerator<T, void, undefined> {
  const mayBegin = await house.turn(me, stop.signal)
  if (!mayBegin) return
  let over = (): void => undefined
  const own = { by: me, ended: new Promise<void>((resolve) => (over = resolve)) }
  try {
    if (house.teaching) throw taught()
    house.teaching = own
    mayBegin()
    for (;;) {
      const next = await house.lane.within(() => events.next())
      if (next.done) return
      yield next.value
    }
  } finally {
    mayBegin()
    await events.return(undefined)
    if (house.teaching === own) house.teaching = null
    over()
    house.tell({ type: 'stored' }, me) // other tabs see that it is over
  }
}
