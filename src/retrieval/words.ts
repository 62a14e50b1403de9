// From a text to the words that BM25 counts. Latin and other spaced scripts: runs of letters and digits, in one case and one
// width (NFKC). Chinese and Japanese have no spaces: every run of their characters gives its characters, all pairs of
// neighbours, and the longer words that Intl.Segmenter finds (it does not always cut where the reader does).

const unspacedScript = String.raw`[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー々]`
const run = new RegExp(`(${unspacedScript}+)|(?:(?!${unspacedScript})[\\p{L}\\p{M}\\p{N}])+`, 'gu')
/** Characters: Intl.Segmenter takes time that grows with the square of a text. */
const atOnce = 1000
const segmenter = new Intl.Segmenter('zh', { granularity: 'word' })

/** Words that stand in any text, and those that only make a question of it: none says what a text is about. */
const stop = new Set(
  (
    'a an and are as at be but by for from had has have he her his i if in into is it its me my no not of on or our she ' +
    'so such that the their them then there these they this to us was we were will with you your ' +
    'am can could did do does how should what when where which who whom whose why would ' +
    '的 了 是 在 有 和 也 吗 呢 吧 啊 我 你 他 她 它 们 这 那 就 都 与 及 或 着 把 被 从 到 去 要 会 能 很 什 么 怎 谁 哪'
  ).split(' '),
)

/** @returns in the order of the text, with repetitions: what is counted */
export const wordsOf = (text: string): string[] =>
  [...text.normalize('NFKC').toLowerCase().matchAll(run)].flatMap(([piece, unspaced]) =>
    // asked before the plural is cut off: "does" is no plural
    (unspaced ? unspacedWords(unspaced) : [piece]).filter((word) => !stop.has(word)).map(singular),
  )

function unspacedWords(piece: string): string[] {
  const characters = [...piece]
  const pairs = characters.slice(1).map((c, i) => characters[i]! + c)
  // a word of two characters is a pair already
  const all = characters.concat(pairs)
  for (let from = 0; from < characters.length; from += atOnce) {
    for (const { segment } of segmenter.segment(characters.slice(from, from + atOnce).join(''))) {
      if (charactersOf(segment) > 2) all.push(segment)
    }
  }
  return all
}

/** Singular and plural are one word (Harman 1991's S-stemmer): nothing more is cut off. */
function singular(word: string): string {
  if (word.length <= 3 || /(us|ss)$/.test(word)) return word
  if (/[^ea]ies$/.test(word)) return `${word.slice(0, -3)}y`
  if (/[^aeo]es$/.test(word)) return word.slice(0, -1)
  return word.endsWith('s') ? word.slice(0, -1) : word
}

/** How long a text is, in units that no model counts: a character of an unspaced script is one, another word one. */
export function lengthOf(text: string): number {
  let count = 0
  run.lastIndex = 0
  for (let found = run.exec(text); found; found = run.exec(text)) count += found[1] ? charactersOf(found[1]) : 1
  return count
}

function charactersOf(text: string): number {
  let count = text.length
  for (let i = 0; i < text.length - 1; i++) if ((text.charCodeAt(i) & 0xfc00) === 0xd800) count--
  return count
}

/** How many UTF-16 units of the text, from its beginning, are no longer than `size`. A word is not parted. */
export function fitting(text: string, size: number): number {
  let count = 0
  for (const match of text.matchAll(run)) {
    const [, unspaced] = match
    const characters = unspaced ? [...unspaced] : [match[0]]
    if (count + characters.length > size) {
      return match.index + characters.slice(0, size - count).reduce((sum, one) => sum + one.length, 0)
    }
    count += characters.length
  }
  return text.length
}
