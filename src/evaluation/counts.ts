// What scores of texts are made of: how much two lists of tokens share, in any order and in the same one.

export const counted = (items: readonly string[]): Map<string, number> => {
  const counts = new Map<string, number>()
  for (const one of items) counts.set(one, (counts.get(one) ?? 0) + 1)
  return counts
}
/** How many of these are in the other list as well, each as often as it stands there at most. */
export function shared(items: readonly string[], others: readonly string[]): number {
  const there = counted(others)
  return [...counted(items)].reduce((sum, [one, count]) => sum + Math.min(count, there.get(one) ?? 0), 0)
}
/** The harmonic mean of the shares common/a and common/b; 0 where nothing is common. */
export const balanced = (common: number, a: number, b: number): number => (common === 0 ? 0 : (2 * common) / (a + b))

/** The length of the longest list that is in both in the same order, however far apart. Keys may have 20,000 words. */
export function common(a: readonly string[], b: readonly string[]): number {
  const numbers = new Map([...new Set(b)].map((one, i) => [one, i]))
  const others = Int32Array.from(b, (one) => numbers.get(one)!)
  let [row, next] = [new Int32Array(b.length + 1), new Int32Array(b.length + 1)]
  for (const text of a) {
    const one = numbers.get(text)
    if (one === undefined) continue // nothing is longer by it
    for (let i = 0; i < others.length; i++) {
      next[i + 1] = one === others[i] ? row[i]! + 1 : Math.max(row[i + 1]!, next[i]!)
    }
    ;[row, next] = [next, row]
  }
  return row.at(-1)!
}
/** Every stretch of n tokens, as one text each. */
export const stretches = (tokens: readonly string[], n: number): string[] =>
  tokens.slice(n - 1).map((_, i) => tokens.slice(i, i + n).join('\n'))

export const mean = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0) / list.length
