// WordPiece by longest match first (Wu et al. 2016; BERT).
//
// From the left the longest piece of the vocabulary is taken; inside a word pieces
// carry a prefix (##). When some place has no piece at all, the whole word is unknown.

export interface WordPieceTry {
  start: number
  end: number
  text: string
  found: boolean
}
export interface WordPieceTrace {
  tries: WordPieceTry[]
  tokens: string[]
  unknown: boolean
}

export interface WordPieceOptions {
  prefix: string
  unknown: string
  maxCharacters: number
}

/** @param word one pre-token; positions count its characters */
export function wordPieceSteps(
  word: string,
  has: (piece: string) => boolean,
  options: WordPieceOptions,
): WordPieceTrace {
  const characters = [...word]
  const tries: WordPieceTry[] = [],
    tokens: string[] = []
  const fail: WordPieceTrace = { tries, tokens: [options.unknown], unknown: true }
  if (characters.length > options.maxCharacters) return fail
  for (let start = 0; start < characters.length;) {
    let end = characters.length
    for (; end > start; end--) {
      const text = (start > 0 ? options.prefix : '') + characters.slice(start, end).join('')
      const found = has(text)
      tries.push({ start, end, text, found })
      if (found) {
        tokens.push(text)
        break
      }
    }
    if (end === start) return fail
    start = end
  }
  return { tries, tokens, unknown: false }
}
