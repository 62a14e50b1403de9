// Rows of the residual and what is done to them: gather, add-positions, rows, mean-rows, add, mix, scale; steer,
// scale-heads and keep-rows, which the inspector puts between the steps.

import { steerModes } from '../../../ops/steer.ts'
import { strandPosition } from '../../../ops/strands.ts'
import { dequantRow, type WeightData } from '../../../quants/weight.ts'
import { weightData } from '../memory.ts'
import type { Maker, RowKernel } from './kernel.ts'

export function createResidual(memory: ArrayBufferLike): Record<string, Maker<RowKernel>> {
  const F32 = new Float32Array(memory)
  const U32 = new Uint32Array(memory)

  function copy(from: number, to: number, n: number): void {
    for (let i = 0; i < n; i = (i + 1) | 0) F32[(to + i) | 0] = F32[(from + i) | 0]
  }
  /** x += factor v */
  function addTo(x: number, v: number, n: number, factor: number): void {
    for (let i = 0; i < n; i = (i + 1) | 0) F32[(x + i) | 0] += factor * F32[(v + i) | 0]
  }
  /** y = keep a + by v */
  function sum(y: number, keep: number, a: number, by: number, v: number, n: number): void {
    for (let i = 0; i < n; i = (i + 1) | 0) F32[(y + i) | 0] = keep * F32[(a + i) | 0] + by * F32[(v + i) | 0]
  }
  /** Adds a row of a weight of any format to D numbers from y on. */
  function addRow(weight: WeightData, D: number): (row: number, y: number) => void {
    const values = new Float32Array(D)
    return (row, y) => {
      dequantRow(weight, row, values)
      for (let i = 0; i < D; i++) F32[y + i] += values[i]
    }
  }
  function dot(x: number, v: number, n: number): number {
    let sum = 0
    for (let i = 0; i < n; i = (i + 1) | 0) sum += F32[(x + i) | 0] * F32[(v + i) | 0]
    return sum
  }

  return {
    gather({ params, at, weight: placed }) {
      const { D, rowStart = 0, accumulate } = params as { D: number; rowStart?: number; accumulate: number }
      const { ids, y } = at as Record<'ids' | 'y', number>
      const weight = weightData(memory, placed!)
      const put = accumulate ? addRow(weight, D) : null
      return (t) => {
        const row = U32[ids + t] - rowStart
        if (row < 0 || row >= weight.rows) return
        if (put) put(row, y + t * D)
        else dequantRow(weight, row, F32.subarray(y + t * D, y + (t + 1) * D))
      }
    },
    'add-positions'({ params, at, weight: placed }) {
      const { D, offset, rowStart = 0 } = params as { D: number; offset: number; rowStart?: number }
      const { y } = at as Record<'y', number>
      const weight = weightData(memory, placed!)
      const put = addRow(weight, D)
      return (t, step) => {
        const row = strandPosition(step, step.pos + t) + offset - rowStart
        if (row >= 0 && row < weight.rows) put(row, y + t * D)
      }
    },
    rows({ params, at }) {
      const { D } = params as Record<'D', number>
      const { x, y } = at as Record<'x' | 'y', number>
      return (t, { row }) => copy(x + (row + t) * D, y + t * D, D)
    },
    'mean-rows'({ params, at }) {
      const { D } = params as Record<'D', number>
      const { x, y } = at as Record<'x' | 'y', number>
      return (t, { prefix }) => {
        for (let i = 0; i < D; i = (i + 1) | 0) {
          let sum = 0
          for (let row = 0; row < prefix; row = (row + 1) | 0) sum += F32[x + row * D + i]
          F32[y + t * D + i] = sum / prefix
        }
      }
    },
    add({ params, at }) {
      const { D } = params as Record<'D', number>
      const { x, delta } = at as Record<'x' | 'delta', number>
      const by = Math.fround(params['by']!)
      return (t) => addTo(x + t * D, delta + t * D, D, by)
    },
    mix({ params, at }) {
      const { D } = params as Record<'D', number>
      const { a, delta, y } = at as Record<'a' | 'delta' | 'y', number>
      const [keep, by] = [Math.fround(params['keep']!), Math.fround(params['by']!)]
      return (t) => sum(y + t * D, keep, a + t * D, by, delta + t * D, D)
    },
    scale({ params, at }) {
      const { N, by, each, cap, limit } = params as Record<'N' | 'by' | 'each' | 'cap' | 'limit', number>
      const { x, factors = 0 } = at as { x: number; factors?: number }
      const factor = Math.fround(by)
      return (t) => {
        for (let i = 0, to = x + t * N; i < N; i = (i + 1) | 0, to = (to + 1) | 0) {
          let y = F32[to] * factor
          if (each) y *= F32[(factors + i) | 0]
          if (cap) y = cap * Math.tanh(y / cap)
          if (limit) y = Math.min(limit, Math.max(-limit, y))
          F32[to] = y
        }
      }
    },
    steer({ params, at }) {
      const { D, first, end, mode, factor } = params as Record<'D' | 'first' | 'end' | 'mode' | 'factor', number>
      const { x, vector } = at as Record<'x' | 'vector', number>
      const f = Math.fround(factor)
      return (t, { pos }) => {
        if (pos + t < first || pos + t >= end) return
        const row = x + t * D
        if (mode === steerModes.patch) copy(vector, row, D)
        else if (mode === steerModes.add) addTo(row, vector, D, f)
        else addTo(row, vector, D, -(f * dot(row, vector, D)) / dot(vector, vector, D))
      }
    },
    'scale-heads'({ params, at }) {
      const { H, d } = params as Record<'H' | 'd', number>
      const { z, factors } = at as Record<'z' | 'factors', number>
      return (t) => {
        for (let h = 0, i = z + t * H * d; h < H; h++) {
          const factor = F32[factors + h]
          for (const end = i + d; i < end; i++) F32[i] *= factor
        }
      }
    },
    'keep-rows'({ params, at }) {
      const { D, rows } = params as Record<'D' | 'rows', number>
      const { x, kept } = at as Record<'x' | 'kept', number>
      return (t, { pos }) => copy(x + t * D, kept + ((pos + t) % rows) * D, D)
    },
  }
}
