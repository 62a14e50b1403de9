// Cuts a growing text into finished sentences, so that a screen reader hears sentences and not tokens.

/** A sentence ends at 。！？… or at .!? followed by space, or at a line break. */
const end = /[。！？…]+[”’」』）)]*|[.!?]+["')\]]*(?=\s)|\n+/gu

/** @returns how far the finished sentences reach, from `from` on; all of it when the text is complete */
export function finishedUpTo(text: string, from: number, complete: boolean): number {
  if (complete) return text.length
  let upTo = from
  end.lastIndex = from
  for (let match = end.exec(text); match; match = end.exec(text)) upTo = end.lastIndex
  return upTo
}
