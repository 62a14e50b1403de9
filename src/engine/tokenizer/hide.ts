// Keeps a text that is data from becoming tokens with a meaning, however they are spelled (<|im_end|>, [e~[, >>TITLE<<): a
// mark, a character that nobody uses, goes behind the first character of each spelling. No token is found across a mark or
// right before one, and encode() cuts words at it and takes it out: what is read are the pieces of the text, no space more.

import type { AddedToken, AddedVocabulary } from './added.ts'
import { Meter } from './meter.ts'
import { PrefixTable } from './prefix-table.ts'

/** Words and white space mean what they say, also as one token. */
const says = (text: string): boolean => /^[\p{L}\p{M}\p{N}\p{White_Space}▁]*$/u.test(text)
/** How vocabularies spell tokens that stand for no text, whether or not the file lists them as such. */
const isNamed = (text: string): boolean => /^(?:<[^<>\n]+>|\[[^[\]\s]+\])$/.test(text)
const isMeant = ({ special, content, in_text }: AddedToken): boolean => in_text && (special || !says(content))

/**
 * @param vocabulary the model's own tokens @param isOwn the model takes this one whole wherever it stands (SentencePiece's
 * user-defined pieces) @param isControl it begins, ends or pads a text
 */
export function hider(
  added: AddedVocabulary,
  vocabulary: readonly (string | undefined)[],
  isOwn: (id: number) => boolean,
  isControl: (text: string) => boolean,
): (text: string, mark: string, counts?: (spelled: string, special: boolean) => boolean) => string {
  const meant = added.tokens.filter(isMeant)
  const named = vocabulary.filter((text, id) => text !== undefined && (isNamed(text) || (isOwn(id) && !says(text))))
  const table = new PrefixTable(new Set([...meant.map(({ content }) => content), ...(named as string[])]))
  // the normalizer may make such a token of another text: of wider letters, of capitals
  const isMade = meant.some(({ normalized }) => normalized)
  const isSpecial = (spelled: string): boolean => added.isSpecialText(spelled) || isControl(spelled)
  return (text, mark, counts = () => true) => {
    const meter = new Meter(text.length)
    let hidden = '',
      at = 0
    for (const c of text) {
      let stands = false
      const found = (spelled: string): void => void (stands = counts(spelled, isSpecial(spelled)) || stands)
      meter.work(table.match(text, at, found))
      hidden += stands ? c + mark : c
      at += c.length
    }
    const shows = (): boolean =>
      added
        .sections(hidden, new Meter(hidden.length), undefined, mark)
        .some(({ token }) => token !== null && isMeant(token) && counts(token.content, isSpecial(token.content)))
    return isMade && shows() ? Array.from(text, (c) => c + mark).join('') : hidden
  }
}
