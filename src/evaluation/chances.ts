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
  const bins = Array.from({ length: 10 }, (_, i): Bin => {
    const own = rows.filter(({ sure }) => (i === 0 || sure > i / 10) && (i === 9 || sure <= (i + 1) / 10))
    const sum = own.reduce((total, { sure }) => total + sure, 0)
    return { n: own.length, sure: sum / own.length, right: own.filter(({ right }) => right).length / own.length }
  })
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
