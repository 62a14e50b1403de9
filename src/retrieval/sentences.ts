// Where sentences end: the rules of Unicode's Annex 29 (SB6 to SB11) by one expression, in one walk from left to right.
// Intl.Segmenter knows the same rules, but takes time that grows with the square of a text in V8, and 15 µs to begin. A line
// break alone ends no sentence here; ； does, and what opens a quote or a bracket begins the next one, as Chinese has it.

const stop = String.raw`.․﹒．`
const ended = String.raw`\u0085\u2028\u2029`
const joined = String.raw`\p{M}\p{Cf}`
/** signs that end a sentence, what closes behind them, spaces. Bounded, so that no text makes it walk back far. */
const end = new RegExp(
  String.raw`[\p{STerm}${stop}；][\p{STerm}${stop}；${joined}]{0,200}(?:[\p{Pe}\p{Pf}"'${joined}]|\p{Pi}(?!\S)){0,50}(?:[^\S${ended}]|[${joined}]){0,200}[${ended}]?|[${ended}]`,
  'gu',
)
const separator = new RegExp(`[${ended}]$`)
const stopped = new RegExp(`[${stop}][${joined}]*$`, 'u')
const single = new RegExp(`^[${stop}][${joined}]*$`, 'u')
const signs = new RegExp(`^[\\p{STerm}${stop}；${joined}]*`, 'u')
/** a comma, a dash, a colon or one more end behind it: the sentence goes on */
const goesOn = /[\p{STerm}.․﹒．,\-:;、،՝߸᠂᠈–—︐︑︓︱︲﹐﹑﹕﹘﹣，－：､]/u
/** behind a full stop: a small letter before any other letter */
const small = new RegExp(String.raw`(?:[^\p{L}\p{STerm}${stop}]){0,100}\p{Ll}`, 'uy')
const digit = /\p{Nd}/u
const capital = /[\p{Lu}\p{Lt}]/u
const cased = /[\p{Lu}\p{Lt}\p{Ll}]/u

/** UTF-16 offsets behind each sentence and the white space that follows it, in order. The end of the text is not told. */
export function* sentenceEnds(text: string): Generator<number> {
  for (const match of text.matchAll(end)) {
    const [found] = match
    const at = match.index + found.length
    if (at >= text.length) return
    if (separator.test(found)) {
      yield at
      continue
    }
    const next = String.fromCodePoint(text.codePointAt(at)!)
    // ![a picture of Markdown]
    if (goesOn.test(next) ? !text.startsWith('![', at) : found === '!' && next === '[') continue
    const [begun] = signs.exec(found)!
    if (stopped.test(begun)) {
      const direct = begun.length === found.length
      if (direct && digit.test(next)) continue // 3.14
      if (direct && single.test(begun) && capital.test(next) && cased.test(text[match.index - 1] ?? '')) continue // U.S
      small.lastIndex = at
      if (small.test(text)) continue // etc. and so on
    }
    yield at
  }
}

/** @returns [start, end) of each, white space behind it included */
export function sentencesOf(text: string): [number, number][] {
  const ends = [...sentenceEnds(text), text.length]
  return ends.map((to, i): [number, number] => [ends[i - 1] ?? 0, to]).filter(([from, to]) => from < to)
}
