// The head at one position, run again on the residual that was kept: every site behind the last block, whatever the head
// is (a vocabulary, labels, a pooled vector). The Plan's own steps, on tensors beside its buffers of rows. A head that reads
// another stream than the text's is not run here: sideOf says so.

import { placeOf, stepOf } from '../model/sites.ts'
import type { Prepared } from '../runtime/inspect.ts'
import type { ActivationCache } from './activation-cache.ts'
import { residualAfter } from './sites.ts'

const ownName = (buffer: string): string => `head.${buffer}`

/** @param name a site that a step of the head makes @returns its values, (width) */
export async function runHead(activations: ActivationCache, name: string, position: number): Promise<Float32Array> {
  const { runner } = activations
  const { plan } = runner.runtime
  const { step: last, arg, offset, width } = placeOf(plan, name)
  const head = plan.steps.filter(({ part }) => part === 'head')
  const own = (buffer: string): string => {
    // rows of the whole text are the body's, as it left them
    if (plan.buffers[buffer]?.rows !== 'R') return buffer
    runner.tensor(ownName(buffer), plan.buffers[buffer]!.width)
    return ownName(buffer)
  }
  const ready: Prepared[] = []
  for (const step of head.slice(0, head.findIndex((one) => one.name === last) + 1)) {
    const args = Object.fromEntries(Object.entries(step.args).map(([word, tensor]) => [word, own(tensor)]))
    if (step.op === 'rows') {
      runner.write(args['y']!, await activations.row(residualAfter(plan, plan.dims.layers - 1), position))
    } else ready.push(await runner.step(`head.${step.name}`, step.op, args, step.params))
  }
  if (ready.length > 0) runner.run(ready, { T: 1, pos: 0, row: 0, prefix: runner.runtime.prefix })
  return runner.read(own(stepOf(plan, last).args[arg]!), offset, width)
}
