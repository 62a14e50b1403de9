// Times the kernels that could run a step, on the device in hand, and names the fastest. Pure: whoever asks brings the
// questions and a stopwatch. Batches of the candidates by turns, so that what else the machine does falls on all alike;
// repeated runs in one submit, so that no GPU clock is needed.

export interface Question {
  key: string
  /** candidates in their default order, at least one */
  names: readonly string[]
}

/** Milliseconds of the fastest batch for one run of each candidate; those that were given up are not there. */
export interface Answer {
  best: string
  milliseconds: Record<string, number>
}

/** Milliseconds that `repeats` runs take, waited for; Infinity where it cannot be run. null: an empty submit. */
export type Stopwatch = (question: Question, name: string | null, repeats: number) => Promise<number>

export const tuningLimits = {
  /** milliseconds for everything */
  budget: 1800,
  /** candidates of a question */
  candidates: 6,
  /** a first run longer than this, in milliseconds, and the candidate is given up */
  slow: 2000,
  /** as many times slower than another one in two runs, and it is given up */
  hopeless: 3,
  /** milliseconds and runs of a batch, at most; batches */
  batch: 8,
  runs: 64,
  batches: 3,
  /** a share of time that must be won: less is noise, and the default order stays */
  gain: 0.05,
} as const

/**
 * Answers one question after the other, until all are answered, the budget is spent, or somebody stops it: then those that
 * are left stay open.
 * @param stopped asked before every run
 * @param now milliseconds; tests bring a clock of their own
 */
export async function tune(
  questions: readonly Question[],
  time: Stopwatch,
  stopped: () => boolean,
  now: () => number = () => performance.now(),
): Promise<Map<string, Answer>> {
  const answers = new Map<string, Answer>()
  const started = now()
  const over = (): boolean => stopped() || now() - started > tuningLimits.budget
  let empty: number | null = null
  for (const question of questions) {
    if (over()) break
    empty ??= await time(question, null, 0)
    const answer = await ask(question, time, over, empty)
    if (!answer) break
    answers.set(question.key, answer)
  }
  return answers
}

/** @returns null where there was no time for it */
async function ask(question: Question, time: Stopwatch, over: () => boolean, empty: number): Promise<Answer | null> {
  const { batch, batches, candidates, gain, hopeless, runs, slow } = tuningLimits
  const names = question.names.slice(0, candidates)
  const once = new Map<string, number>(),
    slowly = new Set<string>()
  for (const name of names) {
    // the last one that is left needs no race, and what was slow once is never waited for again
    if (slowly.size === names.length - 1) return { best: names.find((one) => !slowly.has(one))!, milliseconds: {} }
    if (over()) return null
    const first = await time(question, name, 1) // drivers compile at the first run
    if (first > slow) {
      if (first === Infinity && over()) return null // it was not ready in time
      slowly.add(name)
      continue
    }
    if (over()) return null
    once.set(name, Math.max(await time(question, name, 1), 0.001))
  }
  const quickest = Math.min(...once.values())
  const left: string[] = []
  for (const [name, took] of once) {
    // a run alone may have been held up by anything
    if (took > quickest * hopeless + empty && over()) return null
    const again = took > quickest * hopeless + empty ? await time(question, name, 1) : took
    if (again <= quickest * hopeless + empty) left.push(name)
  }
  const repeats = Math.max(1, Math.min(runs, Math.floor(batch / Math.max(quickest - empty, 0.01))))
  const milliseconds: Record<string, number> = Object.fromEntries(once)
  for (const name of left) milliseconds[name] = Infinity
  for (let n = 0; left.length > 1 && n < batches; n++) {
    for (const name of left) {
      if (over()) return null
      const took = Math.max(0.001, (await time(question, name, repeats)) - empty) / repeats
      milliseconds[name] = Math.min(milliseconds[name]!, took)
    }
  }
  const [usual] = left
  if (usual === undefined) return { best: names[0]!, milliseconds }
  if (left.length === 1) return { best: usual, milliseconds: { ...milliseconds, [usual]: once.get(usual)! } }
  const best = left.reduce((a, b) => (milliseconds[b]! < milliseconds[a]! ? b : a))
  return { best: milliseconds[best]! < milliseconds[usual]! * (1 - gain) ? best : usual, milliseconds }
}
