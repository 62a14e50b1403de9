// What an address asks of a fresh chat: ?system=…&temperature=0.2&prompt=… (written into the composer) or &q=… (sent). A
// question is sent only to a model that is here: one that would have to be downloaded first is the reader's own click, and
// the question waits in the composer.

import { useChat, useDraft, useHistory, useModels, type TurnParams } from '../store/index.ts'
import { until } from '../store/until.ts'

export interface Asked {
  system: string | null
  /** written into the composer */
  prompt: string | null
  /** sent */
  q: string | null
  params: Partial<TurnParams>
}

export const asksNothing = ({ system, prompt, q, params }: Asked): boolean =>
  system === null && prompt === null && q === null && Object.keys(params).length === 0

/** @param loaded settles when the page has loaded the model that it could */
export async function ask({ system, prompt, q, params }: Asked, loaded: Promise<unknown>): Promise<void> {
  await useHistory.getState().start()
  const written = prompt ?? q
  if (written !== null) useDraft.getState().setText(written)
  await loaded
  const isReady = (): boolean => useModels.getState().active?.state === 'ready'
  const sends = q !== null && prompt === null && isReady()
  if (!isReady()) await until(useModels, isReady)
  // of this chat alone: an address changes no setting of the reader's
  await useChat
    .getState()
    .restore({ title: '', system: system ?? '', params: { ...useChat.getState().params, ...params }, messages: [] })
  // the reader may have written something else meanwhile
  if (!sends || useDraft.getState().text !== q) return
  useDraft.getState().setText('')
  await useChat.getState().send(q)
}
