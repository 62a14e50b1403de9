// What two texts share and where they part, word by word. Words are those of the language (Intl.Segmenter), so that
// Chinese is compared in words too. Longest common subsequence; ends that agree are taken off first.

export interface DiffPart {
  kind: 'same' | 'gone' | 'new'
  text: string
}

/** Words compared at most on each side between the ends that agree; what is longer counts as one change. */
const max = 1500

const segmenters = new Map<string, Intl.Segmenter>()
function words(text: string, lang: string): string[] {
  let segmenter = segmenters.get(lang)
  if (!segmenter) segmenters.set(lang, (segmenter = new Intl.Segmenter(lang, { granularity: 'word' })))
  return Array.from(segmenter.segment(text), ({ segment }) => segment)
}

/** From `before` to `after`: neighbours of one kind are joined, and what is gone stands before what is new. */
export function wordDiff(before: string, after: string, lang: string): DiffPart[] {
  const a = words(before, lang),
    b = words(after, lang)
  let head = 0
  while (head < a.length && head < b.length && a[head] === b[head]) head++
  let tail = 0
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++
  const between = middle(a.slice(head, a.length - tail), b.slice(head, b.length - tail)).filter(
    ({ text }) => text !== '',
  )
  const parts: DiffPart[] = []
  let gone = '',
    fresh = ''
  const flush = (): void => {
    if (gone !== '') parts.push({ kind: 'gone', text: gone })
    if (fresh !== '') parts.push({ kind: 'new', text: fresh })
    gone = fresh = ''
  }
  const same = (text: string): void => {
    if (text === '') return
    flush()
    const last = parts.at(-1)
    if (last?.kind === 'same') last.text += text
    else parts.push({ kind: 'same', text })
  }
  same(a.slice(0, head).join(''))
  between.forEach(({ kind, text }, i) => {
    // a space that two changes happen to share does not part them: nobody reads it as common text
    const changes = (at: number): boolean => between[at] !== undefined && between[at].kind !== 'same'
    if (kind === 'same' && !(text.trim() === '' && changes(i - 1) && changes(i + 1))) same(text)
    else {
      if (kind !== 'new') gone += text
      if (kind !== 'gone') fresh += text
    }
  })
  same(a.slice(a.length - tail).join(''))
  flush()
  return parts
}

function middle(a: readonly string[], b: readonly string[]): DiffPart[] {
  if (a.length > max || b.length > max) {
    return [
      { kind: 'gone', text: a.join('') },
      { kind: 'new', text: b.join('') },
    ]
  }
  const width = b.length + 1
  const longest = new Uint16Array((a.length + 1) * width)
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      longest[i * width + j] =
        a[i] === b[j]
          ? longest[(i + 1) * width + j + 1]! + 1
          : Math.max(longest[(i + 1) * width + j]!, longest[i * width + j + 1]!)
    }
  }
  const parts: DiffPart[] = []
  let gone = '',
    fresh = ''
  const flush = (): void => {
    parts.push({ kind: 'gone', text: gone }, { kind: 'new', text: fresh })
    gone = ''
    fresh = ''
  }
  for (let i = 0, j = 0; i < a.length || j < b.length;) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      flush()
      parts.push({ kind: 'same', text: a[i]! })
      i++
      j++
    } else if (j >= b.length || (i < a.length && longest[(i + 1) * width + j]! >= longest[i * width + j + 1]!)) {
      gone += a[i++]!
    } else fresh += b[j++]!
  }
  flush()
  return parts
}
