// Scores of probabilities and of ranks: how surprised a model is by a text, whether it is as sure as it is right, and how far
// up in a list the right thing stands.

/** exp of the mean surprise of a token. @param logprobs of the text's tokens, in nats; none: NaN */
export const perplexity = (logprobs: readonly number[]): number =>
  Math.exp(-logprobs.reduce((sum, one) => sum + one, 0) / logprobs.length)
/** The same for a byte, so that models with other tokens can be compared. @param bytes of UTF-8 that the tokens say */
export const bitsPerByte = (logprobs: readonly number[], bytes: number): number =>
  -logprobs.reduce((sum, one) => sum + one, 0) / Math.LN2 / bytes

/** Shares of a list of log-probabilities, so that they sum to 1. */
export function softmax(logs: readonly number[]): number[] {
  const most = Math.max(...logs)
  if (most === -Infinity) return logs.map(() => 1 / logs.length)
  const all = logs.map((one) => Math.exp(one - most))
  const sum = all.reduce((a, b) => a + b, 0)
  return all.map((one) => one / sum)
}

export interface Bin {
  n: number
  /** mean of what was said, share that was right; NaN of an empty bin */
  sure: number
  right: number
}
/** Ten bins of confidence, each with its upper edge (Guo et al. 2017), and the expected calibration error. */
export function calibration(rows: readonly { sure: number; right: boolean }[]): { bins: Bin[]; error: number } {
  const sums = Array.from({ length: 10 }, () => ({ n: 0, sure: 0, right: 0 }))
  // a bootstrap comes here thousands of times: one walk
  for (const { sure, right } of rows) {
    let at = 0
    while (at < 9 && sure > (at + 1) / 10) at++
    const bin = sums[at]!
    bin.n++
    bin.sure += sure
    bin.right += Number(right)
  }
  const bins = sums.map(({ n, sure, right }): Bin => ({ n, sure: sure / n, right: right / n }))
  const error = bins.reduce(
    (sum, { n, sure, right }) => (n ? sum + (n / rows.length) * Math.abs(right - sure) : sum),
    0,
  )
  return { bins, error: rows.length ? error : NaN }
}

/** 1 / the place of the first one that is wanted, from 1; 0 where none was found. Its mean over questions is MRR. */
export const reciprocalRank = (found: readonly string[], wanted: readonly string[]): number => {
  const at = found.findIndex((one) => wanted.includes(one))
  return at < 0 ? 0 : 1 / (at + 1)
}
