// Which of a step's kernels runs: the first of its op's list that takes so many rows, unless a measurement on this device,
// or a caller, says another. All of them passed their self-check, so that a wrong choice is a slow number, never a
// wrong one. Pure data in, names out: knows no device and no clock.

import type { Variant } from '../../ops/op.ts'

/**
 * The most rows of each class. One kernel is good for one token, another for a prompt. All from nine rows on are one class:
 * where a prompt is cut (runtime/read.ts) depends on the machine's speed, the kernels that read it, and so its bits, must not.
 */
export const rowClasses = [1, 4, 8, Infinity] as const
export const classOf = (T: number): number => rowClasses.findIndex((most) => T <= most)
export const classNames = ['1', '2–4', '5–8', '9+'] as const

/** In the place of a kernel's name, where a group is compared with the steps it stands for: those are faster. */
export const PLAIN = 'one by one'

/** Where the steps of a kind lie makes no difference to how long they take. */
const places: ReadonlySet<string> = new Set(['rowStart', 'rows', 'yOffset', 'layer']) // and where vectors stand: …At

/** Steps, or groups, of one kind run the same kernels over as many numbers: op, weight format, constants and sizes. */
export function kindOf(
  step: { op: string; kind?: string },
  format: string | null,
  params: Readonly<Record<string, number>>,
): string {
  const sizes = Object.keys(params)
    .filter((name) => !places.has(name) && !name.endsWith('At'))
    .sort()
    .map((name) => `${name}=${params[name]}`)
  return `${step.kind === undefined ? '' : 'group '}${step.op}|${format ?? '-'}|${sizes.join(',')}`
}

export const questionKey = (kind: string, rowClass: number): string => `${kind}|${classNames[rowClass]}`

export interface Order {
  /** by questionKey: what was measured to be the fastest */
  measured: ReadonlyMap<string, string>
  /** variants that a caller wants wherever they can run, the first of them first */
  wanted: readonly string[]
  /** groups run one by one: what is wanted is no kernel of theirs, but of the steps they stand for */
  apart?: boolean
}

export const defaultOrder: Order = { measured: new Map(), wanted: [] }

/** What an order says of the steps of one kind, looked up once: it is asked for every step of every token. */
export class Preference {
  private order: Order | null = null
  private byClass: (readonly string[])[] = []

  constructor(readonly kind: string) {}

  /** Names, the first that runs here wins; where none does, the op's own order stands. */
  of(order: Order, T: number): readonly string[] {
    if (order !== this.order) {
      this.order = order
      this.byClass = classNames.map((_, i) => {
        const isApart = order.apart && this.kind.startsWith('group ')
        const found = isApart ? PLAIN : order.measured.get(questionKey(this.kind, i))
        return found === undefined ? order.wanted : [...order.wanted, found]
      })
    }
    return this.byClass[classOf(T)]!
  }
}

/**
 * @param all variants in the op's own order
 * @returns the one that runs; PLAIN where the steps of a group are to run instead; undefined where none takes so many rows
 */
export function choose<V extends { variant: Pick<Variant, 'name' | 'rounds'> }>(
  preferred: readonly string[],
  all: readonly V[],
  accepts: (one: V) => boolean,
): V | typeof PLAIN | undefined {
  for (const name of preferred) {
    if (name === PLAIN) return PLAIN
    const found = all.find((one) => one.variant.name === name && accepts(one))
    if (found) return found
  }
  return all.find((one) => !one.variant.rounds && accepts(one))
}
