// The name of a token: as the vocabulary shows it, also when it has no text of its own in the answer.

import type { TokenEvent } from '../../store/index.ts'

export const nameOf = (event: TokenEvent): string =>
  event.top.find((candidate) => candidate.id === event.id)?.text ?? event.text
