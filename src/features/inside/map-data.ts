// What the map asks for beyond the lengths: vectors of the ops that are near, and the time each op took.

import { useMemo } from 'react'
import { useAsk } from '../../store/ask.ts'
import { nodeKey } from './map-draw.ts'
import { boxOf, isEnd } from './outline.ts'
import { useRun } from './run.ts'
import { vectorsOf, type Vectors } from './vectors.ts'
import { placesOfSteps } from './sites.ts'
import { useView } from './view.ts'
import type { OpNode } from './world.ts'

const none: ReadonlyMap<string, Vectors> = new Map()

/** Vectors by nodeKey; ops that a recording does not hold have none. */
export function useNearVectors(nearby: readonly OpNode[]): ReadonlyMap<string, Vectors> {
  const { info, head, positionOf, plan } = useRun()
  const asked = useAsk<ReadonlyMap<string, Vectors>>(
    nearby.length === 0
      ? null
      : `map ${head} ${nearby.map((node) => `${nodeKey(node)} ${positionOf(node.layer)}`).join()}`,
    async (glass) => {
      const found = new Map<string, Vectors>()
      for (const node of nearby) {
        const spot = { part: node.part, layer: node.layer, op: node.op, head, position: positionOf(node.layer) }
        // what cannot be read here is said by its card
        found.set(nodeKey(node), await vectorsOf(glass, info, plan, spot).catch(() => ({})))
      }
      return found
    },
  )
  return asked.data ?? none
}

/** Microseconds by nodeKey, as the steps of this model were last timed; null when they were not. */
export function useOpTimes(): ReadonlyMap<string, number> | null {
  const {
    info: { model },
    outline,
    plan,
  } = useRun()
  const timed = useView((s) => s.timed)
  return useMemo(() => {
    if (timed?.model !== model) return null
    const sums = new Map<string, number>(),
      spent = new Map(timed.steps.map((s) => [s.name, s.microseconds]))
    const places = placesOfSteps(plan)
    for (const s of plan.steps) {
      const of = places.get(s.name)!,
        key = nodeKey({ ...of, layer: isEnd(of.part) ? boxOf(outline, of.part, 0)!.layer : s.layer })
      sums.set(key, (sums.get(key) ?? 0) + (spent.get(s.name) ?? 0))
    }
    return sums
  }, [timed, model, outline, plan])
}
