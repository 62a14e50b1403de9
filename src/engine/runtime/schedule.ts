// What runs of a part of the Plan: its steps, and in place of some of them groups (Plan.groups). Pure: which groups a device
// wants, which adapters are off and what the inspector has hooked come in as they are now.
//
// A group stands for its steps unless somebody needs what it does not write. So it is left out where a step between them
// changes or reads what they pass on, or where a hook stands in place of one of them, reads behind one what the group
// keeps to itself, or writes what the next ones read. Probes that read what a group writes run behind it, and see
// the same numbers.

import { readersOf, usesOf } from '../model/flow.ts'
import { runsWithout, type PlanGroup, type PlanStep } from '../model/plan.ts'

/** A step that runs, or a group with the steps it stands for. */
export type Turn = { step: PlanStep } | { group: PlanGroup; steps: PlanStep[] }

/** A hook as far as a schedule looks at it: the steps that run behind or in place of one. */
export interface HookedSteps {
  after: ReadonlyMap<string, readonly { step: PlanStep }[]>
  instead: ReadonlyMap<string, unknown>
}

interface Candidate {
  group: PlanGroup
  /** indices of its steps */
  members: readonly number[]
  last: number
  /** tensors that its steps read or write */
  named: ReadonlySet<string>
  /** what only its steps write · the index of the last step that writes it, of what the group writes too */
  hidden: ReadonlyMap<string, number>
  written: ReadonlyMap<string, number>
  /** steps between its own that would see or change what is not there yet */
  inTheWay: readonly PlanStep[]
}

/** Groups by the indices of the steps that they stand for, and of those that they repeat. */
interface Chosen {
  taken: ReadonlyMap<number, Candidate>
  repeated: ReadonlyMap<number, readonly Candidate[]>
}

export class Schedule {
  private readonly candidates: Candidate[]

  /**
   * @param steps of one part, in order
   * @param groups those of the Plan that the device can run and wants, in order of preference
   * @param results tensors that are read when all has run
   */
  constructor(
    private readonly steps: readonly PlanStep[],
    groups: readonly PlanGroup[],
    private readonly results: ReadonlySet<string> = new Set(),
  ) {
    const index = new Map(steps.map(({ name }, i) => [name, i]))
    this.candidates = groups
      .filter((group) => group.steps.every((name) => index.has(name)))
      .map((group) =>
        this.candidate(
          group,
          group.steps.map((name) => index.get(name)!),
        ),
      )
  }

  private candidate(group: PlanGroup, members: readonly number[]): Candidate {
    const last = members.at(-1)!
    const own = new Set(usesOf(group).flatMap(({ tensor, writes }) => (writes ? [tensor] : [])))
    const named = new Set<string>(),
      written = new Map<string, number>(),
      hidden = new Map<string, number>()
    for (const i of members) {
      for (const { tensor, writes } of usesOf(this.steps[i]!)) {
        named.add(tensor)
        if (writes) (own.has(tensor) ? written : hidden).set(tensor, i)
      }
    }
    const inTheWay = this.steps.filter(
      (step, i) =>
        i > members[0]! &&
        i < last &&
        !members.includes(i) &&
        usesOf(step).some(({ tensor, reads, writes }) => (writes && named.has(tensor)) || (reads && own.has(tensor))),
    )
    return { group, members, last, named, hidden, written, inTheWay }
  }

  /**
   * @param off adapters that are off
   * @param accepts may this group run now: its kernels take so many rows
   */
  turns(off: ReadonlySet<string>, hooks: HookedSteps | null, accepts: (group: PlanGroup) => boolean): Turn[] {
    const usable = this.candidates.filter(
      (one) => !one.inTheWay.some((step) => runsWithout(step, off)) && (!hooks || this.allowed(one, hooks)),
    )
    let chosen = this.choose(usable, off, accepts)
    // what runs by itself all the same need not be repeated
    const wasted = (one: Candidate): boolean =>
      [...chosen.repeated].some(([i, by]) => by.includes(one) && this.isNeeded(i, chosen, off, hooks))
    for (let left = usable; left.some(wasted);) {
      left = left.filter((one) => !wasted(one))
      chosen = this.choose(left, off, accepts)
    }
    return this.steps.flatMap((step, i): Turn[] => {
      if (!runsWithout(step, off)) return [{ step }]
      const one = chosen.taken.get(i)
      if (one) {
        return i === one.last ? [{ group: one.group, steps: one.members.map((m) => this.steps[m]!) }] : []
      }
      return chosen.repeated.has(i) && !this.isNeeded(i, chosen, off, hooks) ? [] : [{ step }]
    })
  }

  /** Groups that do not stand for the same steps, in order of preference. */
  private choose(
    candidates: readonly Candidate[],
    off: ReadonlySet<string>,
    accepts: (group: PlanGroup) => boolean,
  ): Chosen {
    const taken = new Map<number, Candidate>(),
      repeated = new Map<number, Candidate[]>()
    for (const one of candidates) {
      const again = new Set(one.group.again)
      const kept = one.members.filter((i) => !again.has(this.steps[i]!.name))
      if (kept.some((i) => taken.has(i)) || !this.readByOwn(one, kept, off) || !accepts(one.group)) continue
      for (const i of kept) taken.set(i, one)
      for (const i of one.members) if (!kept.includes(i)) repeated.set(i, [...(repeated.get(i) ?? []), one])
    }
    return { taken, repeated }
  }

  /** Does nobody but the group's own steps read what its steps keep to themselves? What is repeated may be read. */
  private readByOwn({ members, hidden }: Candidate, kept: readonly number[], off: ReadonlySet<string>): boolean {
    return [...hidden].every(
      ([tensor, i]) =>
        !kept.includes(i) ||
        (!this.results.has(tensor) &&
          readersOf(this.steps, tensor, i).every((r) => members.includes(r) || !runsWithout(this.steps[r]!, off))),
    )
  }

  /** Does a step that groups repeat have a reader that is neither taken nor repeated by them? */
  private isNeeded(i: number, chosen: Chosen, off: ReadonlySet<string>, hooks: HookedSteps | null): boolean {
    const step = this.steps[i]!,
      by = chosen.repeated.get(i)!
    if (hooks && (hooks.instead.has(step.name) || hooks.after.has(step.name))) return true
    const spared = (r: number): boolean =>
      !runsWithout(this.steps[r]!, off) ||
      by.includes(chosen.taken.get(r)!) ||
      (chosen.repeated.has(r) && !this.isNeeded(r, chosen, off, hooks))
    return usesOf(step).some(
      ({ tensor, writes }) => writes && (this.results.has(tensor) || !readersOf(this.steps, tensor, i).every(spared)),
    )
  }

  private allowed({ group, members, last, named, hidden, written }: Candidate, hooks: HookedSteps): boolean {
    return members.every((i) => {
      const { name } = this.steps[i]!
      const after = hooks.after.get(name) ?? []
      if (hooks.instead.has(name)) return false
      return after.every(({ step }) =>
        usesOf(step).every(({ tensor, reads, writes }) => {
          // what it repeats for itself can be looked at, but not changed
          if (group.again?.includes(name) && hidden.get(tensor) === i) return !writes
          if (hidden.has(tensor)) return false
          if (writes && i !== last && named.has(tensor)) return false
          return !reads || (written.get(tensor) ?? -1) <= i
        }),
      )
    })
  }
}
