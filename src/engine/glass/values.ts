// What attention edges carry: the length of W_O v for every head and key of a layer, computed where both lie.

import { blockSite, placeOf, tensorOf } from '../model/sites.ts'
import { headFactors, isSkipped } from './edits.ts'
import { firstRow } from './sites.ts'
import type { StepRunner } from './step-runner.ts'
import type { Edit } from './types.ts'

/** Floats of the output projection that are dequantized at a time. */
const BAND = 2 ** 20

/**
 * (heads, length), edits included: a scaled head carries more or less, an attention that is skipped carries nothing.
 */
export async function valueNorms(
  runner: StepRunner,
  layer: number,
  length: number,
  edits: readonly Edit[],
): Promise<Float32Array> {
  const { runtime } = runner
  const { plan } = runtime
  const { D, H, K, d } = plan.dims
  const out = placeOf(plan, blockSite(layer, 'attn.out')).weight!
  const first = firstRow(plan, out),
    weight = out.name,
    vCache = tensorOf(plan, placeOf(plan, blockSite(layer, 'attn.values')))
  const width = plan.weights[weight]!.cols,
    band = Math.min(D, Math.max(1, Math.floor(BAND / width)))
  runner.tensor('values.ids', band)
  runner.tensor('values.w', band * width)
  runner.tensor('values.y', H * runtime.context)
  const gather = await runner.step(
    `values.gather.${layer}`,
    'gather',
    { ids: 'values.ids', weight, y: 'values.w' },
    { D: width, accumulate: 0 },
  )
  const shape = { H, K, d, C: runtime.context, keys: length, rows: 0, more: 0 }
  const norms = await runner.step(
    `values.norms.${layer}`,
    'value-norms',
    { w: 'values.w', vCache, y: 'values.y' },
    shape,
  )
  for (let from = 0; from < D; from += band) {
    const rows = Math.min(band, D - from)
    runner.write(
      'values.ids',
      Uint32Array.from({ length: rows }, (_, i) => first + from + i),
    )
    runtime.setParams(norms, { ...shape, rows, more: Number(from > 0) })
    runner.run([gather, norms], { T: rows, pos: 0, row: 0, prefix: 0 })
  }
  const squares = await runner.read('values.y', 0, H * length)
  const factors = headFactors(edits, layer, H)
  const skipped = isSkipped(runtime, layer, 'attn')
  return squares.map((sum, i) => (skipped ? 0 : Math.abs(factors?.[Math.floor(i / length)] ?? 1) * Math.sqrt(sum)))
}
