// Models that stay where they are on the reader's disk: remembered by handles, and asked for again by a click.

import type { PlaceHandle } from '../worker/protocol.ts'
import { getClient } from './client.ts'

interface Asking extends PlaceHandle {
  requestPermission?(options: { mode: 'read' }): Promise<PermissionState>
}

/** Remembers where they lie; the model's id. Nothing is copied. @throws EngineError */
export const openInPlace = async (files: readonly File[], handles: readonly PlaceHandle[]): Promise<string> =>
  (await getClient().models.place(files, handles)).id

/**
 * Asks the reader, where the browser wants that: only while a click is young, so before anything else. What comes of it the
 * load tells.
 */
export async function askToRead(id: string): Promise<void> {
  if (!id.startsWith('place:')) return
  const handles = await getClient()
    .models.handles(id)
    .catch(() => [])
  for (const handle of handles as Asking[]) {
    // one yes may be for all files of a folder: the next question is then answered already
    if ((await handle.queryPermission?.({ mode: 'read' })) !== 'granted') {
      await handle.requestPermission?.({ mode: 'read' }).catch(() => undefined)
    }
  }
}
