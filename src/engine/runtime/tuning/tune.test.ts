// The choice of kernels by measurement, on clocks that tests set.

import { describe, expect, it } from 'vitest'
import { choose, classOf, defaultOrder, kindOf, PLAIN, Preference, questionKey, type Order } from './order.ts'
import { tune, tuningLimits, type Question } from './tune.ts'

describe('order', () => {
  const kind = kindOf({ op: 'matmul' }, 'nf4', { K: 64, N: 32, yOffset: 3 })
  const chosen = (order: Order, T: number, names = ['a', 'b', 'c']): string | undefined => {
    const found = choose(
      new Preference(kind).of(order, T),
      names.map((name) => ({ variant: { name } })),
      () => true,
    )
    return typeof found === 'object' ? found.variant.name : found
  }
  it('is the op’s own, unless another was measured or is wanted', () => {
    expect(chosen(defaultOrder, 1)).toBe('a')
    const measured = new Map([[questionKey(kind, classOf(3)), 'c']])
    expect([1, 2, 4, 5].map((T) => chosen({ measured, wanted: [] }, T))).toEqual(['a', 'c', 'c', 'a'])
    expect(chosen({ measured, wanted: ['x', 'b'] }, 3)).toBe('b')
    expect(chosen({ measured, wanted: [] }, 3, ['a', 'b']), 'one that does not run here').toBe('a')
    const plain = new Map([[questionKey(kind, classOf(1)), PLAIN]])
    expect(chosen({ measured: plain, wanted: [] }, 1)).toBe(PLAIN)
    expect(chosen(defaultOrder, 1, [])).toBe(undefined)
    const one = new Preference(kind)
    expect([one.of(defaultOrder, 3), one.of({ measured, wanted: ['b'] }, 3)]).toEqual([[], ['b', 'c']])
  })
  it('never is one that rounds, unless it is wanted: groups then run as the steps that have it', () => {
    const rounds = { variant: { name: 'r', rounds: () => undefined } },
      exact = { variant: { name: 'a' } }
    const of = (order: Order, some = [rounds, exact]) => choose(new Preference(kind).of(order, 1), some, () => true)
    expect([of(defaultOrder), of(defaultOrder, [rounds])]).toEqual([exact, undefined])
    const order: Order = { measured: new Map(), wanted: ['r'], apart: true }
    expect([of(order), of(order, [exact])]).toEqual([rounds, exact])
    const group = kindOf({ op: 'matmul-act', kind: 'act' }, 'nf4', {})
    expect(choose(new Preference(group).of(order, 1), [exact], () => true)).toBe(PLAIN)
    expect(choose(new Preference(group).of({ ...order, apart: false }, 1), [exact], () => true)).toBe(exact)
  })
  it('takes steps for one kind wherever they lie', () => {
    expect(kindOf({ op: 'matmul' }, 'nf4', { yOffset: 9, biasAt: 7, N: 32, K: 64 })).toBe(kind)
    expect(kindOf({ op: 'matmul' }, 'q4_1', { K: 64, N: 32 })).not.toBe(kind)
    expect(kindOf({ op: 'matmul' }, 'nf4', { K: 64, N: 33 })).not.toBe(kind)
  })
})

/** Runs that take as long as it says, on a clock of its own. */
function rig(takes: Record<string, number>, firsts: Record<string, number> = {}) {
  let at = 0
  const runs: string[] = []
  const seen = new Set<string>()
  return {
    runs,
    now: () => at,
    time: ({ key }: Question, name: string | null, repeats: number) => {
      const first = name !== null && !seen.has(`${key} ${name}`)
      if (name !== null) seen.add(`${key} ${name}`)
      const took = 0.5 + (name === null ? 0 : takes[name]! * repeats + (first ? (firsts[name] ?? 0) : 0))
      if (name !== null) runs.push(name)
      at += took
      return Promise.resolve(took)
    },
  }
}
const never = (): boolean => false
const all = (key: string, names: string[]): Question => ({ key, names })

describe('tune', () => {
  it('names the fastest, and says what it measured', async () => {
    const { time, now } = rig({ a: 2, b: 1, c: 1.5 })
    const answers = await tune([all('q', ['a', 'b', 'c'])], time, never, now)
    expect(answers.get('q')).toMatchObject({ best: 'b' })
    expect(answers.get('q')!.milliseconds['b']).toBeCloseTo(1)
  })
  it('keeps the default order where nothing much is won', async () => {
    const { time, now } = rig({ a: 1, b: 0.97 })
    expect((await tune([all('q', ['a', 'b'])], time, never, now)).get('q')!.best).toBe('a')
  })
  it('gives up what takes seconds at first, and what is hopeless after a few runs', async () => {
    const { time, now, runs } = rig({ a: 1, b: 0.1, c: 30 }, { b: 2001 })
    const answers = await tune([all('q', ['a', 'c'])], time, never, now)
    expect(answers.get('q')).toMatchObject({ best: 'a' })
    expect(runs.filter((name) => name === 'c')).toHaveLength(3)
    const slow = rig({ a: 1, b: 0.1 }, { b: 2001 })
    expect((await tune([all('q', ['b', 'a'])], slow.time, never, slow.now)).get('q')).toMatchObject({ best: 'a' })
  })
  it('times at most so many candidates', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
    const { time, now, runs } = rig(Object.fromEntries(names.map((name, i) => [name, 7 - i])))
    await tune([all('q', names)], time, never, now)
    expect(runs).not.toContain('g')
  })
  it('ends when the budget is spent; what is left stays open', async () => {
    const { time, now } = rig({ a: 100, b: 90 })
    const questions = Array.from({ length: 9 }, (_, i) => all(`q${i}`, ['a', 'b']))
    const answers = await tune(questions, time, never, now)
    expect(answers.size).toBeGreaterThan(0)
    expect(answers.size).toBeLessThan(9)
    expect(now()).toBeLessThan(tuningLimits.budget + 101)
  })
  it('ends before the next run when it is stopped', async () => {
    const { time, now, runs } = rig({ a: 1, b: 2 })
    expect((await tune([all('q', ['a', 'b'])], time, () => runs.length === 3, now)).size).toBe(0)
    expect(runs).toHaveLength(3)
  })
})
