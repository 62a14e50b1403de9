// The tokens of a server's answers, as it told of them: for this visit, in memory. They have no ids of any vocabulary
// here, so nothing else of the page takes them for a model's own.

import type { RemoteToken } from './stream.ts'

const said = new Map<string, RemoteToken[]>()
/** [] where the server told of none, or another one wrote. Not reactive: watch the message's text. */
export const tokensSaid = (messageId: string): readonly RemoteToken[] => said.get(messageId) ?? []
export function begin(messageId: string): RemoteToken[] {
  const tokens: RemoteToken[] = []
  said.set(messageId, tokens)
  return tokens
}
