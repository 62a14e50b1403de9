// What a row of logits says, in double precision: chances, ranks, doubt. The same for every model and device.

export type Row = ArrayLike<number>

function largestOf(row: Row): number {
  let most = -Infinity
  for (let i = 0; i < row.length; i++) if (row[i]! > most) most = row[i]!
  return most
}
/** log Σ exp */
function normOf(row: Row): number {
  const most = largestOf(row)
  let sum = 0
  for (let i = 0; i < row.length; i++) sum += Math.exp(row[i]! - most)
  return most + Math.log(sum)
}

export const logprobOf = (row: Row, id: number): number => row[id]! - normOf(row)
export function chancesOf(row: Row): number[] {
  const norm = normOf(row)
  return Array.from(row, (logit) => Math.exp(logit - norm))
}
/** 1 = the likeliest; of equal ones the lower id comes first. */
export function rankOf(row: Row, id: number): number {
  let rank = 1
  for (let i = 0; i < row.length; i++) if (row[i]! > row[id]! || (row[i] === row[id] && i < id)) rank++
  return rank
}
/** nats */
export function entropyOf(row: Row): number {
  const norm = normOf(row)
  let sum = 0
  for (let i = 0; i < row.length; i++) {
    const p = Math.exp(row[i]! - norm)
    if (p > 0) sum -= p * (row[i]! - norm)
  }
  return sum
}
