// The activation cache: for every position, what a run must keep so that everything else can be recomputed: queries as
// attention reads them, log-sum-exp of their scores, vectors of distances where scores are made of those too, and every
// residual that stands between branches. Sites of the Plan, whatever the family.
// Rows are a ring: position p is kept in row p mod rows, the oldest are overwritten when the budget is short.

import { MOST_DRAFTED } from '../lookup.ts'
import { usesOf } from '../model/flow.ts'
import type { Plan, PlanStep } from '../model/plan.ts'
import { blockSite, placeOf, tensorOf } from '../model/sites.ts'
import { MOST_IN_FLIGHT } from '../runtime/flight.ts'
import type { Hooks, Prepared } from '../runtime/inspect.ts'
import type { StepRunner } from './step-runner.ts'

/** Positions behind the text that may have been run: a draft that came to nothing, or tokens in flight when an answer ended. */
const MOST_AHEAD = Math.max(MOST_DRAFTED, MOST_IN_FLIGHT)

/** Names of the sites that are kept; each fills the buffer it stands in. A recurrent block has no queries. */
export const keptSites = (plan: Plan): string[] => [
  ...['encoder.embed', 'embed'].filter((site) => site in plan.sites),
  ...plan.blocks.flatMap(({ branches }, layer) => [
    ...['attn.queries', 'attn.lse', 'attn.distances', 'cross.queries', 'cross.lse']
      .map((site) => blockSite(layer, site))
      .filter((site) => site in plan.sites),
    ...branches.flatMap(({ writes }) => writes ?? []),
  ]),
]

/** Are a site's values of every position there, without running anything again? */
export const isKept = (plan: Plan, site: string): boolean => keptSites(plan).includes(site)

/** Tensor that holds the kept rows of a site. */
export const keptTensor = (site: string): string => `kept.${site}`

/**
 * Behind which steps the sites are kept: as late as they stand, so that three that stand together are kept at once. Queries,
 * log-sum-exp and the residual before a block stand together behind its attention.
 */
export function keptTogether(plan: Plan, sites: readonly string[]): { step: PlanStep; together: string[] }[] {
  const { steps } = plan
  const spans = sites.map((site) => {
    const place = placeOf(plan, site),
      first = steps.findIndex(({ name }) => name === place.step),
      tensor = tensorOf(plan, place)
    let last = first
    const isThere = (next: PlanStep | undefined): boolean =>
      next?.part === steps[first]!.part && !usesOf(next).some((use) => use.tensor === tensor && use.writes)
    while (isThere(steps[last + 1])) last++
    return { site, first, last }
  })
  const found: { step: PlanStep; together: string[] }[] = []
  const left = new Set(spans.sort((a, b) => a.last - b.last))
  for (const span of left) {
    // those that end with it or stand longer, the first to end first
    const here = [...left].filter(({ first, last }) => first <= span.last && last >= span.last).slice(0, 3)
    for (const one of here.length === 3 ? here : [span]) {
      left.delete(one)
      if (here.length < 3) found.push({ step: steps[one.first]!, together: [one.site] })
    }
    if (here.length === 3) found.push({ step: steps[span.last]!, together: here.map(({ site }) => site) })
  }
  return found
}

/** Bytes of the activation cache for one position. */
export const activationBytesPerPosition = (plan: Plan): number =>
  keptSites(plan).reduce((n, site) => n + placeOf(plan, site).width * 4, 0)

export class ActivationCache {
  private constructor(
    readonly runner: StepRunner,
    readonly rows: number,
    readonly bytes: number,
    readonly hooks: Hooks,
  ) {}

  /** Allocates the cache and hooks it into the runtime's forwards. At least one chunk of rows is kept. */
  static async create(runner: StepRunner, budget: number): Promise<ActivationCache> {
    const { runtime } = runner
    const perPosition = activationBytesPerPosition(runtime.plan)
    const most = Math.max(runtime.size.chunk, Math.floor(budget / perPosition)) + MOST_AHEAD
    const rows = Math.min(runtime.context, most)
    const sites = keptSites(runtime.plan)
    for (const site of sites) runner.tensor(keptTensor(site), rows * placeOf(runtime.plan, site).width)
    const kept = keptTogether(runtime.plan, sites)
    const ready = await runtime.prepare(
      kept.map(({ step, together }) => ({
        name: `keep.${together.join('+')}`,
        op: together.length === 3 ? 'keep-three' : 'keep-rows',
        args: Object.fromEntries(
          together.flatMap((site, n) => [
            [`x${n || ''}`, tensorOf(runtime.plan, placeOf(runtime.plan, site))],
            [`kept${n || ''}`, keptTensor(site)],
          ]),
        ),
        params: {
          rows,
          ...Object.fromEntries(together.map((site, n) => [`D${n || ''}`, placeOf(runtime.plan, site).width])),
        },
        part: step.part,
        layer: -1,
      })),
    )
    const after = new Map<string, Prepared[]>()
    kept.forEach(({ step }, i) => after.set(step.name, [...(after.get(step.name) ?? []), ready[i]!]))
    const hooks = { after, instead: new Map<string, Prepared[]>() }
    runtime.setHooks(hooks)
    return new ActivationCache(runner, rows, rows * perPosition, hooks)
  }

  /** First position still kept: rows that were run too far stand in the places of the oldest. */
  kept(length: number): number {
    return this.rows < this.runner.runtime.context ? Math.max(0, length + MOST_AHEAD - this.rows) : 0
  }

  /** A kept site at one position. */
  async row(site: string, position: number): Promise<Float32Array> {
    return (await this.many([{ site, position }]))[0]!
  }

  /** Kept sites at several positions, in the order asked. */
  many(rows: readonly { site: string; position: number }[]): Promise<Float32Array[]> {
    return this.runner.readMany(
      rows.map(({ site, position }) => {
        const { width } = placeOf(this.runner.runtime.plan, site)
        return { tensor: keptTensor(site), offset: (position % this.rows) * width, count: width }
      }),
    )
  }
}
