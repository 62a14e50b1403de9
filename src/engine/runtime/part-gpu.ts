// One part of a Plan on a GPU: its steps and the groups that may run in their place, as the schedule says for the adapters
// and hooks there are. The schedule is made anew only when those change.

import type { Commands } from '../gpu/queue.ts'
import { runsWithout, type PlanGroup, type PlanStep } from '../model/plan.ts'
import type { StepValues } from '../ops/op.ts'
import type { Hooks, Prepared } from './inspect.ts'
import { Schedule } from './schedule.ts'
import type { GpuSteps } from './steps-gpu.ts'
import type { Order } from './tuning/order.ts'

/** A step, or a group with its steps, ready to record. */
interface ReadyTurn {
  run: Prepared
  /** steps that a group stands for: what is hooked behind them runs behind it */
  covers: readonly string[] | null
}

interface Made {
  off: ReadonlySet<string>
  order: Order
  hooks: Hooks | null
  turns: ReadyTurn[]
}

export class PartOnGpu {
  private readonly schedule: Schedule
  private readonly byName: ReadonlyMap<string, Prepared>
  /** by T, strands apart: what ran last, while adapters, hooks and the order stay as they were */
  private readonly made = new Map<number, Made>()

  /**
   * @param prepared its steps, in order
   * @param groups those of the Plan that this device runs; others' steps may be among them
   * @param results tensors that are read when all has run
   */
  constructor(
    private readonly steps: GpuSteps,
    readonly prepared: readonly Prepared[],
    groups: readonly Prepared[],
    results: ReadonlySet<string>,
  ) {
    this.byName = new Map([...prepared, ...groups].map((one) => [one.step.name, one]))
    this.schedule = new Schedule(
      prepared.map(({ step }) => step),
      groups.map(({ step }) => step as PlanGroup),
      results,
    )
  }

  /**
   * Records a run with its hooks.
   * @param cut where to go on before a step is recorded: the commands that it was given, or others that follow them
   * @returns those that hold the end
   */
  record(
    commands: Commands,
    values: StepValues,
    cut: (commands: Commands, step: PlanStep | PlanGroup) => Commands = (same) => same,
  ): Commands {
    const { steps } = this
    for (const { run, covers } of this.turns(values, steps.hooks)) {
      commands = cut(commands, run.step)
      if (!covers) steps.record(commands, [run], values)
      else {
        steps.launch(commands, run, values)
        for (const name of covers) steps.record(commands, steps.hooks?.after.get(name) ?? [], values)
      }
    }
    return commands
  }

  /** Kernel launches of a run without hooks: as many as a variant has passes and its weight segments. */
  launches(values: StepValues): number {
    const { off } = this.steps
    return this.steps.launches(
      this.turns(values, null).flatMap(({ run }) => (runsWithout(run.step, off) ? [run] : [])),
      values,
    )
  }

  private turns(values: StepValues, hooks: Hooks | null): ReadyTurn[] {
    const { off, order } = this.steps,
      key = values.strands ? -values.T : values.T, // strands have variants of their own
      known = this.made.get(key)
    if (known?.off === off && known.order === order && known.hooks === hooks) return known.turns
    const accepts = (group: PlanGroup): boolean => this.steps.accepts(this.byName.get(group.name)!, values)
    const turns = this.schedule
      .turns(off, hooks, accepts)
      .map((turn): ReadyTurn =>
        'group' in turn
          ? { run: this.byName.get(turn.group.name)!, covers: turn.steps.map(({ name }) => name) }
          : { run: this.byName.get(turn.step.name)!, covers: null },
      )
    this.made.set(key, { off, order, hooks, turns })
    return turns
  }
}
