// Waiting for a store to reach a state.

import type { StoreApi } from 'zustand/vanilla'

/** Resolves when the state is as wanted, at once when it is already. */
export const until = <T>(
  store: Pick<StoreApi<T>, 'getState' | 'subscribe'>,
  wanted: (state: T) => boolean,
): Promise<void> =>
  new Promise((resolve) => {
    if (wanted(store.getState())) return resolve()
    const stop = store.subscribe((state) => {
      if (wanted(state)) {
        stop()
        resolve()
      }
    })
  })
