// Drafts by prompt look-up (Saxena 2023; "n-gram" or "copy" speculation): where the last tokens of a text stood in it
// before, what followed there is a guess at what follows now. Code, tables, quotes and lists are full of it. A guess
// costs a walk over the text and no model; it decides nothing: whoever uses it checks it.

/** Most tokens of a draft: a forward then runs at most 8 rows, as many as the kernels for few rows take. */
export const MOST_DRAFTED = 7

/** How many of the last tokens must have stood there before: the longest first. */
const LENGTHS = [3, 2] as const

export interface Draft {
  ids: number[]
  /** tokens that were found again, 0 where none were */
  matched: number
}

/**
 * What followed the end of `text` the last time it stood there.
 * @param most tokens of the draft; a text that repeats itself is taken to go on so
 */
export function draftOf(text: readonly number[], most: number): Draft {
  const end = text.length
  for (const n of LENGTHS) {
    // the newest place first; it may overlap the end itself
    for (let from = end - 1; from >= n && most > 0; from--) {
      let same = 0
      while (same < n && text[from - 1 - same] === text[end - 1 - same]) same++
      if (same < n) continue
      const ids: number[] = []
      while (ids.length < most) {
        const at = from + ids.length
        ids.push(at < end ? text[at]! : ids[at - end]!)
      }
      return { ids, matched: n }
    }
  }
  return { ids: [], matched: 0 }
}
