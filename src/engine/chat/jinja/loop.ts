// The variable "loop" inside a for loop.

import { bind } from './bind.ts'
import { fail, type Meter } from './meter.ts'
import { Callable, Fields, Undefined, equal, type Arguments, type Value } from './values.ts'

export interface LoopState {
  list: Value[]
  index: number
  depth: number
  last: Value[] | undefined
}

/** @param again what loop(…) does in a recursive loop */
export function loopFields(state: LoopState, meter: Meter, again: ((over: Value) => string) | null): Fields {
  const count = (): number => state.list.length
  const method = (name: string, call: (given: Arguments) => Value): Callable => new Callable('method', name, call)
  return new Fields(
    'LoopContext',
    (name) => {
      meter.charge(1)
      const { index } = state
      switch (name) {
        case 'index':
          return index + 1
        case 'index0':
          return index
        case 'revindex':
          return count() - index
        case 'revindex0':
          return count() - index - 1
        case 'first':
          return index === 0
        case 'last':
          return index === count() - 1
        case 'length':
          return count()
        case 'depth':
          return state.depth + 1
        case 'depth0':
          return state.depth
        case 'previtem':
          return index > 0 ? state.list[index - 1] : new Undefined('there is no previous item')
        case 'nextitem':
          return index + 1 < count() ? state.list[index + 1] : new Undefined('there is no next item')
        case 'cycle':
          return method('cycle', ({ args }) =>
            args.length > 0 ? args[index % args.length]! : fail('no items for cycling given'),
          )
        case 'changed':
          return method('changed', ({ args }) => {
            const changed = state.last === undefined || !equal(state.last, args, meter)
            if (changed) state.last = args
            return changed
          })
        default:
          return undefined
      }
    },
    again
      ? (given) => again(bind('loop', given, ['iterable!'])[0]!)
      : () => fail("The loop must have the 'recursive' marker to be called recursively."),
  )
}
